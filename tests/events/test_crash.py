"""Writers, servers and the power die in mid-sentence: what was acknowledged is kept, and nothing is there by half.

A few rounds of what ``make chaos`` does hundreds of times; and the same power cuts with a log that does not wait for
the disk, to show that they do take back what was not synced.
"""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from events.store import LogUnavailable
from tests.events import chaos, powercut
from tests.events.chaos import Lost, Toll
from tests.events.conftest import Place
from tests.postgres import Server, Unavailable


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return powercut.compiled(tmp_path_factory.mktemp("powercut"))


@pytest.fixture(scope="module")
def dark(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for which the power may be cut. For the whole module: writers are forked from one process."""
    folder = tmp_path_factory.mktemp("dark")
    around = powercut.environment(library, folder)
    os.environ.update(around)
    yield folder
    for name in around:
        del os.environ[name]


@pytest.fixture
def empty(dark: Path) -> Path:
    """The same, with nothing in it."""
    for path in (*dark.glob("events.db*"), *dark.glob("undo/*")):
        path.unlink()
    return dark


@pytest.fixture
def server(library: Path) -> Iterator[Server]:
    """A PostgreSQL for which the power may be cut: it syncs, as it does out of the box."""
    try:
        own = Server()
    except Unavailable as error:
        pytest.skip(f"needs a PostgreSQL of its own, and there is none: {error}")
    try:
        own.start(powercut.environment(library, own.folder))
        yield own
    finally:
        own.remove()


@pytest.fixture
def chance() -> random.Random:
    return random.Random()


def test_writers_killed(dark: Path, place: Place, chance: random.Random) -> None:
    toll = chaos.killed(Toll("writers killed"), place.where, 8, chance)
    assert toll.lost == 0 and toll.acknowledged >= 8 * 4


def test_power_cuts_on_sqlite(empty: Path, chance: random.Random) -> None:
    toll = chaos.power_cut_sqlite(Toll("power cuts"), empty, 10, chance)
    assert toll.lost == 0 and toll.acknowledged >= 10 * 4


def loses(one_round: Callable[[Toll], Toll], rounds: int) -> bool:
    """Whether something that was acknowledged, or given to a follower, was gone after one of these."""
    try:
        return any(one_round(Toll("careless")).lost for _ in range(rounds))
    except (Lost, LogUnavailable):  # a file that cannot be read any more has lost everything
        return True


def test_a_careless_log_on_sqlite_does_lose_what_it_acknowledged(empty: Path, chance: random.Random) -> None:
    assert loses(lambda toll: chaos.power_cut_sqlite(toll, empty, 1, chance, careless=True), 20)


def test_power_cuts_and_stops_of_postgresql(dark: Path, server: Server, chance: random.Random) -> None:
    toll = chaos.server_dies(Toll("immediate stops"), server, 2, chance, chaos.immediately(server))
    chaos.server_dies(toll, server, 3, chance, chaos.by_power_cut(server, Path(os.environ["LD_PRELOAD"]), chance))
    assert toll.lost == 0 and toll.acknowledged >= 5 * 4


def test_a_careless_log_on_postgresql_does_lose_what_it_acknowledged(
    dark: Path, server: Server, library: Path, chance: random.Random
) -> None:
    death = chaos.by_power_cut(server, library, chance)
    assert loses(lambda toll: chaos.server_dies(toll, server, 1, chance, death, careless=True), 20)
