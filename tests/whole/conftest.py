"""A whole Daybook: every part real, in a folder of its own, with a clock that the test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import create_app
from cms.house import House
from cms.settings import Settings, load_settings
from events.instant import Instant, from_iso


class Clock:
    """The newsroom's clock."""

    def __init__(self, now: Instant) -> None:
        self.now = now

    def __call__(self) -> Instant:
        return self.now

    def wait(self, time: Instant) -> None:
        """Let time pass."""
        self.now += time


@pytest.fixture
def clock() -> Clock:
    return Clock(from_iso("2026-11-23T09:00:00Z"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"DAYBOOK_VAR": str(tmp_path / "var"), "DAYBOOK_PASSWORD_MEMORY": "64"}, dotenv=None)


@pytest.fixture
def house(settings: Settings, clock: Clock) -> Iterator[House]:
    app = create_app(settings, clock)
    app.testing = True
    parts: House = app.extensions["daybook"]
    parts.app = app  # type: ignore[attr-defined]
    parts.prepare(lambda _: None)
    yield parts
    parts.close()
