"""A backup is whole whoever writes while it is taken, and is restored into either engine with its seals."""

import os
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cms.keys import KeyRing
from cms.media import Media
from cms.operating import backup
from cms.operating.backup import BackupRefused, back_up, restore
from cms.people.accounts import Accounts
from cms.settings import Settings, load_settings
from events.following.ledger import Decision, Ledger, Standing, beside
from events.following.subscription import Subscription
from events.instant import now
from events.seal.holding import hold
from events.seal.sealing import seal
from events.seal.seals import Seals
from events.store import EventStore, Unit, Write
from tests.events.conftest import META, drafted, headline
from tests.whole.conftest import ROOT

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WRITER = """
import sys
from pathlib import Path
from uuid import uuid4
from events.store import EventStore, Unit, Write
from tests.events.conftest import META, headline
store = EventStore(sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1]))
stream, version = f"article-{sys.argv[2]}", 0
while True:
    events = [headline(f"{version} {part}") for part in range(3)]
    store.append(Unit(command_id=uuid4(), writes=[Write(stream, version, events)], meta=META))
    version += 3
    print(version, flush=True)
"""


def settings(var: Path, url: str = "") -> Settings:
    given = {"DAYBOOK_VAR": str(var), "DAYBOOK_PASSWORD_MEMORY": "64", "DAYBOOK_EVENTS_URL": url}
    return load_settings(given, dotenv=None)


def people(settings: Settings) -> Accounts:
    return Accounts(settings.accounts, password_memory=64, secret=settings.secret())


@pytest.fixture(params=["sqlite", "postgres"])
def newsroom(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A log that is sealed, what followers know, an account, a key, a picture; on each engine."""
    made = settings(tmp_path / "var", request.getfixturevalue("postgres") if request.param == "postgres" else "")
    with closing(EventStore(made.log)) as store:
        events = [drafted(), *[headline(str(number)) for number in range(500)]]
        store.append(Unit(command_id=uuid4(), writes=[Write("article-0", 0, events)], meta=META))
        seal(store, Seals(made.seals), KEY, now())
        with closing(Ledger(beside(made.log))) as ledger:
            ledger.move(Standing(name="mail"), 7, next(store.rows(6, 7)).chain_hash)
            for position, what in ((3, "parked"), (5, "parked"), (3, "unparked")):
                ledger.decide(Decision(name="views", position=position, what=what, why="why", who="anna", at=now()))
    accounts = people(made)
    accounts.add("anna@news.example", "Anna Reed", "editor")
    accounts.close()
    KeyRing(made.keys).key_for("source-1")
    Media(made.media).put(b"not a picture, but the library does not look")
    made.secret()
    return made


def known_to_followers(settings: Settings) -> tuple[list[Standing], list[Decision], set[int]]:
    with closing(Ledger(beside(settings.log))) as ledger:
        return ledger.standings(), ledger.decisions(), set(ledger.parked("views"))


def test_a_copy_taken_while_others_write_and_seal_is_whole(newsroom: Settings, tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(newsroom.log), str(n)], cwd=ROOT, stdout=subprocess.PIPE)
        for n in (1, 2)
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None and writer.stdout.readline()  # it is at work
        with closing(EventStore(newsroom.log)) as store:
            seal(store, Seals(newsroom.seals), KEY, now())
        manifest = back_up(newsroom, tmp_path / "copy")
        still = [writer.poll() for writer in writers]
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    assert still == [None, None], "they wrote until after it was taken"
    with closing(EventStore(newsroom.log)) as store:
        assert store.head().position >= manifest.events > 501
    held = sorted(path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*"))
    assert {name for name in held if (tmp_path / "copy" / name).is_file()} == {"manifest.json", *manifest.files}
    assert {"accounts.db", "keys.db", "secret", "seals/heads"} <= set(manifest.files)

    elsewhere = settings(tmp_path / "elsewhere")
    restore(elsewhere, tmp_path / "copy")
    with closing(EventStore(elsewhere.log)) as store:
        assert store.head().position == manifest.events
        assert all((c.last_position - c.first_position) in (2, 500) for c in store.commands()), "each command whole"
    seals = Seals(elsewhere.seals)
    heads = list(seals.heads())
    assert len(heads) == 2
    verdict = hold(partial(EventStore, elsewhere.log), seals.tree, [heads])
    assert verdict.ok and verdict.chain_hash == manifest.chain_hash
    with pytest.raises(BackupRefused, match="There is a log at"):
        restore(elsewhere, tmp_path / "copy")


def test_a_power_cut_afterwards_takes_nothing_of_it(
    newsroom: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, fsync = set(), os.fsync

    def noted(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    def forgotten(folder: Path) -> list[str]:
        """What is not known to be on the disk; a database of SQLite has seen to itself."""
        every = [path for path in (folder, *folder.rglob("*")) if path.suffix != ".db" and ".db-" not in path.name]
        return [path.name for path in every if path.stat().st_ino not in synced]

    monkeypatch.setattr(os, "fsync", noted)
    back_up(newsroom, tmp_path / "copy")
    assert not forgotten(tmp_path / "copy")
    elsewhere = settings(tmp_path / "elsewhere")
    restore(elsewhere, tmp_path / "copy")
    assert not forgotten(elsewhere.media) and not forgotten(elsewhere.seals) and not forgotten(elsewhere.var)


def test_it_is_restored_into_the_other_engine(newsroom: Settings, tmp_path: Path, postgres: str) -> None:
    """The databases of a test are one server's: on PostgreSQL the copy goes to a file and from there into a schema."""
    made = back_up(newsroom, tmp_path / "copy")
    file = settings(tmp_path / "file")
    restore(file, tmp_path / "copy")
    if not newsroom.events_url:
        other = settings(tmp_path / "other", postgres)
        restore(other, tmp_path / "copy")
        with closing(EventStore(other.log)) as store:
            assert store.head().chain_hash.hex() == made.chain_hash
        assert known_to_followers(other) == known_to_followers(newsroom)
        with closing(Ledger(beside(other.log))) as ledger:  # and goes on from there
            ledger.decide(Decision(name="views", position=9, what="parked", why="why", who="anna", at=now()))
            assert set(ledger.parked("views")) == {5, 9}
        with pytest.raises(BackupRefused, match="There is a log in this database"):
            restore(other, tmp_path / "copy")
        assert back_up(other, tmp_path / "again").chain_hash == made.chain_hash
    with closing(EventStore(file.log)) as store:
        assert store.head().chain_hash.hex() == made.chain_hash
    assert known_to_followers(file) == known_to_followers(newsroom)
    assert known_to_followers(file)[2] == {5}
    accounts = people(file)
    assert accounts.find("anna@news.example") and KeyRing(file.keys).find_key("source-1")
    accounts.close()


def test_no_follower_in_a_copy_is_ahead_of_the_log_in_it(
    newsroom: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_log = backup._copy_log

    def and_then_all_goes_on(settings: Settings, aside: Path) -> dict[str, str]:
        copied = copy_log(settings, aside)
        with closing(EventStore(settings.log)) as store, closing(Ledger(beside(settings.log))) as ledger:
            store.append(Unit(command_id=uuid4(), writes=[Write("article-1", 0, [drafted()])], meta=META))
            ledger.move(ledger.standing("mail"), 502, store.head().chain_hash)
        return copied

    monkeypatch.setattr(backup, "_copy_log", and_then_all_goes_on)
    back_up(newsroom, tmp_path / "copy")
    elsewhere = settings(tmp_path / "elsewhere")
    restore(elsewhere, tmp_path / "copy")
    with closing(EventStore(elsewhere.log)) as store, closing(Ledger(beside(elsewhere.log))) as ledger:
        seen: list[int] = []
        mail = Subscription(store, ledger, "mail", lambda events: seen.extend(one.position for one in events))
        assert mail.step() == "moved" and seen == list(range(8, store.head().position + 1))


def test_a_log_that_is_not_what_was_sealed_is_not_backed_up(newsroom: Settings, tmp_path: Path) -> None:
    line = (newsroom.seals / "heads").read_text()
    (newsroom.seals / "heads").write_text(line.replace("\\n501\\n", "\\n502\\n"))
    with pytest.raises(BackupRefused, match="its end was cut off"):
        back_up(newsroom, tmp_path / "copy")
    assert not (tmp_path / "copy").exists() and not list(tmp_path.glob(".copy*"))
