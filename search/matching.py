"""All that answers a question, in no order: for a list that has an order, and conditions, of its own.

Where a page of such a list is known, ``excerpts`` shows the question's words in it.
"""

from collections.abc import Iterable, Iterator, Set
from datetime import tzinfo
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from events.instant import Instant
from search.grammar import PREFIX, Question, Word, parse
from search.highlight import Marker, opening
from search.parts import Part
from search.postings import Numbers
from search.ranking import Late, Search
from search.shapes import Hit
from search.snapshot import Snapshot, View


class Articles(Set[str]):
    """Articles whose names begin in one way, without that beginning. None is named before somebody asks: a word that
    stands in every story of twenty years is found as fast as any."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._parts: list[tuple[Part, NDArray[np.bool]]] = []

    def found(self, part: Part, numbers: Numbers) -> None:
        """These documents of a part are among them."""
        chosen = np.zeros(part.count, bool)
        chosen[numbers] = True
        self._parts.append((part, chosen & part.named(self._prefix)))

    def __contains__(self, article: object) -> bool:
        name = f"{self._prefix}{article}"
        places = ((chosen, part.numbers.get(name)) for part, chosen in self._parts)
        return any(number is not None and bool(chosen[number]) for chosen, number in places)

    def __iter__(self) -> Iterator[str]:
        names = {part.articles[number] for part, chosen in self._parts for number in np.flatnonzero(chosen).tolist()}
        return (name.removeprefix(self._prefix) for name in names)

    def __len__(self) -> int:
        """Documents: an article may have several."""
        return sum(int(np.count_nonzero(chosen)) for _, chosen in self._parts)


class Matches(NamedTuple):
    """``articles``: every one that has all the words, unless ``partial``: then the time allowed ran out."""

    articles: Articles
    partial: bool


def begun(text: str, zone: tzinfo) -> Question:
    """What a text asks whose last word may be cut off."""
    question = parse(text, zone, forgiving=True)
    last = question.clauses[-1] if question.clauses and not text.endswith((" ", '"')) else ()
    if len(last) == 1 and isinstance(word := last[0], Word) and len(word.term) >= PREFIX:
        question.clauses[-1] = (word, Word(word.term, prefix=True))
    return question


def matches(snapshot: Snapshot, question: Question, now: Instant, deadline: float, prefix: str) -> Matches:
    """See ``Index.matches``."""
    search, found = Search(snapshot, question, now, deadline), Articles(prefix)
    try:
        for view in snapshot.views:
            found.found(view.part, search.candidates(view))
    except Late:
        return Matches(found, True)
    return Matches(found, False)


def excerpts(snapshot: Snapshot, question: Question, articles: Iterable[str]) -> Iterator[tuple[str, str]]:
    """See ``Index.excerpts``. The same lists are gone back to all day: a part keeps what it was asked for."""
    words = frozenset(snapshot.words(question.leaves()))
    marker = Marker(words)
    for article in articles:
        for view in snapshot.views:
            part, number = view.part, view.part.numbers.get(article)
            if number is not None and number not in view.deleted:
                yield article, part.keep(("excerpt", number, words), partial(_excerpt, part, number, marker))


def _excerpt(part: Part, number: int, marker: Marker) -> str:
    document = part.document(number)
    return "" if marker.spans(document.headline) else marker.snippet(document.body)


def hit(view: View, number: int, score: float, marker: Marker) -> Hit:
    """A document as an answer shows it."""
    document = view.part.document(number)
    return Hit(
        article=document.article,
        key=document.key,
        path=document.path,
        headline_html=marker.mark(document.headline),
        standfirst_html=marker.mark(document.standfirst),
        snippet_html=marker.snippet(document.body) or opening(document.body),
        score=score,
        published_at=document.published_at,
        public_from=document.public_from,
        public_until=document.public_until,
    )
