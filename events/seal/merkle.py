"""The Merkle tree of RFC 6962 and RFC 9162 (section 2.1): roots, and proofs that are checked with hashes alone.

    leaf = SHA-256(0x00 ‖ entry)        node = SHA-256(0x01 ‖ left ‖ right)

A tree of *n* leaves splits at the largest power of two below *n*. Everything here asks for whole subtrees only, as
``whole(height, index)``: the root of the leaves from ``index · 2^height`` on, ``2^height`` of them. Where those are
kept is somebody else's affair (``events/seal/tree.py``).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

Whole = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256().digest()


class Unproven(Exception):
    """The proof does not prove it. The message says what does not fit."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees put together."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(whole: Whole, size: int) -> bytes:
    """The root of the first ``size`` leaves."""
    return _range(whole, 0, size) if size else EMPTY_ROOT


def inclusion(whole: Whole, index: int, size: int) -> list[bytes]:
    """The proof that leaf ``index`` (from 0) is in the tree of ``size`` leaves: a hash a level, lowest first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    first, last, path = 0, size, []
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            path.append(_range(whole, middle, last))
            last = middle
        else:
            path.append(_range(whole, first, middle))
            first = middle
    return path[::-1]


def consistency(whole: Whole, old: int, size: int) -> list[bytes]:
    """The proof that the tree of ``size`` leaves begins with that of ``old`` leaves."""
    if not 0 < old <= size:
        raise ValueError(f"a tree of {size} leaves does not begin with one of {old}")
    first, last, path, from_start = 0, size, [], True
    while old < last:
        middle = first + _split(last - first)
        if old <= middle:
            path.append(_range(whole, middle, last))
            last = middle
        else:
            path.append(_range(whole, first, middle))
            first, from_start = middle, False
    if not from_start:
        path.append(_range(whole, first, last))
    return path[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> None:
    """Raises Unproven unless ``leaf`` is number ``index`` of the ``size`` leaves under the root ``expected``."""
    if not 0 <= index < size:
        raise Unproven(f"leaf {index} is not in a tree of {size}")
    found = leaf
    for sibling, left in _siblings(index, size - 1, path):
        found = node_hash(sibling, found) if left else node_hash(found, sibling)
    if found != expected:
        raise Unproven("the path does not lead to the root")


def check_consistency(old: int, old_root: bytes, size: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raises Unproven unless the tree of ``size`` leaves under ``new_root`` begins with that of ``old`` leaves."""
    if not 0 < old <= size:
        raise Unproven(f"a tree of {size} leaves does not begin with one of {old}")
    if old == size:
        if path or old_root != new_root:
            raise Unproven("two trees of the same size have different roots")
        return
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)  # the old tree is a whole subtree of the new one: its root need not be told
    if not steps:
        raise Unproven("the path is too short")
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step, left in _siblings(place, last, steps[1:]):
        if left:
            before = node_hash(step, before)
        after = node_hash(step, after) if left else node_hash(after, step)
    if before != old_root:
        raise Unproven("the path does not lead to the older root")
    if after != new_root:
        raise Unproven("the path does not lead to the newer root")


def _siblings(place: int, last: int, path: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each hash of a path from a node to the root, and whether it stands on the left. ``last``: its row's last node."""
    for sibling in path:
        if last == 0:
            raise Unproven("the path is too long")
        left = bool(place & 1) or place == last
        while left and place and not place & 1:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
        yield sibling, left
    if last != 0:
        raise Unproven("the path is too short")


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _range(whole: Whole, first: int, last: int) -> bytes:
    """The root of the leaves first..last, where ``first`` is such that every split falls on whole subtrees."""
    size = last - first
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return whole(height, first >> height)
    middle = first + _split(size)
    return node_hash(_range(whole, first, middle), _range(whole, middle, last))
