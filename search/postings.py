"""One term's postings as bytes: which documents have it, how heavily, and where.

    4 type codes (as in the array module; "-" where a part is absent), then the parts without padding:
    ids        differences of ascending document numbers, the first as it is
    weights    sum over the occurrences of their field's weight, in halves (a word in the body counts 2);
               absent where each is twice the count
    counts     occurrences in each document; absent in fields that only filter
    positions  of each document's occurrences, documents one after another

Each part takes the narrowest type that holds it. How many documents there are is the term's document frequency,
which the dictionary knows. Integers are little-endian. They are read as NumPy arrays, so that whatever is done with
whole lists is done at the speed of C.
"""

import sys
from array import array
from collections.abc import Sequence
from operator import sub
from struct import Struct
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.intp]  # of documents, ascending
Weights: TypeAlias = NDArray[np.float64]

ABSENT = "-"
_IDS, _WEIGHTS, _COUNTS, _POSITIONS = range(4)
HEADER = 4
_TYPES: dict[str, np.dtype[Any]] = {"B": np.dtype("<u1"), "H": np.dtype("<u2"), "I": np.dtype("<u4")}
_SWAP = sys.byteorder == "big"
_SINGLE = Struct("<4sHBH")  # the commonest list by far: one document, one occurrence
_SINGLE_CODES = b"H-BH"


class Postings(NamedTuple):
    """Ascending ``ids``, and the ``weights`` that stand beside them."""

    ids: Numbers
    weights: Weights


NOTHING = Postings(np.empty(0, np.intp), np.empty(0))


def pack(ids: Sequence[int], weights: Sequence[int], counts: Sequence[int], positions: Sequence[int]) -> bytes:
    """The bytes of postings of which there is at least one. Any but ``ids`` may be empty, and is then absent."""
    if len(positions) == 1 and not weights and ids[0] < 65536 and positions[0] < 65536:
        return _SINGLE.pack(_SINGLE_CODES, ids[0], 1, positions[0])
    gaps = _narrow((ids[0], *map(sub, ids[1:], ids)))
    parts = [gaps, _narrow(weights), _narrow(counts), _narrow(positions)]
    return b"".join([code for code, _ in parts] + [data for _, data in parts])


def _narrow(numbers: Sequence[int]) -> tuple[bytes, bytes]:
    if not numbers:
        return b"-", b""
    if isinstance(numbers, array) and not _SWAP:  # already narrow, and looking for narrower is not worth it
        return numbers.typecode.encode(), numbers.tobytes()
    try:
        return b"B", bytes(numbers)
    except ValueError:  # one of them is above 255
        pass
    try:
        code, values = "H", array("H", numbers)
    except OverflowError:
        code, values = "I", array("I", numbers)
    if _SWAP:
        values.byteswap()
    return code.encode(), values.tobytes()


class _Parts:
    """Where the parts begin."""

    def __init__(self, data: memoryview, length: int) -> None:
        self.codes = [chr(code) for code in data[:HEADER]]
        offset = HEADER
        self.offsets = []
        for code in self.codes:
            self.offsets.append(offset)
            offset += length * (_TYPES[code].itemsize if code != ABSENT else 0)

    def read(self, part: int, data: memoryview, length: int) -> NDArray[Any]:
        return np.frombuffer(data, _TYPES[self.codes[part]], length, self.offsets[part])

    def has(self, part: int) -> bool:
        return self.codes[part] != ABSENT


def unpack(data: memoryview, length: int) -> Postings:
    """Ids and weights of ``length`` documents; where there are no counts, each weight is 2."""
    parts = _Parts(data, length)
    ids = np.cumsum(parts.read(_IDS, data, length), dtype=np.intp)
    if parts.has(_WEIGHTS):
        return Postings(ids, parts.read(_WEIGHTS, data, length).astype(np.float64))
    if parts.has(_COUNTS):
        return Postings(ids, parts.read(_COUNTS, data, length) * 2.0)
    return Postings(ids, np.full(length, 2.0))


def unpack_positions(data: memoryview, length: int) -> tuple[Numbers, Numbers]:
    """How often and where: (counts, positions), those of the first document first."""
    parts = _Parts(data, length)
    counts = parts.read(_COUNTS, data, length).astype(np.intp)
    return counts, parts.read(_POSITIONS, data, int(counts.sum())).astype(np.intp)
