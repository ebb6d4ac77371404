"""Sections: the parts of the paper."""

import re
from typing import ClassVar

import msgspec

from cms import path
from cms.decider import (
    Addresses,
    Command,
    Context,
    Decider,
    Refused,
    State,
    chosen_slug,
    derived_slug,
    line,
    new_id,
    prose,
    required,
)
from events.event import Event
from events.section import (
    SectionClosed,
    SectionDescribed,
    SectionMoved,
    SectionOpened,
    SectionRenamed,
    SectionSlugChanged,
)

PREFIX = "/"
RESERVED = frozenset({
    "about", "account", "accessibility", "admin", "api", "archive", "assets", "at", "atom", "by", "contact",
    "corrections", "desk", "feed", "feeds", "front", "healthz", "help", "home", "humans", "image", "images", "index",
    "latest", "legal", "log", "login", "logout", "media", "metrics", "news-sitemap", "newsletter", "newsletters",
    "preview", "privacy", "readyz", "robots", "rss", "search", "section", "sections", "signin", "sitemap", "sitemaps",
    "static", "subscribe", "tag", "tags", "terms", "topic", "topics", "user", "users", "well-known",
})  # fmt: skip  # a section of this name would hide something of the site's own, now or later
_NUMBER = re.compile(r"\d+")  # years, and what could be taken for one


class SectionCommand(Command, frozen=True):
    """Something asked of a section."""

    category: ClassVar[str] = "section"
    id: str

    @property
    def stream(self) -> str:
        """The section's stream."""
        return f"section-{self.id}"


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


class Section(State, frozen=True):
    """What the rules know of a section."""

    name: str = ""
    slug: str = ""
    former: tuple[str, ...] = ()  # slugs that it had before
    description: str = ""
    order: int | None = None
    closed: bool = False


def addresses(state: Section) -> Addresses:
    """Its front (a closed section keeps it, for its stories); former fronts lead there."""
    if not state.version:
        return {}
    return {
        **{f"{PREFIX}{slug}": "redirected" for slug in state.former},
        f"{PREFIX}{state.slug}": "claimed",
    }


decider = Decider("section", Section(), addresses)


def usable(context: Context, id: str, field: str) -> Section:
    """The section, for a story that goes into it. Refused where it is unknown or closed."""
    state = context.states[f"section-{id}"]
    assert isinstance(state, Section)
    if not state.version:
        raise Refused(f"There is no section {id}.", field)
    if state.closed:
        raise Refused(f"{state.name} is closed: no new story goes into it.", field)
    return state


def reserved(slug: str) -> bool:
    """Whether the site itself needs this word at the root of its addresses."""
    return slug in RESERVED or _NUMBER.fullmatch(slug) is not None


def _living(state: Section) -> Section:
    if not state.version:
        raise Refused("There is no such section.")
    return state


def _name(name: str) -> str:
    return line(required(name, "name", "A section needs a name."), "name", 120)


def _slug(slug: str) -> str:
    if reserved(chosen_slug(slug)):
        raise Refused(f"The site itself needs the address /{slug}. Choose another word.", "slug")
    return slug


@decider.on(Open)
def _open(state: Section, command: Open, context: Context) -> list[Event]:
    if state.version:
        raise Refused("There is already a section with this id.", "id")
    id, name = new_id(command.id), _name(command.name)
    if command.slug is not None:
        return [SectionOpened(name=name, slug=_slug(command.slug))]
    slug = derived_slug(name, f"section-{id[-8:]}")
    if reserved(slug):
        slug = f"section-{slug}"
    found = path.unused(context, command.stream, PREFIX, slug)
    return [SectionOpened(name=name, slug=found.removeprefix(PREFIX))]


@decider.on(Rename)
def _rename(state: Section, command: Rename, _: Context) -> list[Event]:
    name = _name(command.name)
    return [] if name == _living(state).name else [SectionRenamed(name=name)]


@decider.on(ChangeSlug)
def _change_slug(state: Section, command: ChangeSlug, _: Context) -> list[Event]:
    slug = _slug(command.slug)
    return [] if slug == _living(state).slug else [SectionSlugChanged(slug=slug)]


@decider.on(Describe)
def _describe(state: Section, command: Describe, _: Context) -> list[Event]:
    description = prose(command.description, "description", 500)
    return [] if description == _living(state).description else [SectionDescribed(description=description)]


@decider.on(Move)
def _move(state: Section, command: Move, _: Context) -> list[Event]:
    if not -1_000_000 <= command.order <= 1_000_000:
        raise Refused("A place in the order is a number between -1,000,000 and 1,000,000.", "order")
    return [] if command.order == _living(state).order else [SectionMoved(order=command.order)]


@decider.on(Close)
def _close(state: Section, _: Close, __: Context) -> list[Event]:
    return [] if _living(state).closed else [SectionClosed()]


@decider.after(SectionOpened)
def _opened(state: Section, event: SectionOpened, _: str | None) -> Section:
    return msgspec.structs.replace(state, name=event.name, slug=event.slug)


@decider.after(SectionRenamed, SectionDescribed, SectionMoved)
def _said(state: Section, event: SectionRenamed | SectionDescribed | SectionMoved, _: str | None) -> Section:
    return msgspec.structs.replace(state, **msgspec.structs.asdict(event))


@decider.after(SectionSlugChanged)
def _slug_changed(state: Section, event: SectionSlugChanged, _: str | None) -> Section:
    former = tuple(slug for slug in (*state.former, state.slug) if slug != event.slug)
    return msgspec.structs.replace(state, slug=event.slug, former=former)


@decider.after(SectionClosed)
def _closed(state: Section, _: SectionClosed, __: str | None) -> Section:
    return msgspec.structs.replace(state, closed=True)
