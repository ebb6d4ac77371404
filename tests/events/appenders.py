"""Dozens of appenders in several processes, for tests that want them all at once.

Run as a module it is one of the processes: ``python -m tests.events.appenders WHERE THREADS APPENDS FIRST``. Each
thread appends to a stream of its own and, every third time, to one that all fight for; what fails is tried again with
the same command id. It prints the position of each append when it is acknowledged.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from events.store import Appended, EventStore, LogUnavailable, Unit, Write
from tests.events.conftest import META, headline

ROOT = Path(__file__).parents[2]


def persist(log: EventStore, writer: int, number: int, version: int) -> Appended:
    """Append until it is taken: a fault is tried again, a fight over the shared stream is lost and fought again."""
    id = uuid4()
    while True:
        writes = [Write(f"article-{writer}", version, [headline(f"{number} {part}") for part in range(2)])]
        if number % 3 == 0:
            writes.append(Write("article-shared", log.version("article-shared"), [headline(f"{writer} {number}")]))
        try:
            [told] = log.append_many([Unit(command_id=id, writes=writes, meta=META, fingerprint=id.bytes * 2)])
        except LogUnavailable:
            time.sleep(0.002)
            continue
        if isinstance(told, Appended):
            return told


def appender(log: EventStore, writer: int, appends: int) -> None:
    for number in range(appends):
        told = persist(log, writer, number, 2 * number)
        sys.stdout.write(f"{told.first_position} {told.position}\n")
        sys.stdout.flush()


def place_of(text: str) -> Path | str:
    return text if "://" in text else Path(text)


@contextmanager
def appending(where: Path | str, processes: int, threads: int, appends: int) -> Iterator[list[subprocess.Popen[str]]]:
    """So many processes at it. Their standard output is there to be read."""
    with ExitStack() as running:
        yield [
            running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.events.appenders", str(where), str(threads), str(appends),
                     str(number * threads)],
                    stdout=subprocess.PIPE, text=True, cwd=ROOT,
                )
            )
            for number in range(processes)
        ]  # fmt: skip


def main() -> None:
    where, threads, appends, first = sys.argv[1], *map(int, sys.argv[2:])
    log = EventStore(place_of(where))
    at_it = [threading.Thread(target=appender, args=(log, first + number, appends)) for number in range(threads)]
    for thread in at_it:
        thread.start()
    for thread in at_it:
        thread.join()
    log.close()


if __name__ == "__main__":
    main()
