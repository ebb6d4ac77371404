"""Where people are signed in, and who has given the password and owes the second step."""

import secrets
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import sqlalchemy as sa

from cms.people.at_rest import digest_of
from cms.people.database import PERSON, accounts_metadata, people_table, person_of
from cms.people.person import Person
from cms.people.second_step import is_on
from events.instant import DAY, MINUTE, Instant

LONGEST_SESSION = 30 * DAY
LONGEST_ENTERING = 10 * MINUTE  # between the password and the second step

_sessions = sa.Table(
    "sessions",
    accounts_metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, nullable=False, unique=True),  # SHA-256 of what the browser holds, hex
    sa.Column("person", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("user_agent", sa.Text, nullable=False),
)
# A table of its own: whatever asks for sessions cannot mistake one of these for one.
_entering = sa.Table(
    "entering",
    accounts_metadata,
    sa.Column("token", sa.Text, primary_key=True),  # SHA-256, as above
    sa.Column("person", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("user_agent", sa.Text, nullable=False),
)


class Session(msgspec.Struct, frozen=True):
    """One browser in which somebody is signed in. second_step: whether their account has one."""

    id: str
    person: Person
    created_at: Instant
    seen_at: Instant
    address: str
    user_agent: str
    second_step: bool = False


class Sessions:
    """``idle``: how long a session lives unused. ``engine`` takes the write lock as a transaction begins."""

    def __init__(self, engine: sa.Engine, idle: Instant, clock: Callable[[], Instant]) -> None:
        self._writing = engine
        self._reading = engine.execution_options(write=False)
        self._idle = idle
        self._now = clock

    # --- who owes the second step

    def enter(self, database: sa.Connection, person: str, address: str, user_agent: str) -> str:
        """The password was right. The token for the browser until the second step is given."""
        at, token = self._now(), secrets.token_urlsafe(32)
        database.execute(_entering.delete().where(_entering.c.created_at < at - LONGEST_ENTERING))
        values = {"token": digest_of(token), "person": person, "created_at": at, "address": address}
        database.execute(_entering.insert().values(values | {"user_agent": _shown(user_agent)}))
        return token

    def entering(self, token: str) -> Person | None:
        """Who owes the second step in this browser; None after ten minutes."""
        late = self._now() - LONGEST_ENTERING
        found = sa.select(*PERSON).join_from(_entering, people_table).where(
            _entering.c.token == digest_of(token), _entering.c.created_at >= late, ~people_table.c.disabled
        )  # fmt: skip
        with self._reading.connect() as database:
            row = database.execute(found).first()
        return None if row is None else person_of(row)

    def entered(self, database: sa.Connection, token: str, address: str) -> str | None:
        """The second step was given: the token of the session that begins, or None where there is nothing to end."""
        where = _entering.c.token == digest_of(token)
        row = database.execute(sa.select(_entering).where(where)).first()
        if row is None:
            return None
        database.execute(_entering.delete().where(where))
        return self.begin(database, row.person, address, row.user_agent)

    # --- sessions

    def begin(self, database: sa.Connection, person: str, address: str, user_agent: str) -> str:
        """Somebody is signed in from now on. The token for the browser."""
        at, token = self._now(), secrets.token_urlsafe(32)
        database.execute(_sessions.delete().where(_sessions.c.created_at < at - LONGEST_SESSION))
        values = {
            "id": str(uuid.uuid4()), "token": digest_of(token), "person": person, "created_at": at, "seen_at": at,
            "address": address, "user_agent": _shown(user_agent),
        }  # fmt: skip
        database.execute(_sessions.insert().values(values))
        _seen(database, person, at)
        return token

    def find(self, token: str) -> Session | None:
        """Whose browser this is, or None: signed out, idle for too long, disabled, never signed in."""
        at = self._now()
        with self._reading.connect() as database:
            row = database.execute(_BY_TOKEN, {"token": digest_of(token)}).first()
        if row is None or at - row.seen_at > self._idle or at - row.session_created_at > LONGEST_SESSION:
            return None
        if at - row.seen_at > MINUTE:
            # On a full disk people go on reading, and get their words back: when they were here matters less.
            with suppress(sa.exc.OperationalError), self._writing.begin() as database:
                database.execute(_sessions.update().where(_sessions.c.token == digest_of(token)).values(seen_at=at))
                _seen(database, row.id, at)
        return _session(row)

    def of(self, person: str) -> list[Session]:
        """Where somebody is signed in, the latest first."""
        alive = _sessions.c.seen_at >= self._now() - self._idle
        wanted = _SELECT.where(_sessions.c.person == person, alive).order_by(_sessions.c.seen_at.desc())
        with self._reading.connect() as database:
            return [_session(row) for row in database.execute(wanted)]

    def known_at(self, person: str, address: str) -> bool:
        """Whether somebody has been signed in there in the last 30 days, without signing out."""
        there = sa.and_(_sessions.c.person == person, _sessions.c.address == address)
        with self._reading.connect() as database:
            return database.execute(sa.select(_sessions.c.id).where(there)).first() is not None

    @staticmethod
    def end(database: sa.Connection, id: str) -> str | None:
        """Sign out one browser; whose it was."""
        ended = _sessions.delete().where(_sessions.c.id == id).returning(_sessions.c.person)
        whose: str | None = database.scalar(ended)
        return whose

    @staticmethod
    def end_all(database: sa.Connection, person: str, but: str | None = None) -> int:
        """Sign out all browsers of somebody, but for the session with the id ``but``; how many there were."""
        database.execute(_entering.delete().where(_entering.c.person == person))
        mine = sa.and_(_sessions.c.person == person, _sessions.c.id != (but or ""))
        return database.execute(_sessions.delete().where(mine)).rowcount


def _seen(database: sa.Connection, person: str, at: Instant) -> None:
    database.execute(people_table.update().where(people_table.c.id == person).values(seen_at=at))


_SELECT = sa.select(
    *PERSON,
    _sessions.c.id.label("session_id"),
    _sessions.c.created_at.label("session_created_at"),
    _sessions.c.seen_at,
    _sessions.c.address,
    _sessions.c.user_agent,
    is_on(people_table.c.id).label("second_step"),
).join_from(_sessions, people_table)


_BY_TOKEN = _SELECT.where(_sessions.c.token == sa.bindparam("token"), ~people_table.c.disabled)


def _session(row: Any) -> Session:
    return Session(
        row.session_id, person_of(row), row.session_created_at, row.seen_at, row.address, row.user_agent,
        bool(row.second_step),
    )  # fmt: skip


def _shown(user_agent: str) -> str:
    return "".join(c for c in user_agent if c.isprintable())[:300]
