"""A batch of events on its way into the tables: rows are loaded when first asked for, and each is written once.

However many events of a batch touch a row, it costs one read and one write. That is what makes a rebuild fast.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Table, bindparam, delete, select

from events.event import Recorded
from events.instant import Instant
from views.database import Connection, Prepared, upsert
from views.tables import BEGINNING

_R = TypeVar("_R", bound=msgspec.Struct)
Key = tuple[Any, ...]


class Missing(LookupError):
    """An event speaks of a row that no event before it made."""


class Sheet(Generic[_R]):
    """A table and the class of its rows: the same names in the same order, the key's columns first."""

    def __init__(self, table: Table, row: type[_R], complete: Callable[[_R], None] | None = None) -> None:
        """``complete`` fills in, just before a row is written, what follows from the rest of it."""
        names = [column.name for column in table.columns]
        if names != list(row.__struct_fields__):
            raise TypeError(f"{row.__name__} does not have the columns of {table.name}")
        self.table, self.row, self.complete = table, row, complete
        self.key = [column.name for column in table.primary_key.columns]
        assert names[: len(self.key)] == self.key
        getter = attrgetter(*self.key)
        self.key_of: Callable[[_R], Key] = getter if len(self.key) > 1 else lambda row: (getter(row),)
        where = [table.c[name] == bindparam(name) for name in self.key]
        self.select = Prepared(select(table).where(*where))
        self.within = Prepared(select(table).where(where[0]))
        self.delete = Prepared(delete(table).where(*where))
        self.upsert = upsert(table)


class Rows(Generic[_R]):
    """One sheet's rows in a batch."""

    def __init__(self, db: Connection, sheet: Sheet[_R]) -> None:
        self._db, self._sheet = db, sheet
        self._size, self._key_of = len(sheet.key), sheet.key_of
        self._rows: dict[Key, _R | None] = {}
        self._dirty: set[Key] = set()
        self._whole: dict[Any, set[Key]] = {}  # first key column → keys, where every such row is here

    def get(self, *key: Any) -> _R | None:
        """The row, or None. It is not to be changed: see ``change``."""
        try:
            return self._rows[key]
        except KeyError:
            found = None if key[0] in self._whole else self._load(key)
            self._rows[key] = found
            return found

    def change(self, *key: Any) -> _R:
        """The row, to be changed in place. Raises Missing where there is none."""
        row = self.get(*key)
        if row is None:
            raise Missing(f"{self._sheet.table.name} has no {', '.join(map(str, key))}")
        self._dirty.add(key)
        return row

    def put(self, row: _R) -> None:
        """A new row, or another in place of the one with its key."""
        key = self._key_of(row)
        self._rows[key] = row
        self._dirty.add(key)
        if key[0] in self._whole:
            self._whole[key[0]].add(key)

    def remove(self, *key: Any) -> None:
        """There is no such row any more."""
        self._rows[key] = None
        self._dirty.add(key)

    def within(self, first: Any) -> list[_R]:
        """Every row whose first key column is ``first``, in the order of keys."""
        if first not in self._whole:
            for values in self._sheet.within.all(self._db, **{self._sheet.key[0]: first}):
                self._rows.setdefault(values[: self._size], self._sheet.row(*values))
            self._whole[first] = {key for key in self._rows if key[0] == first}
        return [row for key in sorted(self._whole[first]) if (row := self._rows[key]) is not None]

    def born(self, first: Any) -> None:
        """There are no rows yet whose first key column is ``first``: nothing has to be looked for."""
        self._whole.setdefault(first, set())

    def flush(self) -> None:
        """Write what was changed."""
        gone = [key for key in self._dirty if self._rows[key] is None]
        if gone:
            self._sheet.delete.many(self._db, sorted(gone))
        kept = [row for key in sorted(self._dirty) if (row := self._rows[key]) is not None]
        if (complete := self._sheet.complete) is not None:
            for row in kept:
                complete(row)
        if kept:
            self._sheet.upsert.many(self._db, map(msgspec.structs.astuple, kept))
        self._dirty.clear()

    def _load(self, key: Key) -> _R | None:
        values = self._sheet.select.one(self._db, **dict(zip(self._sheet.key, key, strict=True)))
        return None if values is None else self._sheet.row(*values)


class Batch:
    """Everything that a handler may read and write.

    marks: what readers may see differently, and since which event. settling: articles whose publications changed.
    public: position of the last event that changes anything readers can see; 0 for none. at_once: the newest moment
    of a publication that was not scheduled.
    """

    def __init__(self, db: Connection, sheets: Sequence[Sheet[Any]]) -> None:
        self.db = db
        self._rows: dict[Sheet[Any], Rows[Any]] = {sheet: Rows(db, sheet) for sheet in sheets}
        self.marks: dict[str, int] = {}
        self.settling: dict[str, tuple[int, Instant]] = {}
        self.before: dict[str, dict[int, Any]] = {}  # article → its revisions as they stood
        self.contents: dict[tuple[str, int], Any] = {}  # (article, number) → its Content, as far as it is known
        self.public = 0
        self.at_once = BEGINNING
        self.said = ""  # the event at hand, in words: `history` says it, `desk` shows it

    def __getitem__(self, sheet: Sheet[_R]) -> Rows[_R]:
        return self._rows[sheet]

    def touched(self, recorded: Recorded) -> None:
        """Readers may see this entity differently from here on: what shows it will be rendered again."""
        self.marks[recorded.stream] = recorded.position
        self.public = recorded.position

    def settle(self, recorded: Recorded) -> None:
        """This article's publications changed: what is public from when to when is worked out at the end."""
        self.settling[recorded.id] = (recorded.position, recorded.occurred_at)
        self.public = recorded.position

    def flush(self) -> None:
        """Write every row."""
        for rows in self._rows.values():
            rows.flush()
