"""Replay that is not practised rots: every night everything is folded again from the log and compared.

The follower starts it as a process of its own, at a minute of the newsroom's clock (``DAYBOOK_NIGHTLY``), with low
priority. What differs is made anew at once, since the log is the truth; what served before is kept to be looked at.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

from cms.operating.work import Underway, Works
from cms.settings import Settings
from events.instant import Instant, from_datetime, to_datetime

LOOK_EVERY = 30.0  # seconds
LATEST = timedelta(hours=6)  # a machine that slept through the minute still does it, until then


def due(settings: Settings, now: Instant, last: Instant | None, since: Instant) -> bool:
    """Whether it is time, given when it was begun ``last``, and ``since`` when somebody watches.

    What was never done is not made good at the first start: nobody expects a night's work then.
    """
    if settings.nightly == "never":
        return False
    here = to_datetime(now).astimezone(settings.zone)
    hour, minute = map(int, settings.nightly.split(":"))
    begins = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    start = from_datetime(begins)
    return begins <= here < begins + LATEST and (since <= start if last is None else last < start)


def watch(works: Works, settings: Settings, clock: Callable[[], Instant], stopping: threading.Event) -> None:
    """Start it whenever it is due, until told to stop."""
    since = clock()
    while not stopping.wait(LOOK_EVERY):
        last = max((job.began for job in works.latest() if job.kind == "nightly"), default=None)
        if due(settings, clock(), last, since):
            try:
                works.start("nightly", None)
            except Underway:
                continue  # somebody rebuilds or verifies just now: later
