"""What a rebuild would change for readers, before it does: a generation built aside, beside the one in use.

The one in use may have been made by other code: that is what one asks for. Only what readers see is compared.
"""

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import msgspec

from events.store import EventStore
from views import fold
from views.build import build
from views.database import DAMAGED, Connection, Row
from views.engine import Engine, Handle, Progress, silent
from views.feed import Parked, none_parked
from views.projection import RebuildNeeded
from views.projector import Projector
from views.rebuild import WAIT, aside
from views.shapes import ViewsMissing
from views.sqlite import open_reader
from views.still import Still
from views.verify import paired

_PAGES = """
SELECT article, number, path, headline, page, html FROM published
WHERE public_from < public_until AND stale IS NULL ORDER BY article, number
"""
_STALE = "SELECT article, number FROM published WHERE stale IS NOT NULL"
_decode = msgspec.json.Decoder().decode


class PageChange(msgspec.Struct, frozen=True, kw_only=True):
    """A page that readers would see changed. what: 'new', 'gone' or 'changed'; parts: of it, by their names."""

    article: str
    path: str
    headline: str
    what: str
    parts: tuple[str, ...] = ()


class Rehearsal:
    """A generation that was built aside, for as long as nobody closes it."""

    def __init__(self, live: Connection, fresh: Handle, store: EventStore, pages: int) -> None:
        self._live, self._fresh = live, fresh
        self.made, self.pages = Still(fresh, store), pages

    def changes(self) -> Iterator[PageChange]:
        """Each page that differs. Raises ViewsMissing where the pages in use have a shape that cannot be read."""
        try:
            waiting = _waiting(self._live)
            rows = self._live.stream(_PAGES)
            for old, new in paired(rows, self._fresh.db.stream(_PAGES), 2):
                row = new or old
                assert row is not None
                if row[:2] not in waiting and (change := _change(old, new)):
                    yield change
        except DAMAGED as error:
            raise ViewsMissing(f"the pages in use cannot be compared: {error}") from error


@contextmanager
def rehearsal(
    store: EventStore, engine: Engine, projector: Projector, progress: Progress = silent, parked: Parked = none_parked
) -> Iterator[Rehearsal]:
    """Build aside what a rebuild would make, up to where the views in use stand. Nothing is changed.

    Raises ViewsMissing, Busy, ProjectionStopped, UnknownEvent.
    """
    with suppress(RebuildNeeded):  # other code's views stay where they are
        projector.catch_up(timeout=WAIT)
        projector.drain(timeout=WAIT)
    with aside(engine), engine.scratch() as path, closing(engine.reader()) as live:
        live.db.freeze()
        at = fold.position(live.db)
        built = build(store, path, at, progress, parked)
        with closing(open_reader(path)) as db:
            db.freeze()
            fresh = Handle(db, path.name, (0, 0))
            yield Rehearsal(live.db, fresh, store, built.pages)


def _waiting(db: Connection) -> Collection[Row]:
    """Pages that wait to be rendered: what stands in their rows is not what readers are shown."""
    return {tuple(row) for row in db.execute(_STALE, ()).fetchall()}


def _change(old: Row | None, new: Row | None) -> PageChange | None:
    if old == new:
        return None
    row = new or old
    assert row is not None
    named: dict[str, Any] = {"article": row[0], "path": row[2], "headline": row[3]}
    if old is None or new is None:
        return PageChange(**named, what="new" if old is None else "gone")
    parts = ["address"] * (old[2] != new[2]) + ["body"] * (old[5] != new[5])
    if old[4] != new[4]:
        before, after = _decode(old[4] or "{}"), _decode(new[4] or "{}")
        keys = sorted((before.keys() | after.keys()) - {"digest", "path"})
        parts += [key for key in keys if before.get(key) != after.get(key)]
    return PageChange(**named, what="changed", parts=tuple(parts)) if parts else None
