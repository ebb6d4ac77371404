"""The newsroom's corrections and retractions, the latest first. Their words stand in the log, at these positions."""

from functools import cache
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, func, literal_column, or_, select

from events.instant import Instant
from views import cursors
from views.database import Connection, Prepared
from views.projections.history import history
from views.projections.stories import desk
from views.tables import Number

_KINDS = ("article.corrected", "article.retracted")
_ID: Any = literal_column(str(len("article-") + 1))  # where the id begins in a story's stream
_CONDITIONS: dict[str, Any] = {
    "actor": history.c.actor == bindparam("actor"),
    "section": desk.c.section == bindparam("section"),
    "since": history.c.at >= bindparam("since", type_=Number),
    "until": history.c.at < bindparam("until", type_=Number),
}


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. version: of the story, after it; section: id; path: the story's address."""

    position: int
    at: Instant
    actor: str | None
    article: str
    version: int
    retracted: bool
    headline: str
    section: str | None
    path: str


class Corrections(msgspec.Struct, frozen=True, kw_only=True):
    """The latest first."""

    items: tuple[Correction, ...]
    next_cursor: str | None


def corrections(db: Connection, limit: int, before: str | None = None, **which: Any) -> Corrections:
    """A page. which: actor (account id), section (id), since, until; None: any. Raises BadCursor."""
    values = {name: value for name, value in which.items() if value not in (None, "")}
    statement = _list(tuple(values), before is not None)
    if before is not None:
        values["t"], _, values["p"] = cursors.decode(before)
    rows = statement.all(db, limit=limit + 1, **values)
    items = tuple(
        Correction(
            position=row[0], at=row[1], actor=row[2], version=row[3], retracted=row[4] == _KINDS[1], article=row[5],
            headline=row[6], section=row[7], path=row[8],
        )
        for row in rows[:limit]
    )  # fmt: skip
    last = items[-1] if len(rows) > limit else None
    return Corrections(items=items, next_cursor=cursors.encode(last.at, "", last.position) if last else None)


@cache
def _list(names: tuple[str, ...], after: bool) -> Prepared:
    row = history.c
    query = (
        select(row.position, row.at, row.actor, row.version, row.type, desk.c.article, desk.c.headline,
               desk.c.section, desk.c.path)
        .join_from(history, desk, desk.c.article == func.substr(row.stream, _ID))
        .where(row.change == "corrected", or_(*(row.type == kind for kind in _KINDS)))
        .where(*(_CONDITIONS[name] for name in names))
    )  # fmt: skip
    if after:
        same = and_(row.at == bindparam("t"), row.position < bindparam("p"))
        query = query.where(or_(row.at < bindparam("t"), same))
    return Prepared(query.order_by(row.at.desc(), row.position.desc()).limit(bindparam("limit")))
