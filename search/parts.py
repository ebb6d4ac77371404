"""Segments opened for reading: mapped files, whole columns in memory, postings kept while they are asked for.

A part never changes, so threads share it, and commits that leave a segment alone keep its part.
"""

import math
from collections import OrderedDict
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3TermsReader
from whoosh.reading import CorruptIndexError
from whoosh.util.numeric import byte_to_length

from events.instant import DAY, Instant
from search.codec import TABLE_ITEM, TERM_INFO, MappedStorage, NewsSegment
from search.columns import DIGEST, FOREVER, NUMBERS, Columns, Label, load, thaw
from search.postings import Numbers, Postings, unpack, unpack_positions
from search.shapes import Document
from search.soundness import SMALL, cut, fault_of

LENGTHS = np.array([byte_to_length(code) for code in range(256)])
KEPT = 1_500_000  # postings kept per part
HALF_LIFE = 60 * DAY  # in which the boost for being recent halves
_MILLENNIUM: Instant = 946_684_800_000_000


def youth(published_at: Instant) -> float:
    """See ``Part.youth``; within what a float can hold, which is a century and a half to either side of 2000."""
    return math.pow(2.0, max(-1000.0, min(1000.0, (published_at - _MILLENNIUM) / HALF_LIFE)))


class Labels(NamedTuple):
    """A facet: for each document the number of its ``values``, each of which is (slug, name) pairs.

    ``pairs``: each pair once. ``holder``, ``held``: values and the pairs they have, as numbers, side by side.
    """

    ordinals: Numbers
    values: list[tuple[tuple[str, str], ...]]
    pairs: list[tuple[str, str]]
    holder: Numbers
    held: Numbers

    @classmethod
    def of(cls, label: Label) -> "Labels":
        """From the column of a file."""
        numbers: dict[tuple[str, str], int] = {}
        held = [(ordinal, pair) for ordinal, value in enumerate(label.values) for pair in value]
        return cls(
            np.frombuffer(label.ordinals, np.uint32).astype(np.intp), label.values,
            holder=np.array([ordinal for ordinal, _ in held], np.intp),
            held=np.array([numbers.setdefault(pair, len(numbers)) for _, pair in held], np.intp),
            pairs=list(numbers),
        )  # fmt: skip

    def tally(self, ids: Numbers) -> Iterator[tuple[tuple[str, str], int]]:
        """How many of these documents have each pair; those that none has are left out."""
        documents = np.bincount(self.ordinals[ids], minlength=len(self.values))
        counts = np.bincount(self.held, weights=documents[self.holder], minlength=len(self.pairs))
        for number in np.flatnonzero(counts).tolist():
            yield self.pairs[number], int(counts[number])


class Part:
    """One segment."""

    def __init__(self, folder: Path, segment: NewsSegment, opened: Instant) -> None:
        """``opened``: now. Raises FileNotFoundError, or CorruptIndexError for a file that is not what was written."""
        self.segment_id: str = segment.ident
        self.count: int = segment.count
        for name, size in segment.sizes.items():
            if wrong := (fault_of if size <= SMALL else cut)(folder, segment, name):
                raise CorruptIndexError(wrong)
        self._storage: Any = MappedStorage(folder)
        terms = f"{segment.ident}.trm"
        self._terms: Any = W3TermsReader(segment._codec, self._storage.open_file(terms), segment.sizes[terms], None)
        self._lists = self._map(".pst")
        self._documents = self._map(".doc")
        self._columns(load(self._documents))
        self._settle(opened)
        self._kept: OrderedDict[object, tuple[Any, int]] = OrderedDict()
        self._held = 0
        self._named: dict[str, NDArray[np.bool]] = {}
        self._lock = Lock()

    def _map(self, ext: str) -> memoryview:
        return memoryview(self._storage.open_file(f"{self.segment_id}{ext}").map)

    def _columns(self, columns: Columns) -> None:
        self.lengths = np.frombuffer(columns.lengths, np.uint8)
        self.published_at, self.public_from, self.public_until, self.ties = (
            np.frombuffer(columns.numbers[name], np.int64) for name in NUMBERS
        )
        self.labels = {name: Labels.of(label) for name, label in columns.labels.items()}
        self._ends = np.frombuffer(columns.ends, np.uint64).astype(np.intp)
        self._articles = columns.articles

    def _settle(self, opened: Instant) -> None:
        """Find the few documents whose being public depends on the time."""
        timed = (self.public_until != FOREVER) | (self.public_from > opened)
        self.timed: Numbers = np.flatnonzero(timed)
        self.settled = int(self.public_from[~timed].max(initial=-FOREVER))

    def public(self, now: Instant) -> NDArray[np.bool]:
        """For each document whether readers may see it at ``now``."""
        if now < self.settled:
            return (self.public_from <= now) & (now < self.public_until)
        public = np.ones(self.count, bool)
        public[self.timed] = (self.public_from[self.timed] <= now) & (now < self.public_until[self.timed])
        return public

    @cached_property
    def youth(self) -> NDArray[np.float64]:
        """Of each document what doubles with every HALF_LIFE that it is newer: only quotients mean anything."""
        return np.array([youth(moment) for moment in self.published_at.tolist()])

    @cached_property
    def articles(self) -> list[str]:
        """Whose each document is."""
        return self._articles.split("\n")

    @cached_property
    def numbers(self) -> dict[str, int]:
        """An article → its last document here."""
        return {name: number for number, name in enumerate(self.articles)}

    def named(self, prefix: str) -> NDArray[np.bool]:
        """For each document whether its article's name begins so."""
        found = self._named.get(prefix)
        if found is None:
            found = self._named[prefix] = np.array([name.startswith(prefix) for name in self.articles], bool)
        return found

    def document(self, number: int) -> Document:
        """What was indexed."""
        return thaw(self._frozen(number))

    def digest(self, number: int) -> bytes:
        """The digest of what was indexed."""
        return bytes(self._frozen(number)[:DIGEST])

    def _frozen(self, number: int) -> memoryview:
        return self._documents[int(self._ends[number - 1]) if number else 0 : int(self._ends[number])]

    def _list(self, info: bytes) -> tuple[memoryview, int]:
        """A posting list as it is stored, and of how many documents."""
        _, _, count, _, _, _, _, _, offset, size = TERM_INFO.unpack(info)
        return self._lists[offset : offset + size], count

    def _of(self, field: str, term: bytes) -> tuple[memoryview, int] | None:
        number = self._terms._fieldmap.get(field)
        info = None if number is None else self._terms._tindex.get(number.to_bytes(2, "big") + term)
        return None if info is None else self._list(info)

    def postings(self, field: str, term: bytes) -> Postings | None:
        """A term's documents, None where it has none."""
        found = self._of(field, term)
        return None if found is None else unpack(*found)

    def positions(self, term: bytes) -> tuple[Postings, Numbers, Numbers] | None:
        """A word's documents and where in them it stands: postings, counts, positions (see search.postings)."""
        found = self._of("text", term)
        return None if found is None else (unpack(*found), *unpack_positions(*found))

    def frequency(self, term: bytes) -> int:
        """How many documents have a word, deleted ones included."""
        found = self._of("text", term)
        return found[1] if found else 0

    def begin_with(self, field: str, prefix: bytes, limit: int) -> list[bytes]:
        """The first ``limit`` terms of a field that begin with ``prefix``, in order."""
        return [term for term, _ in islice(self._from(field, prefix), limit)]

    def with_any(self, field: str, prefix: bytes, limit: int) -> NDArray[np.bool]:
        """For each document whether it has one of the first ``limit`` terms that begin with ``prefix``."""
        found = np.zeros(self.count, bool)
        for _, info in islice(self._from(field, prefix), limit):
            found[unpack(*self._list(info)).ids] = True
        return found

    def _from(self, field: str, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Terms that begin with ``prefix``, in order, and what is known of each, read one after another."""
        table, number = self._terms._tindex, self._terms._fieldmap.get(field)
        if number is None:
            return
        lead = number.to_bytes(2, "big") + prefix
        place, data = table.closest_key_pos(lead), table.dbfile.map
        while place is not None and place < table.endofdata:
            key, value = TABLE_ITEM.unpack_from(data, place)
            place += TABLE_ITEM.size
            term = data[place : place + key]
            if not term.startswith(lead):
                return
            place += key + value
            yield term[len(lead) - len(prefix) :], data[place - value : place]

    def all_terms(self) -> Iterator[tuple[str, bytes]]:
        """(field, term), in order."""
        found: Iterator[tuple[str, bytes]] = self._terms.terms()
        return found

    def keep(self, key: object, make: Any) -> Any:
        """``make()``, or what it gave when it was last asked for ``key``. The least asked go when there are many."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        value = make()
        size = len(value) + 16
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (value, size)
                self._held += size
                while self._held > KEPT and len(self._kept) > 1:
                    self._held -= self._kept.popitem(last=False)[1][1]
        return value
