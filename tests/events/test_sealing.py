"""The seal: whatever is done to the log's file, by whomever, it is found out, and the first event is named."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.instant import now
from events.seal import heads
from events.seal.hashes import GENESIS, Row, chain_hash, content_of
from events.seal.heads import TreeHead, Unsigned
from events.seal.holding import hold
from events.seal.sealing import Altered, seal
from events.seal.seals import Seals, append_head, read_heads
from events.seal.verifying import Verdict, verify_log
from events.store import EventStore
from tests.events.conftest import GUARDS, drafted, headline, unit

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
STREAMS = 7


def tampered(folder: Path, change: Callable[[sqlite3.Connection], object], name: str = "events.db") -> None:
    """What somebody with the file can do."""
    with closing(sqlite3.connect(folder / name, isolation_level=None)) as raw:
        for guard in GUARDS:
            raw.execute(f"DROP TRIGGER IF EXISTS {guard}")
        change(raw)


def rewritten(folder: Path, position: int, words: str) -> None:
    """Somebody who knows the code: other words at a position, and every hash from there on made to fit."""

    def change(raw: sqlite3.Connection) -> None:
        rows = [Row(*row) for row in raw.execute("SELECT * FROM events ORDER BY position")]
        previous = rows[position - 2].chain_hash if position > 1 else GENESIS
        for row in rows[position - 1 :]:
            data = f'{{"headline":"{words}"}}' if row.position == position else row.data
            content = content_of(msgspec.structs.replace(row, data=data))
            previous = chain_hash(previous, row.position, row.recorded_at, content)
            raw.execute(
                "UPDATE events SET data = ?, content_hash = ?, chain_hash = ? WHERE position = ?",
                (data, content, previous, row.position),
            )

    tampered(folder, change)


class Sealed:
    """A log of 30 events in a folder, sealed at 10, 20 and 30."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seals = Seals(folder / "seals")
        self.heads = list(self.seals.heads())

    def hold(self, *elsewhere: TreeHead) -> Verdict:
        groups = [list(self.seals.heads()), list(elsewhere)]
        return hold(partial(EventStore, self.folder / "events.db"), self.seals.tree, groups, workers=1)


def written(folder: Path, events: int) -> EventStore:
    """A log of so many events in several streams, those that are there counted."""
    store = EventStore(folder / "events.db")
    for number in range(store.head().position, events):
        stream, version = f"article-{number % STREAMS}", number // STREAMS
        store.append(unit(stream, version, headline(f"No. {number}") if version else drafted(f"No. {number}")))
    return store


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed")
    for size in (10, 20, 30):
        store = written(folder, size)
        seal(store, Seals(folder / "seals"), KEY, now())
        store.close()
    return folder


@pytest.fixture
def sealed(template: Path, tmp_path: Path) -> Sealed:
    return Sealed(Path(shutil.copytree(template, tmp_path / "copy")))


def test_an_untouched_log_leads_to_every_head(sealed: Sealed) -> None:
    verdict = sealed.hold(*sealed.heads)
    assert verdict.ok and verdict.position == 30
    assert sealed.seals.latest() == sealed.heads[-1]
    assert [heads.verify(head.note, [KEY.public_key()]).size for head in sealed.heads] == [10, 20, 30]


def test_sealing_again_takes_only_what_is_new_and_nothing_where_nothing_is(sealed: Sealed) -> None:
    store = written(sealed.folder, 33)
    seen: list[int] = []
    head = seal(store, sealed.seals, KEY, now(), seen.append)
    assert head is not None and head.size == 33 and seen == [3]
    assert seal(store, sealed.seals, KEY, now()) is None
    store.close()


def test_a_head_is_believed_only_with_a_signature_of_the_key(sealed: Sealed) -> None:
    note = sealed.heads[0].note
    with pytest.raises(Unsigned, match="not signed by the key"):
        heads.verify(note, [OTHER_KEY.public_key()])
    with pytest.raises(Unsigned, match="is false"):
        heads.verify(note.replace("\n10\n", "\n11\n"), [KEY.public_key()])
    witness = note + "— witness.example/w " + note.rpartition(" ")[2]
    assert heads.verify(witness, [KEY.public_key()]).size == 10
    for broken in ("", "x", note[:-30], note.replace("\n\n", "\n"), note.replace("sealed", "salted"), "\x00" + note):
        with pytest.raises(Unsigned):
            heads.verify(broken, [KEY.public_key()])


def test_heads_are_signed_notes_as_others_write_them() -> None:
    """The example in the documentation of Go's sumdb/note, which C2SP signed notes are."""
    text = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    body, [(name, signature)] = heads._parts(text)
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = heads.read_verifier_key(vkey)
    assert (name, signature[:4].hex()) == ("PeterNeumann", "c74f20a3")
    assert heads.verifier_key(name, key) == vkey
    key.verify(signature[4:], body.encode())


def test_a_torn_line_of_heads_is_overwritten_by_the_next(sealed: Sealed) -> None:
    with (sealed.folder / "seals" / "heads").open("a") as file:
        file.write('"daybook-log/cut off in the mid')
    assert sealed.seals.latest() == sealed.heads[-1] == list(sealed.seals.heads())[-1]
    store = written(sealed.folder, 31)
    head = seal(store, sealed.seals, KEY, now())
    store.close()
    assert [one.size for one in sealed.seals.heads()] == [10, 20, 30, 31] and sealed.seals.latest() == head


@pytest.mark.parametrize("lost", ["tree", "tree/0"])
def test_a_lost_tree_is_grown_again_from_the_log(sealed: Sealed, lost: str) -> None:
    path = sealed.folder / "seals" / lost
    shutil.rmtree(path) if path.is_dir() else path.write_bytes(b"\x01" * 32 * 30)
    assert sealed.hold().ok
    store = written(sealed.folder, 31)
    head = seal(store, sealed.seals, KEY, now())
    store.close()
    assert head is not None and sealed.hold(*sealed.heads, head).ok


# --- what is done to it


def test_history_written_anew_with_all_its_hashes_is_named_by_the_tree(sealed: Sealed) -> None:
    rewritten(sealed.folder, 14, "What never happened")
    assert verify_log(partial(EventStore, sealed.folder / "events.db")).ok, "the chain alone cannot know"
    verdict = sealed.hold()
    assert (verdict.ok, verdict.position, verdict.stream, verdict.version) == (False, 14, "article-6", 2)
    store = written(sealed.folder, 31)
    with pytest.raises(Altered, match=r"position 14 \(article-6, version 2\): it is not what was sealed"):
        seal(store, sealed.seals, KEY, now())
    store.close()
    assert len(list(sealed.seals.heads())) == 3, "and nothing is signed over it"


def test_where_the_tree_went_too_the_heads_tell_between_which_events_it_was(sealed: Sealed) -> None:
    rewritten(sealed.folder, 14, "What never happened")
    shutil.rmtree(sealed.folder / "seals" / "tree")
    verdict = sealed.hold()
    assert not verdict.ok and "the events 11 to 20 are not those" in verdict.reason and verdict.position == 11
    store = written(sealed.folder, 31)
    with pytest.raises(Altered, match="one of the first 30 events is not what was sealed"):
        seal(store, sealed.seals, KEY, now())
    store.close()


def test_history_that_was_signed_again_with_the_stolen_key_is_found_by_a_head_kept_elsewhere(sealed: Sealed) -> None:
    elsewhere = sealed.heads[1:]
    rewritten(sealed.folder, 25, "What never happened")
    shutil.rmtree(sealed.folder / "seals")
    store = written(sealed.folder, 30)
    seal(store, sealed.seals, KEY, now())
    store.close()
    assert sealed.hold().ok, "who has the key and everything else, has everything"
    verdict = sealed.hold(*elsewhere)
    assert not verdict.ok and "the events 21 to 30 are not those that were sealed" in verdict.reason


def test_an_end_that_was_cut_off_is_found(sealed: Sealed) -> None:
    tampered(sealed.folder, lambda raw: raw.execute("DELETE FROM events WHERE position > 27"))
    verdict = sealed.hold()
    assert (verdict.ok, verdict.position) == (False, 28)
    assert "the log ends at 27, but 30 events were sealed" in verdict.reason
    (sealed.folder / "seals" / "heads").unlink()
    assert "is noted for position 28: its end was cut off" in sealed.hold().reason
    tampered(sealed.folder, lambda raw: raw.execute("DELETE FROM commands WHERE last_position > 27"))
    assert sealed.hold().ok
    assert "its end was cut off" in sealed.hold(sealed.heads[-1]).reason
    store = EventStore(sealed.folder / "events.db")
    store.close()


def test_another_log_is_not_held_to_be_this_one(sealed: Sealed, tmp_path: Path) -> None:
    written(tmp_path, 30).close()
    verdict = hold(partial(EventStore, tmp_path / "events.db"), Seals(tmp_path / "s").tree, [sealed.heads], workers=1)
    assert not verdict.ok and "the head is of daybook-log/" in verdict.reason


def test_since_the_last_seal_only_what_is_new_is_read_and_what_came_before_is_known_by_its_last(sealed: Sealed) -> None:
    written(sealed.folder, 35).close()
    seen: list[int] = []
    here = partial(EventStore, sealed.folder / "events.db")
    last = sealed.heads[-1]

    def check() -> Verdict:
        return hold(here, sealed.seals.tree, [[last]], after=last, workers=1, advance=seen.append)

    assert check().ok and seen == [5]
    tampered(sealed.folder, lambda raw: raw.execute("UPDATE events SET data = '{}' WHERE position = 33"))
    assert check().position == 33
    rewritten(sealed.folder, 14, "What never happened")
    assert (check().position, check().ok) == (14, False)


def test_a_file_of_heads_is_one_note_or_a_line_each(sealed: Sealed, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    for head in sealed.heads:
        append_head(kept, head)
    assert read_heads(kept.read_text()) == sealed.heads
    assert read_heads(sealed.heads[0].note) == sealed.heads[:1]
    for wrong in ('"x"\n', '"\n', "", "{}"):
        with pytest.raises(Unsigned):
            read_heads(wrong)


def test_processes_find_the_same_as_one(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events.db")
    store.append(unit("article-1", 0, drafted(), *[headline(str(number)) for number in range(25_000)]))
    store.close()
    here = partial(EventStore, tmp_path / "events.db")
    assert verify_log(here, workers=2) == verify_log(here, workers=1)
    assert verify_log(here, workers=2).position == 25_001
    tampered(tmp_path, lambda raw: raw.execute("DELETE FROM events WHERE position = 20000"))
    found = verify_log(here, workers=2)
    assert found == verify_log(here, workers=1) and found.reason == "is missing"
    assert (found.ok, found.position, found.stream, found.version) == (False, 20_000, "article-1", 20_000)
