"""``make chaos [ARGS="ROUNDS SEED"]``: hundreds of deaths of writers, servers and power, and what was lost: nothing.

Prints a line for each way to die, and exits 1 where anything acknowledged was lost. tests/events/test_crash.py runs a
few rounds of each, and shows that the power cuts do lose what a careless log would not have synced.
"""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.events import chaos, powercut
from tests.events.chaos import Toll
from tests.postgres import Server, address


def tolls(times: int, chance: random.Random, folder: Path) -> Iterator[Toll]:
    """Every way to die, so many times each; servers a tenth as often, since they take a while to start."""
    rarely = max(2, times // 10)
    library, dark = powercut.compiled(folder), folder / "dark"
    dark.mkdir()
    os.environ |= powercut.environment(library, dark)  # for the writers to come
    yield chaos.killed(Toll("SQLite: writers killed"), folder / "events.db", times, chance)
    yield chaos.power_cut_sqlite(Toll("SQLite: power cuts"), dark, times, chance)
    server = Server({"fsync": "off"})
    try:
        server.start()
        yield chaos.killed(Toll("PostgreSQL: writers killed"), chaos.place(server), times, chance)
        empty(server)
        yield chaos.backends_killed(Toll("PostgreSQL: backends killed"), server, times, chance)
        empty(server)
        dying = chaos.immediately(server)
        yield chaos.server_dies(Toll("PostgreSQL: immediate stops"), server, rarely, chance, dying)
    finally:
        server.remove()
    server = Server()
    try:
        server.start(powercut.environment(library, server.folder))
        dying = chaos.by_power_cut(server, library, chance)
        yield chaos.server_dies(Toll("PostgreSQL: power cuts"), server, rarely, chance, dying)
    finally:
        server.remove()


def empty(server: Server) -> None:
    """Let the next one begin with an empty log."""
    with psycopg.connect(address(server.url), autocommit=True) as shell:
        shell.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def main() -> None:
    """Do it all, and tell."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    print(f"{times} rounds of each, of servers a tenth. Again with the same chances: make chaos ARGS='{times} {seed}'")
    lost = 0
    with TemporaryDirectory(prefix="daybook-chaos-") as folder:
        for toll in tolls(times, random.Random(seed), Path(folder)):
            print(toll, flush=True)
            lost += toll.lost
    sys.exit(bool(lost))


if __name__ == "__main__":
    main()
