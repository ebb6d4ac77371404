"""The public site: every page readers see, now or at an instant of the past.

`register(app, daybook)` is all that app.py calls. What the site needs of the rest is the protocol `Daybook`
below: a reader of views (live, or as of an instant), a search, the folder of blobs and the settings. The site
never writes, and knows no log and no database.
"""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import Flask

from events.instant import Instant
from search.shapes import Completion, Query, Results
from views.shapes import Reader


class Blobs(Protocol):
    def path(self, sha256: str) -> Path:
        """Where the file of that content is, whether or not it exists."""


class SiteSettings(Protocol):
    @property
    def site_url(self) -> str: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def renditions(self) -> Path: ...


class Daybook(Protocol):
    """What app.py hands in, kept at `app.extensions['daybook']`; one for the process, used by many threads."""

    @property
    def settings(self) -> SiteSettings: ...
    @property
    def media(self) -> Blobs: ...

    @property
    def clock(self) -> Callable[[], Instant]:
        """Now."""

    def reader(self, at: Instant | None = None) -> Reader:
        """A reader bound to the current generation; raises ViewsMissing when there is none."""

    def search(self, query: Query) -> Results:
        """Takes any text; raises IndexMissing while there is no index to ask."""

    def complete(self, text: str, now: Instant) -> list[Completion]:
        """What a reader who types this may be about to ask for. Raises IndexMissing."""

    def related(self, article: str, now: Instant) -> list[str]:
        """The ids of the public articles that are most like a public one, the likest first."""


def register(app: Flask, daybook: Daybook) -> None:
    """Puts the site's routes, the templates' `asset` and `icon`, and the built files into the app."""
    from cms.site.routes import install

    app.extensions["daybook"] = daybook
    install(app)
