"""Stream ``section-<id>``: a part of the paper."""

from events.event import Event, event


@event("section.opened")
class SectionOpened(Event, frozen=True):
    """A new part of the paper."""

    name: str
    slug: str


@event("section.renamed")
class SectionRenamed(Event, frozen=True):
    """It is called something else."""

    name: str


@event("section.slug_changed")
class SectionSlugChanged(Event, frozen=True):
    """Its front has another address; the old one leads to it."""

    slug: str


@event("section.described")
class SectionDescribed(Event, frozen=True):
    """What it is about, in a sentence."""

    description: str


@event("section.moved")
class SectionMoved(Event, frozen=True):
    """Its place in the paper's order: lower comes first; equal ones by name."""

    order: int


@event("section.closed")
class SectionClosed(Event, frozen=True):
    """No new story goes into it; it leaves the menus. Its stories stay."""
