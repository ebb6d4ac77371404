"""People's accounts: how they sign in, where they are signed in, and what they do to their own.

Plain tables in ``accounts.db``, not the log: names, passwords and sessions can be changed and forgotten. The log
knows a person only by id.
"""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from cms.people.database import people_table
from cms.people.person import AccountRefused, Person
from cms.people.saved import Saved
from cms.people.second_step import is_on
from cms.people.sessions import LONGEST_SESSION, Session
from cms.people.staff import Colleague, Staff
from cms.people.throttle import in_words, network
from events.instant import HOUR, Instant, now

__all__ = ["LONGEST_SESSION", "AccountRefused", "Accounts", "Colleague", "Person", "Session"]

WRONG = "The e-mail address or the password is not right."


class Accounts(Staff):
    """The people of one newsroom.

    ``secret``: the installation's, under which secrets of second steps are sealed. ``idle``: how long a session lives
    unused. ``password_memory``: KiB for one hash.
    """

    def __init__(
        self,
        path: Path,
        *,
        secret: str,
        password_memory: int = 65536,
        idle: Instant = 24 * HOUR,
        clock: Callable[[], Instant] = now,
    ) -> None:
        super().__init__(path, secret, password_memory, idle, clock)
        self.saved = Saved(self._writing, clock)
        # What Sessions answers by itself.
        self.session, self.sessions, self.entering = self._sessions.find, self._sessions.of, self._sessions.entering

    # --- passwords

    def change_password(self, id: str, password: str, by: str | None = None) -> None:
        """A new password; all of their sessions end. Raises AccountRefused."""
        person = self._known(id)
        hashed = self._hash(password, person.email, person.name)
        with self._writing.begin() as database:
            self._set_password(database, id, hashed, by)

    def change_own_password(self, session: Session, current: str, password: str, address: str) -> None:
        """Somebody changes their own; all of their other sessions end. Raises AccountRefused."""
        me = session.person
        self.check_password(me.id, current, address)
        if password == current:
            raise AccountRefused("That is the password which you have. Take another one.", "password")
        hashed = self._hash(password, me.email, me.name)
        with self._writing.begin() as database:
            self._set_password(database, me.id, hashed, me.id, but=session.id)

    def check_password(self, id: str, password: str, address: str) -> None:
        """Whether this is somebody's password, asked again before something that matters. Raises AccountRefused."""
        key, place = f"password of {id}", network(address)
        if left := self._throttle.count(key, place):
            raise AccountRefused(f"Too many wrong passwords. Try again in {in_words(left)}.", "current")
        with self._engine.connect() as database:
            kept = self._row(database, id).password
        if not self._passwords.verify(kept, password):
            raise AccountRefused("That is not your password.", "current")
        self._throttle.forget(key, place)

    def look_at_link(self, token: str) -> Person | None:
        """Whose link this is; None where it is over, was used, or never was."""
        with self._engine.connect() as database:
            id = self._links.whose(database, token)
        return self.get(id) if id else None

    def use_link(self, token: str, password: str) -> Person:
        """Set the password that the link is for; all of their sessions end. Raises AccountRefused."""
        over = AccountRefused("This link has ended or was used. Ask an administrator for a new one.")
        person = self.look_at_link(token)
        if person is None:
            raise over
        hashed = self._hash(password, person.email, person.name)
        with self._writing.begin() as database:
            if self._links.whose(database, token) != person.id:
                raise over
            self._set_password(database, person.id, hashed, person.id)
        return person

    # --- signing in

    def sign_in(self, email: str, password: str, address: str, user_agent: str = "") -> tuple[str, Person]:
        """The secret token for the browser, and who it is. Raises AccountRefused.

        Where they have a second step, the token is good for ``entering`` and ``enter`` alone until that is given.
        Wrong passwords make one wait longer and longer: see cms/people/throttle.py.
        """
        email, place = email.strip().casefold()[:254], network(address)
        left = self._throttle.count(email, place)
        if left:
            raise AccountRefused(
                f"Too many wrong passwords for this account from here. Try again in {in_words(left)}.", "password"
            )
        person = self.find(email)
        with self._engine.connect() as database:
            kept = database.scalar(sa.select(people_table.c.password).where(people_table.c.email == email))
        if not self._passwords.verify(kept, password) or person is None or kept is None:
            raise AccountRefused(WRONG, "password")
        rehashed = self._passwords.hash(password) if self._passwords.outdated(kept) else kept
        with self._writing.begin() as database:
            mine = sa.and_(people_table.c.id == person.id, people_table.c.password == kept, ~people_table.c.disabled)
            if not database.execute(people_table.update().where(mine).values(password=rehashed)).rowcount:
                raise AccountRefused("This account is disabled. An administrator can enable it.", "email")
            owes = database.scalar(sa.select(is_on(sa.literal(person.id))))
            begin = self._sessions.enter if owes else self._sessions.begin
            token = begin(database, person.id, place, user_agent)
        self._throttle.forget(email, place)
        return token, person

    def enter(self, token: str, code: str, address: str) -> tuple[str, Person]:
        """The second step, for the token of ``sign_in``: the token of the session. Raises AccountRefused."""
        late = AccountRefused("Too much time has passed since you gave your password. Sign in again.")
        person, place = self.entering(token), network(address)
        if person is None:
            raise late
        self.second_steps.accept(person.id, code, place, known=self._sessions.known_at(person.id, place))
        with self._writing.begin() as database:
            session = self._sessions.entered(database, token, place)
        if session is None:
            raise late
        return session, person

    def turn_off_second_step(self, session: Session, password: str, address: str) -> None:
        """Somebody turns their own off; all of their other sessions end. Raises AccountRefused."""
        me = session.person.id
        self.check_password(me, password, address)
        with self._writing.begin() as database:
            if self.second_steps.take_away(database, me):
                self._sessions.end_all(database, me, but=session.id)
                self.journal.note(database, "step off", me, me)
