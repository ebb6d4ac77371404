"""What a page function may come to: a page, another address, nothing, or something that is gone."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cms.site.answers import HTML
from views.shapes import Gone, Instant, Moved

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Document:
    """A page's text. `digest`: of all it was made of, where that is cheaper to know than to make."""
    text: str | bytes
    kind: str = HTML
    digest: str | None = None


class Elsewhere(Exception):
    """It is at another address of this site (a path), for good or just now."""

    def __init__(self, to: str, status: int = 301) -> None:
        super().__init__(to)
        self.to, self.status = to, status


class Missing(Exception):
    """There is nothing here."""


class Withdrawn(Exception):
    """There was something, and it will not be back."""

    def __init__(self, at: Instant, headline: str | None) -> None:
        super().__init__(headline)
        self.at, self.headline = at, headline


def found(answer: T | Moved | Gone | None, address: Callable[[str], str]) -> T:
    """The thing itself; otherwise the outcome that says why not. `address` makes a path of where it moved to."""
    if answer is None:
        raise Missing
    if isinstance(answer, Moved):
        raise Elsewhere(address(answer.to))
    if isinstance(answer, Gone):
        raise Withdrawn(answer.at, answer.headline)
    return answer
