"""Stream ``site``: the publication itself."""

from events.event import Event, event


@event("site.titled")
class SiteTitled(Event, frozen=True):
    """What it is called, and the line beneath."""

    title: str
    tagline: str
