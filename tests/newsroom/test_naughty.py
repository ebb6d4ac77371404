"""Input from hell in every field that holds words: taken as the text it is, or refused with what is wrong with it."""

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cms import article, byline, image, section, tag
from cms.decider import Command
from events.article import Lead
from events.event import Event
from tests.document.test_hostile import payloads
from tests.newsroom.spec import (
    ANNA,
    CHIEF,
    EDITED,
    HARBOUR,
    KNOWN,
    PHOTO,
    POLITICS,
    PUBLISHED,
    STORY,
    SUBMITTED,
    By,
    Given,
)

Past = tuple[Event | By, ...]
STORY_S: dict[str, tuple[Past, Callable[[str], Command]]] = {
    "kicker": (SUBMITTED, lambda text: article.ChangeKicker(STORY, text)),
    "headline": (SUBMITTED, lambda text: article.ChangeHeadline(STORY, text)),
    "standfirst": (SUBMITTED, lambda text: article.ChangeStandfirst(STORY, text)),
    "slug": (SUBMITTED, lambda text: article.ChangeSlug(STORY, text)),
    "language": (SUBMITTED, lambda text: article.ChangeLanguage(STORY, text)),
    "the lead image's caption": (SUBMITTED, lambda text: article.SetLeadImage(STORY, Lead(PHOTO, caption=text))),
    "the lead image's alt text": (SUBMITTED, lambda text: article.SetLeadImage(STORY, Lead(PHOTO, alt=text))),
    "the note of a return": (SUBMITTED, lambda text: article.Return(STORY, text)),
    "why it was not approved": (SUBMITTED, lambda text: article.Publish(STORY, without_approval=text)),
    "a correction": (EDITED, lambda text: article.Correct(STORY, text, without_approval="Urgent")),
    "why it was withdrawn": (PUBLISHED, lambda text: article.Withdraw(STORY, text)),
    "a retraction": (PUBLISHED, lambda text: article.Retract(STORY, text)),
}
OTHERS: dict[str, tuple[str, Callable[[str], Command]]] = {
    "an image's caption": (f"image-{PHOTO}", lambda text: image.ChangeCaption(PHOTO, text)),
    "an image's alt text": (f"image-{PHOTO}", lambda text: image.ChangeAlt(PHOTO, text)),
    "an image's credit": (f"image-{PHOTO}", lambda text: image.ChangeCredit(PHOTO, text)),
    "why an image went": (f"image-{PHOTO}", lambda text: image.TakeDown(PHOTO, text)),
    "a byline's name": (f"byline-{ANNA}", lambda text: byline.Rename(ANNA, text)),
    "a byline's title": (f"byline-{ANNA}", lambda text: byline.ChangeTitle(ANNA, text)),
    "a byline's life": (f"byline-{ANNA}", lambda text: byline.ChangeBio(ANNA, text)),
    "a section's name": (f"section-{POLITICS}", lambda text: section.Rename(POLITICS, text)),
    "a section's description": (f"section-{POLITICS}", lambda text: section.Describe(POLITICS, text)),
    "a tag's name": (f"tag-{HARBOUR}", lambda text: tag.Rename(HARBOUR, text)),
}


@pytest.fixture(scope="session")
def naughty(shared: Path) -> list[str]:
    """The big list of naughty strings, and the payloads of DOMPurify and bleach; then CommonMark's examples begin."""
    found = list(payloads(shared / "data/naughty"))
    return found[: found.index("\tfoo\tbaz\t\tbim\n")]


def strings(value: Any) -> Iterator[str]:
    """Every string in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def seen(text: str) -> str:
    """What there is to see of it: no spaces, no control characters."""
    shown = "".join(one for one in text if unicodedata.category(one) not in ("Cc", "Zs", "Zl", "Zp"))
    return shown if any(unicodedata.category(one)[0] != "C" for one in shown) else ""


@pytest.mark.parametrize("name", [*STORY_S, *OTHERS])
def test_it_is_taken_as_the_text_it_is_or_refused(naughty: list[str], name: str) -> None:
    if name in STORY_S:
        past, command = STORY_S[name]
        newsroom = Given(past, dict(KNOWN))
    else:
        stream, command = OTHERS[name]
        newsroom = Given(KNOWN[stream], {other: events for other, events in KNOWN.items() if other != stream})
    taken = 0
    for text in naughty:
        outcome = newsroom.when(command(text), actor=CHIEF)
        if outcome.error is not None:
            assert outcome.error.message.strip()
            continue
        said = [value for event in outcome.events for value in strings(msgspec.json.decode(msgspec.json.encode(event)))]
        assert not outcome.events or any(seen(text) == seen(value) for value in said), (text, said)
        taken += bool(outcome.events)
    assert taken > 0 or name in ("slug", "language")
