"""Building one segment from documents, in bulk: a rebuild's thousands and an update's one go the same way.

The work per word is one dictionary look-up and one append; sorting, packing and writing happen once per term.
"""

import sys
from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from operator import call
from pathlib import Path
from typing import Any

from search.codec import FILTERS, UNIT, WEIGHTS, MappedStorage, NewsCodec, NewsSchema, NewsSegment
from search.columns import Writer
from search.postings import pack
from search.shapes import Document
from search.soundness import checksum
from search.words import STOP, WORD, fold, is_cjk, language_of, stem, terms

NAME = "MAIN"  # Whoosh's name for an index within its folder
GAP = 17  # positions between fields, so that no phrase reaches from one into the next
ROOM = 65_536  # positions of a document, and documents of a segment: both in one number of 32 bits
FULL = 8_000_000  # words in a segment before it is written: about 150 MB of memory

Push = Callable[[int], object]
_IGNORE: Push = deque[int](maxlen=0).append  # takes a number and forgets it
_drain: Callable[[Iterator[object]], object] = deque[object](maxlen=0).extend

class Lists(dict[bytes, "array[int]"]):
    """Term → where it occurs: document number times ROOM plus the position in it, ascending."""

    def __missing__(self, term: bytes) -> "array[int]":
        found = self[term] = array("I")
        return found


class Vocabulary(dict[str, Push]):
    """Words of one language as they stand in texts → what takes down where they stand. Each is analysed once.

    ``stems``, where given, gathers how to come to each word from its stem; ``stop``: stop words are taken down too.
    """

    def __init__(self, language: str, lists: Lists, stems: set[bytes] | None, stop: bool) -> None:
        super().__init__()
        self._language, self._lists, self._stems, self._stop = language, lists, stems, stop
        self._cjk = False  # a word was met that is several terms

    def __missing__(self, word: str) -> Push:
        if is_cjk(word):
            self._cjk = True  # and it is not kept: there is no end of such words
            return _IGNORE
        push = self[word] = self._push(fold(word))
        return push

    def _push(self, term: str) -> Push:
        if not term or (term in STOP and not self._stop):
            return _IGNORE
        if self._stems is not None and (base := stem(term, self._language)) != term:
            self._stems.add(f"{self._language}\0{base}\0{term}".encode())
        return self._lists[term.encode()].append

    def take(self, text: str, first: int) -> int:
        """Take down where the words of ``text`` stand, the first at ``first``; the place after the last.

        What would stand beyond the room of a document is left out.
        """
        pushes = list(map(self.__getitem__, WORD.findall(text)))
        if self._cjk:
            self._cjk = False
            pushes = list(map(self._push, terms(text)))
        last = min(first + len(pushes), first | (ROOM - 1))
        _drain(map(call, pushes, range(first, last)))
        return last


class Vocabularies:
    """One language's: by whether stop words count, and for words that weigh more than the body's."""

    def __init__(self, language: str, lists: Lists, heavy: dict[int, Lists], stems: set[bytes]) -> None:
        self.plain = {stop: Vocabulary(language, lists, stems, stop) for stop in (False, True)}
        self.heavy = {
            (more, stop): Vocabulary(language, heavy[more], None, stop) for more in heavy for stop in (False, True)
        }

    def take(self, field: str, text: str, first: int) -> int:
        """See ``Vocabulary.take``."""
        stop = field == "headline"
        if more := WEIGHTS[field] - UNIT:
            self.heavy[more, stop].take(text, first)
        return self.plain[stop].take(text, first)


class Segment:
    """Documents on their way to become one segment in ``folder``. Not for threads."""

    def __init__(self, folder: Path) -> None:
        self._storage = MappedStorage(folder)
        self._codec: Any = NewsCodec()  # type: ignore[no-untyped-call]
        self._segment: NewsSegment = self._codec.new_segment(self._storage, NAME)
        self._columns = Writer()
        self._lists = Lists()
        self._heavy = {weight - UNIT: Lists() for weight in WEIGHTS.values() if weight > UNIT}
        self._filters: dict[str, defaultdict[bytes, list[int]]] = {name: defaultdict(list) for name in FILTERS}
        self._stems: set[bytes] = set()
        self._vocabularies: dict[str, Vocabularies] = {}
        self.count = self._words = 0

    @property
    def full(self) -> bool:
        """Whether it is time to ``finish``, for memory's sake."""
        return self._words > FULL or self.count > ROOM - 100

    def add(self, document: Document) -> None:
        """Take in one document. Its number in the segment is how many were there before."""
        number = self.count
        self.count += 1
        length = self._add_text(number, document)
        for name, values in _filter_terms(document):
            for value in values:
                self._filters[name][value].append(number)
        self._columns.add(document, length)

    def _add_text(self, number: int, document: Document) -> int:
        """The document's length in words, each counted by its field's weight."""
        language = language_of(document.language)
        vocabularies = self._vocabularies.get(language)
        if vocabularies is None:
            vocabularies = Vocabularies(language, self._lists, self._heavy, self._stems)
            self._vocabularies[language] = vocabularies
        place, end = number * ROOM, number * ROOM + ROOM - 1
        weight = 0
        for field, text in _texts(document):
            first = place
            place = vocabularies.take(field, text, first)
            weight += WEIGHTS[field] * (place - first)
            self._words += place - first
            place = min(place + GAP, end)
        return weight // UNIT

    def finish(self) -> NewsSegment:
        """Write the segment's files. It is part of no index until a commit names it."""
        folder = Path(self._storage.folder)
        self._columns.save(folder / f"{self._segment.ident}.doc")
        write_terms(self._storage, self._segment, self._terms())
        self._segment._doccount = self.count
        self._segment.sizes = {path.name: path.stat().st_size for path in folder.glob(f"{self._segment.ident}.*")}
        self._segment.sums = {name: checksum(folder / name) for name in self._segment.sizes}
        return self._segment

    def _terms(self) -> Iterator[tuple[str, bytes, bytes, int]]:
        for name in sorted(FILTERS):
            if name == "stem":
                for key in sorted(self._stems):
                    yield f"f_{name}", key, b"", 0
            else:
                for term, ids in sorted(self._filters[name].items()):
                    yield f"f_{name}", term, pack(ids, (), (), ()), len(ids)
        for term in sorted(term for term, places in self._lists.items() if places):
            documents, positions = _halves(self._lists[term])
            counts = Counter(documents)  # in the order of the documents
            weights = self._weights(term, counts)
            yield "text", term, pack(list(counts), weights, list(counts.values()), positions), len(counts)

    def _weights(self, term: bytes, counts: dict[int, int]) -> list[int]:
        """Weights in halves; empty where each is just twice the count."""
        extra: dict[int, int] = {}
        for more, lists in self._heavy.items():
            if term in lists:
                for number in _halves(lists[term])[0]:
                    extra[number] = extra.get(number, 0) + more
        if not extra:
            return []
        return [UNIT * count + extra.get(number, 0) for number, count in counts.items()]


def _halves(places: "array[int]") -> "tuple[array[int], array[int]]":
    """Places taken apart into documents and positions, without looking at any."""
    halves = array("H", places.tobytes())
    return (halves[1::2], halves[0::2]) if sys.byteorder == "little" else (halves[0::2], halves[1::2])


def write_terms(storage: Any, segment: NewsSegment, lists: Iterator[tuple[str, bytes, bytes, int]]) -> None:
    """Write (field, term, packed postings, documents), which come in order of field and term."""
    writer = segment._codec.field_writer(storage, segment)
    try:
        _write_fields(writer, lists)
    except BaseException:
        writer.abandon()
        raise


def _write_fields(writer: Any, lists: Iterator[tuple[str, bytes, bytes, int]]) -> None:
    schema = NewsSchema.new(0)
    current = None
    for field, term, data, count in lists:
        if field != current:
            if current is not None:
                writer.finish_field()
            writer.start_field(field, schema[field])
            current = field
        writer.add_term(term, data, count)
    if current is not None:
        writer.finish_field()
    writer.close()


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    yield "headline", document.headline
    for field, text in (
        ("standfirst", document.standfirst), ("kicker", document.kicker), ("section", document.section_name),
        *[("bylines", name) for name in document.bylines], *[("tags", name) for name in document.tag_names],
        ("captions", document.captions), ("body", document.body),
    ):  # fmt: skip
        if text:
            yield field, text


def _filter_terms(document: Document) -> Iterator[tuple[str, set[bytes]]]:
    yield "key", {document.key.encode()}
    yield "article", {document.article.encode()}
    yield "by", name_terms(document.byline_slugs, document.bylines)
    if document.section:
        yield "in", name_terms((document.section,), (document.section_name,))
    yield "tag", name_terms(document.tags, document.tag_names)
    yield "kind", {document.kind.casefold().encode()}
    yield "picture", {b"yes"} if document.has_image else {b"no"}
    yield "head", {term.encode() for term in terms(document.headline) if term not in STOP}


def name_terms(slugs: tuple[str, ...], names: tuple[str, ...]) -> set[bytes]:
    """What filters find a name by: ``=slug`` exactly, or any of the name's words."""
    return {f"={slug}".encode() for slug in slugs} | {word.encode() for name in names for word in terms(name)}
