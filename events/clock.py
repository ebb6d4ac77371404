"""A clock that says so when it jumps.

What is public is decided by the clock, so a machine that wakes up in the wrong year must not publish, or write,
anything. Small corrections (NTP) pass; a jump does not.
"""

import time

from events.instant import MINUTE, SECOND, Instant, now

AHEAD: Instant = 5 * MINUTE
BEHIND: Instant = 5 * SECOND


class ClockJumped(Exception):
    """The clock is not to be trusted. Nothing was written; set the clock right and start Daybook again."""


class SteadyClock:
    """The system's clock, held against the time that has passed since this process began."""

    def __init__(self) -> None:
        self._wall, self._running = now(), _since_boot()

    def __call__(self) -> Instant:
        """This moment. Raises ClockJumped where the clock went minutes ahead of the time that has passed."""
        moment = now()
        ahead = moment - (self._wall + _since_boot() - self._running)
        if ahead > AHEAD:
            raise ClockJumped(f"the clock is {ahead // SECOND} s ahead of the time that has passed")
        return moment


def _since_boot() -> Instant:
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # counts a suspended laptop's sleep, where it can
    return time.clock_gettime_ns(clock) // 1000
