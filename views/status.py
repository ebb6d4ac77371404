"""How the views stand: for operators, and for /readyz."""

import msgspec

from events.store import EventStore
from views import fold
from views.database import DAMAGED, Connection
from views.engine import Engine
from views.projection import RebuildNeeded
from views.projections import PROJECTIONS
from views.shapes import ViewsMissing

_UNREADABLE: tuple[type[Exception], ...] = (*DAMAGED, OSError)


class ViewStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One view. version: of the code; on_disk: of the code that made the rows."""

    view: str
    position: int
    lag: int  # events of the log that are not folded in
    rows: dict[str, int]  # table → rows
    version: int
    on_disk: int | None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """reason: why the views cannot be used, or None. stale: pages that wait to be rendered again."""

    usable: bool
    reason: str | None
    generation: str | None
    position: int
    lag: int
    stale: int
    bytes: int
    views: tuple[ViewStatus, ...]


def status(store: EventStore, engine: Engine, *, rows: bool = True) -> Status:
    """Look, without changing anything. Counting ``rows`` reads every table."""
    head = store.head().position
    generation = None
    try:
        handle = engine.reader()
        generation = handle.generation
        return _look(handle.db, store, generation, head, engine.size(generation), rows)
    except ViewsMissing as missing:
        return _unusable(str(missing), generation, head)
    except _UNREADABLE as error:
        return _unusable(f"the views cannot be read ({error}): flask rebuild-index makes them anew", generation, head)


def _look(db: Connection, store: EventStore, name: str, head: int, size: int, rows: bool) -> Status:
    on_disk = fold.versions(db)
    reason = None
    try:
        fold.belongs(store, fold.checkpoint(db))
    except RebuildNeeded as error:
        reason = str(error)
    position = fold.position(db)
    stale = int(db.execute("SELECT count(*) FROM published WHERE stale IS NOT NULL").fetchone()[0])
    views = tuple(
        ViewStatus(
            view=projection.name, position=position, lag=head - position, version=projection.version,
            on_disk=on_disk.get(projection.name),
            rows={table.name: _count(db, table.name) for table in projection.tables} if rows else {},
        )
        for projection in PROJECTIONS
    )  # fmt: skip
    return Status(
        usable=reason is None, reason=reason, generation=name, position=position, lag=head - position, stale=stale,
        bytes=size, views=views,
    )  # fmt: skip


def _unusable(reason: str, name: str | None, head: int) -> Status:
    return Status(
        usable=False, reason=reason, generation=name, position=0, lag=head, stale=0, bytes=0, views=()
    )


def _count(db: Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
