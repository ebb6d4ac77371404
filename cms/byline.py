"""Bylines: the names that stories are signed with."""

from typing import ClassVar

import msgspec

from cms import image, path
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

PREFIX = "/by/"


class BylineCommand(Command, frozen=True):
    """Something asked of a byline."""

    category: ClassVar[str] = "byline"
    id: str

    @property
    def stream(self) -> str:
        """The byline's stream."""
        return f"byline-{self.id}"


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


class Byline(State, frozen=True):
    """What the rules know of a byline."""

    name: str = ""
    slug: str = ""
    former: tuple[str, ...] = ()  # slugs that it had before
    title: str = ""
    bio: str = ""
    portrait: str | None = None
    retired: bool = False
    merged: str | None = None  # into which byline


def addresses(state: Byline) -> Addresses:
    """Its page; former pages, and the page of a name that was merged, lead elsewhere."""
    if not state.version:
        return {}
    return {
        **{f"{PREFIX}{slug}": "redirected" for slug in state.former},
        f"{PREFIX}{state.slug}": "redirected" if state.merged else "claimed",
    }


decider = Decider("byline", Byline(), addresses)


def usable(context: Context, id: str, field: str) -> Byline:
    """The byline, for something that begins to use it. Refused where it is unknown, retired or merged."""
    state = context.states[f"byline-{id}"]
    assert isinstance(state, Byline)
    if not state.version:
        raise Refused(f"There is no byline {id}.", field)
    if state.merged:
        raise Refused(f"{state.name} was merged into another byline. Use that one.", field)
    if state.retired:
        raise Refused(f"{state.name} is retired and signs nothing new.", field)
    return state


def _living(state: Byline) -> Byline:
    if not state.version:
        raise Refused("There is no such byline.")
    if state.merged:
        raise Refused(f"{state.name} was merged into another byline. Change that one.")
    return state


def _name(name: str) -> str:
    return line(required(name, "name", "A byline needs a name."), "name", 120)


@decider.on(Create)
def _create(state: Byline, command: Create, context: Context) -> list[Event]:
    if state.version:
        raise Refused("There is already a byline with this id.", "id")
    id, name = new_id(command.id), _name(command.name)
    if command.slug is not None:
        return [BylineCreated(name=name, slug=chosen_slug(command.slug))]
    found = path.unused(context, command.stream, PREFIX, derived_slug(name, f"byline-{id[-8:]}"))
    return [BylineCreated(name=name, slug=found.removeprefix(PREFIX))]


@decider.on(Rename)
def _rename(state: Byline, command: Rename, _: Context) -> list[Event]:
    name = _name(command.name)
    return [] if name == _living(state).name else [BylineRenamed(name=name)]


@decider.on(ChangeSlug)
def _change_slug(state: Byline, command: ChangeSlug, _: Context) -> list[Event]:
    slug = chosen_slug(command.slug)
    return [] if slug == _living(state).slug else [BylineSlugChanged(slug=slug)]


@decider.on(ChangeTitle)
def _change_title(state: Byline, command: ChangeTitle, _: Context) -> list[Event]:
    title = line(command.title, "title", 120)
    return [] if title == _living(state).title else [BylineTitleChanged(title=title)]


@decider.on(ChangeBio)
def _change_bio(state: Byline, command: ChangeBio, _: Context) -> list[Event]:
    bio = prose(command.bio, "bio")
    return [] if bio == _living(state).bio else [BylineBioChanged(bio=bio)]


@decider.on(SetPortrait)
def _set_portrait(state: Byline, command: SetPortrait, context: Context) -> list[Event]:
    if command.image == _living(state).portrait:
        return []
    if command.image is not None:
        image.usable(context, command.image, "image")
    return [BylinePortraitSet(image=command.image)]


@decider.on(Retire)
def _retire(state: Byline, _: Retire, __: Context) -> list[Event]:
    return [] if _living(state).retired else [BylineRetired()]


@decider.on(Merge)
def _merge(state: Byline, command: Merge, context: Context) -> list[Event]:
    if state.merged == command.into:
        return []
    _living(state)
    if command.into == command.id:
        raise Refused("A byline cannot be merged into itself.", "into")
    usable(context, command.into, "into")
    return [BylineMerged(into=command.into)]


@decider.after(BylineCreated)
def _created(state: Byline, event: BylineCreated, _: str | None) -> Byline:
    return msgspec.structs.replace(state, name=event.name, slug=event.slug)


@decider.after(BylineSlugChanged)
def _slug_changed(state: Byline, event: BylineSlugChanged, _: str | None) -> Byline:
    former = tuple(slug for slug in (*state.former, state.slug) if slug != event.slug)
    return msgspec.structs.replace(state, slug=event.slug, former=former)


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
