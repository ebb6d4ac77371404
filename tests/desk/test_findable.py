"""A story as a search result and as a card, with what is cut off; and its corrections where it is written."""

import re

import pytest

from cms import article as a
from cms import image as i
from events.article import Lead
from events.document import from_paragraphs
from tests.desk.conftest import Newsroom
from tests.desk.test_library import taken_in

STORY = "0193aaaa-0000-7000-8000-0000000000a1"
PLACE = f"/desk/articles/{STORY}"


@pytest.fixture
def desk(newsroom: Newsroom) -> Newsroom:
    newsroom.do(a.Draft(STORY, headline="Bridge closed"), a.ReplaceBody(STORY, from_paragraphs(["It is closed."])))
    return newsroom


def panel(desk: Newsroom) -> str:
    return re.sub(r"\s+", " ", desk.browser("rita").go(f"{PLACE}/panels/search").page.text)


def test_the_panel_shows_what_the_site_s_page_says_of_itself(desk: Newsroom) -> None:
    desk.do(a.ChangeStandfirst(STORY, "Nobody knows for how long."))
    shown = panel(desk)
    assert '<p class="as-title">Bridge closed</p>' in shown
    assert shown.count("Nobody knows for how long.") == 2
    assert "› 2026 › 11 › 23 › bridge-closed" in shown
    head = desk.browser("rita").go(f"{PLACE}/preview/page").page.text
    assert '<meta name="description" content="Nobody knows for how long.">' in head


def test_what_is_missing_or_too_long_is_said(desk: Newsroom) -> None:
    assert "Without a standfirst" in panel(desk) and "Without a lead picture" in panel(desk)
    desk.do(a.ChangeHeadline(STORY, "Bridge " * 11), a.ChangeStandfirst(STORY, "w" * 160))
    shown = panel(desk)
    assert "Headline in search: the last 16 characters are cut off." in shown
    assert "Headline on a card: the last 6 characters are cut off." in shown
    assert "Standfirst in search: the last 5 characters are cut off." in shown
    assert "76 of 60 characters" in shown


def test_a_card_shows_the_lead_image(desk: Newsroom) -> None:
    id = taken_in(desk).rpartition("/")[2]
    desk.do(i.ChangeAlt(id, "A bridge"), a.SetLeadImage(STORY, Lead(id)))
    assert f'src="/desk/pictures/{id}/960.jpg" alt="A bridge"' in panel(desk)


def test_a_story_that_cannot_go_out_yet_is_shown_all_the_same(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(STORY))
    assert "No headline yet" in panel(newsroom)


def test_corrections_stand_on_the_screen_where_readers_find_them_and_one_is_begun_there(desk: Newsroom) -> None:
    write = desk.browser("ada").go(f"{PLACE}/write").page.text
    assert "correction-box" not in write, "nothing of it is public"
    desk.do(a.Publish(STORY, without_approval="Urgent"))
    ada = desk.browser("ada").go(f"{PLACE}/write")
    assert "Readers have been told of none." in ada.page.text
    desk.do(a.ChangeHeadline(STORY, "Bridge open"), a.Correct(STORY, "It was open.", without_approval="Urgent"))
    assert "<p>It was open.</p>" in ada.go(f"{PLACE}/write").page.text
    dialog = ada.go(f"{PLACE}/publish?change=correction").page.text
    assert re.search(r'value="correction"[^>]* checked', dialog)
