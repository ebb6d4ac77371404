"""The second step of signing in: six digits that a phone makes from a secret and the time (TOTP, RFC 6238), or a
recovery code that was written down.

The secret lies sealed (cms/people/at_rest.py): ``accounts.db`` alone does not give it away. Of the recovery codes, 79
random bits each, only digests are kept; they need no seal, and so still open the account where the seal cannot be
opened.
"""

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable

import msgspec
import pyotp
import sqlalchemy as sa

from cms.people.at_rest import Sealer, Unreadable
from cms.people.database import accounts_metadata
from cms.people.journal import Journal
from cms.people.person import AccountRefused
from cms.people.throttle import FREE_TRIES, Throttle, in_words
from events.instant import SECOND, Instant

PERIOD = 30  # seconds that a code is for
DRIFT = 1  # periods that a phone's clock may be ahead or behind
CODES = 10  # recovery codes made at once
FEW = 3  # left: time to make new ones
FREE_ANYWHERE = 30  # wrong codes a day before those from unknown places have to wait as well
ANYWHERE = "anywhere"  # the network under which those are counted
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
_log = logging.getLogger("daybook")

UNREADABLE = (
    "The second step of this account cannot be read: Daybook’s secret is not the one that it was set up with. "
    "Use a recovery code, or ask an administrator to take the second step away."
)

_steps = sa.Table(
    "second_steps",
    accounts_metadata,
    sa.Column("person", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),  # sealed
    sa.Column("confirmed_at", sa.BigInteger),  # null: set up, but no code was given yet
    sa.Column("last_period", sa.BigInteger, nullable=False),  # of the last code taken: none is taken twice
)
_codes = sa.Table(
    "recovery_codes",
    accounts_metadata,
    sa.Column("person", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),  # SHA-256 of person and code, hex
)


def is_on(person: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether this person has a second step: a part of a query."""
    return sa.exists().where(_steps.c.person == person, _steps.c.confirmed_at.is_not(None))


class Step(msgspec.Struct, frozen=True):
    """A second step in use. left: recovery codes that were not used yet."""

    since: Instant
    left: int

    @property
    def few(self) -> bool:
        return self.left <= FEW


class SecondSteps:
    """Everybody's. ``engine`` takes the write lock as a transaction begins."""

    def __init__(
        self, engine: sa.Engine, sealer: Sealer, throttle: Throttle, journal: Journal, clock: Callable[[], Instant]
    ) -> None:
        self._engine, self._sealer, self._throttle, self._journal = engine, sealer, throttle, journal
        self._now = clock

    def of(self, person: str) -> Step | None:
        """Somebody's second step; None where they have none."""
        mine = sa.select(_steps.c.confirmed_at).where(_steps.c.person == person)
        left = sa.select(sa.func.count()).select_from(_codes).where(_codes.c.person == person)
        with self._engine.execution_options(write=False).connect() as database:
            since = database.scalar(mine)
            return None if since is None else Step(since, database.scalar(left) or 0)

    # --- setting up

    def begin(self, person: str) -> None:
        """Make a secret for somebody's phone, which counts once a code from it was given. Raises AccountRefused."""
        with self._engine.begin() as database:
            if database.scalar(sa.select(is_on(sa.literal(person)))):
                raise AccountRefused("The second step is on already. Turn it off first to use another phone.")
            database.execute(_steps.delete().where(_steps.c.person == person))
            sealed = self._sealer.seal(pyotp.random_base32(), person)
            database.execute(_steps.insert().values(person=person, secret=sealed, confirmed_at=None, last_period=0))

    def begun(self, person: str) -> str | None:
        """The secret to give to the phone, in base 32; None where nothing was begun, or it is confirmed."""
        with self._engine.execution_options(write=False).connect() as database:
            row = database.execute(sa.select(_steps).where(_steps.c.person == person)).first()
        if row is None or row.confirmed_at is not None:
            return None
        try:
            return self._sealer.open(row.secret, person)
        except Unreadable:  # begun before Daybook's secret changed: begin again
            return None

    def confirm(self, person: str, code: str, place: str) -> list[str]:
        """The phone's first code: the second step is on. Returns the recovery codes, this once.

        Raises AccountRefused.
        """
        secret = self.begun(person)
        if secret is None:
            raise AccountRefused("There is nothing to confirm. Begin again.", "code")
        self._wait(person, place)
        period = self._period(secret, _plain(code))
        if period is None:
            raise AccountRefused(
                "That is not the code that your phone shows now. If it goes on like this, set the phone’s clock right.",
                "code",
            )
        with self._engine.begin() as database:
            values = {"confirmed_at": self._now(), "last_period": period}
            waits = sa.and_(_steps.c.person == person, _steps.c.confirmed_at.is_(None))
            if not database.execute(_steps.update().where(waits).values(values)).rowcount:
                raise AccountRefused("The second step is on already.", "code")
            self._journal.note(database, "step on", person, person)
            codes = self._make_codes(database, person)
        self._throttle.forget(_key(person), place)
        return codes

    def renew_codes(self, person: str) -> list[str]:
        """New recovery codes in the place of the old ones, shown this once. Raises AccountRefused."""
        with self._engine.begin() as database:
            if not database.scalar(sa.select(is_on(sa.literal(person)))):
                raise AccountRefused("Recovery codes belong to a second step, and this account has none.")
            self._journal.note(database, "codes", person, person)
            return self._make_codes(database, person)

    def take_away(self, database: sa.Connection, person: str) -> bool:
        """No second step any more; whether there was one."""
        there = bool(database.scalar(sa.select(is_on(sa.literal(person)))))
        for table in (_steps, _codes):
            database.execute(table.delete().where(table.c.person == person))
        return there

    # --- signing in

    def accept(self, person: str, code: str, place: str, *, known: bool) -> None:
        """Take a code of the phone or a recovery code, which then counts no more. Raises AccountRefused.

        ``known``: whether somebody was signed in at this place before. Who has the password and guesses codes from a
        thousand places waits longer and longer; its owner, where they always are, does not.
        """
        given = _plain(code)
        if not re.fullmatch(r"[0-9]{6}", given):
            self._wait(person, place)
            self._use_recovery_code(person, given)
        else:
            self._wait(person, place, anywhere=not known)
            self._use_period(person, given)
        for where in (place, ANYWHERE):
            self._throttle.forget(_key(person), where)

    def _use_period(self, person: str, given: str) -> None:
        mine = sa.and_(_steps.c.person == person, _steps.c.confirmed_at.is_not(None))
        with self._engine.begin() as database:
            row = database.execute(sa.select(_steps).where(mine)).first()
            if row is None:
                raise AccountRefused("This account has no second step any more. Sign in again.")
            try:
                period = self._period(self._sealer.open(row.secret, person), given)
            except Unreadable:
                _log.error("The second step of account %s cannot be read with this installation's secret.", person)
                raise AccountRefused(UNREADABLE, "code") from None
            if period is None:
                raise AccountRefused("That code is not right. Use the one that your phone shows now.", "code")
            if period <= row.last_period:
                raise AccountRefused("That code was used already. Wait half a minute for the next one.", "code")
            database.execute(_steps.update().where(mine).values(last_period=period))

    def _use_recovery_code(self, person: str, given: str) -> None:
        with self._engine.begin() as database:
            mine = sa.and_(_codes.c.person == person, _codes.c.digest == _digest(person, given))
            if not database.execute(_codes.delete().where(mine)).rowcount:
                raise AccountRefused("That code is not right. A recovery code can be used once only.", "code")
            self._journal.note(database, "code used", person, person)

    def _period(self, secret: str, given: str) -> int | None:
        """The period that a code is for; None where it is for none that is near."""
        today, phone = self._now() // SECOND // PERIOD, pyotp.TOTP(secret, interval=PERIOD)
        near = range(today - DRIFT, today + DRIFT + 1)
        right = [period for period in near if hmac.compare_digest(phone.generate_otp(period), given)]
        return right[-1] if right else None

    def _wait(self, person: str, place: str, *, anywhere: bool = False) -> None:
        left = self._throttle.count(_key(person), place, FREE_TRIES)
        if anywhere:
            left = max(left, self._throttle.count(_key(person), ANYWHERE, FREE_ANYWHERE))
        if left:
            raise AccountRefused(f"Too many wrong codes. Try again in {in_words(left)}.", "code")

    def _make_codes(self, database: sa.Connection, person: str) -> list[str]:
        made = ["-".join("".join(secrets.choice(_ALPHABET) for _ in "1234") for _ in "1234") for _ in range(CODES)]
        database.execute(_codes.delete().where(_codes.c.person == person))
        rows = [{"person": person, "digest": _digest(person, _plain(code))} for code in made]
        database.execute(_codes.insert(), rows)
        return made


def _key(person: str) -> str:
    """What wrong codes are counted under, beside addresses of e-mail, which have no spaces."""
    return f"codes of {person}"


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).casefold()[:100]


def _digest(person: str, plain: str) -> str:
    return hashlib.sha256(f"{person} {plain}".encode()).hexdigest()
