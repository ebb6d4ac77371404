"""Stream ``tag-<id>``: something that stories are about."""

from events.event import Event, event


@event("tag.created")
class TagCreated(Event, frozen=True):
    """A new subject."""

    name: str
    slug: str


@event("tag.renamed")
class TagRenamed(Event, frozen=True):
    """It is called something else."""

    name: str


@event("tag.slug_changed")
class TagSlugChanged(Event, frozen=True):
    """Its page has another address; the old one leads to it."""

    slug: str


@event("tag.merged")
class TagMerged(Event, frozen=True):
    """It was the same subject as another: its stories are that one's from now on."""

    into: str  # tag id
