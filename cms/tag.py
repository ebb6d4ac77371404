"""Tags: what stories are about."""

from typing import ClassVar

import msgspec

from cms.decider import Context, Decider, Refused, StreamCommand, chosen_slug
from cms.named import Kind, Named, moved
from events.event import Event
from events.tag import TagCreated, TagMerged, TagRenamed, TagSlugChanged

KIND = Kind("tag", "/tag/")


class TagCommand(StreamCommand, frozen=True):
    """Something asked of a tag."""

    category: ClassVar[str] = "tag"


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


class Tag(Named, frozen=True):
    """What the rules know of a tag."""


decider = Decider("tag", Tag(), KIND.addresses)


def usable(context: Context, id: str, field: str) -> Tag:
    """The tag, for something that begins to use it. Refused where it is unknown or merged."""
    state = context.states[f"tag-{id}"]
    assert isinstance(state, Tag)
    return KIND.usable(state, id, field)


@decider.on(Create)
def _create(state: Tag, command: Create, context: Context) -> list[Event]:
    name = KIND.begun(state, command.id, command.name)
    if command.slug is not None:
        return [TagCreated(name=name, slug=chosen_slug(command.slug))]
    return [TagCreated(name=name, slug=KIND.unused(context, command.stream, KIND.derived(command.id, name)))]


@decider.on(Rename)
def _rename(state: Tag, command: Rename, _: Context) -> list[Event]:
    name = KIND.name(command.name)
    return [] if name == KIND.living(state).name else [TagRenamed(name=name)]


@decider.on(ChangeSlug)
def _change_slug(state: Tag, command: ChangeSlug, _: Context) -> list[Event]:
    slug = chosen_slug(command.slug)
    return [] if slug == KIND.living(state).slug else [TagSlugChanged(slug=slug)]


@decider.on(Merge)
def _merge(state: Tag, command: Merge, context: Context) -> list[Event]:
    if state.merged == command.into:
        return []
    KIND.living(state)
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
    return moved(state, event.slug)


@decider.after(TagMerged)
def _merged(state: Tag, event: TagMerged, _: str | None) -> Tag:
    return msgspec.structs.replace(state, merged=event.into)
