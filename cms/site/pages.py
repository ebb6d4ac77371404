"""Home, articles, sections, bylines, tags, corrections and about: each asks the reader and fills a template."""
from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from cms.site import front, linked_data
from cms.site.outcomes import Document, found
from cms.site.visit import Visit
from views.shapes import Card, Correction, Page, SectionView, SiteView

if TYPE_CHECKING:
    from cms.site.routes import Site

LISTED = 20  # cards on a page of a list
ONWARD = 4  # cards beneath an article
RAIL = 8  # candidates for a section's four places on the home page


def home(site: Site, visit: Visit) -> Document:
    latest = visit.reader.latest(front.LATEST).items
    rails = [front.Rail(section, visit.reader.latest(RAIL, section=section.id).items) for section in visit.sections]
    shown = front.arrange(latest, rails)
    corrections = visit.reader.corrections(3).items
    visit.keys += ["home", *keys_of(latest)]
    visit.until = visit.clock.midnight(visit.moment) if visit.at is None else None
    data = linked_data.website(visit)
    return Document(site.templates("home.html", v=visit, front=shown, corrections=corrections, data=data))


def article(site: Site, visit: Visit, year: int, month: int, day: int, slug: str) -> Document:
    path = f"/{year:04d}/{month:02d}/{day:02d}/{slug}"
    page = found(visit.reader.page(path), str)
    onward, since = read_next(visit, page), told_since(visit, page)
    visit.keys += ["article", *keys_of([page]), *(f"tag:{tag.id}" for tag in page.tags), *keys_of(onward)]
    digest = f"{page.digest} {blake2b(msgspec.json.encode((shell(visit), onward, since))).hexdigest()}"
    if visit.reusable is not None and visit.reusable.digest == digest:
        return Document(visit.reusable.body, digest=digest)
    data = linked_data.article(visit, page)
    text = site.templates("article.html", v=visit, page=page, onward=onward, since=since, data=data)
    return Document(text, digest=digest)


def told_since(visit: Visit, page: Page) -> tuple[Correction, ...]:
    """What readers were told after the instant travelled to: was something wrong, or could it be misread?"""
    if visit.at is None:
        return ()
    today = visit.daybook.reader()
    visit.until = today.next_boundary()
    card = today.public([page.article]).get(page.article)
    now = today.page(card.path) if card else None
    return tuple(note for note in now.corrections if note.at > visit.at) if isinstance(now, Page) else ()


def read_next(visit: Visit, page: Page) -> tuple[Card, ...]:
    """What the desk chose, filled up with what tells of the same things, then with the newest of the section.

    What is like what is known of the present alone: an instant of the past has the newest of its section.
    """
    chosen = {card.article: card for card in page.related}
    if len(chosen) < ONWARD and visit.at is None:
        like = visit.daybook.related(page.article, visit.now)
        public = visit.reader.public(like)
        chosen |= {id: public[id] for id in like if id in public and id not in chosen}
    if len(chosen) < ONWARD:
        section = page.section.id if page.section else None
        newest = visit.reader.latest(ONWARD + len(chosen) + 1, section=section).items
        chosen |= {card.article: card for card in newest if card.article not in chosen}
    return tuple(card for card in chosen.values() if card.article != page.article)[:ONWARD]


def section(site: Site, visit: Visit, section: str) -> Document:
    shown = found(visit.reader.section(section), lambda slug: f"/{slug}")
    cards = visit.reader.latest(LISTED, visit.before, section=shown.id)
    visit.keys += [f"section:{shown.id}", *keys_of(cards.items)]
    data = linked_data.listing(visit, shown.name, cards.items)
    return Document(site.templates("section.html", v=visit, section=shown, cards_page=cards, data=data))


def byline(site: Site, visit: Visit, slug: str) -> Document:
    shown = found(visit.reader.byline(slug), lambda slug: f"/by/{slug}")
    cards = visit.reader.latest(LISTED, visit.before, byline=shown.id)
    visit.keys += [f"byline:{shown.id}", *keys_of(cards.items)]
    data = linked_data.profile(visit, shown)
    return Document(site.templates("byline.html", v=visit, byline=shown, cards_page=cards, data=data))


def tag(site: Site, visit: Visit, slug: str) -> Document:
    shown = found(visit.reader.tag(slug), lambda slug: f"/tag/{slug}")
    cards = visit.reader.latest(LISTED, visit.before, tag=shown.id)
    visit.keys += [f"tag:{shown.id}", *keys_of(cards.items)]
    data = linked_data.listing(visit, shown.name, cards.items)
    return Document(site.templates("tag.html", v=visit, tag=shown, cards_page=cards, data=data))


def corrections(site: Site, visit: Visit) -> Document:
    ledger = visit.reader.corrections(LISTED, visit.before)
    visit.keys += ["corrections", *keys_of(entry.card for entry in ledger.items)]
    return Document(site.templates("corrections.html", v=visit, ledger=ledger))


def about(site: Site, visit: Visit) -> Document:
    visit.keys.append("about")
    return Document(site.templates("about.html", v=visit))


def keys_of(cards: Iterable[Card]) -> list[str]:
    """What to purge these cards by."""
    keys = []
    for card in cards:
        keys.append(f"article:{card.article}")
        keys.extend(f"byline:{byline.id}" for byline in card.bylines)
        if card.image:
            keys.append(f"image:{card.image.id}")
    return keys


def shell(visit: Visit) -> tuple[SiteView, tuple[SectionView, ...]]:
    """What stands around every article: the title and the menu."""
    return visit.site, visit.sections
