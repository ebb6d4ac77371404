"""One reader's request: what it may ask, where its links lead, and whether it is in the present."""
from __future__ import annotations

import re
from functools import cached_property

from markupsafe import Markup

from cms.site import Daybook
from cms.site.answers import Made
from cms.site.words import Clock
from events.instant import Instant, to_iso
from views.shapes import Reader, SectionView, SiteView

_INTERNAL = re.compile(r' href="/(?!media/|static/|/)')

# A table that is wider than the screen is scrolled by keyboard too.
_TABLE = '<div class="table" tabindex="0" role="region" aria-label="Table">'


class Visit:
    """Handed to every page and template as `v`."""

    def __init__(self, daybook: Daybook, reader: Reader, path: str, now: Instant, clock: Clock,
                 before: str | None = None) -> None:
        self.daybook, self.reader, self.path, self.now, self.clock = daybook, reader, path, now, clock
        self.before = before  # the cursor of a further page of a list
        self.at = reader.instant
        self.base = f"/at/{to_iso(self.at)}" if self.at is not None else ""
        self.origin = daybook.settings.site_url
        self.keys: list[str] = []  # what the page is made of, for Surrogate-Key
        self.reusable: Made | None = None  # the last page made for this address, perhaps no longer true
        self.until: Instant | None = None  # the page stops being true then, apart from the reader's boundary

    @cached_property
    def site(self) -> SiteView:
        return self.reader.site()

    @cached_property
    def sections(self) -> tuple[SectionView, ...]:
        return self.reader.sections()

    @property
    def moment(self) -> Instant:
        """The time on this page's clock. A page that shows today's date must set `until`."""
        return self.now if self.at is None else self.at

    def link(self, path: str) -> str:
        """An address of this site that stays at the instant travelled to."""
        return self.base + path

    def absolute(self, path: str) -> str:
        return self.origin + path

    def body(self, html: str) -> Markup:
        """An article's body; its links stay at the instant travelled to."""
        if self.base:
            html = _INTERNAL.sub(f' href="{self.base}/', html.replace(f' href="{self.origin}/', ' href="/'))
        html = html.replace('<div class="table">', _TABLE)
        return Markup(html)  # noqa: S704 rendered and escaped by the views
