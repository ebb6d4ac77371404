"""The follower that seals: every so many events, or seconds after the first new one; and posts each head elsewhere."""

import logging
import threading
import time
from collections.abc import Callable

from cms.operating.anchoring import NotPosted, post
from cms.operating.signing import NoKey, signing_key
from cms.settings import Settings
from events.instant import Instant, now
from events.seal.heads import TreeHead, Unsigned
from events.seal.sealing import Altered, seal
from events.seal.seals import Seals
from events.store import EventStore, LogUnavailable

TICK = 1.0  # seconds between looks at the log
PATIENCE = 60.0  # seconds before what failed is tried again
_log = logging.getLogger("daybook")


class Sealer:
    """Seals one log by the settings. A head that could not be posted is posted with the next try."""

    def __init__(self, store: EventStore, seals: Seals, settings: Settings, clock: Callable[[], Instant] = now) -> None:
        self._store, self._seals, self._settings, self._clock = store, seals, settings, clock
        self._new_since: float | None = None
        self._unposted: TreeHead | None = None

    def run(self, stopping: threading.Event) -> None:
        """Until told to stop. Nothing that goes wrong here stops it: it is said, and tried again."""
        said = ""
        while not stopping.wait(TICK):
            try:
                self.step()
                said = ""
            except (Altered, NoKey, NotPosted, Unsigned, LogUnavailable, OSError, ValueError) as error:
                if str(error) != said:
                    _log.error("Sealing: %s", error)
                said = str(error)
                stopping.wait(PATIENCE)

    def step(self) -> TreeHead | None:
        """Seal and post what is due; the head that was made. Raises what kept it from being done."""
        head = self._seal() if self._due() else None
        if head is not None:
            self._new_since, self._unposted = None, head
        if self._unposted is not None and self._settings.anchor_url:
            post(self._unposted, self._settings.anchor_url)
        self._unposted = None
        return head

    def _due(self) -> bool:
        latest = self._seals.latest()
        new = self._store.head().position - (latest.size if latest else 0)
        if new <= 0:
            self._new_since = None
            return new < 0  # the log is shorter than it was: sealing says so
        if self._new_since is None:
            self._new_since = time.monotonic()
        waited = time.monotonic() - self._new_since
        return new >= self._settings.seal_events or waited >= self._settings.seal_seconds

    def _seal(self) -> TreeHead | None:
        head = seal(self._store, self._seals, signing_key(self._settings), self._clock())
        if head is not None:
            _log.info("Sealed %s events.", f"{head.size:,}")
        return head
