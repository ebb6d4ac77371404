"""The list and the palette find words anywhere in a story, and say so where they cannot."""

import pytest

from cms import article as a
from cms import byline as b
from cms import tag as t
from events.article import Credit
from events.document import from_paragraphs
from events.instant import MINUTE
from tests.desk.conftest import Browser, Newsroom
from views import desk as views_desk

FERRY, QUAY, ANNA, SEA = (f"0193aaaa-0000-7000-8000-0000000000{n:02x}" for n in range(4))


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    """Two stories with bodies; the one about a ferry is signed and has a tag. The index has all of it."""
    newsroom.do(b.Create(ANNA, "Anna Brandt"), t.Create(SEA, "Seafaring"))
    newsroom.do(
        a.Draft(FERRY, "Ferry aground"), a.ChangeTags(FERRY, (SEA,)), a.AssignBylines(FERRY, (Credit(ANNA),)),
        a.ReplaceBody(FERRY, from_paragraphs(["Nobody was hurt.", "A pilot <came> aboard at noon."])),
    )  # fmt: skip
    newsroom.do(a.Draft(QUAY, "Quay rebuilt"), a.ReplaceBody(QUAY, from_paragraphs(["The pilot house stays."])))
    newsroom.house.desk_follower.step()
    return newsroom


def shown(browser: Browser) -> set[str]:
    return {head for head in ("Ferry aground", "Quay rebuilt") if head in browser.text}


@pytest.fixture(params=["few", "many"])
def how_many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories that have the words are named in the question, or so many that the list is walked through."""
    if request.param == "many":
        monkeypatch.setattr(views_desk, "FEW", 0)
        monkeypatch.setattr(views_desk, "LARGEST", 1)


@pytest.mark.usefixtures("how_many")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("text=aboard", {"Ferry aground"}),
        ("text=pilots+noon", {"Ferry aground"}),
        ("text=pilot", {"Ferry aground", "Quay rebuilt"}),
        ("text=pilot&state=submitted", set()),
        ("text=pilot&tag=Seafaring", {"Ferry aground"}),
        ("text=brandt", {"Ferry aground"}),
        ("text=seafaring", {"Ferry aground"}),
        ("text=ground", {"Ferry aground"}),
        ("text=nothing", set()),
    ],
)
def test_words_are_found_anywhere_and_filters_hold(room: Newsroom, query: str, expected: set[str]) -> None:
    ed = room.browser("ed").go(f"/desk?{query}")
    assert shown(ed) == expected
    assert "Search knows only" not in ed.text


def test_a_row_shows_where_its_body_has_the_words_and_only_as_text(room: Newsroom) -> None:
    page = room.browser("ed").go("/desk?text=aboard").page.text
    assert "A pilot &lt;came&gt; <mark>aboard</mark> at noon." in page
    assert "<mark>" not in room.browser("ed").go("/desk?text=ferry").page.text


def test_a_missing_index_is_said_and_headlines_are_found(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(FERRY, "Ferry aground"), a.ReplaceBody(FERRY, from_paragraphs(["A pilot came."])))
    ed = newsroom.browser("ed").go("/desk?text=ferry")
    assert shown(ed) == {"Ferry aground"} and "Search knows only headlines just now." in ed.text
    assert shown(ed.go("/desk?text=pilot")) == set()
    assert "Search knows only" not in ed.go("/desk").text


def test_an_index_that_stays_behind_is_said_and_headlines_are_found_at_once(room: Newsroom) -> None:
    room.do(a.ChangeHeadline(QUAY, "Quay rebuilt and opened"))
    ed = room.browser("ed").go("/desk?text=opened")
    assert shown(ed) == {"Quay rebuilt"} and "Search knows only" not in ed.text, "that was a moment ago"
    room.clock.at += MINUTE
    assert "Search knows only headlines of what was written last." in ed.go("/desk?text=opened").text


def test_the_palette_names_those_with_the_word_in_their_headline_first(newsroom: Newsroom) -> None:
    titled = "0193aaaa-0000-7000-8000-0000000000ff"
    newsroom.do(a.Draft(titled, "Storm tears gap"))
    for n in range(8):
        newsroom.do(a.Draft(titled.replace("ff", f"f{n}"), f"Harbour {n}"))
        newsroom.do(a.ChangeStandfirst(titled.replace("ff", f"f{n}"), "After the storm."))
    newsroom.house.desk_follower.step()
    groups = newsroom.browser("ed").go("/desk/palette?q=storm").page.get_json()
    stories = next(group["items"] for group in groups if group["group"] == "Stories")
    assert [one["label"] for one in stories][:2] == ["Storm tears gap", "Harbour 7"]
    assert len(stories) == 7


def test_the_palette_finds_words_of_a_body(room: Newsroom) -> None:
    groups = room.browser("ed").go("/desk/palette?q=aboard").page.get_json()
    assert [one["label"] for group in groups if group["group"] == "Stories"
                                 for one in group["items"]] == ["Ferry aground"]  # fmt: skip
