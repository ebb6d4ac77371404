"""Sections: the parts of the paper."""

import re
from typing import ClassVar

import msgspec

from cms.decider import (
    Context,
    Decider,
    Refused,
    StreamCommand,
    chosen_slug,
    prose,
)
from cms.named import Kind, Named, moved
from events.event import Event
from events.section import (
    SectionClosed,
    SectionDescribed,
    SectionMoved,
    SectionOpened,
    SectionRenamed,
    SectionSlugChanged,
)

KIND = Kind("section", "/")
RESERVED = frozenset({
    "about", "account", "accessibility", "admin", "api", "archive", "assets", "at", "atom", "by", "contact",
    "corrections", "desk", "feed", "feeds", "front", "healthz", "help", "home", "humans", "image", "images", "index",
    "latest", "legal", "log", "login", "logout", "media", "metrics", "news-sitemap", "newsletter", "newsletters",
    "preview", "privacy", "readyz", "robots", "rss", "search", "section", "sections", "signin", "sitemap", "sitemaps",
    "static", "subscribe", "tag", "tags", "terms", "topic", "topics", "user", "users", "well-known",
})  # fmt: skip  # a section of this name would hide something of the site's own, now or later
_NUMBER = re.compile(r"\d+")  # years, and what could be taken for one


class SectionCommand(StreamCommand, frozen=True):
    """Something asked of a section."""

    category: ClassVar[str] = "section"


class Open(SectionCommand, frozen=True):
    """Begin a part of the paper. slug None: made from the name."""

    name: str
    slug: str | None = None


class Rename(SectionCommand, frozen=True):
    """Call it something else."""

    name: str


class ChangeSlug(SectionCommand, frozen=True):
    """Give its front another address."""

    slug: str


class Describe(SectionCommand, frozen=True):
    """Say what it is about."""

    description: str


class Move(SectionCommand, frozen=True):
    """Put it elsewhere in the paper's order: lower comes first."""

    order: int


class Close(SectionCommand, frozen=True):
    """Let no new story into it."""


class Section(Named, frozen=True):
    """What the rules know of a section."""

    description: str = ""
    order: int | None = None
    closed: bool = False


decider = Decider("section", Section(), KIND.addresses)  # a closed one keeps its front, for its stories


def usable(context: Context, id: str, field: str) -> Section:
    """The section, for a story that goes into it. Refused where it is unknown or closed."""
    state = context.states[f"section-{id}"]
    assert isinstance(state, Section)
    KIND.usable(state, id, field)
    if state.closed:
        raise Refused(f"{state.name} is closed: no new story goes into it.", field)
    return state


def reserved(slug: str) -> bool:
    """Whether the site itself needs this word at the root of its addresses."""
    return slug in RESERVED or _NUMBER.fullmatch(slug) is not None


def _slug(slug: str) -> str:
    if reserved(chosen_slug(slug)):
        raise Refused(f"The site itself needs the address /{slug}. Choose another word.", "slug")
    return slug


@decider.on(Open)
def _open(state: Section, command: Open, context: Context) -> list[Event]:
    name = KIND.begun(state, command.id, command.name)
    if command.slug is not None:
        return [SectionOpened(name=name, slug=_slug(command.slug))]
    slug = KIND.derived(command.id, name)
    free = KIND.unused(context, command.stream, f"section-{slug}" if reserved(slug) else slug)
    return [SectionOpened(name=name, slug=free)]


@decider.on(Rename)
def _rename(state: Section, command: Rename, _: Context) -> list[Event]:
    name = KIND.name(command.name)
    return [] if name == KIND.living(state).name else [SectionRenamed(name=name)]


@decider.on(ChangeSlug)
def _change_slug(state: Section, command: ChangeSlug, _: Context) -> list[Event]:
    slug = _slug(command.slug)
    return [] if slug == KIND.living(state).slug else [SectionSlugChanged(slug=slug)]


@decider.on(Describe)
def _describe(state: Section, command: Describe, _: Context) -> list[Event]:
    description = prose(command.description, "description", 500)
    return [] if description == KIND.living(state).description else [SectionDescribed(description=description)]


@decider.on(Move)
def _move(state: Section, command: Move, _: Context) -> list[Event]:
    if not -1_000_000 <= command.order <= 1_000_000:
        raise Refused("A place in the order is a number between -1,000,000 and 1,000,000.", "order")
    return [] if command.order == KIND.living(state).order else [SectionMoved(order=command.order)]


@decider.on(Close)
def _close(state: Section, _: Close, __: Context) -> list[Event]:
    return [] if KIND.living(state).closed else [SectionClosed()]


@decider.after(SectionOpened)
def _opened(state: Section, event: SectionOpened, _: str | None) -> Section:
    return msgspec.structs.replace(state, name=event.name, slug=event.slug)


@decider.after(SectionRenamed, SectionDescribed, SectionMoved)
def _said(state: Section, event: SectionRenamed | SectionDescribed | SectionMoved, _: str | None) -> Section:
    return msgspec.structs.replace(state, **msgspec.structs.asdict(event))


@decider.after(SectionSlugChanged)
def _slug_changed(state: Section, event: SectionSlugChanged, _: str | None) -> Section:
    return moved(state, event.slug)


@decider.after(SectionClosed)
def _closed(state: Section, _: SectionClosed, __: str | None) -> Section:
    return msgspec.structs.replace(state, closed=True)
