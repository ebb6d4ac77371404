"""Sealing, verifying and proving as an operator does it, and what is said when something is not as it was."""

import json
import socket
import sqlite3
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from cms.cli.log import log
from cms.health import look
from cms.house import House
from cms.operating.anchoring import NotPosted, post
from cms.operating.sealer import Sealer
from cms.settings import load_settings
from events.seal.heads import read
from events.seal.sealing import Altered
from tests.events.conftest import GUARDS, drafted, headline, unit


class Newsroom:
    """A Daybook in a folder, and its commands."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.var = folder / "var"
        given = {"DAYBOOK_VAR": str(self.var), "DAYBOOK_SEAL_KEY": str(folder / "safe" / "seal.key"), **more}
        self.app: Flask = create_app(load_settings(given, dotenv=None))
        self.house: House = self.app.extensions["daybook"]

    def write(self, stream: str = "article-1", events: int = 5) -> None:
        version = self.house.store.version(stream)
        first = [headline("first")] if version else [drafted("first")]
        rest = [headline(str(number)) for number in range(events - 1)]
        self.house.store.append(unit(stream, version, *first, *rest))

    def run(self, *words: str, status: int = 0, **given: Any) -> str:
        """What the command says, on both outputs."""
        return self._run(words, status, **given).output

    def answer(self, *words: str, status: int = 0) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._run((*words, "--json"), status).stdout)
        return answer

    def _run(self, words: Sequence[str], status: int, **given: Any) -> Result:
        with self.app.app_context():
            done = self.app.test_cli_runner().invoke(log, words, **given)
        assert done.exit_code == status, done.output
        return done

    def tamper(self, statement: str) -> None:
        with closing(sqlite3.connect(self.house.settings.events, isolation_level=None)) as raw:
            for guard in GUARDS:
                raw.execute(f"DROP TRIGGER IF EXISTS {guard}")
            raw.execute(statement)


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    made = Newsroom(tmp_path)
    made.write()
    yield made
    made.house.close()


@pytest.fixture
def sealed(newsroom: Newsroom) -> Newsroom:
    newsroom.run("key", "--make")
    assert newsroom.answer("seal")["size"] == 5
    return newsroom


def test_without_a_key_nothing_is_sealed_and_the_way_to_one_is_told(tmp_path: Path, newsroom: Newsroom) -> None:
    assert "Make one with: flask log key --make" in newsroom.run("seal", status=1)
    unset = Newsroom(tmp_path, DAYBOOK_SEAL_KEY="")
    assert "Set DAYBOOK_SEAL_KEY" in unset.run("seal", status=1)
    within = Newsroom(tmp_path, DAYBOOK_SEAL_KEY=str(tmp_path / "var" / "key"))
    assert "whoever has the log would have the key too" in within.run("key", "--make", status=1)
    assert list(newsroom.house.seals.heads()) == []


def test_the_key_is_for_its_owner_alone(sealed: Newsroom, tmp_path: Path) -> None:
    key = tmp_path / "safe" / "seal.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "is not overwritten" in sealed.run("key", "--make", status=1)
    key.chmod(0o640)
    sealed.write(events=1)
    assert "can be read by others" in sealed.run("seal", status=1)
    key.chmod(0o600)
    assert sealed.answer("seal")["size"] == 6
    key.write_text("not a key")
    assert "cannot be used as a key" in sealed.run("seal", status=1)


def test_heads_of_an_older_key_are_still_checked_after_a_new_one(sealed: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "safe" / "seal.key").rename(tmp_path / "old.key")
    sealed.run("key", "--make")
    sealed.write(events=1)
    sealed.run("seal")
    assert "Their signatures were checked." in sealed.run("verify")
    verified = sealed.answer("verify")
    assert (verified["heads"], verified["signatures_checked"]) == (2, True)


def test_sealing_says_what_is_new(sealed: Newsroom) -> None:
    assert "Nothing is new" in sealed.run("seal")
    sealed.write(events=2)
    assert sealed.answer("seal")["new"] is True
    assert [head["size"] for head in sealed.answer("heads")["heads"]] == [5, 7]
    assert sealed.answer("verify", "--since-last-seal")["since"] == 7


def test_what_was_altered_is_named_by_position_stream_and_version(sealed: Newsroom) -> None:
    sealed.tamper("""UPDATE events SET data = '{"headline":"Never"}' WHERE position = 3""")
    found = sealed.answer("verify", status=1)
    assert (found["first_bad_position"], found["stream"], found["version"]) == (3, "article-1", 3)
    sealed.write("article-2", 1)
    sealed.tamper("DELETE FROM events WHERE position = 2")
    assert "position 2 (article-1, version 2): is missing" in sealed.run("verify", status=1)


def test_an_end_that_was_cut_off_is_found_against_a_head_kept_elsewhere(sealed: Newsroom, tmp_path: Path) -> None:
    sealed.run("anchor", "--file", str(tmp_path / "anchors"))
    sealed.tamper("DELETE FROM events WHERE position > 4")
    assert "its end was cut off" in sealed.run("verify", status=1)
    (sealed.var / "seals" / "heads").unlink()
    assert "is noted for the positions 1 to 5: its end was cut off" in sealed.run("verify", status=1)
    sealed.tamper("UPDATE commands SET last_position = 4")
    assert sealed.answer("verify")["events"] == 4
    found = sealed.answer("verify", "--against", str(tmp_path / "anchors"), status=1)
    assert found["first_bad_position"] == 5 and "5 events were sealed" in found["reason"]


def test_damaged_heads_are_said_in_a_line_and_nothing_is_signed_over_them(sealed: Newsroom) -> None:
    kept = sealed.house.settings.seals / "heads"
    kept.write_text(kept.read_text().replace("sealed ", "salted "))
    sealed.write(events=1)
    for words in (("seal",), ("heads",), ("prove", "1"), ("anchor",), ("verify",), ("verify", "--since-last-seal")):
        assert "is not a head of Daybook's log" in sealed.answer(*words, status=1)["error"]
    assert any("the seals cannot be read" in fault for fault in look(sealed.house)["faults"])


def test_whether_it_is_ready_tells_how_far_it_is_sealed_and_that_it_no_longer_fits(sealed: Newsroom) -> None:
    sealed.write(events=1)
    assert look(sealed.house)["log"] == {"position": 6, "sealed": 5}
    sealed.tamper("DELETE FROM events WHERE position > 4")
    assert any("the log is not what was sealed: the log ends at 4" in fault for fault in look(sealed.house)["faults"])


def test_a_head_with_a_false_signature_is_not_believed(sealed: Newsroom, tmp_path: Path) -> None:
    other = Newsroom(tmp_path, DAYBOOK_SEAL_KEY=str(tmp_path / "other" / "key"))
    other.run("key", "--make")
    public = str(tmp_path / "other" / "key.pub")
    assert "not signed by the key" in sealed.run("verify", "--key", public, status=1)
    unset = Newsroom(tmp_path, DAYBOOK_SEAL_KEY="")
    assert "Their signatures were not checked." in unset.run("verify")
    (sealed.var / "seals" / "heads").unlink()
    assert "There are no signed heads to hold it against" in unset.run("verify")


def test_a_proof_is_checked_elsewhere_with_the_public_key_alone(sealed: Newsroom, tmp_path: Path) -> None:
    public = str(tmp_path / "safe" / "seal.key.pub")
    stranger = Newsroom(tmp_path / "elsewhere", DAYBOOK_SEAL_KEY="")
    for more in ((), ("--without-words",)):
        proof = sealed.run("prove", "3", *more)
        assert "article-1, version 3" in stranger.run("check-proof", "--key", public, "-", input=proof)
        false = proof.replace('"version": 3', '"version": 4')
        assert "does not hold" in stranger.run("check-proof", "--key", public, "-", input=false, status=1)
        assert "name its file with --key" in stranger.run("check-proof", "-", input=proof, status=1)
    assert not (tmp_path / "elsewhere" / "var" / "events.db").exists()
    sealed.write(events=3)
    assert "not sealed yet" in sealed.run("prove", "6", status=1)
    assert "no event at position 99" in sealed.run("prove", "99", status=1)
    sealed.run("seal")
    between = sealed.run("prove-consistency", "5")
    assert "first 5 events" in stranger.run("check-proof", "--key", public, "-", input=between)
    assert "flask log heads" in sealed.run("prove-consistency", "4", status=1)


# --- elsewhere


class Witness(HTTPServer):
    """Keeps what is posted to it."""

    kept: list[str]
    status = 200


@pytest.fixture
def witness() -> Iterator[Witness]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.kept.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(server.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = Witness(("127.0.0.1", 0), Handler)
    server.kept = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address(witness: Witness) -> str:
    return f"http://127.0.0.1:{witness.server_port}/heads?of=daybook"


def test_a_head_is_posted_as_it_is(sealed: Newsroom, witness: Witness) -> None:
    assert f"Posted to {address(witness)}" in sealed.run("anchor", "--url", address(witness))
    assert [read(note).size for note in witness.kept] == [5]
    witness.status = 302
    assert "answered 302" in sealed.run("anchor", "--url", address(witness), status=1)
    for wrong in ("ftp://127.0.0.1/", "file:///etc/passwd", "http://", "nonsense"):
        assert "is not an address" in sealed.run("anchor", "--url", wrong, status=1)


def test_a_place_that_does_not_answer_is_given_up(sealed: Newsroom) -> None:
    head = sealed.house.seals.latest()
    assert head is not None
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(NotPosted, match="could not be reached: timed out"):
            post(head, f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.2)


def test_the_follower_seals_when_it_is_due_and_posts_what_it_sealed(tmp_path: Path, witness: Witness) -> None:
    newsroom = Newsroom(
        tmp_path, DAYBOOK_SEAL_EVENTS="5", DAYBOOK_SEAL_SECONDS="100000", DAYBOOK_ANCHOR_URL=address(witness)
    )
    newsroom.run("key", "--make")
    house = newsroom.house
    sealer = Sealer(house.store, house.seals, house.settings)
    newsroom.write(events=4)
    assert sealer.step() is None
    newsroom.write(events=1)
    witness.status = 500
    with pytest.raises(NotPosted, match="500"):
        sealer.step()
    witness.status = 200
    assert sealer.step() is None, "it is sealed already, and only the posting was still to be done"
    assert [read(note).size for note in witness.kept] == [5, 5]
    newsroom.tamper("DELETE FROM events WHERE position > 3")
    with pytest.raises(Altered, match="cut off"):
        sealer.step()
    house.close()


def test_the_follower_seals_after_a_while_even_a_little(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path, DAYBOOK_SEAL_SECONDS="1")
    newsroom.run("key", "--make")
    newsroom.write(events=1)
    stopping = threading.Event()
    following = threading.Thread(target=newsroom.house.follow, args=(stopping,))
    following.start()
    waited = threading.Event()
    for _ in range(1200):
        if newsroom.house.seals.latest() is not None or waited.wait(0.05):
            break
    stopping.set()
    following.join()
    assert [head.size for head in newsroom.house.seals.heads()] == [1]
    newsroom.house.close()
