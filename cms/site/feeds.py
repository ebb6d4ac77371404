"""RSS, Atom and JSON Feed of the site, a section, a byline, a tag."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from cms.site.outcomes import Document, found
from cms.site.visit import Visit
from events.instant import to_iso
from views import pictures
from views.shapes import Card

if TYPE_CHECKING:
    from cms.site.routes import Site

ENTRIES = 30
KINDS = {"xml": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8",
         "json": "application/feed+json"}


@dataclass(frozen=True)
class Feed:
    title: str
    description: str
    home: str  # path of the page it follows
    own: str  # path of the feed itself
    cards: tuple[Card, ...]


def site(site: Site, visit: Visit, form: str) -> Document:
    cards = visit.reader.latest(ENTRIES).items
    return written(site, visit, form, Feed(visit.site.title, visit.site.tagline, "/", visit.path, cards))


def section(site: Site, visit: Visit, section: str, form: str) -> Document:
    shown = found(visit.reader.section(section), lambda slug: f"/{slug}/feed.{form}")
    cards = visit.reader.latest(ENTRIES, section=shown.id).items
    title = f"{shown.name} | {visit.site.title}"
    return written(site, visit, form, Feed(title, shown.description, f"/{shown.slug}", visit.path, cards))


def byline(site: Site, visit: Visit, slug: str, form: str) -> Document:
    shown = found(visit.reader.byline(slug), lambda slug: f"/by/{slug}/feed.{form}")
    cards = visit.reader.latest(ENTRIES, byline=shown.id).items
    title = f"{shown.name} | {visit.site.title}"
    return written(site, visit, form, Feed(title, shown.title, f"/by/{shown.slug}", visit.path, cards))


def tag(site: Site, visit: Visit, slug: str, form: str) -> Document:
    shown = found(visit.reader.tag(slug), lambda slug: f"/tag/{slug}/feed.{form}")
    cards = visit.reader.latest(ENTRIES, tag=shown.id).items
    title = f"{shown.name} | {visit.site.title}"
    return written(site, visit, form, Feed(title, "", f"/tag/{shown.slug}", visit.path, cards))


def written(site: Site, visit: Visit, form: str, feed: Feed) -> Document:
    visit.keys += ["feed", *(f"article:{card.article}" for card in feed.cards)]
    if form == "json":
        return Document(msgspec.json.encode(json_feed(visit, feed)), KINDS[form])
    newest = max((card.updated_at or card.published_at for card in feed.cards), default=None)
    return Document(site.templates(f"feed.{form}", v=visit, feed=feed, newest=newest, size=pictures.size), KINDS[form])


def json_feed(visit: Visit, feed: Feed) -> dict[str, Any]:
    return {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "description": feed.description,
            "home_page_url": visit.absolute(visit.link(feed.home)), "feed_url": visit.absolute(visit.link(feed.own)),
            "language": "en-GB", "items": [item(visit, card) for card in feed.cards]}


def item(visit: Visit, card: Card) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": f"urn:uuid:{card.article}", "url": visit.absolute(visit.link(card.path)), "title": card.headline,
        "content_text": card.standfirst or card.headline, "summary": card.standfirst, "language": card.language,
        "date_published": to_iso(card.published_at), "date_modified": to_iso(card.updated_at or card.published_at),
        "authors": [{"name": byline.name, "url": visit.absolute(visit.link(f"/by/{byline.slug}"))}
                    for byline in card.bylines if byline.role in ("", "by")]}
    if card.image:
        entry["image"] = visit.absolute(pictures.address(card.image, pictures.widths(card.image)[-1], fmt="jpg"))
    if card.section:
        entry["tags"] = [card.section.name]
    return entry
