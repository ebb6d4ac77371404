"""Daybook's Whoosh codec: Whoosh's commits, segments and dictionary, with posting lists and columns of our own.

Whoosh keeps what it is good at: the directory, commits (TOC), segments with their deletions, and the ordered hash of
terms. Its posting blocks (pickled, compressed, 128 documents each) give way to ``search.postings`` and its columns
(a file each) to ``search.columns``, both written and read whole at the speed of C. Files are mapped, not copied, and
read without a shared position, so that threads may share them. Any Whoosh reader opens the index as long as this
package can be imported.
"""

import mmap
import os
from array import array
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from itertools import accumulate
from pathlib import Path
from struct import Struct
from typing import Any
from zlib import crc32

import numpy as np
from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PerDocReader, W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.filetables import HashWriter, OrderedHashWriter
from whoosh.filedb.structfile import StructFile
from whoosh.matching.mcore import ListMatcher
from whoosh.util.numeric import byte_to_length
from whoosh.util.numlists import GrowableArray

from search.columns import load
from search.postings import unpack, unpack_positions
from search.words import ANALYSIS, terms

FORMAT = 5  # raise it when files of the same content would be written differently: old ones are then unreadable

# What a word weighs by where it stands, in halves: a headline's word counts as three of the body's.
WEIGHTS = {"headline": 6, "standfirst": 3, "kicker": 3, "tags": 3, "bylines": 3, "section": 2, "captions": 2, "body": 2}
UNIT = 2

TABLE_ITEM = Struct("!ii")  # before each key and its value: how long both are
TERM_INFO = Struct("!BfIBBfIIqi")
"""Whoosh's term info: flags, weight, documents, shortest, longest, greatest weight, first and last id, extent.

What Whoosh would use for skipping is as wide as can be: nothing of ours skips.
"""


class Places(formats.Positions):
    """Positions as Whoosh's phrase matcher asks for them: four bytes each."""

    def decode_positions(self, value: bytes) -> list[int]:
        return list(array("I", value))

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4


class Words(fields.FieldType):
    """The text of a document: scorable, with positions. ``search.building`` writes it; Whoosh can query it."""

    def __init__(self) -> None:
        self.format = Places()
        self.analyzer = None
        self.scorable = True
        self.stored = False
        self.unique = False
        self.multitoken_query = "and"
        self.column_type = None

    def process_text(self, qstring: str, mode: str = "", **kwargs: Any) -> Iterator[str]:  # noqa: ARG002 (Whoosh's)
        return terms(qstring)


class Exact(Words):
    """A name that filters: it is there or it is not."""

    def __init__(self) -> None:
        super().__init__()
        self.format = formats.Existence()
        self.scorable = False


FILTERS = ("key", "article", "by", "in", "tag", "kind", "stem", "picture", "head")  # fields of Exact terms


class NewsSchema(fields.Schema):
    """The fields, and the one thing that each commit says beside its segments: how far the log is folded in.

    Whoosh pickles the schema into the same TOC file as the list of segments, and a commit is the renaming of that
    file: documents and checkpoint can never disagree.
    """

    position: int
    format: int
    analysis: int

    @classmethod
    def new(cls, position: int) -> "NewsSchema":
        schema = cls(text=Words(), **{f"f_{name}": Exact() for name in FILTERS})
        schema.position, schema.format, schema.analysis = position, FORMAT, ANALYSIS
        return schema


class NewsSegment(W3Segment):
    """A segment whose files stay apart, so that they can be mapped; ``sizes`` and ``sums`` tell a damaged one."""

    sizes: dict[str, int]
    sums: dict[str, int]  # see search.soundness
    synced = False  # whether its files are known to be on the disk

    def __init__(self, codec: "NewsCodec", name: str) -> None:
        super().__init__(codec, name)  # type: ignore[no-untyped-call]

    @property
    def ident(self) -> str:
        """What its files' names begin with."""
        return f"{self.indexname}_{self.segid}"

    @property
    def count(self) -> int:
        """How many documents it has, deleted ones included."""
        found: int = self._doccount
        return found

    @property
    def deleted(self) -> frozenset[int]:
        """Which of them are deleted."""
        return frozenset(self._deleted or ())

    def without(self, gone: set[int]) -> "NewsSegment":
        """The same segment with these documents deleted."""
        changed = copy(self)
        changed._deleted = set(gone) or None
        return changed

    def should_assemble(self) -> bool:
        return False


class NewsCodec(W3Codec):
    """See the module's own words."""

    def field_writer(self, storage: Any, segment: Any) -> "TermWriter":
        return TermWriter(self, storage, segment)

    def new_segment(self, storage: Any, indexname: str) -> NewsSegment:  # noqa: ARG002 (Whoosh's signature)
        return NewsSegment(self, indexname)

    def per_document_reader(self, storage: Any, segment: NewsSegment) -> "Lengths":
        return Lengths(storage, segment)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> ListMatcher:
        """A Whoosh matcher over one of our lists: for Whoosh's own queries, which tests compare with ours."""
        offset, size = terminfo.extent()
        count = terminfo.doc_frequency()
        data = memoryview(dbfile.get(offset, size[0] if isinstance(size, tuple) else size))
        ids, weights = unpack(data, count)
        values: list[Any] = [b""] * count
        if isinstance(format_, Places):
            counts, places = unpack_positions(data, count)
            values = [part.astype("=u4").tobytes() for part in np.split(places, np.cumsum(counts)[:-1])]
        whole = (weights / UNIT).tolist()
        return ListMatcher(ids.tolist(), whole, values, format_, scorer=scorer, term=term, terminfo=terminfo)


class Lengths(W3PerDocReader):
    """How long each document is, for Whoosh's own scorers."""

    def __init__(self, storage: Any, segment: NewsSegment) -> None:
        super().__init__(storage, segment)  # type: ignore[no-untyped-call]
        file = storage.open_file(f"{segment.ident}.doc")
        self._lengths = load(memoryview(file.map)).lengths

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        length: int = byte_to_length(self._lengths[docnum])  # type: ignore[no-untyped-call,unused-ignore]
        return length if fieldname == "text" else default

    def field_length(self, fieldname: str) -> int:
        return sum(self.doc_field_length(number, fieldname) for number in range(len(self._lengths)))

    def min_field_length(self, fieldname: str) -> int:
        return min(self.doc_field_length(number, fieldname) for number in range(len(self._lengths)))

    def has_column(self, fieldname: str) -> bool:  # noqa: ARG002 (Whoosh's signature)
        return False


class TermTable(OrderedHashWriter):
    """Whoosh's ordered hash file, byte for byte, put together in memory and written at once."""

    _SLOT = Struct("!Iq")

    def __init__(self, dbfile: Any) -> None:
        HashWriter.__init__(self, dbfile, hashtype=1)  # CRC32: the fastest of those that Whoosh knows
        self._items: list[bytes] = []
        self._hashes: list[int] = []

    def add(self, key: bytes, value: bytes) -> None:
        """Keys must ascend."""
        self._items.append(TABLE_ITEM.pack(len(key), len(value)) + key + value)
        self._hashes.append(crc32(key))

    def _write_hashes(self) -> None:
        places = list(accumulate(map(len, self._items), initial=self.dbfile.tell()))
        self.dbfile.write(b"".join(self._items))
        end = places.pop()
        self.index = GrowableArray("H" if end < 65536 else "I" if end < 2**32 else "q", allow_longs=False)
        self.index.array.extend(places)
        for hashed, place in zip(self._hashes, places, strict=True):
            self.buckets[hashed & 255].append((hashed, place))
        for entries in self.buckets:
            slots = 2 * len(entries)
            self.directory.append((self.dbfile.tell(), slots))
            table = [(0, 0)] * slots
            for entry in entries:
                slot = (entry[0] >> 8) % slots
                while table[slot][1]:
                    slot = (slot + 1) % slots
                table[slot] = entry
            self.dbfile.write(b"".join([self._SLOT.pack(*entry) for entry in table]))


class TermWriter(W3FieldWriter):
    """Writes a field's terms in order, each with a finished posting list."""

    def __init__(self, codec: "NewsCodec", storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)  # type: ignore[no-untyped-call]
        file = self._tindex.dbfile
        file.seek(0)  # over the header that Whoosh's own has written
        self._tindex = TermTable(file)
        self._tindex.extras["fieldmap"] = self._fieldmap
        self._offset = 0

    def add_term(self, term: bytes, postings: bytes, count: int) -> None:
        """Between ``start_field`` and ``finish_field``, in ascending order."""
        self._postfile.write(postings)
        info = TERM_INFO.pack(0, count, count, 0, 255, 65535.0, 0, 0xFFFFFFFE, self._offset, len(postings))
        assert self._fieldid is not None
        self._tindex.add(self._fieldid.to_bytes(2, "big") + term, info)
        self._offset += len(postings)

    def abandon(self) -> None:
        """Let go of the files, whatever they lack."""
        for file in (self._tindex.dbfile, self._postfile):
            with suppress(OSError):
                file.close()


def ending(data: bytes) -> bytes:
    """What stands at the end of a commit that begins with ``data``."""
    return b"CRC " + crc32(data).to_bytes(4, "big")


class MappedFile(StructFile):
    """A file read in place: ``get`` takes a position and leaves no trace, so that threads can share it."""

    def __init__(self, path: Path, name: str) -> None:
        with path.open("rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        super().__init__(self.map, name=name)  # type: ignore[arg-type]  # a mapping reads like a file
        self.is_real = False  # arrays are read from the mapping, not from a descriptor

    def get(self, position: int, length: int) -> bytes:
        return self.map[position : position + length]


class MappedStorage(FileStorage):
    """A folder whose files are mapped when they are opened for reading."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))  # type: ignore[no-untyped-call]

    def open_file(self, name: str, **_: object) -> MappedFile:
        return MappedFile(Path(self.folder) / name, name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: ARG002 (Whoosh's signature)
        """Durably: what the new name shows is on the disk. A commit is what is renamed: its sum goes to its end."""
        source = Path(self.folder) / oldname
        with source.open("r+b") as file:
            file.write(ending(file.read()))
            file.flush()
            os.fsync(file.fileno())
        source.replace(Path(self.folder) / newname)
