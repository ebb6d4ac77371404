"""What happens in a story while somebody looks at it: its events as they are appended, and who is in it.

One thread per process sleeps at the log's end and wakes those who listen, whichever process appended. Who is in a
story, and where, is kept in memory for as long as their browser keeps saying so; it is never in the log.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import msgspec
from flask import current_app

from events.store import EventStore

GONE = 35.0  # seconds without a word after which somebody has left
IDLE = 0.5  # seconds the follower sleeps at most
LINGERS = 5.0  # seconds it stays when nobody listens any more
MOST_HERE = 200  # browsers in one story; a newsroom has fewer


class Here(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody's browser in a story. Positions are the document's at body version ``body``; field: where they type."""

    client: str
    account: str
    name: str
    body: int | None = None
    anchor: int | None = None
    head: int | None = None
    field: str | None = None


class Listener:
    """One stream: asleep until its story has something new."""

    def __init__(self) -> None:
        self._woken = threading.Event()

    def wait(self, timeout: float) -> bool:
        """Whether something happened within ``timeout`` seconds."""
        woken = self._woken.wait(timeout)
        self._woken.clear()
        return woken

    def wake(self) -> None:
        self._woken.set()


class Hub:
    """One for the process. ``most``: streams at the same time, since each holds a thread of the server."""

    def __init__(self, store: EventStore, most: int) -> None:
        self._store, self._most = store, most
        self._lock = threading.Lock()
        self._listeners: dict[str, set[Listener]] = {}
        self._here: dict[str, dict[str, tuple[float, Here]]] = {}
        self._follower: threading.Thread | None = None
        self._streams = 0

    # --- listening

    @contextmanager
    def listening(self, article: str) -> Iterator[Listener | None]:
        """A listener for one story; None where as many listen already as the server has threads for."""
        listener = Listener()
        with self._lock:
            room = self._streams < self._most
            if room:
                self._streams += 1
                self._listeners.setdefault(article, set()).add(listener)
                self._follow()
        if not room:
            yield None
            return
        try:
            yield listener
        finally:
            with self._lock:
                self._streams -= 1
                self._listeners[article].discard(listener)
                if not self._listeners[article]:
                    del self._listeners[article]

    def _follow(self) -> None:
        if self._follower is None or not self._follower.is_alive():
            self._follower = threading.Thread(target=self._run, name="desk follower", daemon=True)
            self._follower.start()

    def _run(self) -> None:
        position, last = self._store.head().position, time.monotonic()
        self.wake_all()  # whoever came before this thread looked
        while True:
            if self._store.wait(position, IDLE):
                for row in self._store.rows(position):
                    position = row.position
                    self._wake(row.stream.removeprefix("article-"))
            with self._lock:
                if self._listeners:
                    last = time.monotonic()
                elif time.monotonic() - last > LINGERS:
                    self._follower = None
                    return

    def dismiss(self, account: str) -> None:
        """Somebody was signed out: they are in no story any more, and their streams end."""
        with self._lock:
            for known in self._here.values():
                for client in [client for client, (_, here) in known.items() if here.account == account]:
                    del known[client]
        self.wake_all()

    def wake_all(self) -> None:
        """Let every stream look what is new, and whether its session still lives."""
        with self._lock:
            for listeners in self._listeners.values():
                for listener in listeners:
                    listener.wake()

    def _wake(self, article: str) -> None:
        with self._lock:
            for listener in self._listeners.get(article, ()):
                listener.wake()

    # --- who is here

    def arrive(self, article: str, here: Here) -> None:
        """Somebody is here, or has moved."""
        with self._lock:
            known = self._here.setdefault(article, {})
            before = known.get(here.client)
            if before is None and len(known) >= MOST_HERE:
                return
            known[here.client] = (time.monotonic(), here)
        if before is None or before[1] != here:
            self._wake(article)

    def leave(self, article: str, client: str, account: str) -> None:
        """They have closed it."""
        with self._lock:
            known = self._here.get(article, {})
            if client in known and known[client][1].account == account:
                del known[client]
            if not known:
                self._here.pop(article, None)
        self._wake(article)

    def here(self, article: str, but: str = "") -> list[Here]:
        """Who is in a story, by name; without the browser ``but``."""
        late = time.monotonic() - GONE
        with self._lock:
            known = self._here.get(article, {})
            for client in [client for client, (seen, _) in known.items() if seen < late]:
                del known[client]
            found = [here for client, (_, here) in known.items() if client != but]
        return sorted(found, key=lambda here: (here.name, here.client))


def hub() -> Hub:
    """The running app's."""
    found = current_app.extensions.get("daybook.live")
    if found is None:
        house: Any = current_app.extensions["daybook"]
        most = max(1, house.settings.threads // 2)
        found = current_app.extensions.setdefault("daybook.live", Hub(house.store, most))
    return cast(Hub, found)
