"""What goes wrong on a machine at night, and what Daybook says and saves then."""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from app import create_app
from cms.house import House
from events.instant import HOUR
from tests.whole.conftest import Clock, command, environment, flask
from tests.whole.test_rebuild import serving


def test_a_backup_taken_while_people_write_is_restored_whole(ledger: Path, tmp_path: Path) -> None:
    made = command(ledger, "backup", str(tmp_path / "copy"))
    stats = command(ledger, "log", "stats")
    assert (made["events"], made["head"]) == (stats["events"], stats["head"])
    assert command(ledger, "backup", str(tmp_path / "copy"), status=1)["ok"] is False, "it never overwrites one"
    elsewhere = tmp_path / "elsewhere"
    assert command(elsewhere, "restore", str(tmp_path / "copy"))["head"] == stats["head"]
    assert command(elsewhere, "rebuild-index")["verified"] is True
    assert command(elsewhere, "restore", str(tmp_path / "copy"), status=1)["error"].startswith("There is a log at")
    with serving(elsewhere) as (house, reader):
        assert reader.get("/").status_code == 200
        assert len(list(house.media.blobs())) > 30
        assert house.accounts.find("constance.reedmoor@harbourledger.example")


def test_a_backup_that_is_not_what_its_manifest_says_is_not_restored(ledger: Path, tmp_path: Path) -> None:
    command(ledger, "backup", str(tmp_path / "copy"))
    manifest = tmp_path / "copy" / "manifest.json"
    whole = json.loads(manifest.read_text())

    def refused(**changes: object) -> str:
        manifest.write_text(json.dumps({**whole, **changes}))
        error: str = command(tmp_path / "elsewhere", "restore", str(tmp_path / "copy"), status=1)["error"]
        assert not (tmp_path / "elsewhere" / "events.db").exists()
        return error

    assert "holds no log" in refused(files={})
    assert "no part of a newsroom" in refused(files={**whole["files"], "/etc/hostname": "0"})
    assert "no part of a newsroom" in refused(files={**whole["files"], "media/../../x": "0"})
    assert "is not what was backed up" in refused(files={**whole["files"], "events.db": "0" * 64})


def test_damaged_views_answer_503_say_so_and_are_made_anew(ledger: Path) -> None:
    (ledger / "views.db").resolve().write_bytes(b"not a database at all" * 500)
    with serving(ledger) as (_, reader):
        assert reader.get("/").status_code == 503
        assert "views" in str(reader.get("/readyz").json["faults"])
    assert command(ledger, "views", "status", status=1)["faults"]
    assert command(ledger, "views", "verify", status=1)["ok"] is False
    assert command(ledger, "rebuild-index")["verified"] is True
    with serving(ledger) as (_, reader):
        assert reader.get("/").status_code == 200


def test_an_index_that_was_made_from_another_log_is_not_believed(ledger: Path) -> None:
    for path in [*ledger.glob("events.db*"), *ledger.glob("views.db*")]:
        path.unlink()  # as if an older log had been restored: shorter than what the index has read
    with serving(ledger) as (house, reader):
        assert "index: ahead of the log" in " ".join(reader.get("/readyz").json["faults"])
        house.prepare(lambda _: None)
        assert reader.get("/readyz").json["ok"] is True
        assert house.index.status().documents == 0


def test_a_clock_behind_the_log_is_named_before_somebody_writes(ledger: Path) -> None:
    with serving(ledger) as (house, _):
        moment, settings = house.now(), house.settings
    app = create_app(settings, Clock(moment - HOUR))
    late: House = app.extensions["daybook"]
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503 and "behind the log's last event" in answer.json["faults"][0]
    late.close()


def test_every_ailment_is_one_line_and_one_object(ledger: Path, tmp_path: Path) -> None:
    for var, words in [
        (ledger, ("log", "export", "/proc/nowhere/log")),
        (ledger, ("log", "export", "--since", "9999999", str(tmp_path / "out"))),
        (ledger, ("log", "show", "99999999999999999999")),
        (ledger, ("backup", "/proc/nowhere/copy")),
    ]:
        done = subprocess.run(
            flask(*words, "--json"), env=environment(var), capture_output=True, text=True, check=False
        )
        assert done.returncode == 1, words
        assert json.loads(done.stdout)["ok"] is False
        assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) < 4


def test_a_setting_that_cannot_be_meant_is_bad_usage(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for wrong in (environment(ledger, DAYBOOK_VARR="x"), environment(tmp_path / "file")):
        done = subprocess.run(flask("log", "stats"), env=wrong, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "DAYBOOK_VAR" in done.stderr and "Traceback" not in done.stderr


def test_an_event_that_this_version_cannot_read_can_be_looked_at(ledger: Path) -> None:
    with closing(sqlite3.connect(ledger / "events.db", isolation_level=None)) as raw:
        head = raw.execute("SELECT max(position) FROM events").fetchone()[0]
        raw.execute(
            "INSERT INTO events SELECT position + 1, 'article-new', 1, 'article.dreamt', 1, '{}', meta, occurred_at,"
            " recorded_at, salt, content_hash, chain_hash FROM events WHERE position = ?",
            (head,),
        )
    shown = command(ledger, "log", "show", str(head + 1), status=1)
    assert shown["type"] == "article.dreamt" and "no event is called" in shown["error"]


def test_a_demo_that_was_killed_half_way_does_not_call_itself_whole(ledger: Path) -> None:
    (ledger / "demo.json").unlink()
    assert "not finished" in command(ledger, "demo", status=1)["error"]
