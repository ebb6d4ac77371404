"""Given what happened, when somebody asks for something, then this happens, or it is refused.

    given(draft(), by("anna", headline("Harbour"))).when(article.Submit(STORY)).then(ArticleSubmitted())
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from cms.decider import Actor, Command, Context, Refused, State
from cms.streams import decider_of
from events import document
from events.article import (
    ArticleApproved,
    ArticleBodyEdited,
    ArticleDrafted,
    ArticleHeadlineChanged,
    ArticlePublished,
    ArticleRetracted,
    ArticleScheduled,
    ArticleSubmitted,
    ArticleTrashed,
    ArticleWithdrawn,
    Publication,
)
from events.byline import BylineCreated
from events.document import Doc
from events.event import Event
from events.image import ImageUploaded, Picture
from events.instant import DAY, Instant, from_iso
from events.section import SectionOpened
from events.tag import TagCreated

NOW: Instant = from_iso("2026-11-23T09:00:00Z")
LONDON = ZoneInfo("Europe/London")


def some_id(name: str) -> str:
    """The same UUID for the same name."""
    return str(uuid5(UUID(int=0), name))


STORY, OTHER_STORY = some_id("story"), some_id("other story")
ANNA, BEN = some_id("Anna Brandt"), some_id("Ben Carr")  # bylines
PHOTO, MAP = some_id("photo"), some_id("map")  # images
POLITICS, SPORT = some_id("politics"), some_id("sport")  # sections
HARBOUR, BRIDGES = some_id("harbour"), some_id("bridges")  # tags

WRITER = Actor("writer", "reporter")
EDITOR = Actor("editor", "editor")
CHIEF = Actor("chief", "chief")

BODY = document.from_paragraphs(["The bridge is closed.", "Nobody knows for how long."])
LONGER = document.from_paragraphs(["The bridge is closed.", "Nobody knows for how long.", "Ferries run."])


@dataclass(frozen=True)
class By:
    """Events that somebody caused."""

    account: str | None
    events: tuple[Event, ...]


def by(account: str | None, *events: Event) -> By:
    return By(account, events)


@dataclass(frozen=True)
class Given:
    """A stream's past, and what is known of others."""

    past: tuple[Event | By, ...]
    others: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    now: Instant = NOW

    def knowing(self, stream: str, *events: Event) -> Given:
        """Another stream has these events."""
        return replace(self, others={**self.others, stream: events})

    def at(self, now: Instant) -> Given:
        """It is this moment."""
        return replace(self, now=now)

    def state(self, stream: str) -> Any:
        """The stream's state."""
        return fold(stream, self.past)

    def when(self, *commands: Command, actor: Actor = WRITER) -> Outcome:
        """Somebody asks for these, one after another."""
        try:
            return Outcome(tuple(self._decided(commands, actor)), None)
        except Refused as refused:
            return Outcome((), refused)

    def _decided(self, commands: Iterable[Command], actor: Actor) -> list[Event]:
        happened: list[Event] = []
        states = States({stream: fold(stream, events) for stream, events in self.others.items()})
        commands = list(commands)
        states[commands[0].stream] = fold(commands[0].stream, self.past)
        for command in commands:
            state = states[command.stream]
            context = Context(self.now, actor, LONDON, states)
            decider = decider_of(command.stream)
            events = decider.decide(state, command, context)
            states[command.stream] = decider.fold(state, events, actor.account)
            happened += events
        return happened


class States(dict[str, State]):
    """Streams that nobody spoke of do not exist."""

    def __missing__(self, stream: str) -> State:
        initial = decider_of(stream).initial
        assert isinstance(initial, State)
        return initial


@dataclass(frozen=True)
class Outcome:
    events: tuple[Event, ...]
    error: Refused | None

    def then(self, *expected: Event | type[Event]) -> Outcome:
        """Exactly this happens; a class stands for any event of it."""
        assert self.error is None, f"refused: {self.error}"
        assert len(self.events) == len(expected), self.events
        for got, want in zip(self.events, expected, strict=True):
            assert plain(got) == plain(want) if isinstance(want, Event) else type(got) is want
        return self

    def nothing(self) -> Outcome:
        """It would change nothing, so nothing happens."""
        return self.then()

    def refused(self, words: str, field: str | None = None) -> Refused:
        """It is refused, and the person is told so with these words among others."""
        assert self.error is not None, f"not refused: {self.events}"
        assert words in self.error.message
        assert field is None or self.error.field == field
        return self.error

    @property
    def publication(self) -> Publication:
        """The publication among what happened."""
        assert self.error is None, f"refused: {self.error}"
        found = [event for event in self.events if isinstance(event, Publication)]
        assert len(found) == 1, self.events
        return found[0]


def given(*past: Event | By) -> Given:
    """What happened to the stream before, and a newsroom with two of everything."""
    return Given(past, dict(KNOWN))


def fold(stream: str, past: Iterable[Event | By]) -> State:
    decider = decider_of(stream)
    state = decider.initial
    for happened in past:
        one = happened if isinstance(happened, By) else By("writer", (happened,))
        state = decider.fold(state, one.events, one.account)
    assert isinstance(state, State)
    return state


def plain(event: Event) -> tuple[type[Event], Any]:
    """An event as something that can be compared: raw JSON has no equality of its own."""
    return type(event), msgspec.json.decode(msgspec.json.encode(event))


PICTURE = Picture(sha256="a" * 64, format="jpeg", bytes=1000, width=1600, height=1200)
KNOWN: Mapping[str, tuple[Event, ...]] = {
    f"byline-{ANNA}": (BylineCreated(name="Anna Brandt", slug="anna-brandt"),),
    f"byline-{BEN}": (BylineCreated(name="Ben Carr", slug="ben-carr"),),
    f"image-{PHOTO}": (ImageUploaded(picture=PICTURE, filename="bridge.jpg"),),
    f"image-{MAP}": (ImageUploaded(picture=PICTURE, filename="map.png"),),
    f"section-{POLITICS}": (SectionOpened(name="Politics", slug="politics"),),
    f"section-{SPORT}": (SectionOpened(name="Sport", slug="sport"),),
    f"tag-{HARBOUR}": (TagCreated(name="Harbour", slug="harbour"),),
    f"tag-{BRIDGES}": (TagCreated(name="Bridges", slug="bridges"),),
    f"article-{OTHER_STORY}": (ArticleDrafted(headline="The other story"),),
}


# --- what happens to stories


def written(new: Doc = BODY, old: Doc = document.EMPTY, base: int = 0) -> ArticleBodyEdited:
    """The body was replaced."""
    readers = document.for_readers(new)
    return ArticleBodyEdited(
        document_schema=document.SCHEMA,
        base=base,
        steps=document.replacing(old, new),
        body_hash=document.digest(new),
        words=document.words(new),
        images=list(document.images(new)),
        readers_hash="" if readers is new else document.digest(readers),
    )


def issued(
    kind: type[Publication] = ArticlePublished, number: int = 1, public_from: Instant = NOW - DAY, **said: Any
) -> Publication:
    """A publication of the story as DRAFT leaves it."""
    words = {
        "path": "/2026/11/22/bridge-closed", "kicker": "", "headline": "Bridge closed", "standfirst": "",
        "kind": "news", "language": "en", "section": None, "bylines": [], "tags": [], "lead": None, "related": [],
        "document_schema": document.SCHEMA, "body": msgspec.Raw(document.encode(BODY)), "words": 9, "images": [],
    }  # fmt: skip
    return kind(number=number, public_from=public_from, **{**words, **said})


DRAFT: tuple[Event | By, ...] = (ArticleDrafted(headline="Bridge closed"), written())
SUBMITTED = (*DRAFT, ArticleSubmitted())
APPROVED = (*SUBMITTED, by("editor", ArticleApproved(reviewed=3)))
PUBLISHED = (*APPROVED, by("editor", issued()))
TOMORROW = NOW + DAY
SCHEDULED = (
    *APPROVED,
    by("editor", issued(ArticleScheduled, public_from=TOMORROW, path="/2026/11/24/bridge-closed")),
)
UPDATE_AHEAD = issued(ArticleScheduled, number=2, public_from=TOMORROW, headline="Bridge open")
EDITED = (*PUBLISHED, ArticleHeadlineChanged(headline="Bridge open"))
RESUBMITTED = (*EDITED, ArticleSubmitted())
REAPPROVED = (*RESUBMITTED, by("editor", ArticleApproved(reviewed=7)))
WAITING = (*REAPPROVED, by("editor", UPDATE_AHEAD))
WITHDRAWN = (*PUBLISHED, ArticleWithdrawn(reason="The council objects."))
RETRACTED = (*PUBLISHED, ArticleRetracted(notice="We could not stand by this."))
TRASHED = (*DRAFT, ArticleTrashed())


@dataclass
class Clock:
    """A clock that only moves when it is told to."""

    now: Instant

    def __call__(self) -> Instant:
        return self.now

    def wait(self, time: Instant) -> None:
        self.now += time
