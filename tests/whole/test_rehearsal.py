"""Before a rebuild one can see what it would change, after it one can go back, and every night it is practised."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cms.operating.nightly import due
from cms.operating.work import Works, environ_of
from cms.settings import Settings, load_settings
from events.instant import HOUR, MINUTE, Instant, from_datetime
from tests.whole.conftest import command
from tests.whole.test_rebuild import generations, serving


def altered(var: Path, sql: str) -> None:
    """What some older code might have made."""
    with closing(sqlite3.connect((var / "views.db").resolve(), isolation_level=None)) as raw:
        assert raw.execute(sql).rowcount


def test_nothing_would_change_where_the_code_is_the_same(ledger: Path) -> None:
    before = generations(ledger)
    told = command(ledger, "rebuild-index", "--dry-run", "--diff")
    assert told["quiet"] and told["pages"] >= 40 and told["questions"] > 20
    assert (told["pages_changed"], told["answers_changed"], told["told"]) == (0, 0, [])
    assert told["desk"]["documents"] > told["documents"] and told["desk"]["changed"] == 0
    assert generations(ledger) == before


def test_each_page_and_each_search_that_would_change_is_named_and_nothing_is_changed(ledger: Path) -> None:
    altered(ledger, "UPDATE published SET html = html || '<p>zeppelins</p>' WHERE path LIKE '/%/storm%'")
    altered(ledger, "UPDATE published SET path = path || '-old' WHERE rowid = (SELECT max(rowid) FROM published)")
    with serving(ledger) as (house, _):
        total = house.index.status().documents
    told = command(ledger, "rebuild-index", "--dry-run", "--diff")
    assert told["pages_changed"] == len(told["changes"]) >= 1 and not told["quiet"]
    assert {part for change in told["changes"] for part in change["parts"]} <= {"body", "address"}
    assert any(change["parts"] == ["address"] for change in told["changes"])
    with serving(ledger) as (house, _):
        assert house.index.status().documents == total
    assert command(ledger, "views", "verify", status=1)["ok"] is False  # it still is what it was


def test_an_answer_that_would_change_is_named(ledger: Path) -> None:
    with serving(ledger) as (house, _):
        newest = house.reader().latest(1).items[0]
    altered(ledger, f"UPDATE published SET text = 'Nothing.', headline = 'x' WHERE article = '{newest.article}'")
    command(ledger, "rebuild-index", "--only", "index", "--no-verify")
    told = command(ledger, "rebuild-index", "--dry-run")
    assert told["answers_changed"] >= 1 and all(one["before"] <= one["after"] for one in told["searches"])


def test_what_would_change_in_the_desks_index_is_named(ledger: Path) -> None:
    command(ledger, "rebuild-index")  # the demo's desk index is made by whoever follows
    altered(ledger, "UPDATE desk SET headline = 'Bought by a rival' WHERE article = (SELECT max(article) FROM desk)")
    with serving(ledger) as (house, _):
        house.desk_index.rebuild(house.everything)
    told = command(ledger, "rebuild-index", "--dry-run", "--diff")
    assert told["desk"]["changed"] == 1 and not told["quiet"] and told["pages_changed"] == 0
    [changed] = told["desk"]["changes"]
    assert changed.startswith("article-")


def test_one_can_go_back_and_forth_between_two_generations(ledger: Path) -> None:
    command(ledger, "rebuild-index", "--rollback", status=1)
    command(ledger, "rebuild-index")
    assert command(ledger, "rebuild-index", "--rollback") == {
        "ok": True, "views": "views.db.1", "index": "1", "desk-index": "1"
    }  # fmt: skip
    with serving(ledger) as (_, reader):
        assert reader.get("/").status_code == 200 and reader.get("/search.json?q=harbour").json["total"]
    assert command(ledger, "views", "verify")["ok"]
    assert command(ledger, "rebuild-index", "--rollback", "--only", "index") == {
        "ok": True, "index": "2", "desk-index": "2"
    }  # fmt: skip
    assert command(ledger, "views", "verify")["ok"]


def test_what_cannot_be_meant_together_is_said_so(ledger: Path) -> None:
    for words in (["--diff"], ["--rollback", "--dry-run"], ["--dry-run", "--only", "views"]):
        with pytest.raises(AssertionError, match="goes with"):
            command(ledger, "rebuild-index", *words)


def test_rebuilds_and_verifications_are_kept_with_their_digests(ledger: Path) -> None:
    verified = command(ledger, "views", "verify")
    command(ledger, "rebuild-index")
    rebuild, verification = command(ledger, "views", "record")["records"]
    assert (verification["what"], rebuild["what"]) == ("verify", "rebuild")
    assert rebuild["digest"] == verification["digest"] == verified["digest"]
    assert rebuild["index"] == verification["index"] != ""
    assert rebuild["desk"] == command(ledger, "rebuild-index", "--dry-run")["desk"]["digest"] != ""
    digests = command(ledger, "views", "digests")
    assert digests["digests"] == {name: digest for name, (_, digest) in rebuild["views"].items()}
    assert command(ledger, "views", "digests", "--at", str(digests["position"]))["digests"] == digests["digests"]
    assert command(ledger, "views", "digests", "--at", "100")["digests"] != digests["digests"]
    command(ledger, "views", "digests", "--at", "1000000000", status=1)


def at(text: str) -> Instant:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.fixture
def new_york(tmp_path: Path) -> Settings:
    return load_settings({"DAYBOOK_VAR": str(tmp_path), "DAYBOOK_TIMEZONE": "America/New_York"}, dotenv=None)


def test_it_is_due_once_a_night_on_the_newsrooms_clock(new_york: Settings) -> None:
    four_ten = at("2026-11-23T09:10:00")  # 04:10 in New York
    before, yesterday = four_ten - HOUR, four_ten - 24 * HOUR
    assert not due(new_york, four_ten - MINUTE, yesterday, yesterday)
    assert due(new_york, four_ten, yesterday, yesterday)
    assert not due(new_york, four_ten + HOUR, four_ten + MINUTE, yesterday)
    assert due(new_york, four_ten + 5 * HOUR, yesterday, before)  # the machine slept
    assert not due(new_york, four_ten + 7 * HOUR, yesterday, before)
    assert due(new_york, four_ten, None, before)
    assert not due(new_york, four_ten + HOUR, None, four_ten + HOUR - MINUTE)  # started for the first time just now


def test_it_can_be_left_out(tmp_path: Path) -> None:
    never = load_settings({"DAYBOOK_VAR": str(tmp_path), "DAYBOOK_NIGHTLY": "never"}, dotenv=None)
    assert not due(never, at("2026-11-23T04:10:00"), None, 0)
    assert load_settings(environ_of(never), dotenv=None).nightly == "never"


def nightly(var: Path) -> dict[str, object]:
    """As the follower starts it."""
    settings = load_settings({"DAYBOOK_VAR": str(var), "DAYBOOK_PASSWORD_MEMORY": "64"}, dotenv=None)
    works = Works(settings.var / "work", environ_of(settings))
    works.start("nightly", None)
    while (job := works.latest()[0]).state == "running":
        time.sleep(0.1)
    return {"state": job.state, "words": job.words, **job.result}


def test_a_quiet_night(ledger: Path) -> None:
    told = nightly(ledger)
    assert (told["state"], told["differed"]) == ("done", False)
    assert command(ledger, "views", "record")["records"][0]["what"] == "nightly"


def test_what_is_not_what_the_log_says_in_the_morning_is_made_anew(ledger: Path) -> None:
    altered(ledger, "UPDATE published SET headline = 'Bought by a rival'")
    told = nightly(ledger)
    assert (told["state"], told["differed"], told["verified"]) == ("differs", True, True)
    assert command(ledger, "views", "verify")["ok"]
    assert command(ledger, "views", "record")["records"][1]["ok"] is False
    assert "views.db.1" in generations(ledger)  # to be looked at
