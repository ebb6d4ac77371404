"""Stream ``site``: the publication itself."""

from events.event import Event, event


@event("site.titled")
class SiteTitled(Event):
    """What it is called, and the line beneath."""

    title: str
    tagline: str
