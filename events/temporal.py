"""The log as of a moment. Time never goes back in it, so a moment is a place, found by halving.

``recorded_at`` never decreases from one position to the next: *as recorded at R* is as of a position. ``occurred_at``
never decreases within a stream: *as it had happened by T* is as of a version, and knows what was imported later.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import overload

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


class _Rows(Sequence[Row]):
    """Rows by their number, from 1, each read when it is looked at."""

    def __init__(self, last: int, read: Callable[[int], Row]) -> None:
        self._last, self._read = last, read

    def __len__(self) -> int:
        return self._last

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            raise TypeError("one at a time")
        return self._read(index + 1)


def position_at(store: EventStore, recorded: Instant) -> int:
    """The position up to which the log was written at a moment; 0 where it was not begun."""
    rows = _Rows(store.head().position, lambda position: _row(store, position))
    return bisect_right(rows, recorded, key=lambda row: row.recorded_at)


def version_at(store: EventStore, stream: str, moment: AsOf) -> int:
    """The version that a stream had at a moment; 0 where there was no such stream yet."""
    last = store.version(stream)
    if moment.version is not None:
        last = min(last, moment.version)
    for bound, key in ((moment.position, _position), (moment.recorded, _recorded), (moment.occurred, _occurred)):
        if bound is not None:
            last = bisect_right(_Rows(last, lambda version: _row_of(store, stream, version)), bound, key=key)
    return last


def read_stream(store: EventStore, stream: str, moment: AsOf) -> Iterator[Recorded]:
    """A stream's events up to a moment."""
    version = version_at(store, stream, moment)
    return store.read_stream(stream, until=version) if version else iter(())


def row_of(store: EventStore, stream: str, version: int) -> Row | None:
    """A stream's event as it is stored."""
    return next(store.stream_rows(stream, version - 1, version), None)


def _row(store: EventStore, position: int) -> Row:
    return next(store.rows(position - 1, position))


def _row_of(store: EventStore, stream: str, version: int) -> Row:
    found = row_of(store, stream, version)
    assert found is not None, f"{stream} has no version {version}: flask log verify"
    return found


def _position(row: Row) -> int:
    return row.position


def _recorded(row: Row) -> Instant:
    return row.recorded_at


def _occurred(row: Row) -> Instant:
    return row.occurred_at
