"""Searching while there is no index: the words of headlines, standfirsts and kickers of the newest stories.

Answered from the published tables, through the same questions that lists are made with, so nothing can be found that is
not public. Bounded: LOOKED stories, the newest first, whatever is asked.
"""
from __future__ import annotations

from collections.abc import Iterator

from markupsafe import escape

from events.instant import Instant
from search.shapes import Hit, Query, Results
from search.words import telling
from views.shapes import Card, Reader

LOOKED = 2000  # stories
PIECE = 250


def search(reader: Reader, query: Query) -> Results:
    """What the index would be asked, as far as headlines tell. Every word that is typed counts, in its exact form."""
    words = set(telling(query.text))
    found = [card for card in _newest(reader, query) if _fits(card, query) and words <= _words(card)]
    if query.sort == "oldest":
        found.reverse()
    hits = tuple(map(_hit, found[query.offset:query.offset + query.limit]))
    return Results(len(found), hits, {}, None, False, False, 0.0)


def _newest(reader: Reader, query: Query) -> Iterator[Card]:
    chosen = {"section": query.section, "byline": query.byline, "tag": query.tag}
    ids: dict[str, str | None] = {}
    for name, slug in chosen.items():
        if slug is not None:
            ids[name] = getattr(getattr(reader, name)(slug), "id", None)
            if ids[name] is None:
                return  # nothing is called that
    cursor: str | None = None
    for _ in range(LOOKED // PIECE):
        cards = reader.latest(PIECE, cursor, **ids)
        yield from cards.items
        cursor = cards.next_cursor
        if cursor is None or (cards.items and _before(cards.items[-1].published_at, query.after)):
            return


def _before(moment: Instant, bound: Instant | None) -> bool:
    return bound is not None and moment < bound


def _fits(card: Card, query: Query) -> bool:
    return not _before(card.published_at, query.after) and (
        query.before is None or _before(card.published_at, query.before))


def _words(card: Card) -> set[str]:
    return {word for text in (card.headline, card.standfirst, card.kicker) for word in telling(text)}


def _hit(card: Card) -> Hit:
    """Shown as its card says: nothing is marked."""
    since = card.updated_at or card.published_at
    return Hit(card.article, f"{card.article}:{since}", card.path, str(escape(card.headline)),
               str(escape(card.standfirst)), "", 0.0, card.published_at, since, None)
