"""What holds for every test. Fixtures of a feature belong into its own folder."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.browser import chromium, chromium_path
from tests.postgres import postgres, postgres_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["postgres", "postgres_server"]  # fixtures

SHARED = Path(__file__).parents[1].parent / "shared"
OF_TESTS = ("DAYBOOK_FORBID_SKIPS", "DAYBOOK_TEST_POSTGRES")
FORBID_SKIPS = os.environ.get("DAYBOOK_FORBID_SKIPS") == "1"

# No deadline: a slow machine is not a fault. `ci` repeats itself exactly, so that a build's verdict is about
# the change; `quick`, on people's machines, looks elsewhere each time and remembers what it found.
settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, database=None)
settings.load_profile("quick")


def pytest_configure(config: pytest.Config) -> None:
    """Tests see Daybook as it is out of the box, whatever is set on this machine."""
    starts_workers = config.getoption("numprocesses", None)  # they read what is about tests for themselves
    for name in [name for name in os.environ if name.startswith("DAYBOOK_") or name == "PORT"]:
        if name not in OF_TESTS or not starts_workers:
            del os.environ[name]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real news, edit histories and hostile inputs: beside the checkout, or not at all."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the real data of {SHARED}, which is not on this machine")
    return SHARED


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A Chromium for the tests of a module."""
    with chromium() as launched:
        yield launched


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is marked `browser` needs Chromium."""
    if chromium_path() is None:
        absent = pytest.mark.skip(reason="needs Chromium, which is not installed on this machine")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(absent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """DAYBOOK_FORBID_SKIPS=1: a test that did not run is a test that failed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _forbid(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself."""
    report = yield
    if report.skipped:
        _forbid(report)
    return report


def _forbid(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    absent = not SHARED.is_dir() and "shared" in reason  # the one thing that a build may lack
    if FORBID_SKIPS and not absent:
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: skips are forbidden here (DAYBOOK_FORBID_SKIPS=1). {reason}"
