"""Links with which somebody sets their own password: made by an administrator, good for one use and three days.

Nobody chooses another's password, and none is ever sent anywhere.
"""

import secrets
from collections.abc import Callable

import sqlalchemy as sa

from cms.people.at_rest import digest_of
from cms.people.database import accounts_metadata, people_table
from events.instant import DAY, Instant

LIVES = 3 * DAY

links_table = sa.Table(
    "password_links",
    accounts_metadata,
    sa.Column("person", sa.ForeignKey("people.id"), primary_key=True),  # one at a time: a new one ends the old
    sa.Column("token", sa.Text, nullable=False, unique=True),  # SHA-256 of what stands in the link, hex
    sa.Column("until", sa.BigInteger, nullable=False),
)


class PasswordLinks:
    """Everybody's. Accounts decides what comes of them."""

    def __init__(self, clock: Callable[[], Instant]) -> None:
        self._now = clock

    def make(self, database: sa.Connection, person: str) -> str:
        """The secret token of a new link."""
        token = secrets.token_urlsafe(24)
        self.forget(database, person)
        values = {"person": person, "token": digest_of(token), "until": self._now() + LIVES}
        database.execute(links_table.insert().values(values))
        return token

    def whose(self, database: sa.Connection, token: str) -> str | None:
        """The id of the person whose link this is; None where it is over, was used, or never was."""
        mine = sa.and_(links_table.c.token == digest_of(token), links_table.c.until > self._now())
        found = sa.select(links_table.c.person).join_from(links_table, people_table)
        return database.scalar(found.where(mine, ~people_table.c.disabled))

    def forget(self, database: sa.Connection, person: str) -> None:
        """Their link, if they have one, leads nowhere any more."""
        database.execute(links_table.delete().where(links_table.c.person == person))
