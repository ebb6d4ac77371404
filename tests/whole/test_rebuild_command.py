"""What ``flask rebuild-index`` says and does where it cannot do what was asked for."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cms.operating.alone import NAME, alone
from tests.whole.conftest import ROOT, command, environment, flask
from views.locks import Busy

HINDERED = """
import sys
from app import create_app
from cms.cli.phases import Phases
from cms.cli.rebuild import rebuild_index_
import views.build, views.rebuild, views.rendering
views.build.PAGE, views.build.BATCH, views.rendering.CHUNK = 100, 1, 10
wanted, how = sys.argv[1], sys.argv[2]
told = Phases.__call__
def tell(self, phase, done, total):
    told(self, phase, done, total)
    if phase == wanted and done >= 10:
        raise KeyboardInterrupt if how == "interrupt" else OSError(28, "No space left on device")
Phases.__call__ = tell
if how == "full":
    views.rebuild.room_to_keep = lambda _: False
with create_app().app_context():
    rebuild_index_.main(["--jobs", "0"])
"""


NIGHTLY = """
from app import create_app
from cms.cli.nightly import nightly
with create_app().app_context():
    nightly.main([])
"""


def serving(var: Path) -> dict[str, str]:
    """The generation of each part that serves."""
    return {name: os.readlink(var / name) for name in ("views.db", "index/current", "desk-index/current")}


def hindered(var: Path, phase: str, how: str) -> tuple[int, str]:
    """A rebuild that does not come to its end; its exit code and what it said."""
    words = [sys.executable, "-c", HINDERED, phase, how]
    done = subprocess.run(words, env=environment(var), cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_all_parts_go_back_and_are_named(ledger: Path) -> None:
    command(ledger, "rebuild-index")
    before = serving(ledger)
    command(ledger, "rebuild-index")
    went = subprocess.run(
        flask("rebuild-index", "--rollback"), env=environment(ledger), capture_output=True, text=True, check=True
    )
    assert serving(ledger) == before
    assert all(part in went.stdout for part in ("the views to", "the search index to", "the desk's index to"))


def test_where_one_part_cannot_go_back_none_does(ledger: Path) -> None:
    command(ledger, "rebuild-index")
    command(ledger, "rebuild-index")
    (ledger / "index" / "current.previous").unlink()
    before = serving(ledger)
    said = command(ledger, "rebuild-index", "--rollback", status=1)["error"]
    assert serving(ledger) == before
    assert said.startswith("Nothing was changed: there is no search index") and "--only views goes back" in said
    command(ledger, "rebuild-index", "--rollback", "--only", "views")
    assert serving(ledger) == {**before, "views.db": os.readlink(ledger / "views.db")} != before


def test_one_at_a_time_rebuilds_or_compares_and_the_other_is_told_who_does(ledger: Path) -> None:
    before = serving(ledger)
    with alone(ledger):
        for words in (["rebuild-index"], ["rebuild-index", "--dry-run"], ["rebuild-index", "--rollback"],
                      ["views", "verify"], ["views", "rebuild"]):  # fmt: skip
            said = command(ledger, *words, status=1)["error"]
            assert f"process {os.getpid()} is at it" in said
        nightly = subprocess.run(
            [sys.executable, "-c", NIGHTLY], env=environment(ledger), cwd=ROOT, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert nightly.returncode == 1 and f"process {os.getpid()} is at it" in nightly.stderr
        with pytest.raises(Busy), alone(ledger):
            pass
    assert serving(ledger) == before and not (ledger / "rebuild.json").exists()
    with (ledger / NAME).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody kept it


def test_options_that_were_not_typed_are_not_complained_of(ledger: Path) -> None:
    for words in (["--rollback", "--dry-run"], ["--dry-run", "--only", "index"]):
        done = subprocess.run(
            flask("rebuild-index", *words), env=environment(ledger), capture_output=True, text=True, check=False
        )
        assert done.returncode == 2 and "--dry-run goes with neither" in done.stderr and "--diff" not in done.stderr


def test_interrupted_it_says_what_serves_and_how_to_go_on(ledger: Path) -> None:
    code, said = hindered(ledger, "events", "interrupt")
    assert code == 130
    assert "What was in use before goes on serving. flask rebuild-index --resume goes on" in said
    code, said = hindered(ledger, "documents", "interrupt")
    assert code == 130
    assert "In use: the new views; else what was before. flask rebuild-index --resume goes on" in said
    assert command(ledger, "rebuild-index", "--resume")["resumed"]["views"] > 0


def test_where_a_full_disk_keeps_nothing_nobody_is_sent_to_resume(ledger: Path) -> None:
    before = serving(ledger)
    code, said = hindered(ledger, "events", "full")
    assert code == 1 and "No space left" in said
    assert "Nothing unfinished was kept: flask rebuild-index begins anew" in said and "--resume" not in said
    assert serving(ledger) == before
    assert not list(ledger.glob("*building*"))
