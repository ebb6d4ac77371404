"""``flask import``, as an operator and a machine meet it."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from cms import cli
from cms.house import House
from cms.settings import load_settings
from events.event import Meta
from tests.importing.source import BRIDGE, history, record, revision, write


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A Daybook with an empty newsroom and no pages."""
    settings = load_settings({"DAYBOOK_VAR": str(tmp_path / "var")}, dotenv=None)
    app = Flask("daybook")
    app.extensions["daybook"] = House(settings)
    cli.register(app)
    return app


def run(app: Flask, *words: str) -> tuple[int, str, str]:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["import", *words])
    return result.exit_code, result.stdout, result.stderr


def counted(out: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out)
    assert found.pop("seconds") >= 0 and "run" in found and found.pop("run") is not None
    return found


def test_articles_are_taken_and_counted(app: Flask, tmp_path: Path) -> None:
    path = str(write(tmp_path / "a.jsonl", [BRIDGE, record(id="ledger-2")], zipped=True))
    code, out, _ = run(app, "articles", path, "--json")
    assert code == 0
    found = counted(out)
    assert found.pop("events") > 10
    assert found == {
        "ok": True, "records": 2, "taken": 2, "changed": 0, "updated": 0, "skipped": 0, "refused": 0, "refusals": [],
    }  # fmt: skip
    code, out, _ = run(app, "articles", path)
    assert code == 0
    assert out.startswith("2 records: 0 taken, 0 changed, 2 skipped, 0 refused; 0 events in ")


def metas(app: Flask) -> list[Meta]:
    return [recorded.meta for recorded in app.extensions["daybook"].store.read_all()]


def test_every_event_of_a_run_is_found_by_the_run(app: Flask, tmp_path: Path) -> None:
    for id in ("ledger-1", "ledger-2"):
        path = write(tmp_path / f"{id}.jsonl", [record(id=id)])
        _, out, _ = run(app, "articles", str(path), "--json")
        told = json.loads(out)
        assert [meta.correlation for meta in metas(app)][-told["events"] :] == [told["run"]] * told["events"]
    assert len({meta.correlation for meta in metas(app)}) == 2
    path = write(tmp_path / "more.jsonl", [record(id="ledger-3")])
    with app.app_context():
        words = run(app, "articles", str(path))[1].rpartition("All that it appended: flask ")[2].split()
        lines = app.test_cli_runner().invoke(args=[*words, "--json"]).stdout.splitlines()
    assert {json.loads(line)["meta"]["correlation"] for line in lines} == {words[-1]}
    assert len(lines) == sum(meta.correlation == words[-1] for meta in metas(app)) > 5


def test_redirects_of_one_file_are_tied_together(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "moved.csv"
    file.write_text("/old,/a\n/older,/b\n")
    told = json.loads(run(app, "redirects", str(file), "--json")[1])
    assert told["taken"] == 2 and {meta.correlation for meta in metas(app)} == {told["run"]}


def test_a_refused_record_is_told_and_is_the_exit_code(app: Flask, tmp_path: Path) -> None:
    path = str(write(tmp_path / "a.jsonl", [BRIDGE, b"{", record(id="ledger-2")]))
    code, out, err = run(app, "articles", path)
    assert code == 1
    assert "Refused: a.jsonl, line 2: not JSON" in err
    assert "3 records: 2 taken, 0 changed, 0 skipped, 1 refused" in out
    code, out, _ = run(app, "articles", path, "--json")
    assert code == 1
    assert counted(out)["refusals"][0]["place"] == "a.jsonl, line 2"


def test_a_strict_run_stops_and_says_where(app: Flask, tmp_path: Path) -> None:
    path = str(write(tmp_path / "a.jsonl", [BRIDGE, b"{", record(id="ledger-2")]))
    code, out, err = run(app, "articles", path, "--strict", "--json")
    assert code == 1
    assert "Stopped at a.jsonl, line 2" in err
    found = counted(out)
    assert (found["ok"], found["taken"], found["refused"], found["records"]) == (False, 1, 1, 2)


def test_what_changed_is_pointed_out(app: Flask, tmp_path: Path) -> None:
    run(app, "articles", str(write(tmp_path / "a.jsonl", [BRIDGE])))
    changed = str(write(tmp_path / "a.jsonl", [record(headline="Bridge shut")]))
    code, out, _ = run(app, "articles", changed)
    assert code == 0
    assert "1 changed" in out
    assert "see --update" in out
    assert counted(run(app, "articles", changed, "--update", "--json")[1])["updated"] == 1


def test_histories_are_replayed(app: Flask, tmp_path: Path) -> None:
    path = str(write(tmp_path / "e.jsonl", [history(revision(1, "create"), revision(2, headline="Shut"))]))
    code, out, _ = run(app, "edits", path, "--json")
    assert code == 0
    assert counted(out)["taken"] == 2


def test_a_file_that_breaks_off_is_not_begun(app: Flask, tmp_path: Path) -> None:
    whole = write(tmp_path / "a.jsonl", [record(id=f"ledger-{number}") for number in range(99)], zipped=True)
    whole.write_bytes(whole.read_bytes()[:-30])
    code, out, err = run(app, "articles", str(whole), "--json")
    assert code == 1
    assert "cannot be read" in err
    assert "Nothing was taken" in err
    assert counted(out)["records"] == 0


def test_bad_usage_is_said_so(app: Flask) -> None:
    assert run(app, "articles")[0] == 2
    assert run(app, "articles", "there-is-no-such-file.jsonl")[0] == 2
