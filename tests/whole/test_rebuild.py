"""Everything that readers see can be thrown away and made again, and whoever altered it is found out."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from cms.house import House
from cms.operating.rebuilding import verify_index
from cms.settings import load_settings
from search.shapes import Query
from search.writing import Batch
from tests.whole.conftest import command, environment, flask

LITTER = ("views.db.*", "index/[0-9]*", "verify-*")


@contextmanager
def serving(var: Path) -> Iterator[tuple[House, FlaskClient]]:
    """A server on this newsroom, in this process."""
    app = create_app(load_settings({"DAYBOOK_VAR": str(var), "DAYBOOK_PASSWORD_MEMORY": "64"}, dotenv=None))
    house: House = app.extensions["daybook"]
    try:
        yield house, app.test_client()
    finally:
        house.close()


def generations(var: Path) -> list[str]:
    """What a rebuild makes and leaves, by name."""
    made = [path for pattern in LITTER for path in var.glob(pattern)]
    return sorted(path.name for path in made if not path.name.endswith(("-wal", "-shm", ".lock")))


def test_views_and_index_thrown_away_are_made_again_from_the_log_alone(ledger: Path) -> None:
    with serving(ledger) as (house, _):
        _, before = house.views.digests()
        documents = list(house.index.digests(house.now()))
    for path in [*ledger.glob("views.db*"), *ledger.glob("index*")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    answer = command(ledger, "rebuild-index")
    assert answer["verified"] is True and answer["events"] == command(ledger, "log", "stats")["events"]
    with serving(ledger) as (house, _):
        assert house.views.digests()[1] == before
        assert list(house.index.digests(house.now())) == documents


def test_a_server_whose_views_were_deleted_answers_503_and_takes_up_the_new_ones_by_itself(ledger: Path) -> None:
    with serving(ledger) as (_, reader):
        assert reader.get("/").status_code == 200
        for path in ledger.glob("views.db*"):
            path.unlink()
        shutil.rmtree(ledger / "index")
        gone = reader.get("/")
        assert gone.status_code == 503 and int(gone.headers["Retry-After"]) > 0
        assert reader.get("/search?q=harbour").status_code == 503
        assert reader.get("/readyz").status_code == 503
        command(ledger, "rebuild-index")
        assert reader.get("/").status_code == 200
        assert reader.get("/search.json?q=harbour").json["total"] > 0
        assert reader.get("/readyz").json == {**reader.get("/readyz").json, "ok": True, "faults": []}


def test_readers_notice_nothing_of_a_rebuild(ledger: Path) -> None:
    with serving(ledger) as (house, reader):
        known = reader.get("/search.json?q=harbour").json["total"]
        paths = [entry.path for entry in house.reader().sitemap("/", 0, 50)]
        assert known > 5 and len(paths) > 30
        rebuilding = subprocess.Popen(flask("rebuild-index"), env=environment(ledger), stderr=subprocess.DEVNULL)
        rounds = 0
        while rebuilding.poll() is None or rounds < 3:
            for path in random.sample(paths, 10):
                assert reader.get(path).status_code == 200
            assert reader.get("/search.json?q=harbour").json["total"] == known
            rounds += 1
        assert rebuilding.returncode == 0


@pytest.mark.parametrize("seconds", [0.6, 0.9, 1.2, 1.6])
def test_a_rebuild_that_is_killed_leaves_the_old_ones_serving_and_the_next_clears_up(
    ledger: Path, seconds: float
) -> None:
    with serving(ledger) as (_, reader):
        known = reader.get("/search.json?q=harbour").json["total"]
        rebuilding = subprocess.Popen(flask("rebuild-index"), env=environment(ledger), stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        os.kill(rebuilding.pid, signal.SIGKILL)
        rebuilding.wait()
        assert reader.get("/").status_code == 200
        assert reader.get("/search.json?q=harbour").json["total"] == known
        assert command(ledger, "rebuild-index")["verified"] is True
        assert reader.get("/search.json?q=harbour").json["total"] == known
    kept = [name for name in generations(ledger) if name.startswith("views.db.")]
    assert len(kept) == 3 and kept[-1] == "views.db.previous"  # what serves, and what served before
    assert len(list((ledger / "index").glob("[0-9]*"))) == 2
    assert not list(ledger.glob("verify-*"))


def test_what_was_verified_is_told_of_both_indexes(ledger: Path) -> None:
    said = subprocess.run(flask("views", "verify"), env=environment(ledger), capture_output=True, text=True, check=True)
    index, desk = (line.split() for line in said.stdout.splitlines() if line.split()[0] in ("index", "desk-index"))
    assert (index[2:4], desk[2:4]) == (["docs", "equal"], ["docs", "equal"])
    assert f"compared documents of both indexes: {int(index[1]) + int(desk[1])}" in said.stderr


def test_a_row_that_was_altered_by_hand_is_named(ledger: Path) -> None:
    assert command(ledger, "views", "verify")["ok"] is True
    with closing(sqlite3.connect((ledger / "views.db").resolve(), isolation_level=None)) as raw:
        raw.execute(
            "UPDATE published SET headline = 'Bought by a rival' WHERE rowid = (SELECT max(rowid) FROM published)"
        )
    answer = command(ledger, "views", "verify", status=1)
    differences = [difference for view in answer["views"] for difference in view["differences"]]
    assert [(d["table"], d["column"], d["found"]) for d in differences] == [
        ("published", "headline", "Bought by a rival")
    ]


def test_a_document_that_was_taken_out_by_hand_is_named(ledger: Path) -> None:
    with serving(ledger) as (house, _):
        assert verify_index(house).ok
        hit = house.index.search(Query(text="harbour", now=house.now())).hits[0]
        snapshot = house.index._current()
        robbed = Batch(snapshot)
        robbed.replace(hit.article, [])
        robbed.commit(snapshot.commit.position)
    verdict = command(ledger, "views", "verify", status=1)
    assert hit.key in str(verdict["index"])


def test_verifying_and_publishing_get_along(ledger: Path) -> None:
    with serving(ledger) as (house, _):
        stop = threading.Event()
        follower = threading.Thread(target=house.follow, args=(stop,))
        follower.start()
        try:
            assert command(ledger, "views", "verify")["ok"] is True
        finally:
            stop.set()
            follower.join()
