"""What an index keeps of each document, one file per segment: the documents themselves, then their columns.

    documents one after another (see ``freeze``), a msgpack ``Columns``, its CRC-32 in four bytes, its length in eight

Columns are arrays of native integers; they are read whole when a segment is opened.
"""

import sys
import zlib
from array import array
from hashlib import blake2b
from pathlib import Path

import msgspec
from whoosh.util.numeric import length_to_byte

from search.shapes import Document
from search.words import language_of

DIGEST = 16  # bytes
FOREVER = 2**63 - 1  # public_until of a document that is public for good
NUMBERS = ("published_at", "public_from", "public_until", "tie")
LABELS = ("section", "byline", "tag", "kind", "language")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Document).decode


class Label(msgspec.Struct):
    """A facet: for each document the number of its ``values``, each of which is (slug, name) pairs."""

    ordinals: bytes
    values: list[tuple[tuple[str, str], ...]]


class Columns(msgspec.Struct):
    """All columns of a segment."""

    byteorder: str
    lengths: bytes  # words of the text, weighted, as Whoosh's one-byte lengths
    numbers: dict[str, bytes]  # "q"
    labels: dict[str, Label]  # ordinals: "I"
    ends: bytes  # "Q": where in the file each document ends
    articles: str  # whose each document is, a line for each


class Writer:
    """Gathers what is kept of documents, in the order of their numbers."""

    def __init__(self) -> None:
        self._frozen: list[bytes] = []
        self._lengths = bytearray()
        self._numbers = {name: array("q") for name in NUMBERS}
        self._ordinals = {name: array("I") for name in LABELS}
        self._values: dict[str, dict[tuple[tuple[str, str], ...], int]] = {name: {} for name in LABELS}
        self._articles: list[str] = []

    def add(self, document: Document, length: int) -> None:
        """``length``: words, weighted."""
        self._frozen.append(freeze(document))
        self._lengths.append(length_to_byte(length))
        self._articles.append(document.article)
        until = FOREVER if document.public_until is None else document.public_until
        numbers = (document.published_at, document.public_from, until, tie(document.key))
        for column, number in zip(self._numbers.values(), numbers, strict=True):
            column.append(number)
        for name, value in labels(document).items():
            values = self._values[name]
            self._ordinals[name].append(values.setdefault(value, len(values)))

    def save(self, path: Path) -> None:
        """Write the file."""
        ends = array("Q")
        with path.open("wb") as file:
            for frozen in self._frozen:
                file.write(frozen)
                ends.append(file.tell())
            columns = Columns(
                sys.byteorder,
                bytes(self._lengths),
                {name: column.tobytes() for name, column in self._numbers.items()},
                {name: Label(self._ordinals[name].tobytes(), list(self._values[name])) for name in LABELS},
                ends.tobytes(),
                "\n".join(self._articles),
            )
            data = _encode(columns)
            file.write(data + zlib.crc32(data).to_bytes(4, "big") + len(data).to_bytes(8, "big"))


def load(data: memoryview) -> Columns:
    """The columns of a file. Raises ValueError (or msgspec's kind of it) if they cannot be read."""
    size = int.from_bytes(data[-8:], "big")
    told = data[-12 - size : -12]
    if zlib.crc32(told) != int.from_bytes(data[-12:-8], "big"):
        raise ValueError("its columns are not those that were written")
    columns = msgspec.msgpack.decode(told, type=Columns)
    if columns.byteorder != sys.byteorder:
        raise ValueError("it was written on a machine with another order of bytes")
    return columns


def labels(document: Document) -> dict[str, tuple[tuple[str, str], ...]]:
    """A document's facet values with the names that readers see."""
    return {
        "section": ((document.section, document.section_name),) if document.section else (),
        "byline": tuple(zip(document.byline_slugs, document.bylines, strict=True)),
        "tag": tuple(zip(document.tags, document.tag_names, strict=True)),
        "kind": ((document.kind, document.kind),),
        "language": ((language_of(document.language), ""),),
    }


def freeze(document: Document) -> bytes:
    """A document as the index keeps it: a digest of it, then the compressed whole."""
    data = _encode(document)
    return blake2b(data, digest_size=DIGEST).digest() + zlib.compress(data, 1)


def digest(document: Document) -> bytes:
    """The digest that ``freeze`` puts in front."""
    return blake2b(_encode(document), digest_size=DIGEST).digest()


def thaw(data: memoryview) -> Document:
    """What ``freeze`` froze. Raises ValueError where it is not that any more, or zlib.error."""
    whole = zlib.decompress(data[DIGEST:])
    if blake2b(whole, digest_size=DIGEST).digest() != data[:DIGEST]:
        raise ValueError("a stored document is not the one that was indexed")
    return _decode(whole)


def tie(key: str) -> int:
    """What puts equals into one order, however the index was built."""
    return int.from_bytes(blake2b(key.encode(), digest_size=7).digest())
