"""How a home page is laid out when nobody has arranged it: a pure choice from what is newest."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from views.shapes import Card, SectionView

LATEST = 40  # how many of the newest the choice is made from
_HEAVY = {"news": 2, "feature": 2, "analysis": 1, "interview": 1, "report": 1}


@dataclass(frozen=True)
class Rail:
    section: SectionView
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Front:
    lead: Card | None
    beside: tuple[Card, ...]  # two, next in weight
    beneath: tuple[Card, ...]  # three, told in words
    strip: tuple[Card, ...]  # four, of as many sections as possible
    latest: tuple[Card, ...]  # whatever they are, by time alone
    rails: tuple[Rail, ...]


def arrange(latest: Sequence[Card], rails: Sequence[Rail]) -> Front:
    """Lead: among the newest six, the weightiest with a picture. No story stands on the page twice, but in Latest."""
    taken: set[str] = set()

    def take(cards: Sequence[Card], number: int) -> tuple[Card, ...]:
        picked = [card for card in cards if card.article not in taken][:number]
        taken.update(card.article for card in picked)
        return tuple(picked)

    newest = list(latest[:6])
    lead = take(sorted(newest, key=_weight, reverse=True), 1)
    beside = take(sorted(latest[:8], key=_weight, reverse=True), 2)
    beneath = take(latest, 3)
    strip = take(_spread([card for card in latest if card.image and card.article not in taken]), 4)
    filled = [Rail(rail.section, take(_picture_first(rail.cards), 4)) for rail in rails]
    return Front(lead[0] if lead else None, beside, beneath, strip, tuple(latest[:8]),
                 tuple(rail for rail in filled if rail.cards))


def _weight(card: Card) -> int:
    return (4 if card.image else 0) + _HEAVY.get(card.kind, 0)


def _spread(cards: Sequence[Card]) -> list[Card]:
    """One of each section first, in their order, then the rest."""
    seen: set[str | None] = set()
    first: list[Card] = []
    rest: list[Card] = []
    for card in cards:
        slug = card.section.slug if card.section else None
        (rest if slug in seen else first).append(card)
        seen.add(slug)
    return first + rest


def _picture_first(cards: Sequence[Card]) -> list[Card]:
    """In their order, but the first with a picture before the others."""
    lead = next((card for card in cards if card.image), None)
    return list(cards) if lead is None else [lead, *(card for card in cards if card is not lead)]
