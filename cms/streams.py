"""Streams as the newsroom knows them: folded from the log, and kept while they are used.

What is at hand is kept in the process; of long streams there are snapshots besides (cms/snapshots.py), so that a
process which meets one for the first time reads only what happened since. Either way the log's newest events are
folded on top at every look.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, NamedTuple

from cms import article, byline, image, redirect, section, site_facts, subject, tag
from cms.decider import Decider, State
from cms.snapshots import EVERY, Snapshots, Taken
from events.instant import Instant
from events.store import EventStore
from events.words import WordsRemoved

DECIDERS: dict[str, Decider[Any]] = {
    decider.category: decider
    for decider in (
        article.decider, byline.decider, image.decider, redirect.decider, section.decider, site_facts.decider,
        subject.decider, tag.decider,
    )
}  # fmt: skip
LONG_AGO: Instant = -(2**62)


class Entry(NamedTuple):
    """A stream's state, and when its last event occurred."""

    state: State
    occurred_at: Instant = LONG_AGO


Load = Callable[[str], Entry]


def decider_of(stream: str) -> Decider[Any]:
    """The rules of a stream."""
    return DECIDERS[stream.partition("-")[0]]


class Streams:
    """Folded streams, the ones used last at hand. Safe to use from many threads."""

    def __init__(self, store: EventStore, size: int, snapshots: Snapshots | None = None) -> None:
        self._store, self._size, self._snapshots = store, size, snapshots
        self._due: dict[str, int] = {}  # of long streams: the version at which the next snapshot is taken
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._lock = Lock()

    def current(self, stream: str) -> Entry:
        """The stream as the log has it now: what is at hand, and the events since."""
        return self._read(stream, self._find(stream))

    def remembered(self, stream: str) -> Entry:
        """The stream as it was when it was last looked at. Somebody may have written to it since."""
        return self._find(stream) or self._read(stream, None)

    def keep(self, entries: Iterable[tuple[str, Entry]]) -> None:
        """Have these at hand. An entry that is older than the one at hand is dropped."""
        with self._lock:
            for stream, entry in entries:
                known = self._entries.get(stream)
                if known is None or known.state.version <= entry.state.version:
                    self._entries[stream] = entry
                    self._entries.move_to_end(stream)
            while len(self._entries) > self._size:
                gone, _ = self._entries.popitem(last=False)
                self._due.pop(gone, None)

    def forget(self, streams: Iterable[str]) -> None:
        """Read these from the log when they are next asked for."""
        with self._lock:
            for stream in streams:
                self._entries.pop(stream, None)

    def _find(self, stream: str) -> Entry | None:
        with self._lock:
            found = self._entries.get(stream)
            if found is not None:
                self._entries.move_to_end(stream)
            return found

    def _read(self, stream: str, known: Entry | None) -> Entry:
        decider = decider_of(stream)
        known = known or self._snapshot(stream, decider)
        state, occurred_at = known or Entry(decider.initial)
        before = state.version
        for recorded in self._store.read_stream(stream, after=before):
            if before and isinstance(recorded.event, WordsRemoved):  # what was folded may hold them: begin anew
                self._drop(stream)
                return self._read(stream, None)
            state = decider.replay(state, recorded)
            occurred_at = recorded.occurred_at
        entry = Entry(state, occurred_at)
        if known is None or state.version > before:
            self.keep([(stream, entry)])
        if self._snapshots is not None and state.version >= self._due.get(stream, EVERY):
            self._due[stream] = state.version + EVERY
            self._snapshots.take(stream, decider, Taken(state, occurred_at))
        return entry

    def _drop(self, stream: str) -> None:
        self.forget([stream])
        self._due.pop(stream, None)
        if self._snapshots is not None:
            self._snapshots.discard(stream)

    def _snapshot(self, stream: str, decider: Decider[Any]) -> Entry | None:
        taken = self._snapshots.load(stream, decider) if self._snapshots is not None else None
        if taken is None:
            return None
        self._due[stream] = taken.state.version + EVERY
        return Entry(*taken)
