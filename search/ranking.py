"""Which documents answer a question, and which of them best.

Matching is set arithmetic over whole posting lists; scoring is arithmetic over those that matched. Nothing is
skipped and nothing is estimated: the top ten are the ten best, which a brute-force scorer in the tests confirms.

    score(d)  = (1 + RECENCY * 2 ** (-age / HALF_LIFE)) * sum over the question's words and phrases t of BM25(t, d)
    BM25(t,d) = idf(t) * f * (K1 + 1) / (f + K1 * (1 - B + B * length(d) / average length))
    f         = occurrences of t in d, each counted by the weight of its field (search.codec.WEIGHTS), times OTHER
                where another form of the word stands there; a phrase's occurrences count 1 each
    idf(t)    = ln(1 + (N - n + 0.5) / (n + 0.5)); a phrase's is the sum of its words'
    age       = how much older d is than the newest public document: an answer does not change while nothing does
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from heapq import nlargest, nsmallest
from math import log
from time import monotonic
from typing import NamedTuple

from events.instant import Instant
from search.columns import FOREVER
from search.grammar import Leaf, Name, Phrase, Question, Word
from search.parts import LENGTHS, youth
from search.postings import Postings
from search.shapes import FACETS, Sort
from search.snapshot import Snapshot, View

K1 = 1.8
B = 0.75
OTHER = 0.75  # what another form of a word counts, beside the exact one; so that sums of it are exact
RECENCY = 0.2

_NOTHING = Postings(array("I"), ())


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
        """``deadline``: of time.monotonic(), after which the answer is partial."""
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
                ids = self._candidates(view)
            except Late:
                partial = True
                break
            total += len(ids)
            for facet, counter in counts.items():
                _count(view, facet, ids, counter)
            ranked += _top(view, ids, score(view, ids), sort, best)
        ranked = nsmallest(best, ranked, key=lambda entry: entry[:3])
        found = [(view, number, -first if sort == "relevance" else 0.0) for first, _, _, view, number in ranked]
        return Found(total, found, counts, partial)

    def matches(self, view: View, leaf: Leaf) -> Postings:
        """The documents of a view that have a leaf, deleted ones included, with their weights."""
        key = (id(view), leaf)
        found = self._matches.get(key)
        if found is None:
            if monotonic() > self.deadline:
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

    def _candidates(self, view: View) -> Sequence[int]:
        """Document numbers that answer the question and are public, ascending."""
        sets = sorted(
            ([self.matches(view, leaf).ids for leaf in clause] for clause in self.question.clauses),
            key=lambda lists: sum(map(len, lists)),
        )
        hidden = view.hidden(self.now)
        out = [self.matches(view, leaf).ids for leaf in self.question.excluded]
        ids: Sequence[int]
        if not sets:
            ids = range(view.part.count)
        elif len(sets) == len(sets[0]) == 1:
            ids = sets[0][0]
        else:
            chosen = set().union(*sets[0])
            for lists in sets[1:]:
                chosen.intersection_update(lists[0] if len(lists) == 1 else set().union(*lists))
            ids = sorted(chosen)
        if hidden or out:
            unwanted = set(hidden).union(*out)
            ids = [number for number in ids if number not in unwanted]
        after, before = self.question.after, self.question.before
        if after is not None or before is not None:
            low = -FOREVER if after is None else after
            high = FOREVER if before is None else before
            moments = view.part.published_at
            ids = [number for number in ids if low <= moments[number] < high]
        return ids

    def _scorer(self) -> "Callable[[View, Sequence[int]], list[float]]":
        """What scores a view's documents, in their order."""
        factors = [(leaf, self._idf(leaf) * (K1 + 1)) for leaf in self.leaves]
        norms = [K1 * (1 - B + B * length / self.snapshot.average) for length in LENGTHS]
        boost = RECENCY / youth(max((view.newest(self.now) for view in self.snapshot.views), default=0))

        def score(view: View, ids: Sequence[int]) -> list[float]:
            norm = [norms[code] for code in map(view.part.lengths.__getitem__, ids)]
            scores = [0.0] * len(ids)
            for leaf, factor in factors:
                postings = self.matches(view, leaf)
                if postings.ids is ids:
                    weights: Sequence[float] = postings.weights
                else:
                    weights = _weights_of(postings, ids)
                scores = [s + factor * w / (w + 2 * k) for s, w, k in zip(scores, weights, norm, strict=True)]
            youths = map(view.part.youth.__getitem__, ids)
            return [score * (1 + boost * young) for score, young in zip(scores, youths, strict=True)]

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


def _unscored(_: View, ids: Sequence[int]) -> list[float]:
    return [0.0] * len(ids)


def _union(view: View, forms: dict[str, bool]) -> Postings:
    """All forms of a word as one: what exact ones weigh, and OTHER times what the others do."""
    found = [(p, exact) for term, exact in forms.items() if (p := view.part.postings("text", term.encode()))]
    if not found:
        return _NOTHING
    if len(found) == 1:
        postings, exact = found[0]
        return postings if exact else Postings(postings.ids, [OTHER * weight for weight in postings.weights])
    found.sort(key=lambda entry: -len(entry[0].ids))
    postings, exact = found.pop(0)  # the longest goes in whole
    total = dict(zip(postings.ids, postings.weights if exact else [OTHER * w for w in postings.weights], strict=True))
    for postings, exact in found:
        factor = 1.0 if exact else OTHER
        for number, weight in zip(postings.ids, postings.weights, strict=True):
            total[number] = total.get(number, 0.0) + factor * weight
    ids = array("I", sorted(total))
    return Postings(ids, array("d", [total[number] for number in ids]))


def _in_order(view: View, phrase: Phrase) -> Postings:
    """Documents in which the terms stand at their distances, and twice how often."""
    lists = []
    for term, _ in phrase.terms:
        found = view.part.positions(term.encode())
        if found is None:
            return _NOTHING
        lists.append(found)
    shortest = min(lists, key=lambda entry: len(entry[0].ids))
    common = set(shortest[0].ids).intersection(*[entry[0].ids for entry in lists if entry is not shortest])
    ids, weights = array("I"), array("I")
    for number in sorted(common):
        starts: set[int] | None = None
        for (postings, ends, places), (_, distance) in zip(lists, phrase.terms, strict=True):
            at = bisect_left(postings.ids, number)
            here = {place - distance for place in places[ends[at - 1] if at else 0 : ends[at]]}
            starts = here if starts is None else starts & here
            if not starts:
                break
        if starts:
            ids.append(number)
            weights.append(2 * len(starts))
    return Postings(ids, weights)


def _named(view: View, name: Name) -> Postings:
    """Documents that have all the terms of a filter."""
    found = [view.part.postings(f"f_{name.field}", term.encode()) for term in name.terms]
    lists = [postings.ids for postings in found if postings is not None]
    if len(lists) < len(found):
        return _NOTHING
    if len(lists) == 1:
        return Postings(lists[0], ())
    return Postings(array("I", sorted(set(lists[0]).intersection(*lists[1:]))), ())


def _weights_of(postings: Postings, ids: Sequence[int]) -> list[float]:
    """The weights of ``ids``, 0 where a document is not among the postings."""
    have, weights = postings.ids, postings.weights
    if len(ids) * 6 > len(have):
        get = dict(zip(have, weights, strict=True)).get
        return [get(number, 0) for number in ids]
    found: list[float] = []
    for number in ids:
        at = bisect_left(have, number)
        found.append(weights[at] if at < len(have) and have[at] == number else 0)
    return found


def _count(view: View, facet: str, ids: Iterable[int], counter: Counter[tuple[str, str]]) -> None:
    ordinals, values = view.part.labels[facet]
    for ordinal, count in Counter(map(ordinals.__getitem__, ids)).items():
        for value in values[ordinal]:
            counter[value] += count


Ranked = tuple[float, int, int, View, int]  # what documents are ordered by, smallest first; then view and number


def _top(view: View, ids: Sequence[int], scores: list[float], sort: Sort, best: int) -> list[Ranked]:
    """The ``best`` documents of a view."""
    published = view.part.published_at
    if sort == "relevance":
        first = scores
    else:
        sign = 1 if sort == "newest" else -1
        first = [float(sign * at) for at in map(published.__getitem__, ids)]
    if len(ids) > best:
        least = min(nlargest(best, first), default=0)
        chosen = [(key, number) for key, number in zip(first, ids, strict=True) if key >= least]
    else:
        chosen = list(zip(first, ids, strict=True))
    ties = view.part.ties
    entries = [(-key, -published[number], ties[number], view, number) for key, number in chosen]
    return nsmallest(best, entries, key=lambda entry: entry[:3])
