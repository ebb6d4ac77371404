"""A writer is killed in mid-sentence: what it was told is kept is there, and nothing is there by half."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

from events.store import EventStore, Unit, Write
from events.verifying import verify
from tests.events.conftest import META, headline

WRITER = """
import sys
from pathlib import Path
from uuid import UUID
from events.store import EventStore, Unit, Write
from tests.events.conftest import META, headline
folder, first = Path(sys.argv[1]), int(sys.argv[2])
log = EventStore(folder / "events.db")
version = log.version("article-1")
for number in range(first, first + 10_000):
    events = [headline(f"{number} {part}") for part in range(3)]
    unit = Unit(command_id=UUID(int=number), writes=[Write("article-1", version, events)], meta=META)
    version += 3
    print(log.append(unit).position, flush=True)
"""
KILLS = 8


def test_what_was_acknowledged_survives_kill_9_and_nothing_is_torn(tmp_path: Path) -> None:
    acknowledged = 0
    for kill in range(KILLS):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(kill * 10_000 + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as writer:
            assert writer.stdout is not None
            acknowledged = int(writer.stdout.readline())  # it is at work
            time.sleep(random.uniform(0, 0.15))
            os.kill(writer.pid, signal.SIGKILL)
            acknowledged = max([acknowledged, *[int(line) for line in writer.stdout if line.endswith("\n")]])
    log = EventStore(tmp_path / "events.db")
    head = log.head().position
    assert head >= acknowledged >= KILLS * 3
    assert head % 3 == 0  # each append is there whole
    assert verify(log.rows()).ok
    log.append(Unit(command_id=uuid4(), writes=[Write("article-1", head, [headline("on")])], meta=META))
    log.close()
