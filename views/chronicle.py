"""History: what happened to one thing, in plain words, newest first."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from events.instant import MINUTE
from views import cursors
from views.database import Connection, Prepared
from views.desk_shapes import Line, Lines
from views.projections.history import LINE, HistoryRow, history

TOGETHER = 15 * MINUTE  # edits of the body by one person that are no further apart than this are one line
APART = 12  # lines between two edits of one sitting: several people write at the same time
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
        return page(partial(self._each, stream), _cursor, limit, before, most=MOST, grouped=grouped)

    def _each(self, stream: str, limit: int, before: str | None) -> list[Line]:
        place = {} if before is None else {"p": cursors.decode(before)[0]}
        rows = _lines(after=before is not None).all(self._db, stream=stream, limit=limit, **place)
        return [line_of(row) for row in rows]


def _cursor(line: Line) -> str:
    return cursors.encode(line.position, "stream")


def page(
    each: Callable[[int, str | None], list[Line]], cursor: Callable[[Line], str], limit: int, before: str | None, *,
    most: int, grouped: bool,
) -> Lines:  # fmt: skip
    """Lines behind ``before``, the latest first; ``most``: events that are looked at for it.

    each: so many events behind a cursor, each its own line. cursor: that behind a line.
    """
    made: list[Line] = []
    place, looked = before, 0
    while looked < most:
        found = each(limit + 1, place)
        looked += len(found)
        for line in found:
            if grouped and (at := _same_sitting(made, line)) is not None:
                made[at] = _joined(made[at], line)
            elif len(made) == limit:
                return Lines(items=tuple(made), next_cursor=place)
            else:
                made.append(line)
            place = cursor(line)
        if len(found) <= limit:
            return Lines(items=tuple(made), next_cursor=None)
    return Lines(items=tuple(made), next_cursor=place)


def line_of(row: Any, about: str | None = None) -> Line:
    """A row of the table as a line; ``about``: what it happened to, by name."""
    known: HistoryRow = LINE.row(*row)
    return Line(**msgspec.structs.asdict(known), began=known.at, changes=1, about=about)


def _same_sitting(made: Sequence[Line], earlier: Line) -> int | None:
    """The line that these words belong to, which others may have come between."""
    for at in range(len(made) - 1, max(len(made) - 1 - APART, -1), -1):
        if made[at].stream == earlier.stream:
            return at if _together(made[at], earlier) else None
    return None


def _together(later: Line, earlier: Line) -> bool:
    """Whether both are edits of one body by one person, in one go."""
    return (
        later.type == earlier.type == "article.body_edited"
        and (later.stream, later.actor) == (earlier.stream, earlier.actor)
        and later.began - earlier.at <= TOGETHER
    )


def _joined(later: Line, earlier: Line) -> Line:
    """Both as one line."""
    grown = (later.words or 0) + (earlier.words or 0)
    told = f" ({'+' if grown > 0 else '−'}{abs(grown)} {'word' if abs(grown) == 1 else 'words'})" if grown else ""
    changes = later.changes + earlier.changes
    return msgspec.structs.replace(
        later, began=earlier.at, words=grown, changes=changes, sentence=f"edited the body {changes} times{told}"
    )
