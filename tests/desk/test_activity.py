"""The room where everything that happened stands in words, and can be taken along as a file."""

import csv
import io
import json

import pytest
from uuid_utils.compat import uuid7

from cms import article as a
from cms import byline as b
from cms import tag as t
from cms.decider import Actor
from cms.desk.rooms import activity
from cms.desk.tables import as_csv
from events.instant import DAY, HOUR, MINUTE
from tests.desk.conftest import Newsroom

STORY, ANNA, TAG = (f"0193aaaa-0000-7000-8000-0000000000{end}" for end in ("a1", "b1", "c1"))


@pytest.fixture
def busy(newsroom: Newsroom) -> Newsroom:
    newsroom.do(a.Draft(STORY, "=SUM(A1:A9) of the quay"), a.ChangeKicker(STORY, "Harbour"), who="rita")
    newsroom.do(b.Create(ANNA, "Anna Brandt"), who="ed")
    newsroom.do(t.Create(TAG, "Ferries"), a.Assign(STORY, newsroom.people["rita"].id), who="ed")
    return newsroom


def test_an_empty_newsroom_says_so(newsroom: Newsroom) -> None:
    assert "Nothing has happened yet" in newsroom.browser("rita").go("/desk/activity").text


def test_who_did_what_stands_in_words_the_latest_first(busy: Newsroom) -> None:
    rita = busy.browser("rita").go("/desk/activity")
    assert "Ed Lindqvist assigned it to Rita Okafor" in rita.text
    assert rita.text.index("created the tag “Ferries”") < rita.text.index("created the byline “Anna Brandt”")
    assert f'href="/desk/articles/{STORY}/history/3"' in rita.page.text
    assert f'href="/desk/bylines/{ANNA}"' in rita.page.text
    assert "Monday 23 November 2026" in rita.text


def test_what_was_recorded_on_a_later_day_says_so_once_a_day(busy: Newsroom) -> None:
    ada, at = busy.people["ada"], busy.clock.at - 2 * DAY
    for minute, name in enumerate(("Islands", "Storms")):
        command = t.Create(TAG.replace("c1", f"c{minute + 2}"), name)
        busy.house.newsroom.handle(command, Actor(ada.id, ada.role), uuid7(), occurred_at=at + minute * MINUTE)
    rita = busy.browser("rita").go("/desk/activity")
    assert rita.text.count("recorded on") == 1
    assert "Saturday 21 November 2026 recorded on 23 November 2026, 9.00am" in rita.text
    assert "recorded" not in rita.go("/desk/activity?since=2026-11-23").text
    busy.clock.at += 5 * MINUTE
    busy.house.newsroom.handle(
        t.Create(TAG.replace("c1", "c4"), "Tides"), Actor(ada.id, ada.role), uuid7(), occurred_at=at + HOUR
    )
    assert rita.go("/desk/activity").text.count("· recorded on 23 November 2026") == 3, "they differ: each says it"


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("thing=byline", "created the byline", "began the story"),
        ("change=review", "assigned it", "set the kicker"),
        (f"about=article-{STORY}", "set the kicker", "created the tag"),
        ("since=2026-11-23&until=2026-11-23", "began the story", "no date"),
        ("thing=article&change=words", "set the kicker", "began the story"),
    ],
)
def test_it_is_narrowed_by_the_address(busy: Newsroom, query: str, there: str, gone: str) -> None:
    page = busy.browser("rita").go(f"/desk/activity?{query}").text
    assert there in page
    assert gone not in page


def test_one_persons_doing(busy: Newsroom) -> None:
    page = busy.browser("rita").go(f"/desk/activity?person={busy.people['ed'].id}").text
    assert "created the tag" in page
    assert "began the story" not in page


def test_what_cannot_be_meant_is_said_and_what_is_not_there_too(busy: Newsroom) -> None:
    rita = busy.browser("rita")
    assert "“soon” is no date" in rita.go("/desk/activity?since=soon").text
    assert "Nothing of that kind has happened" in rita.go("/desk/activity?until=2020-01-01").text
    rita.go("/desk/activity?thing=nonsense", 404).go("/desk/activity?before=nonsense", 404)
    rita.go("/desk/activity.csv?since=soon", 400).go("/desk/activity.xml", 404)


def test_pages_lead_to_older_ones(busy: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "PAGE", 2)
    rita, seen = busy.browser("rita").go("/desk/activity"), 0
    while older := [part for part in rita.page.text.split('"') if "before=" in part]:
        seen += rita.page.text.count('class="was"')
        rita.go(older[0].replace("&amp;", "&"))
    assert seen + rita.page.text.count('class="was"') == 5


def test_what_is_new_is_counted_for_the_pill(busy: Newsroom) -> None:
    rita = busy.browser("rita")
    head = busy.house.store.head().position
    busy.do(a.ChangeHeadline(STORY, "Quay"), who="ed")
    assert rita.go(f"/desk/activity/news?after={head}").page.get_json() == {"new": 1}
    assert rita.go(f"/desk/activity/news?after={head}&thing=tag").page.get_json() == {"new": 0}
    assert rita.go(f"/desk/activity/news?after={head + 1}").page.get_json() == {"new": 0}


def test_it_can_be_taken_along_and_no_cell_is_a_formula(busy: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "AT_ONCE", 2)
    rita = busy.browser("rita")
    rows = list(csv.DictReader(io.StringIO(rita.go("/desk/activity.csv").page.data.decode("utf-8-sig"))))
    assert rows[0]["what"].startswith("assigned it to Rita Okafor")
    assert len(rows) == 5
    assert {row["about"] for row in rows if row["kind"] == "article"} == {"'=SUM(A1:A9) of the quay"}
    assert rita.page.headers["Content-Disposition"] == 'attachment; filename="activity.csv"'
    lines = [json.loads(line) for line in rita.go("/desk/activity.ndjson?thing=article").page.text.splitlines()]
    assert [line["version"] for line in lines] == [3, 2, 1]
    assert lines[0]["about"] == "=SUM(A1:A9) of the quay"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_what_a_spreadsheet_would_compute_begins_with_an_apostrophe(start: str) -> None:
    cells = b"".join(as_csv(["a"], [[f"{start}cmd|' /C calc'!A0"], [-1], ["plain"]])).decode("utf-8-sig")
    written = [row[0] for row in csv.reader(io.StringIO(cells, newline=""))]
    assert written == ["a", f"'{start}cmd|' /C calc'!A0", "-1", "plain"]


def test_the_words_of_a_note_are_not_in_it(busy: Newsroom) -> None:
    ed = busy.browser("ed").go(f"/desk/articles/{STORY}")
    ed.send(f"/desk/articles/{STORY}/do/note", text="The harbour master told me")
    for path in ("/desk/activity", "/desk/activity.csv", "/desk/activity.ndjson"):
        page = ed.go(path).page.text
        assert "added a note" in page
        assert "harbour master" not in page
