"""The log as of a moment. Time never goes back in it, so a moment is a place, found by halving.

``recorded_at`` never decreases from one position to the next: *as recorded at R* is as of a position. ``occurred_at``
never decreases within a stream: *as it had happened by T* is as of a version, and knows what was imported later.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator

import msgspec

from events.event import Recorded
from events.instant import Instant
from events.seal.hashes import Row
from events.store import EventStore


class AsOf(msgspec.Struct, frozen=True):
    """A moment, by any of: the stream's version, the log's position, when it was recorded, when it had happened.

    Where several are given, all of them have to hold.
    """

    version: int | None = None
    position: int | None = None
    recorded: Instant | None = None
    occurred: Instant | None = None


def position_at(store: EventStore, recorded: Instant) -> int:
    """The position up to which the log was written at a moment; 0 where it was not begun."""
    positions = range(1, store.head().position + 1)
    return bisect_right(positions, recorded, key=lambda position: next(store.rows(position - 1, position)).recorded_at)


def version_at(store: EventStore, stream: str, moment: AsOf) -> int:
    """The version that a stream had at a moment; 0 where there was no such stream yet."""
    last = store.version(stream)
    if moment.version is not None:
        last = min(last, moment.version)

    def told(name: str) -> Callable[[int], int]:
        return lambda version: getattr(_row_of(store, stream, version), name)

    bounds = ("position", moment.position), ("recorded_at", moment.recorded), ("occurred_at", moment.occurred)
    for name, bound in bounds:
        if bound is not None:
            last = bisect_right(range(1, last + 1), bound, key=told(name))
    return last


def read_stream(store: EventStore, stream: str, moment: AsOf) -> Iterator[Recorded]:
    """A stream's events up to a moment."""
    version = version_at(store, stream, moment)
    return store.read_stream(stream, until=version) if version else iter(())


def row_of(store: EventStore, stream: str, version: int) -> Row | None:
    """A stream's event as it is stored."""
    return next(store.stream_rows(stream, version - 1, version), None)


def _row_of(store: EventStore, stream: str, version: int) -> Row:
    found = row_of(store, stream, version)
    assert found is not None, f"{stream} has no version {version}: flask log verify"
    return found
