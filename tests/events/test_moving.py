"""Moving house: the log goes elsewhere and comes back, on either engine, as it was, or the reason is told why not."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.moving import folder
from events.moving.importing import BATCH, take
from events.moving.transfer import NotTransferred, export
from events.seal.sealing import seal
from events.seal.seals import Seals
from events.seal.verifying import verify
from events.store import EventStore, Unit, Write
from tests.events.conftest import META, Place, drafted, headline, unit

MORE = 3 * BATCH + 7  # events: some batches, and a rest


def fill(store: EventStore, events: int = 40, stream: str = "article-1") -> None:
    """Commands of one, two and three events each."""
    version = store.version(stream)
    number = 0
    while version < events:
        count = min(number % 3 + 1, events - version)
        happened = [headline(f"„{number}“ \n {part}") if version + part else drafted() for part in range(count)]
        store.append(Unit(command_id=uuid4(), writes=[Write(stream, version, happened)], meta=META))
        version, number = version + count, number + 1


def moved(source: EventStore, target: EventStore, after: int = 0) -> None:
    take(target, export(source, after, source.head().position))


def same(one: EventStore, other: EventStore) -> bool:
    return list(one.rows()) == list(other.rows()) and one.commands() == other.commands()


@pytest.fixture
def elsewhere(tmp_path: Path) -> EventStore:
    return EventStore(tmp_path / "elsewhere" / "events.db")


def test_there_and_back_again_is_the_same_log_with_the_same_seal(
    log: EventStore, elsewhere: EventStore, tmp_path: Path
) -> None:
    """On PostgreSQL: SQLite → PostgreSQL → SQLite."""
    fill(elsewhere)
    moved(elsewhere, log)
    back = EventStore(tmp_path / "back" / "events.db")
    moved(log, back)
    assert same(elsewhere, log) and same(elsewhere, back) and verify(log.rows()).ok
    key, roots = Ed25519PrivateKey.generate(), []
    for number, store in enumerate((elsewhere, log, back)):
        head = seal(store, Seals(tmp_path / f"seals-{number}"), key, 0)
        roots.append(head and head.note)
    elsewhere.close()
    back.close()
    assert roots[0] == roots[1] == roots[2] is not None


def test_a_copy_knows_every_command_and_goes_on_as_the_log_it_is(log: EventStore, elsewhere: EventStore) -> None:
    story = unit("article-1", 0, drafted(), headline("x"))
    elsewhere.append(story)
    moved(elsewhere, log)
    assert log.append(story).repeated
    assert log.append(unit("article-1", 2, headline("y"))).position == 3
    elsewhere.close()


def test_a_log_that_is_behind_takes_what_is_new(log: EventStore, elsewhere: EventStore) -> None:
    fill(elsewhere)
    moved(elsewhere, log)
    fill(elsewhere, 60)
    with pytest.raises(NotTransferred, match="in the middle of a command: begin at"):
        moved(elsewhere, log, after=elsewhere.commands()[1].first_position)
    moved(elsewhere, log, after=log.head().position)
    assert same(elsewhere, log)
    fill(elsewhere, 70)
    moved(elsewhere, log)
    assert same(elsewhere, log), "from the beginning, too"
    moved(elsewhere, log)
    elsewhere.close()


def test_histories_that_differ_are_refused_and_the_first_position_is_named(
    log: EventStore, elsewhere: EventStore
) -> None:
    fill(elsewhere, 10)
    moved(elsewhere, log)
    log.append(unit("article-1", 10, headline("here")))
    elsewhere.append(unit("article-2", 0, drafted()))
    fill(elsewhere, 30)
    with pytest.raises(NotTransferred, match=r"differ from position 11 on: the export has article-2, version 1"):
        moved(elsewhere, log)
    with pytest.raises(NotTransferred, match="differ at position 11 or before"):
        moved(elsewhere, log, after=11)
    assert log.head().position == 11
    empty = [*export(elsewhere, 20, 30)]
    fill(log, 15)
    with pytest.raises(NotTransferred, match="export it again with --since 15"):
        take(log, empty)
    elsewhere.close()


SPOILT: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "the first left out": (lambda lines: [lines[0], *lines[2:]], "Position 1 is missing"),
    "one left out": (lambda lines: [*lines[:5], *lines[6:]], "Position 5 is missing"),
    "one twice": (lambda lines: [*lines[:5], lines[4], *lines[5:]], "Position 5 is missing: after 4 comes 4"),
    "another actor": (
        lambda lines: [*lines[:4], lines[4].replace(b"anna", b"bert"), *lines[5:]], r"Position 4 \(article-1, version",
    ),
    "a line cut": (lambda lines: [*lines[:4], lines[4][:-9] + b"\n", *lines[5:]], "line of position 4 cannot be read"),
    "no last line": (lambda lines: lines[:-1], "ends at position 40, before its last line"),
    "the last event left out": (lambda lines: [*lines[:-2], lines[-1]], "last line does not fit"),
    "another digest": (
        lambda lines: [*lines[:-1], lines[-1].replace(b'"sha256":"', b'"sha256":"0')], "last line does not fit",
    ),
    "another format": (
        lambda lines: [lines[0].replace(b"log-2", b"log-9"), *lines[1:]], "this Daybook reads daybook-log-2",
    ),
    "another log": (
        lambda lines: [lines[0].replace(b"daybook-log/", b"daybook-log/0"), *lines[1:]], "not that of daybook-log/0",
    ),
    "no JSON": (lambda lines: [b"hello\n", *lines], "not an exported log"),
    "nothing": (lambda lines: lines[:0], "not an exported log"),
}  # fmt: skip


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", SPOILT)
def test_a_text_that_is_not_what_was_exported_is_refused(log: EventStore, elsewhere: EventStore, what: str) -> None:
    change, said = SPOILT[what]
    fill(elsewhere)
    with pytest.raises(NotTransferred, match=said):
        take(log, change(list(export(elsewhere, 0, 40))))
    assert verify(log.rows()).ok
    moved(elsewhere, log)
    assert same(elsewhere, log), "and what was taken before is no hindrance"
    elsewhere.close()


# --- in a folder


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
class TestFolder:
    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(folder, "FILE", 10)

    def test_it_grows_and_what_is_known_is_not_read_again(
        self, log: EventStore, elsewhere: EventStore, tmp_path: Path
    ) -> None:
        fill(elsewhere)
        first = folder.write(elsewhere, tmp_path / "out")
        assert first.position == 40 and len(first.files) >= 4
        assert folder.write(elsewhere, tmp_path / "out") == first
        assert folder.read(log, tmp_path / "out").new == 40
        fill(elsewhere, 55)
        second = folder.write(elsewhere, tmp_path / "out")
        assert second.files[: len(first.files)] == first.files
        (tmp_path / "out" / first.files[0].name).unlink()
        taken = folder.read(log, tmp_path / "out")
        assert (taken.new, taken.known) == (15, 40) and same(elsewhere, log)
        elsewhere.close()

    def test_since_a_position(self, log: EventStore, elsewhere: EventStore, tmp_path: Path) -> None:
        fill(elsewhere)
        moved(elsewhere, log)
        fill(elsewhere, 55)
        folder.write(elsewhere, tmp_path / "out", since=40)
        assert folder.read(log, tmp_path / "out").new == 15 and same(elsewhere, log)
        with pytest.raises(NotTransferred, match="begins after 40, not after 0"):
            folder.write(elsewhere, tmp_path / "out", since=0)
        with pytest.raises(NotTransferred, match="nothing after 99"):
            folder.write(elsewhere, tmp_path / "other", since=99)
        elsewhere.close()

    def test_it_is_of_one_history(self, log: EventStore, elsewhere: EventStore, tmp_path: Path) -> None:
        fill(elsewhere, 12)
        folder.write(elsewhere, tmp_path / "out")
        fill(log, 30)
        with pytest.raises(NotTransferred, match="another history: at position 12"):
            folder.write(log, tmp_path / "out")
        with pytest.raises(NotTransferred, match="differ from position 1 on"):
            folder.read(log, tmp_path / "out")
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "something").touch()
        with pytest.raises(NotTransferred, match="something else in it"):
            folder.write(log, tmp_path / "full")
        elsewhere.close()

    def test_a_file_that_was_changed_or_lost_is_named(
        self, log: EventStore, elsewhere: EventStore, tmp_path: Path
    ) -> None:
        fill(elsewhere)
        made = folder.write(elsewhere, tmp_path / "out")
        second = tmp_path / "out" / made.files[1].name
        whole = second.read_bytes()
        second.write_bytes(gzip.compress(gzip.decompress(whole).replace(b"anna", b"bert")))
        with pytest.raises(NotTransferred, match=f"{second.name} is missing, or is not what was exported"):
            folder.read(log, tmp_path / "out")
        second.write_bytes(whole)
        manifest = tmp_path / "out" / "manifest.json"
        told = json.loads(manifest.read_text())
        for broken in ({"format": "x"}, {"files": told["files"][1:]}, {"position": 41}, {"files": 1}):
            manifest.write_text(json.dumps({**told, **broken}))
            with pytest.raises(NotTransferred):
                folder.read(log, tmp_path / "out")
        elsewhere.close()


WORKER = """
import sys
from pathlib import Path
from events.moving import folder
from events.store import EventStore
folder.FILE = 500
store = EventStore(sys.argv[2] if "://" in sys.argv[2] else Path(sys.argv[2]))
def told(events):
    if events:
        print("on", flush=True)
(folder.write if sys.argv[1] == "write" else folder.read)(store, Path(sys.argv[3]), advance=told)
"""


def killed(*arguments: str) -> None:
    """Start it, let it get going, kill it with SIGKILL."""
    command = [sys.executable, "-c", WORKER, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        os.kill(worker.pid, signal.SIGKILL)


def test_killed_at_any_moment_and_run_again_both_go_on(place: Place, elsewhere: EventStore, tmp_path: Path) -> None:
    happened = [headline(str(number)) for number in range(MORE)]
    for first in range(0, MORE, 3):
        more = happened[first : first + 3]
        elsewhere.append(Unit(command_id=UUID(int=first + 1), writes=[Write("article-1", first, more)], meta=META))
    source, out = str(tmp_path / "elsewhere" / "events.db"), tmp_path / "out"
    for _ in range(2):
        killed("write", source, str(out))
    manifest = folder.write(elsewhere, out)
    assert manifest.position == MORE
    for _ in range(2):
        killed("read", str(place.where), str(out))
    store = place.open()
    assert store.head().position > 0 and verify(store.rows()).ok
    assert store.commands()[-1].last_position == store.head().position, "no command by half"
    folder.read(store, out)
    assert same(elsewhere, store)
    elsewhere.close()
    store.close()
