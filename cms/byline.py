"""Bylines: the names that stories are signed with."""

from typing import ClassVar

import msgspec

from cms import image
from cms.decider import (
    Context,
    Decider,
    Refused,
    StreamCommand,
    chosen_slug,
    line,
    prose,
)
from cms.named import Kind, Named, moved
from events.byline import (
    BylineBioChanged,
    BylineCreated,
    BylineMerged,
    BylinePortraitSet,
    BylineRenamed,
    BylineRetired,
    BylineSlugChanged,
    BylineTitleChanged,
)
from events.event import Event

KIND = Kind("byline", "/by/")


class BylineCommand(StreamCommand, frozen=True):
    """Something asked of a byline."""

    category: ClassVar[str] = "byline"


class Create(BylineCommand, frozen=True):
    """Take in a name. slug None: made from the name."""

    name: str
    slug: str | None = None


class Rename(BylineCommand, frozen=True):
    """Sign with another name, everywhere."""

    name: str


class ChangeSlug(BylineCommand, frozen=True):
    """Give their page another address."""

    slug: str


class ChangeTitle(BylineCommand, frozen=True):
    """Say what they are."""

    title: str


class ChangeBio(BylineCommand, frozen=True):
    """Say who they are."""

    bio: str


class SetPortrait(BylineCommand, frozen=True):
    """Choose their portrait, an image id; None: none."""

    image: str | None


class Retire(BylineCommand, frozen=True):
    """They sign nothing new."""


class Merge(BylineCommand, frozen=True):
    """It was another name for ``into``, a byline id."""

    into: str


class Byline(Named, frozen=True):
    """What the rules know of a byline."""

    title: str = ""
    bio: str = ""
    portrait: str | None = None
    retired: bool = False


decider = Decider("byline", Byline(), KIND.addresses)


def usable(context: Context, id: str, field: str) -> Byline:
    """The byline, for something that begins to use it. Refused where it is unknown, retired or merged."""
    state = context.states[f"byline-{id}"]
    assert isinstance(state, Byline)
    KIND.usable(state, id, field)
    if state.retired:
        raise Refused(f"{state.name} is retired and signs nothing new.", field)
    return state


@decider.on(Create)
def _create(state: Byline, command: Create, context: Context) -> list[Event]:
    name = KIND.begun(state, command.id, command.name)
    if command.slug is not None:
        return [BylineCreated(name=name, slug=chosen_slug(command.slug))]
    return [BylineCreated(name=name, slug=KIND.unused(context, command.stream, KIND.derived(command.id, name)))]


@decider.on(Rename)
def _rename(state: Byline, command: Rename, _: Context) -> list[Event]:
    name = KIND.name(command.name)
    return [] if name == KIND.living(state).name else [BylineRenamed(name=name)]


@decider.on(ChangeSlug)
def _change_slug(state: Byline, command: ChangeSlug, _: Context) -> list[Event]:
    slug = chosen_slug(command.slug)
    return [] if slug == KIND.living(state).slug else [BylineSlugChanged(slug=slug)]


@decider.on(ChangeTitle)
def _change_title(state: Byline, command: ChangeTitle, _: Context) -> list[Event]:
    title = line(command.title, "title", 120)
    return [] if title == KIND.living(state).title else [BylineTitleChanged(title=title)]


@decider.on(ChangeBio)
def _change_bio(state: Byline, command: ChangeBio, _: Context) -> list[Event]:
    bio = prose(command.bio, "bio")
    return [] if bio == KIND.living(state).bio else [BylineBioChanged(bio=bio)]


@decider.on(SetPortrait)
def _set_portrait(state: Byline, command: SetPortrait, context: Context) -> list[Event]:
    if command.image == KIND.living(state).portrait:
        return []
    if command.image is not None:
        image.usable(context, command.image, "image")
    return [BylinePortraitSet(image=command.image)]


@decider.on(Retire)
def _retire(state: Byline, _: Retire, __: Context) -> list[Event]:
    return [] if KIND.living(state).retired else [BylineRetired()]


@decider.on(Merge)
def _merge(state: Byline, command: Merge, context: Context) -> list[Event]:
    if state.merged == command.into:
        return []
    KIND.living(state)
    if command.into == command.id:
        raise Refused("A byline cannot be merged into itself.", "into")
    usable(context, command.into, "into")
    return [BylineMerged(into=command.into)]


@decider.after(BylineCreated)
def _created(state: Byline, event: BylineCreated, _: str | None) -> Byline:
    return msgspec.structs.replace(state, name=event.name, slug=event.slug)


@decider.after(BylineSlugChanged)
def _slug_changed(state: Byline, event: BylineSlugChanged, _: str | None) -> Byline:
    return moved(state, event.slug)


@decider.after(BylineRenamed, BylineTitleChanged, BylineBioChanged)
def _said(
    state: Byline, event: BylineRenamed | BylineTitleChanged | BylineBioChanged, _: str | None
) -> Byline:
    return msgspec.structs.replace(state, **msgspec.structs.asdict(event))


@decider.after(BylinePortraitSet)
def _portrait_set(state: Byline, event: BylinePortraitSet, _: str | None) -> Byline:
    return msgspec.structs.replace(state, portrait=event.image)


@decider.after(BylineRetired)
def _retired(state: Byline, _: BylineRetired, __: str | None) -> Byline:
    return msgspec.structs.replace(state, retired=True)


@decider.after(BylineMerged)
def _merged(state: Byline, event: BylineMerged, _: str | None) -> Byline:
    return msgspec.structs.replace(state, merged=event.into)
