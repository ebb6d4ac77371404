"""Locks that PostgreSQL keeps for a newsroom's processes, on whatever machines, and the connection they live on."""

import threading
from contextlib import suppress
from functools import cached_property
from zlib import crc32

from views.database import Row
from views.postgres import Away, Connection


class Keeper:
    """The process's own connection, to no generation: it holds the locks, and is opened again when it is lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: Connection | None = None
        self._lock = threading.Lock()

    def db(self) -> Connection:
        """It, open. Raises Away."""
        with self._lock:
            if self._db is None or not self._db.alive():
                self._db = Connection(self._url)
            return self._db

    def one(self, sql: str, *values: object) -> Row:
        """The first row of an answer."""
        found: Row = self.db().execute(sql, values).fetchone()
        return found

    @cached_property
    def home(self) -> str:
        """The schema of the row that names the generation in use; the names of generations begin with its name."""
        newsroom = self.one("SELECT coalesce(current_schema(), 'public')")[0]
        return "views" if newsroom == "public" else f"{newsroom}_views"

    @cached_property
    def locks(self) -> int:
        """The first half of the keys of this newsroom's advisory locks."""
        return crc32(f"daybook {self.home}".encode()) - 2**31

    def close(self) -> None:
        """Let go of it."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None


class AdvisoryLock:
    """A Lock that every machine sees. The server takes it from whoever dies."""

    def __init__(self, keeper: Keeper, key: int) -> None:
        self._keeper, self._key = keeper, key
        self._held: Connection | None = None

    def seize(self) -> bool:
        """Ask for it."""
        locks, db = self._keeper.locks, self._keeper.db()
        if db.execute("SELECT pg_try_advisory_lock($1, $2)", (locks, self._key)).fetchone()[0]:
            self._held = db
        return self._held is not None

    def release(self) -> None:
        """Where the connection is lost, so is the lock."""
        held, self._held = self._held, None
        if held is not None and held.alive():
            with suppress(Away):
                held.execute("SELECT pg_advisory_unlock($1, $2)", (self._keeper.locks, self._key))
