"""A whole Daybook: every part real, in a folder of its own, with a clock that the test moves."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from cms.house import House
from cms.settings import Settings, load_settings
from events.instant import Instant, from_iso

ROOT = Path(__file__).parents[2]


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
def place(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where log and views are, as settings: in files, unless a test asks for "postgresql"."""
    if getattr(request, "param", "files") == "files":
        return {}
    return {"DAYBOOK_EVENTS_URL": request.getfixturevalue("postgres")}


@pytest.fixture
def settings(tmp_path: Path, place: dict[str, str]) -> Settings:
    given = {"DAYBOOK_VAR": str(tmp_path / "var"), "DAYBOOK_PASSWORD_MEMORY": "64", **place}
    return load_settings(given, dotenv=None)


@pytest.fixture
def house(settings: Settings, clock: Clock) -> Iterator[House]:
    app = create_app(settings, clock)
    app.testing = True
    parts: House = app.extensions["daybook"]
    parts.app = app  # type: ignore[attr-defined]
    parts.prepare(lambda _: None)
    yield parts
    parts.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo newsroom, made once; tests work on copies of it."""
    var = tmp_path_factory.mktemp("demo") / "var"
    command(var, "demo")
    return var


@pytest.fixture
def ledger(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo newsroom of this test's own."""
    return Path(shutil.copytree(demo, tmp_path / "var", symlinks=True))


def command(var: Path, *words: str, status: int = 0, **more: str) -> dict[str, Any]:
    """Run an operator's command as an operator does, and read its JSON answer."""
    settings = environment(var, **more)
    done = subprocess.run(flask(*words, "--json"), env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def flask(*words: str) -> list[str]:
    """The command line of ``flask …``."""
    return [sys.executable, "-m", "flask", "--app", "app", *words]


def environment(var: Path, **more: str) -> dict[str, str]:
    """The environment of a command on this newsroom."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
    return {**kept, "DAYBOOK_VAR": str(var), "DAYBOOK_PASSWORD_MEMORY": "64", "PYTHONPATH": str(ROOT), **more}
