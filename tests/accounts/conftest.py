"""Accounts with a clock of their own, and two people in them."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from cms.people.accounts import Accounts, Person
from events.instant import HOUR, SECOND, Instant

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.23"
PASSWORD = "seven quiet harbours"
SECRET = "s" * 40


class Clock:
    def __init__(self) -> None:
        self.at: Instant = 1_700_000_000 * SECOND

    def __call__(self) -> Instant:
        return self.at


class Phone:
    """Shows codes, as the phone of somebody does. late: seconds by which its clock is behind."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._codes, self._clock = pyotp.TOTP(secret), clock

    def code(self, late: int = 0) -> str:
        return self._codes.at(self._clock() // SECOND - late)

    def wrong(self) -> str:
        """A code that no phone shows near this moment."""
        return f"{(int(self.code()) + 7) % 1_000_000:06}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    accounts = Accounts(tmp_path / "accounts.db", secret=SECRET, password_memory=32, idle=HOUR, clock=clock)
    yield accounts
    accounts.close()


@pytest.fixture
def grace(accounts: Accounts) -> Person:
    return accounts.add("chief@example.org", "Grace Ellery", "administrator", PASSWORD)


@pytest.fixture
def ada(accounts: Accounts, grace: Person) -> Person:
    return accounts.add("Ada@Example.org", "Ada  Morrow", "reporter", PASSWORD)
