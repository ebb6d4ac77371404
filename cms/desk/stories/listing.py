"""The list of stories: which ones, in whose words, and what has changed since somebody looked.

Everything about a list is in its address, so that it can be kept, sent to a colleague and gone back to.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args
from urllib.parse import parse_qsl

import msgspec
from flask import Blueprint, abort, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from cms.article.commands import Draft
from cms.desk import reading, states, wording
from cms.desk.asked import beginning
from cms.desk.house import house
from cms.desk.page import address, clock, now, render, town
from cms.desk.session import HOME, person, see
from cms.desk.standing import LISTS, Known, Mark, marks
from cms.desk.stories.finding import anywhere, excerpts
from cms.desk.stories.rows import cells, row_of
from cms.desk.writing.live import hub
from cms.people.accounts import AccountRefused
from cms.people.person import Person
from cms.roles import may
from events.instant import Instant, from_datetime
from views.desk_shapes import Filter, List, Stories, Story

PAGE = 40  # stories
TIMELINE = 200  # scheduled stories
SCOPES = ("all", "mine", "section", "today")
Row = tuple[str, Markup]  # a story's id, and the inside of its row
_encode = msgspec.json.Encoder().encode


class Asked(msgspec.Struct, frozen=True):
    """What the address asks for, as it stands there."""

    scope: str = "all"
    state: str = ""
    section: str = ""  # id
    person: str = ""  # id
    byline: str = ""  # its name
    tag: str = ""  # its name
    since: str = ""  # the first day: 2026-11-23
    until: str = ""  # the last day
    text: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether there is more than a place in the menu."""
        return any((self.section, self.person, self.byline, self.tag, self.since, self.until, self.text))

    @property
    def timeline(self) -> bool:
        """Whether the list is in the order of scheduled moments."""
        return self.state == "scheduled" and self.scope == "all"

    def query(self, **other: str | None) -> dict[str, str | None]:
        """The address's fields, some of them otherwise."""
        said = {name: value for name, value in msgspec.structs.asdict(self).items() if value not in ("", "all")}
        return {**said, **other}

    def address(self, **other: str | None) -> str:
        """Where this list is, or one that differs in this."""
        return address(HOME, **self.query(**other))


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/", "home", home, strict_slashes=False)
    desk.add_url_rule("/list/news", "list_news", news)
    desk.add_url_rule("/list/keep", "list_keep", keep, methods=["POST"])
    desk.add_url_rule("/list/remove/<id>", "list_remove", remove, methods=["POST"])
    desk.add_url_rule("/list/section", "list_section", choose_section, methods=["POST"])


def home() -> Response:
    """The list that the address asks for."""
    return page()


def page(error: str = "", status: int = 200, headline: str = "") -> Response:
    """The list; ``error``: what went wrong on the way here; ``headline``: of the story that could not be begun."""
    position = house().store.head().position  # before the list is read: what comes later is news
    me, asked = person(), _asked()
    which, wrong = narrowing(asked, me)
    desk = reading.desk()
    elsewhere = anywhere(asked.text)
    if asked.timeline:
        items = desk.ahead(which, TIMELINE, elsewhere.articles)
        found = Stories(items=items, total=len(items), next_cursor=None)
    else:
        found = desk.stories(which, PAGE, request.args.get("before"), elsewhere.articles)
    saved = house().accounts.saved
    counts = desk.counts() | {
        "mine": desk.total(Filter(mine=me.id)), "today": desk.total(Filter(public_since=_midnight())),
    }  # fmt: skip
    own = saved.section(me.id)
    counts["section"] = desk.total(Filter(section=own)) if own else 0
    people = house().accounts.people()
    names = {one.id: one.name for one in people}
    known = _known(found.items, names, asked.text, timed=asked.timeline)
    rows = [(story.article, cells(row_of(story, known), asked.timeline)) for story in found.items]
    return render(
        "articles.html", status, faults=[("headline", error)] if error else [],
        asked=asked, found=found, wrong=wrong, told=elsewhere.told,
        counts=counts, own=own, headline=headline, states=LISTS, sections=_sections(), people=people, stories=rows,
        saved=[(one, _count(one.query, me)) for one in saved.lists(me.id)], position=position,
        days=_days(found.items, rows) if asked.timeline else [], may_draft=may(me.role, Draft),
        zone=town(),
    )  # fmt: skip


def news() -> Response:
    """What a list shows otherwise since a position of the log: rows anew, and how many stories came."""
    asked, me = _asked(), person()
    after, since = request.args.get("after", 0, type=int), request.args.get("since", 0, type=int)
    shown = [id for id in request.args.get("rows", "").split(",") if id][:TIMELINE]
    position = house().store.head().position
    told: dict[str, Any] = {"position": position, "at": now(), "rows": {}, "new": 0, "left": []}
    told["here"] = {id: names for id in shown if (names := _names(id))}
    if position > after:
        desk = reading.desk()
        which, _ = narrowing(asked, me)
        later = max(since, which.since or since)
        inside = desk.stories(
            msgspec.structs.replace(which, since=later), PAGE, None, anywhere(asked.text).articles
        ).items
        told["new"] = sum(story.article not in shown for story in inside)
        changed = [story for story in desk.some(shown) if story.changed_at >= since]
        known = _known(changed, house().accounts.names(), asked.text, timed=asked.timeline, dated=asked.timeline)
        told["rows"] = {story.article: str(cells(row_of(story, known), asked.timeline)) for story in changed}
        told["left"] = sorted({story.article for story in changed} - {story.article for story in inside})
    return Response(_encode(told), content_type="application/json")


def keep() -> Response:
    """Keep this list under a name."""
    asked = _asked(form=True)
    try:
        house().accounts.saved.keep(person().id, request.form.get("name", ""), _text(asked))
    except AccountRefused as refused:
        return see(asked.address(), refused.message, "bad")
    return see(asked.address(), "The list is kept: it stands in the menu.")


def remove(id: str) -> Response:
    """Keep a list no longer."""
    house().accounts.saved.remove(person().id, id)
    return see(HOME, "The list is no longer kept. Its stories are where they were.")


def choose_section() -> Response:
    """This section is mine."""
    section = request.form.get("section", "")
    if section and section not in {one.id for one in _sections()}:
        abort(400)
    house().accounts.saved.choose_section(person().id, section or None)
    return see(address(HOME, scope="section") if section else HOME)


def narrowing(asked: Asked, me: Person) -> tuple[Filter, tuple[str, ...]]:
    """The filter that was meant, and what could not be meant."""
    wrong: list[str] = []
    own = house().accounts.saved.section(me.id) if asked.scope == "section" else None
    refs = {kind: _ref(kind, getattr(asked, kind), wrong) for kind in ("byline", "tag")}
    which = Filter(
        list=cast(List, asked.state or "all"),
        mine=me.id if asked.scope == "mine" else asked.person or None,
        section=own or asked.section or ("nothing" if asked.scope == "section" else None),
        byline=refs["byline"], tag=refs["tag"], text=asked.text,
        since=beginning(asked.since, 0, wrong), until=beginning(asked.until, 1, wrong),
        public_since=_midnight() if asked.scope == "today" else None,
    )  # fmt: skip
    return which, tuple(wrong)


def _asked(*, form: bool = False) -> Asked:
    source = request.form if form else request.args
    asked = Asked(**{name: value for name in Asked.__struct_fields__ if (value := source.get(name, "").strip())})
    if asked.scope not in SCOPES or (asked.state and asked.state not in get_args(List)):
        abort(404)
    return asked


def _text(asked: Asked) -> str:
    return asked.address().partition("?")[2]


def _count(query: str, me: Person) -> int:
    """How many stories a kept list has."""
    asked = Asked(**{name: value for name, value in parse_qsl(query) if name in Asked.__struct_fields__})
    return reading.desk().total(narrowing(asked, me)[0], anywhere(asked.text).articles)


def _ref(kind: str, name: str, wrong: list[str]) -> str | None:
    """The id of the byline or tag of this name; one that nothing can have where there is none."""
    if not name:
        return None
    found = reading.desk().library.called(kind, name)
    if found is None:
        wrong.append(f"There is no {kind} “{name}”.")
    return found or "nothing"


def _midnight() -> Instant:
    """When today began in the newsroom."""
    return from_datetime(clock().local(now()).replace(hour=0, minute=0, second=0, microsecond=0))


def _sections() -> list[reading.Choice]:
    return [reading.Choice(id, name) for id, name in reading.desk().library.menu()]


def _without_alt(stories: Sequence[Story]) -> dict[str, int]:
    """How many pictures each of these stories has that readers would get without an alt text."""
    pictures = {story.article: {*story.images, *([story.lead.id] if story.lead else [])} for story in stories}
    bare = reading.desk().without_alt([id for ids in pictures.values() for id in ids])
    return {
        story.article: count
        for story in stories
        if pictures[story.article]
        and (count := wording.without_alt(states.article_since(story.article, story.version).content, bare))
    }


def marks_of(article: str) -> tuple[list[Mark], str]:
    """What a list shows of one story at a glance, for its own pages; and the note with which it was sent back."""
    stories = reading.desk().some([article])
    known = _known(stories, states.account_names(), "")
    note = next((story.note for story in stories if story.state == "draft"), "")
    return [mark for story in stories for mark in marks(story, known)], note


def _here(stories: Sequence[Story]) -> dict[str, list[str]]:
    return {story.article: names for story in stories if (names := _names(story.article))}


def _names(article: str) -> list[str]:
    """Who has the story open to write."""
    return list(dict.fromkeys(one.name for one in hub().here(article)))


def _days(stories: Sequence[Story], rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """A timeline: each day with what goes out on it."""
    days: dict[str, list[Row]] = {}
    today = clock().day(now())
    for story, row in zip(stories, rows, strict=True):
        day = clock().day(story.scheduled_for or 0)
        days.setdefault(f"Today, {day}" if day == today else day, []).append(row)
    return list(days.items())


def _known(
    stories: Sequence[Story], account: Mapping[str, str], text: str, *, timed: bool = False, dated: bool = False
) -> Known:
    return Known(account, now(), _without_alt(stories), _here(stories), excerpts(text, stories), timed, dated)

