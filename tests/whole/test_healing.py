"""Files of the views and the index that are gone or damaged: noticed, told, got along without, and put right."""

import os
import shutil
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from cms import article
from cms.decider import Actor
from cms.desk.stories.finding import anywhere
from cms.healing import FIRST, LONGEST, due
from cms.house import House
from cms.indexing import DeskFollower
from cms.operating.work import Job
from events import document
from events.instant import HOUR, MINUTE
from search.index import Index
from search.shapes import IndexDamaged, IndexMissing
from search.soundness import MARK
from tests.whole.conftest import command
from tests.whole.served import served, until
from tests.whole.test_rebuild import serving
from views.desk_shapes import Filter


def spoil(path: Path, beginning: int = 4096) -> None:
    """Write over a file, in place, from there on."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(beginning)
        file.write(os.urandom(size - beginning))


def index_files(var: Path, kind: str) -> list[Path]:
    return list((var / "index" / os.readlink(var / "index" / "current")).glob(kind))


def test_a_server_outlives_damage_under_its_hands_and_heals(ledger: Path) -> None:
    with served(ledger) as server:
        before = os.readlink(ledger / "index" / "current")
        known = server.search("harbour")["total"]
        words = cycle(["ferry", "council", "school", "storm", "fish*", "bri*"])
        assert known > 5
        for path in index_files(ledger, "*.pst"):
            os.truncate(path, 0)  # whoever has it mapped dies of it: nothing can be caught

        def healed() -> bool:
            server.search(next(words))  # what nobody has in memory; while the worker is started again, nobody answers
            found = server.search("harbour")
            serves = os.readlink(ledger / "index" / "current")
            return serves != before and found.get("total") == known and not found["degraded"]

        until(healed, "the search is whole again, from another generation")

        spoil((ledger / "views.db").resolve())

        def well() -> bool:
            return server.get("/")[0] == 200 and server.get("/readyz")[0] == 200

        until(lambda: not well(), "the damage of the views is noticed")
        until(well, "the pages are whole again")
        until(lambda: server.search("harbour").get("total") == known, "so is the search")
    assert command(ledger, "views", "verify")["ok"] is True
    told = "\n".join(path.read_text() for path in (ledger / "work").glob("*.json"))
    assert "rebuild-search" in told and "rebuild-views" in told


def test_a_damaged_index_gives_way_to_headlines_until_it_is_healed(ledger: Path) -> None:
    command(ledger, "rebuild-index")  # so that there is one from before
    with serving(ledger) as (house, reader):
        known = reader.get("/search.json?q=harbour").json
        assert known["total"] > 5 and known["degraded"] is False
        for path in index_files(ledger, "*.pst"):
            spoil(path, 16)
        with pytest.raises(IndexDamaged):
            [house.index.inspect() for _ in range(1000)]
        poor = reader.get("/search.json?q=harbour").json
        assert poor["degraded"] is True and 0 < poor["total"] <= known["total"]
        assert reader.get("/search?q=harbour").status_code == 200
        assert "damaged" in str(reader.get("/readyz").json["faults"])
        house.healer.look()
        assert reader.get("/search.json?q=harbour").json == known
        assert reader.get("/readyz").json["faults"] == []
        [job] = house.works.latest()
        assert job.kind == "rebuild-search" and "Went back to generation" in job.words
        house.healer.look()
        assert len(house.works.latest()) == 1, "nothing is wrong any more"


def test_damaged_views_are_gone_back_from_and_the_damaged_ones_never_come_back(ledger: Path) -> None:
    command(ledger, "rebuild-index")
    with serving(ledger) as (house, reader):
        assert reader.get("/").status_code == 200
        _, before = house.views.digests()
        damaged = (ledger / "views.db").resolve()
    spoil(damaged)
    with serving(ledger) as (house, reader):
        assert reader.get("/").status_code == 503
        assert house.views.ailment()
        house.healer.look()
        assert (ledger / "views.db").resolve() != damaged
        assert reader.get("/").status_code == 200 and house.views.ailment() is None
        assert house.views.digests()[1] == before
    assert "damaged" in command(ledger, "rebuild-index", "--rollback", status=1)["error"]


def test_a_word_about_damage_that_is_not_there_is_forgotten(house: House) -> None:
    (house.settings.var / "views.damaged").write_text("views.db.1\nsomebody said so")
    assert house.views.ailment() is None
    assert not (house.settings.var / "views.damaged").exists()


@pytest.mark.parametrize("what", ["views.db", "index/current"])
def test_a_pointer_that_leads_nowhere_is_put_right(ledger: Path, what: str) -> None:
    command(ledger, "rebuild-index")
    (ledger / what).unlink()
    (ledger / what).symlink_to("views.db.99")
    with serving(ledger) as (house, reader):
        house.healer.look()
        assert reader.get("/").status_code == 200
        assert reader.get("/search.json?q=harbour").json["degraded"] is False
        assert reader.get("/readyz").json["faults"] == []


def test_nothing_is_put_right_where_an_operator_wants_to(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(ledger / "index")
    with serving(ledger) as (house, reader):
        monkeypatch.setattr(house.healer, "_on", False)
        house.healer.look()
        assert house.works.latest() == [] and house.index.ailment()
        assert reader.get("/search.json?q=harbour").json["degraded"] is True


def test_an_index_of_other_code_is_left_to_an_operator(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(ledger) as (house, _):
        monkeypatch.setattr("search.commits.FORMAT", 99)
        assert not house.index.status().usable
        house.healer.look()
        assert house.works.latest() == []
        assert not list(ledger.rglob(MARK))


def test_it_is_tried_again_after_growing_pauses() -> None:
    def tried(times: int, by: str | None = None) -> list[Job]:
        moments = [100 * HOUR + number * MINUTE for number in range(times)]
        return [Job(id="", kind="rebuild-search", by=by, began=at, seen=at) for at in reversed(moments)]

    assert due([]) == 0
    assert due(tried(3, by="somebody")) == 0
    pauses = [due(jobs) - jobs[0].seen for jobs in map(tried, range(1, 20))]
    assert pauses[0] == FIRST and pauses[-1] == LONGEST and pauses == sorted(pauses)


def desk_files(var: Path, kind: str) -> list[Path]:
    return list((var / "desk-index" / os.readlink(var / "desk-index" / "current")).glob(kind))


def truncated(var: Path) -> None:
    for path in desk_files(var, "*.trm"):
        os.truncate(path, 100)


def flipped(var: Path) -> None:
    for path in desk_files(var, "*.doc"):
        spoil(path, path.stat().st_size // 2)


def led_astray(var: Path) -> None:
    (var / "desk-index" / "current").unlink()


@pytest.mark.parametrize("harm", [truncated, flipped, led_astray])
def test_a_damaged_index_of_the_desk_is_said_got_along_without_and_made_anew(
    house: House, harm: Callable[[Path], None]
) -> None:
    """``DAYBOOK_HEAL=no`` leaves it to an operator, also where it is the follower of its own that would make it."""
    id, words = str(uuid7()), document.from_paragraphs(["A pilot came aboard at noon."])
    house.newsroom.handle([article.Draft(id, "Ferry aground"), article.ReplaceBody(id, words)], Actor("ruth", "chief"))
    house.step()

    def listed(words: str) -> tuple[set[str], str]:
        found = anywhere(words)
        stories = house.views.desk(house.now()).stories(Filter(text=words), elsewhere=found.articles)
        return {story.article for story in stories.items}, found.told

    with house.app.test_request_context():  # type: ignore[attr-defined]
        assert listed("aboard") == ({id}, "")
        harm(house.settings.var)
        other = Index(house.settings.desk_index)  # as another process meets it
        follower = DeskFollower(other, house.everything, house.store, heal=False)
        for _ in range(2):
            with pytest.raises(IndexMissing, match="flask rebuild-index --only index"):
                follower.step()
        assert listed("aboard") == (set(), "Search knows only headlines just now.")
        assert listed("ferry") == ({id}, "Search knows only headlines just now.")
        DeskFollower(other, house.everything, house.store).step()
        assert listed("aboard") == ({id}, "")
    assert not house.desk_index.ailment()
