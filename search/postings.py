"""One term's postings as bytes: which documents have it, how heavily, and where.

    4 type codes (as in the array module; "-" where a part is absent), then the parts without padding:
    ids        differences of ascending document numbers, the first as it is
    weights    sum over the occurrences of their field's weight, in halves (a word in the body counts 2);
               absent where each is twice the count
    counts     occurrences in each document; absent in fields that only filter
    positions  of each document's occurrences, documents one after another

Each part takes the narrowest type that holds it. How many documents there are is the term's document frequency,
which the dictionary knows. Integers are little-endian.
"""

import sys
from array import array
from collections.abc import Sequence
from itertools import accumulate
from operator import sub
from struct import Struct
from typing import NamedTuple

ABSENT = "-"
_IDS, _WEIGHTS, _COUNTS, _POSITIONS = range(4)
HEADER = 4
_SIZES = {"B": 1, "H": 2, "I": 4}
_SWAP = sys.byteorder == "big"
_SINGLE = Struct("<4sHBH")  # the commonest list by far: one document, one occurrence
_SINGLE_CODES = b"H-BH"


class Postings(NamedTuple):
    """Ascending ``ids``, and the ``weights`` that stand beside them."""

    ids: "array[int]"
    weights: Sequence[float]


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


def _widen(data: memoryview, code: str, offset: int, length: int) -> "array[int]":
    values = array(code)
    values.frombytes(data[offset : offset + length * _SIZES[code]])
    if _SWAP:
        values.byteswap()
    return values


class _Parts:
    """Where the parts begin."""

    def __init__(self, data: memoryview, length: int) -> None:
        self.codes = [chr(code) for code in data[:HEADER]]
        offset = HEADER
        self.offsets = []
        for code in self.codes:
            self.offsets.append(offset)
            offset += length * _SIZES.get(code, 0)

    def read(self, part: int, data: memoryview, length: int) -> "array[int]":
        return _widen(data, self.codes[part], self.offsets[part], length)

    def has(self, part: int) -> bool:
        return self.codes[part] != ABSENT


def unpack(data: memoryview, length: int) -> Postings:
    """Ids and weights of ``length`` documents; where there are no counts, each weight is 2."""
    parts = _Parts(data, length)
    ids = array("I", accumulate(parts.read(_IDS, data, length)))
    if parts.has(_WEIGHTS):
        return Postings(ids, parts.read(_WEIGHTS, data, length))
    if parts.has(_COUNTS):
        return Postings(ids, [2 * count for count in parts.read(_COUNTS, data, length)])
    return Postings(ids, b"\x02" * length)


def unpack_positions(data: memoryview, length: int) -> "tuple[array[int], array[int]]":
    """Where the occurrences are: (ends, positions): document i's are ``positions[ends[i - 1]:ends[i]]``."""
    parts = _Parts(data, length)
    ends = array("I", accumulate(parts.read(_COUNTS, data, length)))
    return ends, parts.read(_POSITIONS, data, ends[-1])
