"""A rebuild that was killed, in whatever phase, is gone on with and makes what a plain one makes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole.conftest import ROOT, command, environment
from tests.whole.test_rebuild import generations

DYING = """
import os, signal, sys
from app import create_app
from cms.cli.phases import Phases
from cms.cli.rebuild import rebuild_index_
import search.building, search.rebuilding, views.build, views.rendering
views.build.PAGE, views.build.BATCH, views.rendering.CHUNK = 100, 1, 10
search.building.FULL, search.rebuilding.BATCH = 2000, 4
wanted, least = sys.argv[1], int(sys.argv[2])
told = Phases.__call__
def tell(self, phase, done, total):
    told(self, phase, done, total)
    if phase == wanted and done >= least:
        os.kill(os.getpid(), signal.SIGKILL)
Phases.__call__ = tell
with create_app().app_context():
    rebuild_index_.main(["--jobs", "0", "--json"])
"""
PHASES = [("events", 300), ("pages", 20), ("documents", 30), ("documents", 90), ("verified documents", 10)]


@pytest.fixture(scope="module")
def plain(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a plain rebuild of the demo newsroom comes to."""
    var = Path(shutil.copytree(demo, tmp_path_factory.mktemp("plain") / "var", symlinks=True))
    return outcome(var, "rebuild-index")


def outcome(var: Path, *words: str) -> dict[str, object]:
    """Run a rebuild; the digests of all that it made."""
    made = command(var, *words)
    assert made["verified"] is True
    digests = {name: made[name] for name in ("index_digest", "desk_digest")}
    return {**digests, "views": command(var, "views", "digests")["digests"], "resumed": made["resumed"]}


@pytest.mark.parametrize(("phase", "least"), PHASES)
def test_killed_in_any_phase_it_is_gone_on_with(
    ledger: Path, plain: dict[str, object], phase: str, least: int
) -> None:
    dying = [sys.executable, "-c", DYING, phase, str(least)]
    done = subprocess.run(dying, env=environment(ledger), cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    resumed = outcome(ledger, "rebuild-index", "--resume")
    went_on = resumed.pop("resumed")
    assert resumed == {name: plain[name] for name in resumed}
    assert isinstance(went_on, dict) and went_on["views"] >= least
    if "documents" in phase:
        assert went_on["index"] > 0
    if phase == "verified documents":
        assert went_on["desk-index"] > went_on["index"]
    assert not list(ledger.glob("*building*")) and not list(ledger.glob("*/building"))
    assert not (ledger / "rebuild.json").exists()
    assert len([name for name in generations(ledger) if name.startswith("views.db.")]) == 3


def test_where_nothing_was_left_everything_is_made_anew_and_said_so(ledger: Path) -> None:
    made = command(ledger, "rebuild-index", "--resume")
    assert made["verified"] is True and set(made["resumed"].values()) == {0}
    with pytest.raises(AssertionError, match="does what was begun"):
        command(ledger, "rebuild-index", "--resume", "--only", "views")
