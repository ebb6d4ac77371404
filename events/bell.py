"""The bell: processes on PostgreSQL tell each other that something was appended.

NOTIFY in an append's own transaction would make all commits wait for each other, so it is sent afterwards, by a thread
of its own, once for however many appends there were meanwhile. Nothing depends on it: whoever waits looks by itself now
and then, so a lost connection costs a second and no more.
"""

import logging
import select
import socket
import threading
from collections.abc import Callable

import psycopg

from events.database import Values

CHANNEL = "daybook_log"
POLL = 1.0  # seconds between two looks while the bell can be heard
DEAF = 0.02  # and while it cannot
RARELY = 0.01  # seconds between two rings
_log = logging.getLogger("daybook")


class Bell:
    """Rings and hears. Its threads begin when they are first needed."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Values]]) -> None:
        self._connect = connect
        self._rung = threading.Condition()
        self._times = 0
        self._due, self._listening, self._closed = threading.Event(), threading.Event(), threading.Event()
        self._ringer = threading.Thread(target=self._ring, name="log-ringer", daemon=True)
        self._listener = threading.Thread(target=self._listen, name="log-listener", daemon=True)
        self._own = 0  # what rings here was heard here already
        self._waker, self._woken = socket.socketpair()

    @property
    def heard(self) -> int:
        """How often it has rung."""
        return self._times

    def ring(self) -> None:
        """Something was appended here."""
        self._hear()
        self._begin(self._ringer)
        self._due.set()

    def wait(self, heard: int, seconds: float) -> None:
        """Sleep until it rings again; not long, since it may fail."""
        self._begin(self._listener)
        with self._rung:
            if self._times == heard:
                self._rung.wait(min(seconds, POLL if self._listening.is_set() else DEAF))

    def close(self) -> None:
        """Stop, and let go of the connections."""
        self._closed.set()
        self._due.set()
        self._waker.send(b"\0")
        for thread in (self._ringer, self._listener):
            if thread.ident:
                thread.join()
        self._waker.close()
        self._woken.close()

    def _hear(self) -> None:
        with self._rung:
            self._times += 1
            self._rung.notify_all()

    def _begin(self, thread: threading.Thread) -> None:
        if not thread.ident:
            with self._rung:
                if not thread.ident and not self._closed.is_set():
                    thread.start()

    def _ring(self) -> None:
        connection: psycopg.Connection[Values] | None = None
        while self._due.wait() and not self._closed.is_set():
            self._due.clear()
            try:
                if connection is None or connection.closed:
                    connection = self._connect()
                    self._own = connection.info.backend_pid
                connection.execute(f"NOTIFY {CHANNEL}".encode())
            except psycopg.Error as error:
                _log.info("others are not told of appends just now: %s", error)
            self._closed.wait(RARELY)
        if connection is not None:
            connection.close()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {CHANNEL}".encode())
                    self._listening.set()
                    self._hear()  # whatever was appended before
                    self._hear_all(connection)
            except psycopg.Error as error:
                _log.info("others' appends are looked for instead of heard of: %s", error)
            finally:
                self._listening.clear()
            self._closed.wait(POLL)

    def _hear_all(self, connection: psycopg.Connection[Values]) -> None:
        while not self._closed.is_set():
            select.select([connection.fileno(), self._woken.fileno()], [], [])
            if any(rung.pid != self._own for rung in connection.notifies(timeout=0)):
                self._hear()
