"""The room of corrections: what readers were told, by whom, in which section, and all of it as a file."""

import csv
import io
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from cms import article as a
from cms import section as s
from cms.desk.rooms import corrections
from events.instant import HOUR, from_iso
from tests.desk.conftest import Newsroom

ROOM = "/desk/corrections"
FIRST, SECOND, SPORT = (f"0193aaaa-0000-7000-8000-0000000000{end}" for end in ("a1", "a2", "d1"))
NOON = from_iso("2026-11-23T12:00:00Z")
LONG = "We misspelt the harbour master. " * 12


@pytest.fixture
def corrected(newsroom: Newsroom) -> Newsroom:
    newsroom.do(s.Open(SPORT, "Sport"))
    for id, name in ((FIRST, "Quay"), (SECOND, "Regatta")):
        newsroom.do(a.Draft(id, name), a.ChangeKind(id, "brief"))
        if id == SECOND:
            newsroom.do(a.ChangeSection(id, SPORT))
        newsroom.do(a.Publish(id, without_approval="News"))
    newsroom.do(a.ChangeHeadline(FIRST, "The quay"), a.Correct(FIRST, LONG, without_approval="Now"), who="cora")
    newsroom.do(a.Retract(SECOND, "=It never took place."))
    return newsroom


def read(newsroom: Newsroom, *paths: str) -> list[str]:
    """What readers find at these addresses."""
    with newsroom.reader() as reader:
        return [reader.get(path).text for path in paths]


def test_nothing_to_correct_is_said(newsroom: Newsroom) -> None:
    assert "Nothing had to be corrected yet." in newsroom.browser("rita").go(ROOM).text


def test_each_stands_there_with_all_of_its_words_the_latest_first(corrected: Newsroom) -> None:
    rita = corrected.browser("rita").go(ROOM)
    assert LONG.strip() in rita.text
    assert rita.text.index("=It never took place.") < rita.text.index("We misspelt")
    assert f'href="/desk/articles/{FIRST}"' in rita.page.text
    assert "Cora Hale" in rita.text


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        (f"section={SPORT}", "never took place", "misspelt"),
        ("since=2026-11-23&until=2026-11-23", "misspelt", "no date"),
        ("until=2020-01-01", "No correction is like that", "misspelt"),
        ("since=soon", "“soon” is no date", "No correction"),
    ],
)
def test_they_are_narrowed_by_the_address(corrected: Newsroom, query: str, there: str, gone: str) -> None:
    page = corrected.browser("rita").go(f"{ROOM}?{query}").text
    assert there in page
    assert gone not in page


def test_one_persons_and_pages(corrected: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    rita = corrected.browser("rita").go(f"{ROOM}?person={corrected.people['cora'].id}")
    assert ("misspelt" in rita.text, "never took place" in rita.text) == (True, False)
    monkeypatch.setattr(corrections, "PAGE", 1)
    older = next(part for part in rita.go(ROOM).page.text.split('"') if "before=" in part)
    assert "misspelt" in rita.go(older).text
    assert "before=" not in rita.page.text
    rita.go(f"{ROOM}?before=nonsense", 404)


def test_they_can_be_taken_along(corrected: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "AT_ONCE", 1)
    rita = corrected.browser("rita").go(f"{ROOM}.csv")
    rows = list(csv.DictReader(io.StringIO(rita.page.data.decode("utf-8-sig"))))
    assert [(row["kind"], row["section"]) for row in rows] == [("retraction", "Sport"), ("correction", "")]
    assert rows[0]["words"] == "'=It never took place."
    assert rows[1]["words"] == LONG.strip()
    assert len(rita.go(f"{ROOM}.ndjson?section={SPORT}").page.text.splitlines()) == 1
    rita.go(f"{ROOM}.csv?since=soon", 400)


def test_a_retracted_article_says_when_it_was_retracted_and_leads_to_no_words_that_are_gone(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(FIRST, "Quay"), a.ChangeKind(FIRST, "brief"), a.ChangeKicker(FIRST, "Harbour"))
    newsroom.do(a.Publish(FIRST, without_approval="News"))
    newsroom.clock.at = NOON
    newsroom.do(a.ChangeHeadline(FIRST, "The quay"), a.Update(FIRST, "Its name.", without_approval="Now"))
    newsroom.clock.at = NOON + HOUR
    newsroom.do(a.Retract(FIRST, "It never took place."))
    story = newsroom.house.views.desk(newsroom.clock()).story(FIRST)
    assert story is not None
    page = LexborHTMLParser(read(newsroom, story.path)[0])
    told = page.css_first(".article-byline .meta a")
    assert told.text().split()[0] == "Retracted"
    assert str(told.css_first("time").attributes["datetime"]).startswith("2026-11-23T13:00:00")
    assert [node.text() for node in page.css(".kicker")] == ["Retracted"]
    marked = ["This version" in line.text() for line in page.css(".changes-list li")]
    assert marked == [True, False, False]
    assert not page.css(".changes-list a")


def test_a_clarification_has_a_box_of_its_name_and_stands_in_no_list_of_mistakes(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(FIRST, "Quay"), a.ChangeKind(FIRST, "brief"), a.Publish(FIRST, without_approval="News"))
    note = "Only the upper quay is closed."
    newsroom.do(a.ChangeKicker(FIRST, "Harbour"), a.Update(FIRST, note, clarifies=True, without_approval="Now"))
    story = newsroom.house.views.desk(newsroom.clock()).story(FIRST)
    assert story is not None
    page, ledger = read(newsroom, story.path, "/corrections")
    box = page.split('<section class="correction-box"')[1].split("</section>")[0]
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", box) == ["Clarification"]
    assert note in box and page.index(note) < page.index('class="body"')
    assert note not in ledger and note not in newsroom.browser("rita").go(ROOM).text
