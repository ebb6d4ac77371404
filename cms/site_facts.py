"""The publication itself: what it is called."""

from typing import ClassVar

import msgspec

from cms.decider import Command, Context, Decider, State, line, required
from events.event import Event
from events.site import SiteTitled


class Title(Command, frozen=True):
    """Call the publication something, with a line beneath."""

    category: ClassVar[str] = "site"
    title: str
    tagline: str = ""

    @property
    def stream(self) -> str:
        """There is one."""
        return "site"


class Site(State, frozen=True):
    """What it is called."""

    title: str = ""
    tagline: str = ""


decider = Decider("site", Site())


@decider.on(Title)
def _title(state: Site, command: Title, _: Context) -> list[Event]:
    title = line(required(command.title, "title", "A publication needs a title."), "title", 100)
    tagline = line(command.tagline, "tagline", 200)
    if (title, tagline) == (state.title, state.tagline):
        return []
    return [SiteTitled(title=title, tagline=tagline)]


@decider.after(SiteTitled)
def _titled(state: Site, event: SiteTitled, _: str | None) -> Site:
    return msgspec.structs.replace(state, title=event.title, tagline=event.tagline)
