"""Stream ``section-<id>``: a part of the paper."""

from events.event import Event, event


@event("section.opened")
class SectionOpened(Event):
    """A new part of the paper."""

    name: str
    slug: str


@event("section.renamed")
class SectionRenamed(Event):
    """It is called something else."""

    name: str


@event("section.slug_changed")
class SectionSlugChanged(Event):
    """Its front has another address; the old one leads to it."""

    slug: str


@event("section.described")
class SectionDescribed(Event):
    """What it is about, in a sentence."""

    description: str


@event("section.moved")
class SectionMoved(Event):
    """Its place in the paper's order: lower comes first; equal ones by name."""

    order: int


@event("section.closed")
class SectionClosed(Event):
    """No new story goes into it; it leaves the menus. Its stories stay."""
