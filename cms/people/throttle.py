"""Slowing down whoever guesses passwords, without giving anybody the means to lock another out.

What is counted is one account from one network: the guesser waits longer and longer, the account's owner,
who sits elsewhere, notices nothing, and neither do the guesser's neighbours who use accounts of their own.
"""

import ipaddress
from collections.abc import Callable

import sqlalchemy as sa

from cms.people.database import accounts_metadata
from events.instant import DAY, MINUTE, SECOND, Instant

FREE_TRIES = 5  # wrong passwords before one has to wait
LONGEST_WAIT = 15 * MINUTE

_tries = sa.Table(
    "tries",
    accounts_metadata,
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
)


class Throttle:
    """Tries to sign in, counted. ``engine`` takes the write lock as a transaction begins."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], Instant]) -> None:
        self._engine = engine
        self._now = clock

    def count(self, email: str, network: str, free: int = FREE_TRIES) -> Instant:
        """Count a try as failed before it is made, so that many at once do not help; or how long to wait first.

        ``free``: how many wrong ones come before one has to wait.
        """
        at = self._now()
        mine = sa.and_(_tries.c.network == network, _tries.c.email == email)
        with self._engine.begin() as database:
            database.execute(_tries.delete().where(_tries.c.at < at - DAY))
            row = database.execute(sa.select(_tries).where(mine)).first()
            if row is None:
                values = {"network": network, "email": email, "failures": 1, "at": at}
                database.execute(_tries.insert().values(values))
                return 0
            until: Instant = row.at + _wait(row.failures - free)
            if until <= at:
                database.execute(_tries.update().where(mine).values(failures=row.failures + 1, at=at))
        return max(until - at, 0)

    def forget(self, email: str, network: str) -> None:
        """The right password was given: what came before was a slip."""
        with self._engine.begin() as database:
            database.execute(_tries.delete().where(_tries.c.network == network, _tries.c.email == email))


def _wait(beyond: int) -> Instant:
    return min(2 ** min(beyond, 20) * SECOND, LONGEST_WAIT) if beyond >= 0 else 0


def in_words(wait: Instant) -> str:
    """``30 seconds``, ``2 minutes``: rounded up."""
    seconds = -(-wait // SECOND)
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def network(address: str) -> str:
    """What one person has: a whole IPv4 address, the first half of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((int(parsed), 64), strict=False))
