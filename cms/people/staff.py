"""The staff: who they are, and what administrators do to their accounts.

Each deed is noted in the journal with it; ``by`` says who did it, None stands for the command line.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from cms.people.at_rest import Sealer
from cms.people.database import PERSON, accounts_engine, bring_up_to_date, people_table, person_of
from cms.people.journal import Journal
from cms.people.links import PasswordLinks, links_table
from cms.people.passwords import Passwords, weakness
from cms.people.person import AccountRefused, Person, email_of, name_of, reason_of, role_of
from cms.people.second_step import SecondSteps, is_on
from cms.people.sessions import Sessions
from cms.people.throttle import Throttle
from events.instant import Instant

NOBODY = "There is nobody with this id."


class Colleague(msgspec.Struct, frozen=True):
    """Somebody as the list of people shows them. link_until: when their link to set a password ends; None: no link."""

    person: Person
    seen_at: Instant | None
    second_step: bool
    has_password: bool
    link_until: Instant | None

    @property
    def state(self) -> str:
        """active, invited (has still to set a password), locked out (cannot set one either) or disabled."""
        if self.person.disabled:
            return "disabled"
        if self.has_password:
            return "active"
        return "invited" if self.link_until else "locked out"


class Staff:
    """Everybody's accounts, as the list of people has them. What they themselves do is in cms/people/accounts.py."""

    def __init__(
        self, path: Path, secret: str, password_memory: int, idle: Instant, clock: Callable[[], Instant]
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._engine = accounts_engine(path)
        bring_up_to_date(self._engine)
        self._writing = self._engine.execution_options(write=True)
        self._now = clock
        self._passwords = Passwords(password_memory)
        self._throttle = Throttle(self._writing, clock)
        self._sessions = Sessions(self._writing, idle, clock)
        self._links = PasswordLinks(clock)
        self.journal = Journal(self._writing, clock)
        sealer = Sealer(secret, "second step")
        self.second_steps = SecondSteps(self._writing, sealer, self._throttle, self.journal, clock)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # --- who is here

    def get(self, id: str) -> Person | None:
        """The person with this id, disabled ones too."""
        return self._one(people_table.c.id == id)

    def find(self, email: str) -> Person | None:
        """The person with this address, however it is written."""
        return self._one(people_table.c.email == email.strip().casefold())

    def people(self) -> list[Person]:
        """Everybody, by name."""
        with self._engine.connect() as database:
            return [person_of(row) for row in database.execute(_EVERYBODY)]

    def colleagues(self) -> list[Colleague]:
        """Everybody, by name, with what the list of people shows of them."""
        with self._engine.connect() as database:
            return [_colleague(row) for row in database.execute(_COLLEAGUES, {"now": self._now()})]

    def colleague(self, id: str) -> Colleague | None:
        """One of them."""
        with self._engine.connect() as database:
            row = database.execute(_COLLEAGUES.where(people_table.c.id == id), {"now": self._now()}).first()
        return None if row is None else _colleague(row)

    def names(self) -> dict[str, str]:
        """The name of each id: what ``meta.actor`` of an event means."""
        with self._engine.connect() as database:
            return {row.id: row.name for row in database.execute(sa.select(people_table.c.id, people_table.c.name))}

    # --- what is done to accounts

    def add(
        self, email: str, name: str, role: str, password: str | None = None, id: str | None = None,
        by: str | None = None,
    ) -> Person:  # fmt: skip
        """Add somebody. Without a password they cannot sign in until they set one. Raises AccountRefused."""
        email, name = email_of(email), name_of(name)
        person = Person(id or str(uuid7()), email, name, role_of(role), False, self._now())
        hashed = None if password is None else self._hash(password, email, name)
        with self._writing.begin() as database:
            self._nobody_has(database, email)
            database.execute(people_table.insert().values(**msgspec.structs.asdict(person), password=hashed))
            self.journal.note(database, "added", person.id, by, f"as {_plain(role)}")
        return person

    def rename(self, id: str, name: str, by: str | None = None) -> None:
        """They are called something else. Raises AccountRefused."""
        name = name_of(name)
        with self._writing.begin() as database:
            before = self._row(database, id)
            if before.name != name:
                self._change(database, id, name=name)
                self.journal.note(database, "renamed", id, by, f"from {before.name} to {name}")

    def change_email(self, id: str, email: str, by: str | None = None) -> None:
        """They sign in with another address; nothing that they have open ends. Raises AccountRefused."""
        email = email_of(email)
        with self._writing.begin() as database:
            before = self._row(database, id)
            if before.email == email:
                return
            self._nobody_has(database, email)
            self._change(database, id, email=email)
            self.journal.note(database, "address", id, by, f"from {before.email} to {email}")

    def change_role(self, id: str, role: str, by: str | None = None) -> None:
        """They do something else here, from the next click on. Raises AccountRefused."""
        role = role_of(role)
        with self._writing.begin() as database:
            before = self._row(database, id)
            if before.role == role:
                return
            self._keep_an_administrator(database, id)
            self._change(database, id, role=role)
            self.journal.note(database, "role", id, by, f"from {_plain(before.role)} to {_plain(role)}")

    def disable(self, id: str, by: str | None = None) -> None:
        """They may not sign in any more; all of their sessions end at once. Raises AccountRefused."""
        with self._writing.begin() as database:
            if self._row(database, id).disabled:
                return
            self._keep_an_administrator(database, id)
            self._change(database, id, disabled=True)
            self._sessions.end_all(database, id)
            self._links.forget(database, id)
            self.journal.note(database, "disabled", id, by)

    def enable(self, id: str, by: str | None = None) -> None:
        """They may sign in again. Raises AccountRefused."""
        with self._writing.begin() as database:
            if self._row(database, id).disabled:
                self._change(database, id, disabled=False)
                self.journal.note(database, "enabled", id, by)

    def take_second_step(self, id: str, reason: str, by: str | None = None) -> bool:
        """No second step any more, for whoever lost phone and codes; all of their sessions end. Whether there was one.

        Raises AccountRefused.
        """
        reason = reason_of(reason)
        with self._writing.begin() as database:
            self._row(database, id)
            there = self.second_steps.take_away(database, id)
            if there:
                self._sessions.end_all(database, id)
                self.journal.note(database, "step removed", id, by, reason)
        return there

    def make_link(self, id: str, by: str | None = None) -> str:
        """The token of a link with which somebody sets a password; the one before it ends. Raises AccountRefused."""
        with self._writing.begin() as database:
            if self._row(database, id).disabled:
                raise AccountRefused("This account is disabled. Enable it first.")
            self.journal.note(database, "link", id, by)
            return self._links.make(database, id)

    def end_session(self, id: str, by: str | None = None) -> None:
        """Sign out one browser; ``by``: as for ``end_sessions``."""
        with self._writing.begin() as database:
            person = self._sessions.end(database, id)
            if person is not None and by not in (None, person):
                self.journal.note(database, "sessions", person, by, "one browser")

    def end_sessions(self, person: str, but: str | None = None, by: str | None = None) -> int:
        """Sign out all browsers of somebody, but for the session with the id ``but``; how many there were.

        ``by``: noted in the journal where it is somebody else.
        """
        with self._writing.begin() as database:
            ended = self._sessions.end_all(database, person, but)
            if by not in (None, person):
                self.journal.note(database, "sessions", person, by)
        return ended

    # --- within

    def _one(self, where: sa.ColumnElement[bool]) -> Person | None:
        with self._engine.connect() as database:
            row = database.execute(sa.select(*PERSON).where(where)).first()
        return None if row is None else person_of(row)

    def _known(self, id: str) -> Person:
        person = self.get(id)
        if person is None:
            raise AccountRefused(NOBODY)
        return person

    def _row(self, database: sa.Connection, id: str) -> Any:
        row = database.execute(sa.select(people_table).where(people_table.c.id == id)).first()
        if row is None:
            raise AccountRefused(NOBODY)
        return row

    def _nobody_has(self, database: sa.Connection, email: str) -> None:
        if database.execute(sa.select(people_table.c.id).where(people_table.c.email == email)).first():
            raise AccountRefused(f"There is somebody with the address {email} already.", "email")

    def _hash(self, password: str, *personal: str) -> str:
        weak = weakness(password, *personal)
        if weak:
            raise AccountRefused(weak, "password")
        return self._passwords.hash(password)

    def _set_password(
        self, database: sa.Connection, id: str, hashed: str, by: str | None, but: str | None = None
    ) -> None:
        self._change(database, id, password=hashed)
        self._sessions.end_all(database, id, but)
        self._links.forget(database, id)
        self.journal.note(database, "password", id, by)

    def _change(self, database: sa.Connection, id: str, **values: Any) -> None:
        if not database.execute(people_table.update().where(people_table.c.id == id).values(**values)).rowcount:
            raise AccountRefused(NOBODY)

    def _keep_an_administrator(self, database: sa.Connection, id: str) -> None:
        able = sa.and_(
            people_table.c.role == "administrator", ~people_table.c.disabled, people_table.c.password.is_not(None)
        )
        if database.scalars(sa.select(people_table.c.id).where(able)).all() == [id]:
            raise AccountRefused(
                "This is the only administrator who can sign in. Make somebody else one first.", "role"
            )


_BY_NAME = (sa.func.lower(people_table.c.name), people_table.c.id)
_EVERYBODY = sa.select(*PERSON).order_by(*_BY_NAME)
_COLLEAGUES = (
    sa.select(
        *PERSON,
        people_table.c.seen_at,
        is_on(people_table.c.id).label("second_step"),
        people_table.c.password.is_not(None).label("has_password"),
        links_table.c.until,
    )
    .join_from(
        people_table,
        links_table,
        sa.and_(links_table.c.person == people_table.c.id, links_table.c.until > sa.bindparam("now")),
        isouter=True,
    )
    .order_by(*_BY_NAME)
)


def _colleague(row: Any) -> Colleague:
    return Colleague(person_of(row), row.seen_at, bool(row.second_step), bool(row.has_password), row.until)


def _plain(role: str) -> str:
    return role.replace("_", " ")
