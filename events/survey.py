"""The whole log read as today's code reads it: what there is of each shape, and what cannot be read."""

from collections import Counter
from collections.abc import Callable

import msgspec

from events.event import UnknownEvent
from events.reading import Line, recorded
from events.store import EventStore

PAGE = 1000
NAMED = 20  # positions that are told, of each shape that cannot be read


class Shape(msgspec.Struct, kw_only=True):
    """A type and schema number as stored. read_as: how many events of which types it is read as."""

    type: str
    schema: int
    stored: int = 0
    read_as: Counter[str] = msgspec.field(default_factory=Counter)


class Unreadable(msgspec.Struct, kw_only=True):
    """Events of one shape that cannot be read. reason: of the first; positions: the first of them."""

    type: str
    schema: int
    reason: str
    count: int = 0
    positions: list[int] = msgspec.field(default_factory=list)


class Survey(msgspec.Struct, kw_only=True):
    """What a log is made of. Events that were merged are counted as read where the last of them stands."""

    events: int
    shapes: list[Shape]
    unreadable: list[Unreadable]


def survey(store: EventStore, progress: Callable[[int], None] = lambda _: None) -> Survey:
    """Read every event, in constant memory, going on after one that cannot be read."""
    shapes: dict[tuple[str, int], Shape] = {}
    bad: dict[tuple[str, int], Unreadable] = {}
    head, position = store.head().position, 0
    while position < head:
        lines = store.lines(position + 1, min(head, position + PAGE))
        for line in lines:
            _shape(shapes, line).stored += 1
        try:
            _read(store, lines, shapes)
        except UnknownEvent:  # one of these cannot be read: which?
            _one_by_one(store, lines, shapes, bad)
        position = lines[-1][0]
        progress(len(lines))
    known = sorted(shapes.values(), key=lambda shape: (shape.type, shape.schema))
    return Survey(events=head, shapes=known, unreadable=[bad[key] for key in sorted(bad)])


def _read(store: EventStore, lines: list[Line], shapes: dict[tuple[str, int], Shape]) -> None:
    stored = {line[0]: line for line in lines}
    for one in recorded(lines, store.lines):
        _shape(shapes, stored[one.position]).read_as[one.type] += 1


def _one_by_one(
    store: EventStore,
    lines: list[Line],
    shapes: dict[tuple[str, int], Shape],
    bad: dict[tuple[str, int], Unreadable],
) -> None:
    for line in lines:
        try:
            _read(store, [line], shapes)
        except UnknownEvent as error:
            type, schema = line[3:5]
            found = bad.setdefault((type, schema), Unreadable(type=type, schema=schema, reason=str(error)))
            found.count += 1
            if len(found.positions) < NAMED:
                found.positions.append(line[0])


def _shape(shapes: dict[tuple[str, int], Shape], line: Line) -> Shape:
    key = line[3], line[4]
    found = shapes.get(key)
    if found is None:
        found = shapes[key] = Shape(type=line[3], schema=line[4])
    return found
