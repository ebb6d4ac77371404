"""History: what happened to one thing, or in the whole newsroom, in plain words, newest first."""

from functools import cache
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, literal_column, null, select

from events.instant import MINUTE
from views import cursors
from views.database import Connection, Prepared
from views.desk_shapes import Line, Lines
from views.projections.history import LINE, HistoryRow, history
from views.projections.stories import desk

TOGETHER = 15 * MINUTE  # edits of the body by one person that are no further apart than this are one line
_ID: Any = literal_column(str(len("article-") + 1))  # where the id begins in a story's stream
MOST = 5000  # events that one page of grouped lines looks at


@cache
def _lines(by: str, *, after: bool) -> Prepared:
    """Binds what (a stream or an account), p (a position) where ``after``, limit."""
    story = select(desk.c.headline).where(desk.c.article == func.substr(history.c.stream, _ID)).scalar_subquery()
    query = select(history, story)
    if by == "stream":
        query = select(history, null()).where(history.c.stream == bindparam("what"))
    elif by == "actor":
        query = query.where(history.c.actor == bindparam("what"))
    if after:
        query = query.where(history.c.position < bindparam("p"))
    return Prepared(query.order_by(history.c.position.desc()).limit(bindparam("limit")))


class Chronicle:
    """The questions."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def history(
        self, stream: str, limit: int = 100, before: str | None = None, *, grouped: bool = True
    ) -> Lines:
        """What happened to 'article-<id>', 'image-<id>', 'byline-<id>', … Raises BadCursor.

        ``grouped``: edits of the body in a row by one person make one line.
        """
        return self._page("stream", stream, limit, before, grouped)

    def activity(
        self, limit: int = 100, before: str | None = None, *, actor: str | None = None, grouped: bool = True
    ) -> Lines:
        """What happened in the newsroom, or what one person did; lines of stories bear their headlines."""
        return self._page("actor" if actor else "all", actor, limit, before, grouped)

    def _page(self, by: str, what: str | None, limit: int, before: str | None, grouped: bool) -> Lines:
        made: list[Line] = []
        place = cursors.decode(before)[0] if before is not None else None
        looked = 0
        while looked < MOST:
            size = limit + 1
            rows = self._rows(by, what, place, size)
            looked += len(rows)
            for row in rows:
                line = _line(row)
                if grouped and made and _together(made[-1], line):
                    made[-1] = _joined(made[-1], line)
                elif len(made) == limit:
                    return Lines(items=tuple(made), next_cursor=cursors.encode(place or 0, by))
                else:
                    made.append(line)
                place = line.position
            if len(rows) < size:
                return Lines(items=tuple(made), next_cursor=None)
        return Lines(items=tuple(made), next_cursor=cursors.encode(place or 0, by))

    def _rows(self, by: str, what: str | None, place: int | None, size: int) -> list[Any]:
        values: dict[str, Any] = {"limit": size} | ({"what": what} if what else {})
        if place is not None:
            values["p"] = place
        return _lines(by, after=place is not None).all(self._db, **values)


def _line(row: Any) -> Line:
    known: HistoryRow = LINE.row(*row[:-1])
    return Line(**msgspec.structs.asdict(known), began=known.at, changes=1, headline=row[-1])


def _together(later: Line, earlier: Line) -> bool:
    return (
        later.type == earlier.type == "article.body_edited"
        and (later.stream, later.actor) == (earlier.stream, earlier.actor)
        and later.began - earlier.at <= TOGETHER
    )


def _joined(later: Line, earlier: Line) -> Line:
    grown = (later.words or 0) + (earlier.words or 0)
    told = f" ({'+' if grown > 0 else '−'}{abs(grown)} {'word' if abs(grown) == 1 else 'words'})" if grown else ""
    changes = later.changes + earlier.changes
    return msgspec.structs.replace(
        later, began=earlier.at, words=grown, changes=changes, sentence=f"edited the body {changes} times{told}"
    )
