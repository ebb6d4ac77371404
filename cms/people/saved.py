"""What people keep for themselves at the desk: lists with a name, and which section is theirs."""

from collections.abc import Callable

import msgspec
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from cms.people.database import accounts_metadata
from cms.people.person import AccountRefused
from events.instant import Instant

MOST = 12  # lists that one person keeps
LONGEST = 60  # characters of a name

_lists = sa.Table(
    "saved_lists",
    accounts_metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),  # of the list's address: 'state=submitted&section=…'
    sa.Column("created_at", sa.BigInteger, nullable=False),
)
_homes = sa.Table(
    "own_sections",
    accounts_metadata,
    sa.Column("person", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("section", sa.Text, nullable=False),
)


# Asked for with every list: built once.
_person: sa.BindParameter[str] = sa.bindparam("person")
_MINE = (
    sa.select(_lists.c.id, _lists.c.name, _lists.c.query)
    .where(_lists.c.person == _person)
    .order_by(_lists.c.created_at, _lists.c.id)
)
_OWN = sa.select(_homes.c.section).where(_homes.c.person == _person)


class SavedList(msgspec.Struct, frozen=True):
    """A list with a name. ``query``: the part of its address after the question mark."""

    id: str
    name: str
    query: str


class Saved:
    """Everybody's own. ``engine`` takes the write lock as a transaction begins."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], Instant]) -> None:
        self._engine = engine
        self._reading = engine.execution_options(write=False)
        self._now = clock

    def lists(self, person: str) -> list[SavedList]:
        """Somebody's lists, in the order in which they were kept."""
        with self._reading.connect() as database:
            return [SavedList(*row) for row in database.execute(_MINE, {"person": person})]

    def keep(self, person: str, name: str, query: str) -> None:
        """Keep a list under a name; under one that is taken: in its place. Raises AccountRefused."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST or not name.isprintable():
            raise AccountRefused(f"Give the list a name of 1 to {LONGEST} characters.", "name")
        with self._engine.begin() as database:
            mine = database.execute(sa.select(_lists).where(_lists.c.person == person)).all()
            known = next((row.id for row in mine if row.name.casefold() == name.casefold()), None)
            if known is not None:
                database.execute(_lists.update().where(_lists.c.id == known).values(name=name, query=query))
                return
            if len(mine) >= MOST:
                raise AccountRefused(f"You keep {MOST} lists already. Remove one first.", "name")
            values = {"id": str(uuid7()), "person": person, "name": name, "query": query, "created_at": self._now()}
            database.execute(_lists.insert().values(values))

    def remove(self, person: str, id: str) -> None:
        """Remove one of somebody's lists."""
        with self._engine.begin() as database:
            database.execute(_lists.delete().where(_lists.c.id == id, _lists.c.person == person))

    def section(self, person: str) -> str | None:
        """The id of the section that is theirs."""
        with self._reading.connect() as database:
            found: str | None = database.scalar(_OWN, {"person": person})
            return found

    def choose_section(self, person: str, section: str | None) -> None:
        """This section is theirs; None: none is."""
        with self._engine.begin() as database:
            database.execute(_homes.delete().where(_homes.c.person == person))
            if section:
                database.execute(_homes.insert().values(person=person, section=section))
