"""People: who they are, their roles, how they sign in, and where they are signed in.

Plain tables in ``accounts.db``, not the log: names, passwords and sessions can be changed and forgotten. The log
knows a person only by id.
"""

import hashlib
import secrets
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from cms.accounts_database import accounts_engine, accounts_metadata
from cms.passwords import Passwords, weakness
from cms.people import AccountRefused, Person, email_of, name_of, role_of
from cms.saved import Saved
from cms.throttle import Throttle, in_words, network
from events.instant import DAY, HOUR, MINUTE, Instant, now

__all__ = ["AccountRefused", "Accounts", "Person", "Session"]

LONGEST_SESSION = 30 * DAY
WRONG = "The e-mail address or the password is not right."

_people = sa.Table(
    "people",
    accounts_metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),  # lower case
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("password", sa.Text),  # argon2id hash; null: cannot sign in
    sa.Column("created_at", sa.BigInteger, nullable=False),
)
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


class Session(msgspec.Struct, frozen=True):
    """One browser in which somebody is signed in."""

    id: str
    person: Person
    created_at: Instant
    seen_at: Instant
    address: str
    user_agent: str


class Accounts:
    """The people of one newsroom.

    ``idle``: how long a session lives unused. ``password_memory``: KiB for one hash.
    """

    def __init__(
        self,
        path: Path,
        *,
        password_memory: int = 65536,
        idle: Instant = 24 * HOUR,
        clock: Callable[[], Instant] = now,
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._engine = accounts_engine(path)
        self._writing = self._engine.execution_options(write=True)
        self._throttle = Throttle(self._writing, clock)
        self.saved = Saved(self._writing, clock)
        self._passwords = Passwords(password_memory)
        self._idle = idle
        self._now = clock
        with self._writing.begin() as database:
            accounts_metadata.create_all(database)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # --- people

    def add(
        self, email: str, name: str, role: str, password: str | None = None, id: str | None = None
    ) -> Person:
        """Add somebody. Without a password they cannot sign in until they get one. Raises AccountRefused."""
        email, name = email_of(email), name_of(name)
        person = Person(id or str(uuid7()), email, name, role_of(role), False, self._now())
        hashed = None if password is None else self._hash(password, email, name)
        with self._writing.begin() as database:
            if database.execute(sa.select(_people.c.id).where(_people.c.email == email)).first():
                raise AccountRefused(f"There is somebody with the address {email} already.", "email")
            database.execute(_people.insert().values(**msgspec.structs.asdict(person), password=hashed))
        return person

    def get(self, id: str) -> Person | None:
        """The person with this id, disabled ones too."""
        return self._one(_people.c.id == id)

    def find(self, email: str) -> Person | None:
        """The person with this address, however it is written."""
        return self._one(_people.c.email == email.strip().casefold())

    def people(self) -> list[Person]:
        """Everybody, by name."""
        with self._engine.connect() as database:
            rows = database.execute(sa.select(*_PERSON).order_by(sa.func.lower(_people.c.name), _people.c.id))
            return [_person(row) for row in rows]

    def names(self) -> dict[str, str]:
        """The name of each id: what ``meta.actor`` of an event means."""
        with self._engine.connect() as database:
            return {row.id: row.name for row in database.execute(sa.select(_people.c.id, _people.c.name))}

    def rename(self, id: str, name: str) -> None:
        """They are called something else. Raises AccountRefused."""
        with self._writing.begin() as database:
            self._change(database, id, name=name_of(name))

    def change_role(self, id: str, role: str) -> None:
        """They do something else here, from the next click on. Raises AccountRefused."""
        with self._writing.begin() as database:
            if role != "administrator":
                self._keep_an_administrator(database, id)
            self._change(database, id, role=role_of(role))

    def change_password(self, id: str, password: str) -> None:
        """A new password; all of their sessions end. Raises AccountRefused."""
        person = self.get(id)
        if person is None:
            raise AccountRefused("There is nobody with this id.")
        hashed = self._hash(password, person.email, person.name)
        with self._writing.begin() as database:
            self._change(database, id, password=hashed)
            database.execute(_sessions.delete().where(_sessions.c.person == id))

    def disable(self, id: str) -> None:
        """They may not sign in any more; all of their sessions end at once. Raises AccountRefused."""
        with self._writing.begin() as database:
            self._keep_an_administrator(database, id)
            self._change(database, id, disabled=True)
            database.execute(_sessions.delete().where(_sessions.c.person == id))

    def enable(self, id: str) -> None:
        """They may sign in again. Raises AccountRefused."""
        with self._writing.begin() as database:
            self._change(database, id, disabled=False)

    # --- signing in

    def sign_in(self, email: str, password: str, address: str, user_agent: str = "") -> tuple[str, Person]:
        """The secret token for the browser, and who it is. Raises AccountRefused.

        Wrong passwords make one wait longer and longer: see cms/throttle.py.
        """
        email, place = email.strip().casefold()[:254], network(address)
        left = self._throttle.count(email, place)
        if left:
            raise AccountRefused(
                f"Too many wrong passwords for this account from here. Try again in {in_words(left)}.", "password"
            )
        person = self.find(email)
        with self._engine.connect() as database:
            kept = database.scalar(sa.select(_people.c.password).where(_people.c.email == email))
        if not self._passwords.verify(kept, password) or person is None or kept is None:
            raise AccountRefused(WRONG, "password")
        rehashed = self._passwords.hash(password) if self._passwords.outdated(kept) else kept
        token = secrets.token_urlsafe(32)
        with self._writing.begin() as database:
            mine = sa.and_(_people.c.id == person.id, _people.c.password == kept)
            if not database.execute(
                _people.update().where(mine, ~_people.c.disabled).values(password=rehashed)
            ).rowcount:
                raise AccountRefused("This account is disabled. An administrator can enable it.", "email")
            database.execute(_sessions.insert().values(self._new_session(token, person, place, user_agent)))
        self._throttle.forget(email, place)
        return token, person

    def session(self, token: str) -> Session | None:
        """Whose browser this is, or None: signed out, idle for too long, disabled, never signed in."""
        at = self._now()
        where = _sessions.c.token == _digest(token)
        with self._engine.connect() as database:
            row = database.execute(_SESSIONS.where(where, ~_people.c.disabled)).first()
        if row is None or at - row.seen_at > self._idle or at - row.session_created_at > LONGEST_SESSION:
            return None
        if at - row.seen_at > MINUTE:
            with self._writing.begin() as database:
                database.execute(_sessions.update().where(where).values(seen_at=at))
        return _session(row)

    def sessions(self, person: str) -> list[Session]:
        """Where somebody is signed in, the latest first."""
        alive = _sessions.c.seen_at >= self._now() - self._idle
        with self._engine.connect() as database:
            rows = database.execute(
                _SESSIONS.where(_sessions.c.person == person, alive).order_by(_sessions.c.seen_at.desc())
            )
            return [_session(row) for row in rows]

    def end_session(self, id: str) -> None:
        """Sign out one browser."""
        with self._writing.begin() as database:
            database.execute(_sessions.delete().where(_sessions.c.id == id))

    def end_sessions(self, person: str, but: str | None = None) -> None:
        """Sign out all browsers of somebody, but for the session with the id ``but``."""
        with self._writing.begin() as database:
            database.execute(_sessions.delete().where(_sessions.c.person == person, _sessions.c.id != but))

    # --- within

    def _one(self, where: sa.ColumnElement[bool]) -> Person | None:
        with self._engine.connect() as database:
            row = database.execute(sa.select(*_PERSON).where(where)).first()
        return None if row is None else _person(row)

    def _hash(self, password: str, *personal: str) -> str:
        weak = weakness(password, *personal)
        if weak:
            raise AccountRefused(weak, "password")
        return self._passwords.hash(password)

    def _change(self, database: sa.Connection, id: str, **values: Any) -> None:
        if not database.execute(_people.update().where(_people.c.id == id).values(**values)).rowcount:
            raise AccountRefused("There is nobody with this id.")

    def _keep_an_administrator(self, database: sa.Connection, id: str) -> None:
        able = sa.and_(_people.c.role == "administrator", ~_people.c.disabled)
        if database.scalars(sa.select(_people.c.id).where(able)).all() == [id]:
            raise AccountRefused("This is the only administrator. Make somebody else one first.", "role")

    def _new_session(self, token: str, person: Person, place: str, user_agent: str) -> dict[str, Any]:
        at = self._now()
        shown = "".join(c for c in user_agent if c.isprintable())[:300]
        return {
            "id": str(uuid.uuid4()),
            "token": _digest(token),
            "person": person.id,
            "created_at": at,
            "seen_at": at,
            "address": place,
            "user_agent": shown,
        }


_PERSON = [_people.c[name] for name in Person.__struct_fields__]
_SESSIONS = sa.select(
    *_PERSON,
    _sessions.c.id.label("session_id"),
    _sessions.c.created_at.label("session_created_at"),
    _sessions.c.seen_at,
    _sessions.c.address,
    _sessions.c.user_agent,
).join_from(_sessions, _people)


def _person(row: Any) -> Person:
    return Person(*(getattr(row, name) for name in Person.__struct_fields__))


def _session(row: Any) -> Session:
    person = _person(row)
    return Session(row.session_id, person, row.session_created_at, row.seen_at, row.address, row.user_agent)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
