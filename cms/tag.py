"""Tags: what stories are about."""

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
    required,
)
from events.event import Event
from events.tag import TagCreated, TagMerged, TagRenamed, TagSlugChanged

PREFIX = "/tag/"


class TagCommand(Command, frozen=True):
    """Something asked of a tag."""

    category: ClassVar[str] = "tag"
    id: str

    @property
    def stream(self) -> str:
        """The tag's stream."""
        return f"tag-{self.id}"


class Create(TagCommand, frozen=True):
    """Begin a subject. slug None: made from the name."""

    name: str
    slug: str | None = None


class Rename(TagCommand, frozen=True):
    """Call it something else."""

    name: str


class ChangeSlug(TagCommand, frozen=True):
    """Give its page another address."""

    slug: str


class Merge(TagCommand, frozen=True):
    """It was the same subject as ``into``, a tag id."""

    into: str


class Tag(State, frozen=True):
    """What the rules know of a tag."""

    name: str = ""
    slug: str = ""
    former: tuple[str, ...] = ()  # slugs that it had before
    merged: str | None = None  # into which tag


def addresses(state: Tag) -> Addresses:
    """Its page; former pages, and the page of a tag that was merged, lead elsewhere."""
    if not state.version:
        return {}
    return {
        **{f"{PREFIX}{slug}": "redirected" for slug in state.former},
        f"{PREFIX}{state.slug}": "redirected" if state.merged else "claimed",
    }


decider = Decider("tag", Tag(), addresses)


def usable(context: Context, id: str, field: str) -> Tag:
    """The tag, for something that begins to use it. Refused where it is unknown or merged."""
    state = context.states[f"tag-{id}"]
    assert isinstance(state, Tag)
    if not state.version:
        raise Refused(f"There is no tag {id}.", field)
    if state.merged:
        raise Refused(f"{state.name} was merged into another tag. Use that one.", field)
    return state


def _living(state: Tag) -> Tag:
    if not state.version:
        raise Refused("There is no such tag.")
    if state.merged:
        raise Refused(f"{state.name} was merged into another tag. Change that one.")
    return state


def _name(name: str) -> str:
    return line(required(name, "name", "A tag needs a name."), "name", 120)


@decider.on(Create)
def _create(state: Tag, command: Create, context: Context) -> list[Event]:
    if state.version:
        raise Refused("There is already a tag with this id.", "id")
    id, name = new_id(command.id), _name(command.name)
    if command.slug is not None:
        return [TagCreated(name=name, slug=chosen_slug(command.slug))]
    found = path.unused(context, command.stream, PREFIX, derived_slug(name, f"tag-{id[-8:]}"))
    return [TagCreated(name=name, slug=found.removeprefix(PREFIX))]


@decider.on(Rename)
def _rename(state: Tag, command: Rename, _: Context) -> list[Event]:
    name = _name(command.name)
    return [] if name == _living(state).name else [TagRenamed(name=name)]


@decider.on(ChangeSlug)
def _change_slug(state: Tag, command: ChangeSlug, _: Context) -> list[Event]:
    slug = chosen_slug(command.slug)
    return [] if slug == _living(state).slug else [TagSlugChanged(slug=slug)]


@decider.on(Merge)
def _merge(state: Tag, command: Merge, context: Context) -> list[Event]:
    if state.merged == command.into:
        return []
    _living(state)
    if command.into == command.id:
        raise Refused("A tag cannot be merged into itself.", "into")
    usable(context, command.into, "into")
    return [TagMerged(into=command.into)]


@decider.after(TagCreated)
def _created(state: Tag, event: TagCreated, _: str | None) -> Tag:
    return msgspec.structs.replace(state, name=event.name, slug=event.slug)


@decider.after(TagRenamed)
def _renamed(state: Tag, event: TagRenamed, _: str | None) -> Tag:
    return msgspec.structs.replace(state, name=event.name)


@decider.after(TagSlugChanged)
def _slug_changed(state: Tag, event: TagSlugChanged, _: str | None) -> Tag:
    former = tuple(slug for slug in (*state.former, state.slug) if slug != event.slug)
    return msgspec.structs.replace(state, slug=event.slug, former=former)


@decider.after(TagMerged)
def _merged(state: Tag, event: TagMerged, _: str | None) -> Tag:
    return msgspec.structs.replace(state, merged=event.into)
