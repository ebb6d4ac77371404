"""Activity: what happened in the whole newsroom, in plain words, the latest first, narrowed as one likes.

Lines stand in the order in which things happened. A page is two questions: which positions of the log, which one
covering index answers without reading a row, and then those rows. Of the conditions that have an index, the one that
fewest events meet leads; the others are checked on the way.
"""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from events.instant import Instant
from views import cursors
from views.chronicle import line_of, page
from views.database import Connection, Prepared, Several
from views.desk_queries import HEADLINES
from views.desk_shapes import Line, Lines
from views.lookup import Lookup
from views.projections.entities import ImageRecord
from views.projections.history import history
from views.tables import Number

LEADS = 2000  # events: a condition that fewer meet leads
NEWS = 40  # new events: more are not counted
LOOKED = 2000  # events that one page of grouped lines looks at
_LEADING = ("actor", "thing", "change")
_SPAN: dict[str, ColumnElement[bool]] = {
    "since": history.c.at >= bindparam("since", type_=Number),
    "until": history.c.at < bindparam("until", type_=Number),
    "later": history.c.position > bindparam("later", type_=Number),
}


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines. actor: account id; thing: a kind, such as article; change: a kind of change (see
    views/projections/changes.py); stream: one thing; since, until: when it happened; later: behind that position."""

    actor: str | None = None
    thing: str | None = None
    change: str | None = None
    stream: str | None = None
    since: Instant | None = None
    until: Instant | None = None
    later: int | None = None


class Activity:
    """The questions."""

    def __init__(self, db: Connection, lookup: Lookup) -> None:
        self._db, self._lookup = db, lookup

    def lines(
        self, which: Which = Which(), limit: int = 60, before: str | None = None, *, grouped: bool = True
    ) -> Lines:
        """A page. ``grouped``: edits of a body by one person, in one go, make one line. Raises BadCursor."""
        return page(partial(self.each, which), _cursor, limit, before, most=LOOKED, grouped=grouped)

    def each(self, which: Which, limit: int, before: str | None) -> list[Line]:
        """So many events behind a cursor, each its own line. Raises BadCursor."""
        names, values = _asked(which)
        if before is not None:
            values["t"], _, values["p"] = cursors.decode(before)
            values["from"] = values["t"]
        statement = _positions(self._lead(which), names, after=before is not None)
        positions = [row[0] for row in statement.all(self._db, limit=limit, **values)]
        rows = {row[0]: row for row in _ROWS.all(self._db, positions)}
        about = self._names([rows[position][1] for position in positions])
        return [line_of(rows[position], about.get(rows[position][1])) for position in positions]

    def news(self, which: Which, position: int) -> int:
        """How many lines, up to NEWS, have come since a position of the log."""
        names, values = _asked(msgspec.structs.replace(which, later=position))
        return len(_positions("position", names, after=False).all(self._db, limit=NEWS, **values))

    def _lead(self, which: Which) -> str:
        """The column whose index is read."""
        if which.stream:
            return "stream"
        if which.later is not None:
            return "position"
        met = {
            name: _MET[name].all(self._db, what=value)[0][0] for name in _LEADING if (value := getattr(which, name))
        }
        return min(met, key=met.__getitem__, default="at")

    def _names(self, streams: Sequence[str]) -> dict[str, str]:
        """What these things are called."""
        wanted = list(dict.fromkeys(streams))
        articles = [stream.removeprefix("article-") for stream in wanted if stream.startswith("article-")]
        found: dict[str, str] = {
            f"article-{id}": headline for id, headline in HEADLINES.all(self._db, articles)
        }
        things = [stream for stream in wanted if stream.startswith(("image-", "byline-", "section-", "tag-"))]
        self._lookup.expect(things)
        for stream in things:
            if record := self._lookup.record(stream):
                name = record.caption or record.alt if isinstance(record, ImageRecord) else record.name
                found[stream] = name or "a picture"
        return found


def _asked(which: Which) -> tuple[tuple[str, ...], dict[str, Any]]:
    values = {name: value for name, value in msgspec.structs.asdict(which).items() if value not in (None, "")}
    return tuple(values), values


@cache
def _positions(lead: str, names: tuple[str, ...], *, after: bool) -> Prepared:
    """Binds the named conditions, limit, and where ``after`` t, from (when) and p (position) of the line before."""
    query: Select[Any] = select(history.c.position)
    for name in names:
        if name in _SPAN:
            query = query.where(_SPAN[name])
        else:  # an index that does not lead is not to be entered by
            column = history.c[name] if name == lead else func.coalesce(history.c[name], "")
            query = query.where(column == bindparam(name))
    if after:
        same = and_(history.c.at == bindparam("t"), history.c.position < bindparam("p"))
        query = query.where(or_(history.c.at < bindparam("t"), same), history.c.at <= bindparam("from"))
    by_position = lead in ("stream", "position")  # in one thing, and at the log's end, that is the same order
    order = (history.c.position.desc(),) if by_position else (history.c.at.desc(), history.c.position.desc())
    return Prepared(query.order_by(*order).limit(bindparam("limit")))


_ROWS = Several(lambda some: select(history).where(history.c.position.in_(some)))
_MET = {
    name: Prepared(
        select(func.count()).select_from(
            select(history.c.position).where(history.c[name] == bindparam("what")).limit(LEADS).subquery()
        )
    )
    for name in _LEADING
}


def _cursor(line: Line) -> str:
    return cursors.encode(line.at, "", line.position)


def whole(activity: Iterator[Activity], which: Which, size: int) -> Iterator[list[Line]]:
    """Every event, so many at a time; ``activity``: a fresh look at the views for each."""
    cursor = None
    for look in activity:
        lines = look.each(which, size, cursor)
        if not lines:
            return
        yield lines
        cursor = _cursor(lines[-1])
