"""The keys of personal words in the log: one a subject, kept apart from the log, destroyed to erase.

Implements ``events.envelope.Keys`` over a small SQLite file. Back it up beside the log, but keep those copies for a
shorter time: a key in an old backup is a word that was not erased.
"""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

KEY_BYTES = 32
_SCHEMA = "CREATE TABLE IF NOT EXISTS keys (subject TEXT PRIMARY KEY, key BLOB NOT NULL) STRICT"


class KeyRing:
    """Keys by subject, 32 random bytes each."""

    def __init__(self, path: Path) -> None:
        """Open the keys at ``path``; the file is made, for its owner's eyes only, with the first key."""
        self._path = path
        self._lock = threading.Lock()

    def key_for(self, subject: str) -> bytes:
        """The subject's key, made at the first call."""
        with self._lock, self._open() as connection:
            connection.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (subject, secrets.token_bytes(KEY_BYTES)))
            found = connection.execute("SELECT key FROM keys WHERE subject = ?", (subject,)).fetchone()
        return bytes(found[0])

    def find_key(self, subject: str) -> bytes | None:
        """The subject's key, or None where it was destroyed or never made."""
        if not self._path.exists():
            return None
        with self._open() as connection:
            found = connection.execute("SELECT key FROM keys WHERE subject = ?", (subject,)).fetchone()
        return bytes(found[0]) if found else None

    def destroy(self, subject: str) -> bool:
        """Destroy a subject's key, so that no byte of it is left in the file; whether there was one."""
        if not self._path.exists():
            return False
        with self._lock:
            with self._open() as connection:
                gone = connection.execute("DELETE FROM keys WHERE subject = ?", (subject,)).rowcount
            with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as connection:
                connection.execute("VACUUM")  # nor in a page that was split long ago
        return gone > 0

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        connection = sqlite3.connect(self._path, timeout=10)
        try:
            with connection:
                connection.execute("PRAGMA secure_delete=ON")  # a destroyed key leaves no trace in a free page
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute(_SCHEMA)
                yield connection
        finally:
            connection.close()
