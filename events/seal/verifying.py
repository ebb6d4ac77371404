"""Is the log what was written? Every hash is computed again, a segment at a time, by several processes at once.

A segment begins at what the event before it is stored to be, and the segment before it shows that to be true; so the
segments together prove the whole chain from the first event on. Memory is that of a segment, however long the log.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec

from events.erasing import check
from events.instant import Instant
from events.seal import commands
from events.seal.commands import Odd
from events.seal.hashes import GENESIS, Row, chain_hash, content_of
from events.seal.merkle import leaf_hash
from events.seal.tree import Tree
from events.store import EventStore

SEGMENT = 10_000  # events
FEW = 100_000  # events, below which starting processes costs more than it saves
WORKERS = 8  # at most

MISSING = "is missing"
Sealed = tuple[Path, int] | None  # the folder of a tree, and up to which size it is known to be true
Place = Callable[[str, int], int | None]  # stream, version → the position where that event stands
Open = Callable[[], EventStore]  # opens the log, in whatever process


class Mark(msgspec.Struct, frozen=True):
    """An event that what follows is held against."""

    position: int
    chain_hash: bytes
    recorded_at: Instant


class Verdict(msgspec.Struct, frozen=True):
    """What a verification found. position, stream, version: of the last good event, or of the first bad one."""

    ok: bool
    position: int
    chain_hash: str
    reason: str = ""
    stream: str = ""
    version: int = 0


START = Mark(0, GENESIS, -(2**62))


def verify(rows: Iterable[Row], start: Mark = START, place: Place = lambda _stream, _version: None) -> Verdict:
    """Recompute every hash after ``start``, and name the first event that is not what it was.

    place: where an event of before ``start`` stands; asked once for each stream that goes on from there.
    """
    position, previous, last = start.position, start.chain_hash, start.recorded_at
    versions: dict[str, int] = {}
    stream, version = "", 0
    for row in rows:
        position += 1
        reason = _fault(row, position, previous, last)
        if not reason and not _goes_on(row, versions.get(row.stream), start, place):
            reason = f"{row.stream} has no version {row.version - 1} before it"
        if reason == MISSING:
            return missing(position)
        if reason:
            return at_fault(row, reason)
        versions[row.stream] = row.version
        previous, last, stream, version = row.chain_hash, row.recorded_at, row.stream, row.version
    return Verdict(True, position, previous.hex(), "", stream, version)


def _fault(row: Row, position: int, previous: bytes, last: Instant) -> str:
    if row.position != position:
        return MISSING
    content = content_of(row)
    if content != row.content_hash:
        return "its content is not what was appended"
    if chain_hash(previous, position, row.recorded_at, content) != row.chain_hash:
        return "the chain of hashes breaks here: its place or its time is not what it was, or it was put in"
    if row.recorded_at < last:
        return "it is recorded earlier than the event before it"
    return ""


def _goes_on(row: Row, known: int | None, start: Mark, place: Place) -> bool:
    """Whether the stream's version before this one stands before it. known: its newest since ``start``."""
    if known is None and row.version > 1:
        before = place(row.stream, row.version - 1)
        return before is not None and before <= start.position
    return row.version == (known or 0) + 1


def verify_log(
    open_log: Open,
    after: int = 0,
    until: int | None = None,
    *,
    sealed: Sealed = None,
    workers: int | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Verify the events with ``after`` < position <= ``until`` (the head), the first one that is bad named.

    ``after`` itself is taken as it is stored. sealed: the folder of a Merkle tree that is known to be true, and up to
    which size; each event is held against its leaf. advance: told how many more are verified.
    """
    store = open_log()
    try:
        end = store.head().position if until is None else until
        starts = range(after, end, SEGMENT)
        count = _workers(workers, end - after)
        found = mark_at(store, after)
        if found is None:
            return missing(after)
        verdict = Verdict(True, after, found.chain_hash.hex())
        for first, verdict in zip(starts, _segments(open_log, store, starts, end, count, sealed), strict=True):
            if verdict.ok and verdict.position < min(first + SEGMENT, end):
                verdict = missing(verdict.position + 1)
            if not verdict.ok:
                return name_missing(store, verdict)
            advance(verdict.position - first)
        if verdict.ok and (odd := check(store, after, end)):
            row = next(store.rows(odd[0] - 1, odd[0]))
            return at_fault(row, odd[1])
        return verdict
    finally:
        store.close()


def verify_segment(store: EventStore, after: int, until: int, sealed: Sealed = None) -> Verdict:
    """Verify one segment in this process."""
    start = mark_at(store, after)
    if start is None:
        return missing(after)
    altered: list[Verdict] = []
    rows = store.rows(after, until)
    if sealed is not None and after < sealed[1]:
        rows = _held(rows, Tree(sealed[0]).leaves(after, min(until, sealed[1]) - after), altered)
    odd: list[Odd] = []
    verdict = verify(commands.held(rows, commands.among(store, after, until), odd), start, store.place)
    if verdict.ok and altered:
        return altered[0]
    return misnoted(odd[0]) if verdict.ok and odd else verdict


def _held(rows: Iterable[Row], leaves: list[bytes], altered: list[Verdict]) -> Iterator[Row]:
    """The rows; the first that is not its leaf is noted on the way."""
    sealed = iter(leaves)
    for row in rows:
        if leaf_hash(row.chain_hash) != next(sealed, leaf_hash(row.chain_hash)) and not altered:
            why = "it is not what was sealed: it was written anew, with all hashes after it"
            altered.append(at_fault(row, why))
        yield row


def mark_at(store: EventStore, position: int) -> Mark | None:
    """What is stored at a position, or None where there is nothing."""
    if position == 0:
        return START
    row = next(store.rows(position - 1, position), None)
    return None if row is None else Mark(row.position, row.chain_hash, row.recorded_at)


def name_missing(store: EventStore, verdict: Verdict) -> Verdict:
    """Of a missing event: which it was, told by the next one of its stream."""
    if not verdict.reason.endswith(MISSING):
        return verdict
    hole = verdict.position
    for row in store.rows(hole):
        if row.version > 1 and store.place(row.stream, row.version - 1) is None:
            return Verdict(False, hole, "", MISSING, row.stream, row.version - 1)
    return missing(hole)


def at_fault(row: Row, reason: str) -> Verdict:
    """An event is not what it has to be."""
    return Verdict(False, row.position, row.chain_hash.hex(), reason, row.stream, row.version)


def misnoted(odd: Odd) -> Verdict:
    """What is noted of a command is not true."""
    if odd.row is None:
        return Verdict(False, odd.position, "", odd.reason)
    return at_fault(odd.row, odd.reason)


def missing(position: int) -> Verdict:
    """There is no event at a position where one has to be."""
    return Verdict(False, position, "", f"position {position:,} {MISSING}")


def _workers(asked: int | None, events: int) -> int:
    if asked is not None:
        return asked
    return 1 if events < FEW else min(len(os.sched_getaffinity(0)), WORKERS)


def _segments(
    open_log: Open, store: EventStore, starts: range, end: int, workers: int, sealed: Sealed
) -> Iterator[Verdict]:
    """A verdict for each segment, in order."""
    if workers < 2:
        yield from (verify_segment(store, first, min(first + SEGMENT, end), sealed) for first in starts)
        return
    # spawned, not forked: whoever calls may have threads
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (open_log,)) as pool:
        waiting: deque[Future[Verdict]] = deque()
        try:
            for first in starts:
                waiting.append(pool.submit(_verify, first, min(first + SEGMENT, end), sealed))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


_log: EventStore | None = None  # a worker's own


def _begin(open_log: Open) -> None:
    global _log
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    _log = open_log()


def _verify(after: int, until: int, sealed: Sealed) -> Verdict:
    assert _log is not None
    return verify_segment(_log, after, until, sealed)
