"""What the palette (Ctrl+K) finds: stories, people, sections, places of the desk. As JSON, for the script."""

from collections.abc import Iterator
from typing import Any

import msgspec
from flask import Blueprint, request
from werkzeug.wrappers import Response

from cms.article.commands import Draft
from cms.desk import reading
from cms.desk.page import address
from cms.desk.session import HOME, person
from cms.desk.standing import LISTS, STATES
from cms.desk.stories.finding import anywhere
from cms.desk.wording import called
from cms.roles import may, may_open
from views.desk_shapes import Filter, Story
from views.projections.stories import folded

MOST = 7  # of a kind
AT_MOST = 50  # stories of which those come first that have the words in their headline
_encode = msgspec.json.Encoder().encode
_PLACES = (
    ("All stories", HOME),
    ("My stories", f"{HOME}?scope=mine"),
    ("Published today", f"{HOME}?scope=today"),
    *((label, f"{HOME}?state={state}") for state, label in LISTS.items()),
    ("Images", f"{HOME}/images"),
    ("Bylines", f"{HOME}/bylines"),
    ("Sections", f"{HOME}/sections"),
    ("Tags", f"{HOME}/tags"),
    ("Corrections", f"{HOME}/corrections"),
    ("Redirects", f"{HOME}/redirects"),
    ("Activity", f"{HOME}/activity"),
    ("My account and sessions", f"{HOME}/you"),
    ("My second step of signing in", f"{HOME}/you#second-step"),
)
_SYSTEM = (("System", f"{HOME}/system"),)
_PEOPLE = (("People", f"{HOME}/people"), ("Journal of accounts", f"{HOME}/people/journal"))


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/palette", "palette", palette)
    desk.add_url_rule("/suggest/<any(byline, tag):kind>", "suggest", suggest)


def palette() -> Response:
    """Groups of what has these words: ``[{"group": …, "items": [{"label", "note", "to"}]}]``."""
    text = request.args.get("q", "").strip()
    groups = [{"group": group, "items": items} for group, items in _groups(text) if items]
    return Response(_encode(groups), content_type="application/json")


def suggest(kind: str) -> Response:
    """Names of bylines or tags that hold the text."""
    found = reading.desk().library.named(kind, request.args.get("q", "").strip(), 12)
    return Response(_encode([name for _, name in found]), content_type="application/json")


def _groups(text: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    yield (
        "Actions",
        [_item(f"Write a new story: {text}" if text else "Write a new story", "", "new", text)]
        * may(person().role, Draft),
    )
    desk = reading.desk()
    yield ("Stories" if text else "My latest stories"), [
        _item(called(story.headline), STATES[story.state].mark,
              f"{HOME}/articles/{story.article}")
        for story in _stories(text)
    ]  # fmt: skip
    if text:
        yield (
            "People",
            [_item(name, "byline", f"{HOME}/bylines/{id}") for id, name in desk.library.named("byline", text, MOST)],
        )
        yield "Tags", [_item(name, "tag", f"{HOME}/tags/{id}") for id, name in desk.library.named("tag", text, MOST)]
    words = text.casefold()
    yield "Sections", [
        _item(name, "stories of the section", address(HOME, section=id))
        for id, name in desk.library.menu() if words in name.casefold()
    ]  # fmt: skip
    role = person().role
    places = _PLACES + _PEOPLE * may_open(role, "people") + _SYSTEM * may_open(role, "system")
    yield "Places", [_item(label, "", to) for label, to in places if words in label.casefold()]


def _stories(text: str) -> list[Story]:
    """Those with the words in their headline first, then those with them in what stands around it, then in the body."""
    desk, words = reading.desk(), folded(text).split()
    if not words:
        return list(desk.stories(Filter(mine=person().id), MOST).items)
    which = Filter(text=text)
    found = sorted(
        desk.stories(which, AT_MOST).items, key=lambda story: not all(word in folded(story.headline) for word in words)
    )
    if len(found) < MOST:
        known = {story.article for story in found}
        whole = desk.stories(which, MOST + len(found), None, anywhere(text).articles).items
        found += [story for story in whole if story.article not in known]
    return found[:MOST]


def _item(label: str, note: str, to: str, words: str = "") -> dict[str, Any]:
    return {"label": label, "note": note, "to": to, "words": words}
