"""History: what happened to one thing, in plain words, newest first."""

from functools import cache
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from events.instant import MINUTE
from views import cursors
from views.database import Connection, Prepared
from views.desk_shapes import Line, Lines
from views.projections.history import LINE, HistoryRow, history

TOGETHER = 15 * MINUTE  # edits of the body by one person that are no further apart than this are one line
MOST = 5000  # events that one page of grouped lines looks at


@cache
def _lines(*, after: bool) -> Prepared:
    """Binds stream, p (a position) where ``after``, limit."""
    query = select(history).where(history.c.stream == bindparam("stream"))
    if after:
        query = query.where(history.c.position < bindparam("p"))
    return Prepared(query.order_by(history.c.position.desc()).limit(bindparam("limit")))


class Chronicle:
    """The questions."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def history(self, stream: str, limit: int = 100, before: str | None = None, *, grouped: bool = True) -> Lines:
        """What happened to 'article-<id>', 'image-<id>', 'byline-<id>', … Raises BadCursor.

        ``grouped``: edits of the body in a row by one person make one line.
        """
        made: list[Line] = []
        place = cursors.decode(before)[0] if before is not None else None
        looked = 0
        while looked < MOST:
            rows = self._rows(stream, place, limit + 1)
            looked += len(rows)
            for row in rows:
                line = line_of(row)
                if grouped and made and together(made[-1], line):
                    made[-1] = joined(made[-1], line)
                elif len(made) == limit:
                    return Lines(items=tuple(made), next_cursor=cursors.encode(place or 0, "stream"))
                else:
                    made.append(line)
                place = line.position
            if len(rows) < limit + 1:
                return Lines(items=tuple(made), next_cursor=None)
        return Lines(items=tuple(made), next_cursor=cursors.encode(place or 0, "stream"))

    def _rows(self, stream: str, place: int | None, size: int) -> list[Any]:
        values: dict[str, Any] = {"limit": size, "stream": stream} | ({} if place is None else {"p": place})
        return _lines(after=place is not None).all(self._db, **values)


def line_of(row: Any, about: str | None = None) -> Line:
    """A row of the table as a line; ``about``: what it happened to, by name."""
    known: HistoryRow = LINE.row(*row)
    return Line(**msgspec.structs.asdict(known), began=known.at, changes=1, about=about)


def together(later: Line, earlier: Line) -> bool:
    """Whether both are edits of one body by one person, in one go."""
    return (
        later.type == earlier.type == "article.body_edited"
        and (later.stream, later.actor) == (earlier.stream, earlier.actor)
        and later.began - earlier.at <= TOGETHER
    )


def joined(later: Line, earlier: Line) -> Line:
    """Both as one line."""
    grown = (later.words or 0) + (earlier.words or 0)
    told = f" ({'+' if grown > 0 else '−'}{abs(grown)} {'word' if abs(grown) == 1 else 'words'})" if grown else ""
    changes = later.changes + earlier.changes
    return msgspec.structs.replace(
        later, began=earlier.at, words=grown, changes=changes, sentence=f"edited the body {changes} times{told}"
    )
