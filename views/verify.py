"""Proof that the views are what the log says: folded anew, aside, and compared row by row."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import msgspec
from sqlalchemy import Table

from events.store import EventStore
from views import fold
from views.build import build
from views.database import INSTEAD, NUL, Connection, Row
from views.engine import Engine, Handle, Progress, silent
from views.feed import Parked, none_parked
from views.projection import checkpoints, stamps
from views.projections import PROJECTIONS
from views.projector import Projector
from views.rebuild import WAIT, aside
from views.sqlite import open_reader

NAMED = 10  # differences that are told in full, of each table
OF_THIS_LOG = ("recorded_at", "chain_hash")  # compared, but no part of a digest: when something was written down,
# and its random salt, differ between two logs that tell the same
SHOWN = 200  # characters of a value that differs

_encoder = msgspec.msgpack.Encoder()


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is not what the log says. column None: the whole row is missing on one side."""

    table: str
    key: str
    column: str | None
    found: str
    expected: str


class ViewVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One view. digest: equal for equal rows, on whatever machine and in whatever generation they are."""

    view: str
    rows: int
    digest: str
    differing: int
    differences: tuple[Difference, ...]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the views at this position equal a fold of the log. digest: of all views in one line."""

    ok: bool
    position: int
    digest: str
    views: tuple[ViewVerdict, ...]
    seconds: float


def verify(
    store: EventStore,
    engine: Engine,
    projector: Projector,
    progress: Progress = silent,
    parked: Parked = none_parked,
) -> Verified:
    """Compare the generation in use, in one read snapshot, with one that is folded aside at the same position.

    What waits to be rendered is rendered first. Raises ViewsMissing, RebuildNeeded, Busy, ProjectionStopped.
    """
    started = time.perf_counter()
    with aside(engine), engine.scratch() as path, closing(snapshot(engine, projector)) as live:
        at = fold.checkpoint(live.db)
        build(store, path, at.position, progress, parked)
        with closing(open_reader(path)) as fresh:
            fresh.freeze()
            verdicts = tuple(_compare(live.db, fresh))
    return Verified(
        ok=not any(verdict.differing for verdict in verdicts), position=at.position,
        digest=together({verdict.view: verdict.digest for verdict in verdicts}),
        views=verdicts, seconds=time.perf_counter() - started,
    )  # fmt: skip


def digests(engine: Engine, projector: Projector) -> tuple[int, dict[str, str]]:
    """The position of the generation in use, and the digest of each view: for comparing two machines."""
    with closing(snapshot(engine, projector)) as live:
        verdicts = _compare(live.db, live.db)
        return fold.checkpoint(live.db).position, {verdict.view: verdict.digest for verdict in verdicts}


def digests_at(
    store: EventStore, engine: Engine, position: int, progress: Progress = silent, parked: Parked = none_parked
) -> tuple[int, dict[str, str]]:
    """The same of a fold of the log up to ``position``, made aside and gone again. Raises Busy, ProjectionStopped."""
    with aside(engine), engine.scratch() as path:
        build(store, path, position, progress, parked)
        with closing(open_reader(path)) as fresh:
            fresh.freeze()
            return position, {verdict.view: verdict.digest for verdict in _compare(fresh, fresh)}


def snapshot(engine: Engine, projector: Projector) -> Handle:
    """A connection that goes on seeing the generation in use as it is now, caught up and wholly rendered."""
    projector.catch_up(timeout=WAIT)
    projector.drain(timeout=WAIT)
    with projector.quiet(WAIT):
        live = engine.reader()
        live.db.freeze()
    return live


def _compare(live: Connection, fresh: Connection) -> Iterator[ViewVerdict]:
    for projection in PROJECTIONS:
        yield _view(live, fresh, projection.name, projection.tables)
    yield _view(live, fresh, "checkpoints", (checkpoints, stamps))


def _view(live: Connection, fresh: Connection, name: str, tables: tuple[Table, ...]) -> ViewVerdict:
    rows = differing = 0
    told: list[Difference] = []
    digest = hashlib.sha256()
    for table in tables:
        of_table: list[Difference] = []
        told_by = [number for number, column in enumerate(table.columns) if column.name not in OF_THIS_LOG]
        for found, expected in paired(_rows(live, table), _rows(fresh, table), len(table.primary_key.columns)):
            if found is not None:
                rows += 1
                digest.update(_encoder.encode((str(table.name), [found[number] for number in told_by])))
            if found != expected:
                differing += 1
                if len(of_table) < NAMED:
                    of_table += _differences(table, found, expected)
        told += of_table[:NAMED]
    return ViewVerdict(
        view=name, rows=rows, digest=digest.hexdigest(), differing=differing, differences=tuple(told)
    )


def _rows(db: Connection, table: Table) -> Iterator[Row]:
    names = ", ".join(column.name for column in table.columns)
    order = ", ".join(column.name for column in table.primary_key.columns)
    for row in db.stream(f"SELECT {names} FROM {table.name} ORDER BY {order}"):
        if any(type(value) is str and NUL in value for value in row):
            row = tuple(value.replace(NUL, INSTEAD) if type(value) is str else value for value in row)
        yield row


def paired(
    left: Iterator[Row], right: Iterator[Row], size: int
) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows of two ordered tables side by side, None where one has none with that key."""
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        if b is None or (a is not None and a[:size] < b[:size]):
            yield a, None
            a = next(left, None)
        elif a is None or b[:size] < a[:size]:
            yield None, b
            b = next(right, None)
        else:
            yield a, b
            a, b = next(left, None), next(right, None)


def _differences(table: Table, found: Row | None, expected: Row | None) -> Iterator[Difference]:
    row: Row = found or expected or ()
    key = ", ".join(str(value) for value in row[: len(table.primary_key.columns)])
    if found is None or expected is None:
        yield Difference(
            table=str(table.name), key=key, column=None, found="no such row" if found is None else "a row",
            expected="no such row" if expected is None else "a row",
        )  # fmt: skip
        return
    for column, a, b in zip(table.columns, found, expected, strict=True):
        if a != b:
            start = _first(a, b)
            yield Difference(
                table=str(table.name), key=key, column=str(column.name), found=_shown(a, start),
                expected=_shown(b, start),
            )  # fmt: skip


def _first(a: Any, b: Any) -> int:
    """A little before where two long texts begin to differ."""
    if not (isinstance(a, str) and isinstance(b, str)) or max(len(a), len(b)) <= SHOWN:
        return 0
    place = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return max(0, place - SHOWN // 4)


def _shown(value: Any, start: int) -> str:
    text = value if isinstance(value, str) else repr(value)
    cut = text[start : start + SHOWN]
    return f"{'…' if start else ''}{cut}{'…' if start + SHOWN < len(text) else ''}"


def together(digests: Mapping[str, str]) -> str:
    """Name → digest of each view, as one digest."""
    return hashlib.sha256("".join(f"{name}={digest};" for name, digest in digests.items()).encode()).hexdigest()
