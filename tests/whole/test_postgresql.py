"""A newsroom that moves to PostgreSQL: equal, provably; and there nothing is missed that files can do."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient

from app import create_app
from cms.house import House
from cms.settings import load_settings
from tests.postgres import address
from tests.whole.conftest import command, environment, flask


@pytest.fixture
def moved(ledger: Path, tmp_path: Path, postgres: str) -> Path:
    """The demo newsroom with its log and its views in PostgreSQL."""
    command(ledger, "log", "export", str(tmp_path / "log"))
    command(ledger, "log", "import", str(tmp_path / "log"), DAYBOOK_EVENTS_URL=postgres)
    for path in [*ledger.glob("events.db*"), *ledger.glob("views*")]:
        path.unlink()
    return ledger


@contextmanager
def serving(var: Path, url: str) -> Iterator[tuple[House, FlaskClient]]:
    given = {"DAYBOOK_VAR": str(var), "DAYBOOK_PASSWORD_MEMORY": "64", "DAYBOOK_EVENTS_URL": url}
    app = create_app(load_settings(given, dotenv=None))
    house: House = app.extensions["daybook"]
    try:
        yield house, app.test_client()
    finally:
        house.close()


def schemas(url: str) -> set[str]:
    with psycopg.connect(address(url)) as raw:
        rows = raw.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^views_'").fetchall()
    return {row[0] for row in rows}


def test_a_newsroom_that_moved_proves_that_nothing_differs(
    demo: Path, moved: Path, tmp_path: Path, postgres: str
) -> None:
    stayed = shutil.copytree(demo, tmp_path / "stayed", symlinks=True)  # what is found out is written down there
    before = command(stayed, "views", "verify")
    assert command(moved, "rebuild-index", DAYBOOK_EVENTS_URL=postgres)["verified"] is True
    after = command(moved, "views", "verify", DAYBOOK_EVENTS_URL=postgres)
    assert (after["digest"], after["position"]) == (before["digest"], before["position"])
    assert not list(moved.glob("views*")) or {path.name for path in moved.glob("views*")} <= {"views.lock"}
    status = command(moved, "views", "status", DAYBOOK_EVENTS_URL=postgres)
    assert status["generation"] == "views_1" and not status["faults"]


def test_it_serves_rebuilds_and_finds_what_was_altered_there_as_well(moved: Path, postgres: str) -> None:
    command(moved, "rebuild-index", DAYBOOK_EVENTS_URL=postgres)
    with serving(moved, postgres) as (house, reader):
        paths = [entry.path for entry in house.reader().sitemap("/", 0, 50)]
        assert all(reader.get(path).status_code == 200 for path in paths) and len(paths) > 30
        known = reader.get("/search.json?q=harbour").json["total"]
        rebuilding = subprocess.Popen(
            flask("rebuild-index"), env=environment(moved, DAYBOOK_EVENTS_URL=postgres), stderr=subprocess.DEVNULL
        )
        while not list(moved.glob("views.aside.*")) and rebuilding.poll() is None:
            time.sleep(0.01)
        os.kill(rebuilding.pid, signal.SIGKILL)
        rebuilding.wait()
        assert reader.get(paths[0]).status_code == 200 and list(moved.glob("views.aside.*"))
        with psycopg.connect(address(postgres), autocommit=True) as raw:
            for schema in schemas(postgres):
                raw.execute(f"DROP SCHEMA {schema} CASCADE".encode())
            raw.execute("DELETE FROM views.serving")
        gone = reader.get(paths[0])
        assert gone.status_code == 503 and int(gone.headers["Retry-After"]) > 0
        assert reader.get("/readyz").status_code == 503
        assert command(moved, "rebuild-index", DAYBOOK_EVENTS_URL=postgres)["verified"] is True
        assert all(reader.get(path).status_code == 200 for path in paths) and not list(moved.glob("views.aside.*"))
        assert reader.get("/search.json?q=harbour").json["total"] == known
        assert reader.get("/readyz").json == {**reader.get("/readyz").json, "ok": True, "faults": []}
        with psycopg.connect(address(postgres), autocommit=True) as raw:
            [schema] = schemas(postgres)
            raw.execute(f"UPDATE {schema}.desk SET headline = 'Bought by a rival' WHERE article =".encode() +
                        f" (SELECT max(article) FROM {schema}.desk)".encode())
    answer = command(moved, "views", "verify", status=1, DAYBOOK_EVENTS_URL=postgres)
    differences = [difference for view in answer["views"] for difference in view["differences"]]
    assert [(one["table"], one["column"], one["found"]) for one in differences] == [
        ("desk", "headline", "Bought by a rival")
    ]
