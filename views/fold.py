"""Folding events into one generation: the rows and the checkpoint move together, or not at all."""

from collections.abc import Sequence
from zlib import crc32

import msgspec
from sqlalchemy import bindparam, insert, select, update

from events.event import Recorded
from events.instant import Instant
from events.seal.hashes import GENESIS
from events.store import EventStore
from views import feed
from views.batch import Batch, Missing
from views.database import DAMAGED, Connection, Prepared, create_indexes, create_tables, ddl, indexes
from views.projection import OTHER, ProjectionStopped, RebuildNeeded, checkpoints, stamps
from views.projections import PROJECTIONS, SHEETS, TABLES, handlers
from views.projections.people import bylines
from views.projections.settling import settle
from views.projections.subjects import tags
from views.propagation import mark
from views.rendering import Key
from views.tables import BEGINNING

_HANDLERS = handlers()
_READ = Prepared(
    select(
        checkpoints.c.projection, checkpoints.c.version, checkpoints.c.position, checkpoints.c.chain_hash,
        checkpoints.c.recorded_at,
    )
)  # fmt: skip
_MOVE = Prepared(
    update(checkpoints).values(position=bindparam("p"), chain_hash=bindparam("h"), recorded_at=bindparam("r"))
)
_BEGIN = Prepared(insert(checkpoints))
_STAMPS = Prepared(insert(stamps))
_SHAPE = Prepared(select(stamps.c.value).where(stamps.c.name == "shape"))
_STAMP = Prepared(
    update(stamps).values(value=bindparam("v")).where(stamps.c.name == bindparam("n"), stamps.c.value < bindparam("w"))
)
_SEARCHED = [
    index for index in indexes([bylines, tags])
    if index.name in ("bylines_by_portrait", "bylines_by_target", "tags_by_target")
]  # what folding itself looks things up by; the others are made once everything is in


SHAPE = crc32(ddl((checkpoints, stamps, *TABLES)).encode())  # of the tables that this code reads and writes


class Checkpoint(msgspec.Struct, frozen=True):
    """How far a generation has come. chain_hash: of the log up to there, hex."""

    position: int
    chain_hash: str
    recorded_at: Instant


START = Checkpoint(0, GENESIS.hex(), -(2**62))


def create(db: Connection) -> None:
    """Make every table of a new generation, and the indexes that folding needs; see ``finish``.

    The caller holds the transaction.
    """
    create_tables(db, (checkpoints, stamps, *TABLES))
    create_indexes(db, _SEARCHED)
    _BEGIN.many(db, [
        (projection.name, projection.version, START.position, START.chain_hash, START.recorded_at)
        for projection in PROJECTIONS
    ])  # fmt: skip
    _STAMPS.many(db, [("public", 0), ("at_once", BEGINNING), ("shape", SHAPE)])


def finish(db: Connection) -> None:
    """Make the other indexes: quicker over full tables than row by row."""
    create_indexes(db, [index for index in indexes(TABLES) if index not in _SEARCHED])


def versions(db: Connection) -> dict[str, int]:
    """The code versions of the views on disk."""
    return {row[0]: row[1] for row in _READ.all(db)}


def position(db: Connection) -> int:
    """The position of the view that is furthest behind, whatever code made it."""
    return min((row[2] for row in _READ.all(db)), default=0)


def checkpoint(db: Connection) -> Checkpoint:
    """Where this generation stands. Raises RebuildNeeded where other code made it."""
    try:
        rows, shape = _READ.all(db), _SHAPE.one(db)
    except DAMAGED as error:
        if str(error).startswith("no such"):
            raise RebuildNeeded(f"{OTHER} ({error})") from error
        raise
    expected = {projection.name: projection.version for projection in PROJECTIONS}
    found = {row[0]: row[1] for row in rows}
    if found != expected:
        other = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
        raise RebuildNeeded(f"{OTHER} ({', '.join(other)})")
    if shape != (SHAPE,):
        raise RebuildNeeded(f"{OTHER} (its tables have another shape)")
    return Checkpoint(*rows[0][2:])


def belongs(store: EventStore, at: Checkpoint) -> None:
    """Raises RebuildNeeded where the log is not the one that these views were folded from."""
    if at.position and feed.chain_hash(store, at.position) != at.chain_hash:
        raise RebuildNeeded(
            f"the views were folded from another log: at position {at.position} theirs differs from this one "
            "(was a backup restored?)"
        )


def origin(store: EventStore, position: int) -> str:
    """What tells views at a position from others: the log up to there, and the code that folds it."""
    versions = " ".join(f"{projection.name}={projection.version}" for projection in PROJECTIONS)
    return f"{feed.chain_hash(store, position)} {SHAPE} {versions}"


def reached(page: feed.Page) -> Checkpoint:
    """Where the views stand once this page is folded in."""
    return Checkpoint(page.position, page.chain_hash, page.recorded_at)


class Folding:
    """Events on their way into the tables, in one transaction that the caller holds, and undoes when this raises."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._batch = Batch(db, SHEETS)

    def take(self, events: Sequence[Recorded]) -> None:
        """Fold these in. Raises ProjectionStopped."""
        batch = self._batch
        for recorded in events:
            event = recorded.event
            for name, handler in _HANDLERS.get(type(event), ()):
                try:
                    handler(batch, recorded, event)
                except (LookupError, ValueError, TypeError, AssertionError, AttributeError) as error:
                    raise _stopped(name, recorded, error) from error

    def finish(self, to: Checkpoint, *, building: bool = False) -> list[Key]:
        """Write every row, and the checkpoint.

        Returns the rows of `published` that are new and must be rendered. ``building``: every row will be rendered
        in the end, so none has to be marked.
        """
        batch = self._batch
        new = settle(batch)
        batch.flush()
        mark(self._db, batch.marks, rows=not building)
        if batch.public:
            _STAMP.run(self._db, n="public", v=batch.public, w=batch.public)
            _STAMP.run(self._db, n="at_once", v=batch.at_once, w=batch.at_once)
        _MOVE.run(self._db, p=to.position, h=to.chain_hash, r=to.recorded_at)
        return new


def _stopped(name: str, recorded: Recorded, error: Exception) -> ProjectionStopped:
    reason = f"{recorded.stream}: {error}" if isinstance(error, Missing) else f"{type(error).__name__}: {error}"
    return ProjectionStopped(name, recorded.position, recorded.type, reason)
