"""Stream ``byline-<id>``: a name that stories are signed with. What is private about a person is not here."""

from events.event import Event, event


@event("byline.created")
class BylineCreated(Event):
    """Somebody writes, or takes pictures, for us."""

    name: str
    slug: str


@event("byline.renamed")
class BylineRenamed(Event):
    """They sign with another name now, on everything they ever signed."""

    name: str


@event("byline.slug_changed")
class BylineSlugChanged(Event):
    """Their page has another address; the old one leads to it."""

    slug: str


@event("byline.title_changed")
class BylineTitleChanged(Event):
    """What they are: 'Political editor'."""

    title: str


@event("byline.bio_changed")
class BylineBioChanged(Event):
    """What their page says of them."""

    bio: str


@event("byline.portrait_set")
class BylinePortraitSet(Event):
    """Their portrait: an image id, or none."""

    image: str | None


@event("byline.retired")
class BylineRetired(Event):
    """They sign nothing new; what they signed stays theirs."""


@event("byline.merged")
class BylineMerged(Event):
    """This was another name for the same person: everything of theirs is that one's from now on."""

    into: str  # byline id
