"""The demo newsroom as it is written down: what README.md beside this file describes, read and typed."""

import re
import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from events.instant import HOUR, MINUTE, Instant, from_datetime, to_datetime

FOLDER = Path(__file__).parent
_DAY_AND_TIME = re.compile(r"([+-])(\d+)d (\d\d):(\d\d)")
_AGO = re.compile(r"-(\d+)([hm])")


class Staff(msgspec.Struct, frozen=True):
    """Somebody with an account. key: how histories name them."""

    key: str
    email: str
    name: str
    role: str


class Byline(msgspec.Struct, frozen=True):
    """A name that stories are signed with."""

    slug: str
    name: str
    title: str
    bio: str
    staff: str
    portrait: str | None = None


class Section(msgspec.Struct, frozen=True):
    """A part of the paper; editor: who approves by default."""

    slug: str
    name: str
    order: int
    description: str
    editor: str


class Tag(msgspec.Struct, frozen=True):
    """A subject."""

    slug: str
    name: str


class Image(msgspec.Struct, frozen=True):
    """A picture of the folder images/."""

    file: str
    alt: str
    caption: str = ""
    credit: str = ""
    focus: tuple[float, float] | None = None


class Change(msgspec.Struct, frozen=True):
    """A later change to a byline or an image: what was true before it."""

    at: str
    who: str
    image: str | None = None
    caption_was: str | None = None
    byline: str | None = None
    title_was: str | None = None
    name_was: str | None = None


class Paper(msgspec.Struct, frozen=True):
    """newsroom.toml."""

    site: dict[str, str]
    staff: tuple[Staff, ...]
    bylines: tuple[Byline, ...]
    sections: tuple[Section, ...]
    tags: tuple[Tag, ...]
    images: tuple[Image, ...]
    changes: tuple[Change, ...] = ()


class Replaced(msgspec.Struct, frozen=True):
    """Words of the body: as a step left them, and as they were before."""

    now: str
    was: str


class Step(msgspec.Struct, frozen=True):
    """One entry of a story's history."""

    at: str
    who: str
    does: str
    note: str = ""
    reason: str = ""
    headline_was: str | None = None
    standfirst_was: str | None = None
    kicker_was: str | None = None
    lead_was: str | None = None
    tags_was: tuple[str, ...] | None = None
    text: tuple[Replaced, ...] = ()


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One file of articles/."""

    slug: str
    section: str
    kind: str
    kicker: str = ""
    headline: str
    standfirst: str = ""
    by: tuple[str, ...] = ()
    photographs: tuple[str, ...] = ()
    contributing: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lead: str = ""
    lead_caption: str | None = None
    lead_alt: str | None = None
    related: tuple[str, ...] = ()
    state: str
    at: str | None = None
    history: tuple[Step, ...] = ()
    body: str


def read_paper(folder: Path = FOLDER) -> Paper:
    """The newsroom. Raises msgspec.ValidationError where it is not as README.md says."""
    return msgspec.convert(tomllib.loads((folder / "newsroom.toml").read_text()), Paper)


def read_stories(folder: Path = FOLDER) -> list[Story]:
    """Every article, by slug."""
    return [_story(path) for path in sorted((folder / "articles").glob("*.md"))]


def _story(path: Path) -> Story:
    _, head, body = path.read_text().split("+++\n", 2)
    fields: dict[str, Any] = {**tomllib.loads(head), "slug": path.stem, "body": body.strip() + "\n"}
    return msgspec.convert(fields, Story)


def when(text: str, now: Instant, zone: ZoneInfo) -> Instant:
    """The moment that ``-12d 07:30``, ``+2d 06:00``, ``-5h`` or ``-40m`` means at ``now``."""
    if match := _DAY_AND_TIME.fullmatch(text):
        days = int(match[2]) * (1 if match[1] == "+" else -1)
        day = to_datetime(now).astimezone(zone).date() + timedelta(days=days)
        return from_datetime(datetime.combine(day, time(int(match[3]), int(match[4])), zone))
    if match := _AGO.fullmatch(text):
        return now - int(match[1]) * (HOUR if match[2] == "h" else MINUTE)
    raise ValueError(f"{text!r} is not a moment of the demo")
