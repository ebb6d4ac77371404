"""Stream ``byline-<id>``: a name that stories are signed with. What is private about a person is not here."""

from events.event import Event, event


@event("byline.created")
class BylineCreated(Event, frozen=True):
    """Somebody writes, or takes pictures, for us."""

    name: str
    slug: str


@event("byline.renamed")
class BylineRenamed(Event, frozen=True):
    """They sign with another name now, on everything they ever signed."""

    name: str


@event("byline.slug_changed")
class BylineSlugChanged(Event, frozen=True):
    """Their page has another address; the old one leads to it."""

    slug: str


@event("byline.title_changed")
class BylineTitleChanged(Event, frozen=True):
    """What they are: 'Political editor'."""

    title: str


@event("byline.bio_changed")
class BylineBioChanged(Event, frozen=True):
    """What their page says of them."""

    bio: str


@event("byline.portrait_set")
class BylinePortraitSet(Event, frozen=True):
    """Their portrait: an image id, or none."""

    image: str | None


@event("byline.retired")
class BylineRetired(Event, frozen=True):
    """They sign nothing new; what they signed stays theirs."""


@event("byline.merged")
class BylineMerged(Event, frozen=True):
    """This was another name for the same person: everything of theirs is that one's from now on."""

    into: str  # byline id
