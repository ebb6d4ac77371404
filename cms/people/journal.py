"""What was done to accounts: who, to whom, what, when. Kept beside the people, never in the log."""

from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from cms.people.database import accounts_metadata
from events.instant import Instant

WORDS = {
    "added": "Added",
    "renamed": "Changed the name",
    "address": "Changed the e-mail address",
    "role": "Changed the role",
    "disabled": "Disabled",
    "enabled": "Enabled",
    "link": "Made a link to set a password",
    "password": "Set the password",
    "step on": "Turned the second step on",
    "step off": "Turned the second step off",
    "step removed": "Took the second step away",
    "codes": "Made new recovery codes",
    "code used": "Signed in with a recovery code",
    "sessions": "Signed out elsewhere",
}

_journal = sa.Table(
    "account_journal",
    accounts_metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text),  # a person's id; null: the command line
    sa.Column("person", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)


class Entry(msgspec.Struct, frozen=True):
    """One deed. actor: who did it, None for the command line; person: whose account it was; what: see WORDS."""

    number: int
    at: Instant
    actor: str | None
    person: str
    what: str
    detail: str

    @property
    def words(self) -> str:
        """What was done, as people read it."""
        return WORDS[self.what]


class Journal:
    """Written with the deed itself, in one transaction."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], Instant]) -> None:
        self._engine = engine
        self._now = clock

    def note(self, database: sa.Connection, what: str, person: str, actor: str | None, detail: str = "") -> None:
        """Somebody did something to an account."""
        if what not in WORDS:
            raise ValueError(f"the journal has no words for {what!r}")
        values = {"at": self._now(), "actor": actor, "person": person, "what": what, "detail": detail}
        database.execute(_journal.insert().values(values))

    def entries(self, person: str | None = None, before: int | None = None, most: int = 50) -> list[Entry]:
        """The latest first: of everybody or of one person; those older than the entry with the number ``before``."""
        wanted = sa.select(_journal).order_by(_journal.c.number.desc()).limit(most)
        if person is not None:
            wanted = wanted.where(_journal.c.person == person)
        if before is not None:
            wanted = wanted.where(_journal.c.number < before)
        with self._engine.execution_options(write=False).connect() as database:
            return [Entry(*row) for row in database.execute(wanted)]
