"""What crawlers ask for: sitemaps that reach every public article, robots.txt and the web manifest."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from cms.site.outcomes import Document, Missing
from cms.site.visit import Visit
from events.instant import DAY

if TYPE_CHECKING:
    from cms.site.routes import Site

XML = "application/xml; charset=utf-8"
PART = 10_000  # addresses in one sitemap; the format allows 50,000
NEWS = 2 * DAY  # Google: only what was published in the last two days
_NAME = re.compile(r"(\d{4})-(\d{2})(?:-(\d{1,4}))?")


def index(site: Site, visit: Visit) -> Document:
    """A sitemap of each month, in parts where it is large."""
    parts = []
    for month in visit.reader.months():
        name = month.period.replace("/", "-")
        for part in range(-(-month.articles // PART)):
            parts.append((f"{name}-{part + 1}" if part else name, month.changed_at))
    return Document(site.templates("sitemap_index.xml", v=visit, parts=parts), XML)


def articles(site: Site, visit: Visit, name: str) -> Document:
    matched = _NAME.fullmatch(name)
    if matched is None:
        raise Missing
    year, month, part = matched.group(1), matched.group(2), int(matched.group(3) or 1)
    entries = visit.reader.sitemap(f"/{year}/{month}/", (part - 1) * PART, PART) if part else ()
    if not entries:
        raise Missing
    return Document(site.templates("sitemap.xml", v=visit, entries=entries), XML)


def pages(site: Site, visit: Visit) -> Document:
    paths = ["/", *(f"/{section.slug}" for section in visit.sections), "/archive", "/corrections", "/about"]
    return Document(site.templates("sitemap_pages.xml", v=visit, paths=paths), XML)


def news(site: Site, visit: Visit) -> Document:
    since = visit.now - NEWS
    cards = [card for card in visit.reader.latest(1000).items if card.published_at >= since]
    # The oldest leaves at a moment of its own; an hour is near enough for a crawler.
    visit.until = visit.now + DAY // 24
    return Document(site.templates("sitemap_news.xml", v=visit, cards=cards), XML)


def robots(_site: Site, visit: Visit) -> Document:
    lines = ["User-agent: *", "Disallow: /at/", "Disallow: /desk", "Disallow: /search", "",
             f"Sitemap: {visit.absolute('/sitemap.xml')}", f"Sitemap: {visit.absolute('/sitemap-news.xml')}", ""]
    return Document("\n".join(lines), "text/plain; charset=utf-8")


def manifest(site: Site, visit: Visit) -> Document:
    icon = {"src": site.assets.url("favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
    data = {"name": visit.site.title, "short_name": visit.site.title, "description": visit.site.tagline,
            "start_url": "/", "display": "browser", "background_color": "#fbfaf7", "theme_color": "#0c4a66",
            "icons": [icon]}
    return Document(msgspec.json.encode(data), "application/manifest+json")
