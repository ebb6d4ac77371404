"""One commit opened for asking: its parts, what is deleted in each, and the figures that ranking needs.

All figures leave deleted documents out exactly, so that an answer does not depend on how the index came about:
built at once, grown by a thousand updates or merged.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import CorruptIndexError

from events.instant import Instant, now
from search.columns import FOREVER
from search.commits import Commit
from search.grammar import Phrase, Word
from search.parts import LENGTHS, Part
from search.postings import Postings
from search.shapes import IndexDamaged
from search.words import stem

_serials = count()
FORMS = 48  # words that one stem or prefix may stand for


class View:
    """A part and which of its documents are deleted."""

    def __init__(self, part: Part, deleted: frozenset[int]) -> None:
        self.part = part
        self.deleted = deleted
        self.live = part.count - len(deleted)
        self._kept = np.ones(part.count, bool)
        self._kept[list(deleted)] = False
        self.length = int(LENGTHS[part.lengths[self._kept]].sum())

    def visible(self, now: Instant) -> NDArray[np.bool]:
        """For each document whether an answer at ``now`` may contain it."""
        return self._kept & self.part.public(now)

    def newest(self, now: Instant) -> Instant:
        """When the newest document that is public was first published."""
        return int(self.part.published_at[self.visible(now)].max(initial=-FOREVER))

    def holds(self, postings: Postings) -> int:
        """How many of the documents are not deleted."""
        return int(np.count_nonzero(self._kept[postings.ids])) if self.deleted else len(postings.ids)


class Snapshot:
    """See the module's own words."""

    def __init__(self, folder: Path, commit: Commit, views: list[View]) -> None:
        self.folder = folder
        self.serial = next(_serials)
        self.commit = commit
        self.views = views
        self._names: dict[tuple[str, int | None], list[tuple[str, str]]] = {}
        self.documents = sum(view.live for view in views)
        self.average = max(1.0, sum(view.length for view in views) / max(1, self.documents))
        self.languages = sorted(
            {slug for view in views for value in view.part.labels["language"].values for slug, _ in value}
        )

    @cached_property
    def moments(self) -> list[Instant]:
        """When documents become public or cease to be, ascending; before the first, none of the shortcuts hold."""
        moments: set[Instant] = {view.part.settled for view in self.views if view.part.count}
        for part in (view.part for view in self.views):
            for moment in (part.public_from, part.public_until):
                moments.update(moment[part.timed].tolist())
        moments.discard(FOREVER)
        return sorted(moments)

    def interval(self, now: Instant) -> int | None:
        """A number for the stretch of time in which the same documents are public as at ``now``; None: unknown."""
        if any(now < view.part.settled for view in self.views):
            return None
        return bisect_right(self.moments, now)

    def names(self, facet: str, now: Instant) -> list[tuple[str, str]]:
        """(slug, name) of all that public documents have of a facet, the commonest first. Kept until that changes."""
        key = (facet, self.interval(now))
        found = self._names.get(key)
        if found is None:
            counts: Counter[tuple[str, str]] = Counter()
            for view in self.views:
                counts.update(dict(view.part.labels[facet].tally(np.flatnonzero(view.visible(now)))))
            found = sorted(counts, key=lambda pair: (-counts[pair], pair))
            if key[1] is not None:
                self._names[key] = found
        return found

    def forms(self, word: Word) -> dict[str, bool]:
        """The index's terms that a word of a question means, the exact one first → whether it is exact."""
        if word.prefix:
            return dict.fromkeys(self._begin_with("text", word.term.encode()), True)
        found = {word.term: True}
        if word.exact:
            return found
        for language in self.languages:
            base = stem(word.term, language)
            if stem(base, language) == base:
                found.setdefault(base, False)
            lead = f"{language}\0{base}\0"
            for key in self._begin_with("f_stem", lead.encode()):
                found.setdefault(key[len(lead) :], False)
        return dict(list(found.items())[:FORMS])

    def _begin_with(self, field: str, prefix: bytes) -> list[str]:
        found = {term for view in self.views for term in view.part.begin_with(field, prefix, FORMS)}
        return [term.decode() for term in sorted(found)[:FORMS]]

    def frequency(self, term: str) -> int:
        """About how many documents have a term."""
        return sum(view.part.frequency(term.encode()) for view in self.views)

    def words(self, leaves: Iterable[Word | Phrase]) -> frozenset[str]:
        """Every term that the leaves mean: what highlights mark."""
        found: set[str] = set()
        for leaf in leaves:
            found |= {term for term, _ in leaf.terms} if isinstance(leaf, Phrase) else self.forms(leaf).keys()
        return frozenset(found)


def open_snapshot(folder: Path, commit: Commit, known: dict[str, Part]) -> Snapshot:
    """Open a commit, with the parts that are ``known`` already. Raises IndexDamaged, FileNotFoundError."""
    moment = now()
    try:
        parts = [known.get(one.ident) or Part(folder, one, moment) for one in commit.segments]
    except CorruptIndexError as error:
        raise IndexDamaged(f"the search index is damaged: {error}") from error
    deletions = [one.deleted for one in commit.segments]
    return Snapshot(folder, commit, [View(part, deleted) for part, deleted in zip(parts, deletions, strict=True)])
