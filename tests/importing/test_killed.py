"""An import that is killed in the middle, and run again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from cms.importing import articles, edits
from cms.importing.taking import Taking
from cms.newsroom import Newsroom
from cms.roles import may
from events.store import EventStore
from tests.importing.source import history, record, revision, write
from tests.newsroom.spec import LONDON, NOW

ROOT = Path(__file__).parents[2]
IMPORT = """
import sys
from pathlib import Path
from zoneinfo import ZoneInfo
from cms.importing import articles, edits, taking
from cms.newsroom import Newsroom
from cms.roles import may
from events.store import EventStore
taking.IN_ONE = 50
kind, log, file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
store = EventStore(log)
newsroom = Newsroom(store, zone=ZoneInfo("Europe/London"), may=may)
groups = articles.groups([file], lambda: 2**51) if kind == "articles" else edits.groups([file])
taking.Taking(newsroom, store).take(groups)
"""


def killed(kind: str, log: Path, file: Path, position: int) -> int:
    """Import in a process of its own, and kill -9 it once the log has grown beyond a position; where it then ends."""
    process = subprocess.Popen([sys.executable, "-c", IMPORT, kind, str(log), str(file)], cwd=ROOT)
    store = EventStore(log)
    until = time.monotonic() + 60
    while store.head().position <= position and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    reached = store.head().position
    store.close()
    return reached


def told(log: Path) -> dict[str, list[tuple[str, bytes, int]]]:
    """What is in the log, stream by stream, without when it was recorded."""
    store = EventStore(log)
    streams: dict[str, list[tuple[str, bytes, int]]] = {}
    for recorded in store.read_all():
        told = (recorded.type, msgspec.json.encode(recorded.event), recorded.occurred_at)
        streams.setdefault(recorded.stream, []).append(told)
    store.close()
    return streams


def whole(kind: str, log: Path, file: Path) -> None:
    store = EventStore(log)
    newsroom = Newsroom(store, zone=LONDON, may=may)
    groups = articles.groups([file], lambda: NOW) if kind == "articles" else edits.groups([file])
    report = Taking(newsroom, store).take(groups)
    assert report.refused == 0
    assert report.taken + report.skipped == report.records
    store.close()


def ends_as_if_nothing_had_happened(kind: str, file: Path, folder: Path) -> None:
    broken, smooth = folder / "broken.db", folder / "smooth.db"
    reached = killed(kind, broken, file, 300)
    whole(kind, smooth, file)
    assert 300 < reached < sum(map(len, told(smooth).values())), "it was not killed in the middle"
    whole(kind, broken, file)
    assert told(broken) == told(smooth)


def test_an_import_of_articles_killed_and_run_again_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    stories = [
        record(id=f"ledger-{number}", bylines=[f"Writer {number % 7}"], tags=[f"Tag {number % 11}"])
        for number in range(1500)
    ]
    ends_as_if_nothing_had_happened("articles", write(tmp_path / "articles.jsonl", stories), tmp_path)


def test_an_import_of_edits_killed_and_run_again_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    stories = [
        history(
            revision(1, "create"), revision(2, body=f"New {number}."), revision(3, body=f"New {number}."),
            revision(4, tags=[f"Tag {number % 5}"]), article_id=f"gov-{number}",
        )
        for number in range(400)
    ]  # fmt: skip
    ends_as_if_nothing_had_happened("edits", write(tmp_path / "edits.jsonl", stories), tmp_path)
