"""Which documents answer a question, and which of them best.

Matching is arithmetic over whole posting lists, one yes or no for each document of a segment; scoring is arithmetic
over those that matched. NumPy does both. Nothing is skipped and nothing is estimated: the top ten are the ten best,
which a brute-force scorer in the tests confirms.

    score(d)  = (1 + RECENCY * 2 ** (-age / HALF_LIFE)) * sum over the question's words and phrases t of BM25(t, d)
    BM25(t,d) = idf(t) * f * (K1 + 1) / (f + K1 * (1 - B + B * length(d) / average length))
    f         = occurrences of t in d, each counted by the weight of its field (search.codec.WEIGHTS), times OTHER
                where another form of the word stands there; a phrase's occurrences count 1 each
    idf(t)    = ln(1 + (N - n + 0.5) / (n + 0.5)); a phrase's is the sum of its words'
    age       = how much older d is than the newest public document: an answer does not change while nothing does
"""

from collections import Counter
from collections.abc import Callable
from heapq import nsmallest
from math import log
from time import thread_time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from events.instant import Instant
from search.grammar import Leaf, Name, Phrase, Question, Word
from search.parts import LENGTHS, youth
from search.postings import NOTHING, Numbers, Postings, Weights
from search.shapes import FACETS, Sort
from search.snapshot import Snapshot, View

K1 = 1.8
B = 0.75
OTHER = 0.75  # what another form of a word counts, beside the exact one; so that sums of it are exact
RECENCY = 0.2
_SHIFT = 17  # of a document's number, above its positions: twice as many as a document may have


class Found(NamedTuple):
    """``best``: (view, document number, score), best first. ``counts``: facet → (slug, name) → documents."""

    total: int
    best: list[tuple[View, int, float]]
    counts: dict[str, Counter[tuple[str, str]]]
    partial: bool


class Late(Exception):
    """The time allowed has run out."""


class Search:
    """One question asked of one snapshot at one moment."""

    def __init__(self, snapshot: Snapshot, question: Question, now: Instant, deadline: float) -> None:
        """``deadline``: of time.thread_time(), after which the answer is partial. A busy machine makes no question
        hard: what counts is the work that it takes."""
        self.snapshot, self.question, self.now, self.deadline = snapshot, question, now, deadline
        self.leaves = question.leaves()
        self._forms: dict[Word, dict[str, bool]] = {}
        self._matches: dict[tuple[int, Leaf], Postings] = {}

    def run(self, sort: Sort, best: int, facets: bool) -> Found:
        """Find all, and the ``best`` first ones in order."""
        if not self.leaves and sort == "relevance":
            sort = "newest"  # there is nothing to be relevant to
        total, partial = 0, False
        counts: dict[str, Counter[tuple[str, str]]] = {facet: Counter() for facet in FACETS if facets}
        ranked: list[Ranked] = []
        try:
            score = self._scorer() if sort == "relevance" else _unscored
        except Late:
            return Found(0, [], counts, True)
        for view in self.snapshot.views:
            try:
                ids = self.candidates(view)
            except Late:
                partial = True
                break
            total += len(ids)
            for facet, counter in counts.items():
                counter.update(dict(view.part.labels[facet].tally(ids)))
            ranked += _top(view, ids, score(view, ids), sort, best)
        ranked = nsmallest(best, ranked, key=lambda entry: entry[:3])
        found = [(view, number, -first if sort == "relevance" else 0.0) for first, _, _, view, number in ranked]
        return Found(total, found, counts, partial)

    def matches(self, view: View, leaf: Leaf) -> Postings:
        """The documents of a view that have a leaf, deleted ones included, with their weights."""
        key = (id(view), leaf)
        found = self._matches.get(key)
        if found is None:
            if thread_time() > self.deadline:
                raise Late
            if isinstance(leaf, Word):
                forms = self.forms(leaf)
                found = view.part.keep(tuple(forms.items()), lambda: _Sized(_union(view, forms))).postings
            elif isinstance(leaf, Phrase):
                found = view.part.keep(leaf, lambda: _Sized(_in_order(view, leaf))).postings
            else:
                found = _named(view, leaf)
            self._matches[key] = found
        return found

    def forms(self, word: Word) -> dict[str, bool]:
        """See ``Snapshot.forms``."""
        if word not in self._forms:
            self._forms[word] = self.snapshot.forms(word)
        return self._forms[word]

    def candidates(self, view: View) -> Numbers:
        """Document numbers that answer the question and are public, ascending."""
        chosen = view.visible(self.now)
        for clause in self.question.clauses:
            have = np.zeros(view.part.count, bool)
            for leaf in clause:
                have[self.matches(view, leaf).ids] = True
            chosen &= have
        for leaf in self.question.excluded:
            chosen[self.matches(view, leaf).ids] = False
        if self.question.after is not None:
            chosen &= view.part.published_at >= self.question.after
        if self.question.before is not None:
            chosen &= view.part.published_at < self.question.before
        return np.flatnonzero(chosen)

    def _scorer(self) -> Callable[[View, Numbers], Weights]:
        """What scores a view's documents, in their order."""
        factors = [(leaf, self._idf(leaf) * (K1 + 1)) for leaf in self.leaves]
        norms = K1 * (1 - B + B * LENGTHS / self.snapshot.average)
        boost = RECENCY / youth(max((view.newest(self.now) for view in self.snapshot.views), default=0))

        def score(view: View, ids: Numbers) -> Weights:
            norm = 2 * norms[view.part.lengths[ids]]  # weights are in halves
            scores = np.zeros(len(ids))
            for leaf, factor in factors:
                weights = np.zeros(view.part.count)
                postings = self.matches(view, leaf)
                weights[postings.ids] = postings.weights
                chosen = weights[ids]
                scores += factor * chosen / (chosen + norm)
            return scores * (1 + boost * view.part.youth[ids])

        return score

    def _idf(self, leaf: Word | Phrase) -> float:
        if isinstance(leaf, Phrase):
            views = self.snapshot.views
            return sum(self._idf_of(sum(_holds(view, term) for view in views)) for term, _ in leaf.terms)
        return self._idf_of(sum(view.holds(self.matches(view, leaf)) for view in self.snapshot.views))

    def _idf_of(self, n: int) -> float:
        return log(1 + (self.snapshot.documents - n + 0.5) / (n + 0.5))


def _holds(view: View, term: str) -> int:
    postings = view.part.postings("text", term.encode())
    return view.holds(postings) if postings else 0


class _Sized:
    """Postings whose ``len`` is how much there is to keep."""

    def __init__(self, postings: Postings) -> None:
        self.postings = postings

    def __len__(self) -> int:
        return len(self.postings.ids)


def _unscored(_: View, ids: Numbers) -> Weights:
    return np.zeros(len(ids))


def _union(view: View, forms: dict[str, bool]) -> Postings:
    """All forms of a word as one: what exact ones weigh, and OTHER times what the others do."""
    found = [(p, exact) for term, exact in forms.items() if (p := view.part.postings("text", term.encode()))]
    if not found:
        return NOTHING
    if len(found) == 1:
        postings, exact = found[0]
        return postings if exact else Postings(postings.ids, OTHER * postings.weights)
    total = np.zeros(view.part.count)
    for postings, exact in found:
        total[postings.ids] += postings.weights if exact else OTHER * postings.weights
    ids = np.flatnonzero(total)
    return Postings(ids, total[ids])


def _in_order(view: View, phrase: Phrase) -> Postings:
    """Documents in which the terms stand at their distances, and twice how often."""
    lists = []
    for term, distance in phrase.terms:
        found = view.part.positions(term.encode())
        if found is None:
            return NOTHING
        lists.append((*found, distance))
    lists.sort(key=lambda entry: len(entry[2]))
    starts: NDArray[np.intp] | None = None  # where the phrase may begin: document and position in one number
    for postings, counts, places, distance in lists:
        here = np.repeat(postings.ids << _SHIFT, counts) + places - distance
        starts = here if starts is None else starts[_among(starts, here)]
        if not len(starts):
            return NOTHING
    assert starts is not None
    ids, times = np.unique(starts >> _SHIFT, return_counts=True)
    return Postings(ids, 2.0 * times)


def _among(some: NDArray[np.intp], of: NDArray[np.intp]) -> NDArray[np.bool]:
    """Which of ``some`` are in ``of``, which ascends and is not empty."""
    at = np.searchsorted(of, some)
    at[at == len(of)] = 0
    found: NDArray[np.bool] = of[at] == some
    return found


def _named(view: View, name: Name) -> Postings:
    """Documents that have all the terms of a filter."""
    found = [view.part.postings(f"f_{name.field}", term.encode()) for term in name.terms]
    lists = [postings.ids for postings in found if postings is not None]
    if len(lists) < len(found):
        return NOTHING
    ids = lists[0]
    for other in lists[1:]:
        ids = np.intersect1d(ids, other, assume_unique=True)
    return Postings(ids, np.zeros(len(ids)))


Ranked = tuple[float, int, int, View, int]  # what documents are ordered by, smallest first; then view and number


def _top(view: View, ids: Numbers, scores: Weights, sort: Sort, best: int) -> list[Ranked]:
    """The ``best`` documents of a view."""
    if not best:
        return []
    published = view.part.published_at
    sign = -1 if sort == "oldest" else 1
    first: NDArray[np.generic] = scores if sort == "relevance" else sign * published[ids]
    if len(ids) > best:
        chosen = np.flatnonzero(first >= np.partition(first, -best)[-best])
        first, ids = first[chosen], ids[chosen]
    entries = [
        (-key, -int(published[number]), int(view.part.ties[number]), view, number)
        for key, number in zip(first.tolist(), ids.tolist(), strict=True)
    ]
    return nsmallest(best, entries, key=lambda entry: entry[:3])
