"""The log's writers, its server and the power die at random instants; what must hold after each death.

Every acknowledged append is there, at the positions that were told; every append is there whole or not at all;
positions are dense, every hash is right, and nothing that a follower was given is gone.
"""

import logging
import multiprocessing
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from uuid import UUID

import psycopg

from events import postgres as engine
from events.pipe import Statement
from events.seal.verifying import verify
from events.store import EventStore, LogUnavailable, Unit, Write
from tests.events import powercut
from tests.events.conftest import META, headline
from tests.postgres import Server, address

Where = Path | str
WRITERS, THREADS, EVENTS = 2, 2, 3
PATIENCE = 120.0


class Lost(AssertionError):
    """Something that was acknowledged is not there, or something is there that should not be."""


@dataclass
class Toll:
    """What was done, and what came of it."""

    what: str
    deaths: int = 0
    acknowledged: int = 0
    unsynced: int = 0
    lost: int = 0
    seen: list[tuple[int, bytes]] = field(default_factory=list)  # what a follower was given

    def __str__(self) -> str:
        taken = f"{self.unsynced:>7,} unsynced writes taken back" if self.unsynced else ""
        return (
            f"{self.what:<48}{self.deaths:>5} deaths {self.acknowledged:>8,} appends acknowledged, lost: {self.lost}"
            f"  {len(self.seen):>7,} events followed  {taken}"
        ).rstrip()


# --- the ones who die


def write(where: Where, first: int, told: Connection, careless: bool) -> None:
    """A process that appends until it is killed, and says of each command where its events are."""
    if careless:
        engine._BARRIER = Statement(b"SELECT 1")
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # connections do get lost here
    log = EventStore(where)
    if careless and isinstance(where, Path):
        log._database._writer.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
    saying = threading.Lock()

    def append(thread: int) -> None:
        for number in range(first + thread * 100_000, first + (thread + 1) * 100_000):
            stream, command = f"article-{first}-{thread}", UUID(int=number)
            version = (number % 100_000) * EVENTS
            events = [headline(f"{number} {part} {'x' * 300}") for part in range(EVENTS)]
            unit = Unit(command_id=command, writes=[Write(stream, version, events)], meta=META)
            while True:
                try:
                    place = log.append(unit)
                    break
                except LogUnavailable:
                    time.sleep(0.01)
            with saying:
                told.send((number, place.first_position, place.position))

    threads = [threading.Thread(target=append, args=(thread,), daemon=True) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Newsroom:
    """Writers at work, in processes that begin quickly, and what they were told."""

    def __init__(self, where: Where, careless: bool = False) -> None:
        self._where, self._careless = where, careless
        self._fork = multiprocessing.get_context("forkserver")
        self._fork.set_forkserver_preload(["tests.events.chaos"])
        self._first = random.randrange(1, 10**12) * 10**6  # command ids that no other has

    @contextmanager
    def working(self) -> Iterator[dict[int, tuple[int, int]]]:
        """Until the end of the block, when they are killed; then it holds all that they were told."""
        told: dict[int, tuple[int, int]] = {}
        listening, processes = [], []
        for _ in range(WRITERS):
            here, there = self._fork.Pipe(duplex=False)
            self._first += THREADS * 100_000
            process = self._fork.Process(target=write, args=(self._where, self._first, there, self._careless))
            process.start()
            there.close()
            listening.append(here)
            processes.append(process)
        try:
            deadline = time.monotonic() + PATIENCE
            while len(told) < WRITERS * THREADS:  # they are at it
                assert time.monotonic() < deadline, "the writers do not begin"
                _hear(listening, told, 1)
            yield told
        finally:
            for process in processes:
                process.kill()
            while listening:
                _hear(listening, told, 1)
            for process in processes:
                process.join()
                process.close()


def _hear(listening: list[Connection], told: dict[int, tuple[int, int]], seconds: float) -> None:
    for connection in wait(listening, seconds):
        assert isinstance(connection, Connection)
        try:
            number, first, last = connection.recv()
            told[number] = (first, last)
        except (EOFError, OSError):
            listening.remove(connection)
            connection.close()


# --- what must hold


def follow(log: EventStore, toll: Toll) -> None:
    """What a follower is given now; what it had been given before must still be so."""
    if toll.seen:
        position, chain = toll.seen[-1]
        row = next(log.rows(position - 1, position), None)
        if row is None or row.chain_hash != chain:
            raise Lost(f"a follower was given position {position}, and it is not what is there now")
    toll.seen += [(row.position, row.chain_hash) for row in log.rows(len(toll.seen))]


def check(log: EventStore, toll: Toll, told: dict[int, tuple[int, int]]) -> None:
    """After a death: everything acknowledged is where it was said to be, and nothing is there by half."""
    toll.acknowledged += len(told)
    for number, place in told.items():
        found = log.outcome(UUID(int=number))
        if found is None or (found.first_position, found.position) != place:
            toll.lost += 1
    head, after = log.head().position, 0  # a killed client's server may still be committing what comes after
    for command in log.commands(0, head):
        if command.first_position != after + 1 or command.last_position != after + EVENTS:
            raise Lost(f"the append at {command.first_position} is not whole")
        after = command.last_position
    if after != head:
        raise Lost(f"the log goes on after its last command, at {after}")
    follow(log, toll)
    verdict = verify(log.rows())
    if not verdict.ok:
        raise Lost(f"position {verdict.position}: {verdict.reason}")


# --- the ways to die


def place(server: Server) -> str:
    """Where the log of a server is."""
    return server.url.render_as_string(hide_password=False)


def killed(toll: Toll, where: Where, times: int, chance: random.Random, careless: bool = False) -> Toll:
    """Writers killed with SIGKILL; the database lives on."""
    newsroom = Newsroom(where, careless)
    with closing(EventStore(where)) as log:
        for _ in range(times):
            with newsroom.working() as told:
                time.sleep(chance.uniform(0, 0.05))
                follow(log, toll)
            toll.deaths += WRITERS
            check(log, toll, told)
    return toll


def power_cut_sqlite(toll: Toll, folder: Path, times: int, chance: random.Random, careless: bool = False) -> Toll:
    """The machine goes off: the writers die, and what was not synced is gone."""
    newsroom = Newsroom(folder / "events.db", careless)
    for _ in range(times):
        with newsroom.working() as told:
            time.sleep(chance.uniform(0, 0.05))
            with closing(EventStore(folder / "events.db")) as log:
                follow(log, toll)
        toll.unsynced += powercut.cut(folder, chance)
        (folder / "events.db-shm").unlink(missing_ok=True)  # memory
        toll.deaths += 1
        with closing(EventStore(folder / "events.db")) as log:
            check(log, toll, told)
    return toll


def server_dies(
    toll: Toll, server: Server, times: int, chance: random.Random, death: Callable[[], int], careless: bool = False
) -> Toll:
    """The server dies with everybody connected, and is started again."""
    where = place(server)
    newsroom = Newsroom(where, careless)
    for _ in range(times):
        with closing(EventStore(where)) as log, newsroom.working() as told:
            time.sleep(chance.uniform(0, 0.1))
            follow(log, toll)
            toll.unsynced += death()
        toll.deaths += 1
        with closing(EventStore(where)) as log:
            check(log, toll, told)
    return toll


def immediately(server: Server) -> Callable[[], int]:
    """Every backend is killed with the postmaster, as pg_ctl stop -m immediate does."""

    def death() -> int:
        server.stop(signal.SIGQUIT)
        server.start()
        return 0

    return death


def by_power_cut(server: Server, library: Path, chance: random.Random) -> Callable[[], int]:
    """As above, and what the server had not synced is gone."""

    def death() -> int:
        server.kill()
        lost = powercut.cut(server.folder, chance)
        server.start(powercut.environment(library, server.folder))
        return lost

    return death


def backends_killed(toll: Toll, server: Server, times: int, chance: random.Random) -> Toll:
    """The server ends the connections of writers that live on and try again: all at once, again and again."""
    where = place(server)
    query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'daybook'"
    with closing(EventStore(where)) as log:
        with Newsroom(where).working() as told:
            for _ in range(times):
                time.sleep(chance.uniform(0, 0.03))
                with psycopg.connect(address(where), autocommit=True) as shell:
                    toll.deaths += (shell.execute(query).fetchone() or (0,))[0]
                follow(log, toll)
        check(log, toll, told)
    return toll
