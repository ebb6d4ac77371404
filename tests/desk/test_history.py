"""A story's history: who did what, what differs, how it was on that day, and putting it back."""

import io
import re
from uuid import UUID

import pytest

from cms import article as a
from cms import byline as b
from cms import image as i
from cms.article import Article
from cms.desk import states
from cms.desk.history.moments import Moments
from events.article import ArticleHeadlineChanged, Credit, Lead
from events.document import from_paragraphs
from events.instant import DAY, HOUR, MINUTE
from tests.desk.conftest import Browser, Newsroom
from tests.desk.test_library import photo, taken_in, upload

STORY = "0193aaaa-0000-7000-8000-0000000000a1"
ANNA = "0193aaaa-0000-7000-8000-0000000000b1"
PLACE = f"/desk/articles/{STORY}"


def body(*paragraphs: str) -> a.ReplaceBody:
    return a.ReplaceBody(STORY, from_paragraphs(list(paragraphs)))


@pytest.fixture
def story(newsroom: Newsroom) -> Newsroom:
    """Rita writes, Ed edits an hour later and publishes, Rita changes it again on the next day."""
    newsroom.do(a.Draft(STORY, headline="Bridge closed"), who="rita")
    newsroom.do(body("The bridge is closed.", "Nobody knows for how long.", "More soon."), who="rita")
    newsroom.clock.at += HOUR
    newsroom.do(a.ChangeHeadline(STORY, "Harbour bridge closed"), who="ed")
    newsroom.do(a.Publish(STORY, without_approval="Urgent"), who="ada")
    newsroom.clock.at += DAY
    newsroom.do(a.ChangeHeadline(STORY, "Bridge open"), a.ChangeKicker(STORY, "Harbour"), who="rita")
    newsroom.do(body("The bridge is open.", "More soon."), who="rita")
    return newsroom


def article(newsroom: Newsroom) -> Article:
    found = Moments(newsroom.house.store).at(STORY, len(list(newsroom.house.store.read_stream(f"article-{STORY}"))))
    assert found is not None
    return found.article


def words(newsroom: Newsroom) -> list[str]:
    return [node.content[0].text for node in article(newsroom).content.body.doc.content]  # type: ignore[union-attr]


def restore(browser: Browser, then: int, part: str, status: int = 303, now: int = 7) -> Browser:
    browser.go(f"{PLACE}/history/compare?then={then}&now={now}")
    return browser.send(f"{PLACE}/restore", status, part=part)


def test_what_one_person_did_without_a_long_pause_is_one_sitting(story: Newsroom) -> None:
    page = story.browser("ed").go(f"{PLACE}/history")
    told = re.sub(r"\s+", " ", page.text)
    places = [told.index(who) for who in ("Rita Okafor 24 November", "Published Ada Morrow", "Ed Lindqvist 23 Nov")]
    assert places == sorted(places)
    assert page.page.text.count('class="sitting"') == 3
    assert page.page.text.count('class="sitting mark"') == 1
    assert "changed the headline from “Harbour bridge closed” to “Bridge open”" in page.text


def test_a_pause_of_half_an_hour_ends_a_sitting(story: Newsroom) -> None:
    story.clock.at += 31 * MINUTE
    story.do(a.ChangeKicker(STORY, "Quay"), who="rita")
    story.clock.at += 29 * MINUTE
    story.do(a.ChangeKicker(STORY, "Pier"), who="rita")
    assert story.browser("ed").go(f"{PLACE}/history").page.text.count('class="sitting"') == 4


def test_two_moments_are_compared_field_by_field_and_word_by_word(story: Newsroom) -> None:
    page = story.browser("ed").go(f"{PLACE}/history/compare?then=7&now=4").page.text
    assert "<del>Harbour bridge closed</del><ins>Bridge open</ins>" in page
    assert "The bridge is <del>closed</del><ins>open</ins>." in page
    assert '<del class="diff-whole"><p class="diff-block">Nobody knows for how long.</p>' in page


def test_moments_that_are_none_are_no_page(story: Newsroom) -> None:
    ed = story.browser("ed")
    ed.go(f"{PLACE}/history/compare?then=1&now=99", 404)
    ed.go(f"{PLACE}/history/0", 404)
    ed.go("/desk/articles/0193aaaa-0000-7000-8000-0000000000ff/history", 404)


def test_between_equal_words_nothing_differs(story: Newsroom) -> None:
    assert "the words are the same" in story.browser("ed").go(f"{PLACE}/history/compare?then=3&now=4").text


def test_one_field_is_put_back_and_the_rest_stays(story: Newsroom) -> None:
    restore(story.browser("rita"), 4, "headline")
    content = article(story).content
    assert (content.headline, content.kicker) == ("Harbour bridge closed", "Harbour")
    assert words(story) == ["The bridge is open.", "More soon."]


def test_everything_is_put_back_as_one_act_that_says_what_it_was(story: Newsroom) -> None:
    page = restore(story.browser("rita"), 4, "all")
    content = article(story).content
    assert (content.headline, content.kicker) == ("Harbour bridge closed", "")
    assert words(story) == ["The bridge is closed.", "Nobody knows for how long.", "More soon."]
    assert "Everything is as it was on 23 November 2026, 10.00am. What stood there before is kept" in page.text
    happened = story.house.store.read_stream(f"article-{STORY}", after=7)
    assert {one.meta.command for one in happened} == {"article.restore"}


def test_one_paragraph_is_put_back_where_it_stood(story: Newsroom) -> None:
    restore(story.browser("rita"), 4, "block:1")
    assert words(story) == ["The bridge is open.", "Nobody knows for how long.", "More soon."]


def test_a_paragraph_finds_its_place_although_somebody_wrote_meanwhile(story: Newsroom) -> None:
    rita = story.browser("rita").go(f"{PLACE}/history/compare?then=4&now=7")
    story.do(body("New first.", "The bridge is open.", "More soon."), who="ed")
    rita.send(f"{PLACE}/restore", part="block:1")
    assert words(story) == ["New first.", "The bridge is open.", "Nobody knows for how long.", "More soon."]


def test_what_somebody_changed_meanwhile_is_not_put_back_unseen(story: Newsroom) -> None:
    rita = story.browser("rita").go(f"{PLACE}/history/compare?then=4&now=7")
    story.do(a.ChangeHeadline(STORY, "Bridge open at last"), who="ed")
    rita.send(f"{PLACE}/restore", 409, part="headline")
    assert "Meanwhile somebody has changed: Headline." in rita.text
    assert "Bridge open at last" in rita.text
    assert article(story).content.headline == "Bridge open at last"
    rita.send(f"{PLACE}/restore", part="headline")
    assert article(story).content.headline == "Harbour bridge closed"


def test_what_cannot_be_put_back_is_said_and_nothing_is_done(story: Newsroom) -> None:
    image = taken_in(story).rpartition("/")[2]
    story.do(a.SetLeadImage(STORY, Lead(image)), who="rita")
    story.do(a.SetLeadImage(STORY, None), a.ChangeKicker(STORY, "Other"), who="rita")
    story.do(i.TakeDown(image, "Not ours"))
    page = restore(story.browser("rita"), 8, "all", 422, now=10)
    assert "Nothing was put back. Lead picture: " in page.text
    assert article(story).content.kicker == "Other"


def test_putting_back_what_is_there_already_does_nothing(story: Newsroom) -> None:
    rita = story.browser("rita").go(f"{PLACE}/history/4")
    assert "nothing had to be done" in rita.send(f"{PLACE}/restore", version="7", part="all").text
    assert article(story).version == 7


def test_a_retracted_story_offers_nothing_to_put_back(story: Newsroom) -> None:
    story.do(a.Retract(STORY, "It was wrong."), who="cora")
    assert "Put back" not in story.browser("cora").go(f"{PLACE}/history/compare?then=4&now=7").text


def test_it_is_shown_with_the_captions_and_bylines_of_that_day(newsroom: Newsroom) -> None:
    image = taken_in(newsroom).rpartition("/")[2]
    newsroom.do(b.Create(ANNA, "Anna Before", "anna"))
    newsroom.do(i.ChangeCaption(image, "The quay in summer"))
    newsroom.do(a.Draft(STORY, headline="Bridge"), a.SetLeadImage(STORY, Lead(image)), body("Words."), who="rita")
    newsroom.do(a.AssignBylines(STORY, (Credit(ANNA),)), who="rita")
    newsroom.clock.at += DAY
    newsroom.do(b.Rename(ANNA, "Anna After"), i.ChangeCaption(image, "The quay in winter"))
    newsroom.do(a.ChangeHeadline(STORY, "Bridge closed"), who="rita")
    rita = newsroom.browser("rita")
    then = rita.go(f"{PLACE}/history/4/page").text
    assert "Anna Before" in then
    assert "The quay in summer" in then
    now = rita.go(f"{PLACE}/history/5/page").text
    assert "Anna After" in now
    assert "The quay in winter" in now
    shown = re.search(rf'src="({PLACE}/media/{image}/[0-9a-f]{{64}}/[\w.-]+)"', rita.page.text)
    assert shown
    with rita.client.get(shown[1]) as picture:
        assert picture.mimetype == "image/jpeg"
        assert io.BytesIO(picture.data).getvalue()[:2] == b"\xff\xd8"
    other = upload(newsroom.browser("pia"), (photo("red"), "other.jpg")).page.request.path.rpartition("/")[2]
    with newsroom.app.app_context():
        file = states.image(other).picture
    assert file
    newsroom.do(i.TakeDown(other, "Not ours"))
    for digest in ("no-digest", file.sha256):
        rita.go(re.sub("[0-9a-f]{64}", digest, shown[1]), 404)
    newsroom.do(i.TakeDown(image, "Not ours"))
    rita.go(shown[1], 404)
    assert "The quay" not in rita.go(f"{PLACE}/history/4/page").text


def test_the_page_of_that_day_leads_to_no_present_that_is_not_in_its_frame(story: Newsroom) -> None:
    page = story.browser("ed").go(f"{PLACE}/history/4/page").text
    assert "Harbour bridge closed" in page
    assert "Return to the present" not in page


def test_the_page_of_that_day_is_for_the_desk_alone(story: Newsroom) -> None:
    answer = story.browser("ed").go(f"{PLACE}/history/4/page").page
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert story.app.test_client().get(f"{PLACE}/history/4/page").status_code == 303


def test_long_histories_come_in_pages(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(STORY, headline="0"), who="rita")
    newsroom.do(*(a.ChangeHeadline(STORY, str(number)) for number in range(1, 200)), who="rita")
    ed = newsroom.browser("ed").go(f"{PLACE}/history")
    assert "to “199”" in ed.text
    assert "to “20”" not in ed.text
    older = re.search(r'href="([^"]+before=[^"]+)">Older', ed.page.text)
    assert older
    assert "to “20”" in ed.go(older[1].replace("&amp;", "&")).text


def test_a_moment_far_back_is_folded_from_the_nearest_that_is_known(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(STORY, headline="0"), who="rita")
    newsroom.do(*(a.ChangeHeadline(STORY, str(number)) for number in range(1, 1200)), who="rita")
    known = Moments(newsroom.house.store)
    for version in (1200, 1, 600, 601, 999):
        found = known.at(STORY, version)
        assert found is not None
        assert found.article.content.headline == str(version - 1)
        assert found.article.version == version
    assert known.at(STORY, 1201) is None


def test_the_panel_beside_the_screen_tells_the_same(story: Newsroom) -> None:
    page = story.browser("ed").go(f"{PLACE}/panels/history")
    assert "<html" not in page.page.text
    assert "Ed Lindqvist" in page.text
    assert "changed the headline from “Bridge closed” to “Harbour bridge closed”" in page.text
    offered = re.findall("Show th.*?(?=<)", page.page.text)
    assert offered == ["Show these 3 changes", "Show this change", "Show these 2 changes"]


def test_what_is_public_now_is_compared_with_what_came_after_where_something_did(story: Newsroom) -> None:
    ed = story.browser("ed").go(f"{PLACE}/panels/history")
    assert 'compare?then=4&amp;now=7" target="_blank">Since then' in ed.page.text
    story.do(a.Update(STORY, without_approval="Urgent"), who="ada")
    ed.go(f"{PLACE}/panels/history")
    assert ed.page.text.count("Since then") == 1
    assert 'compare?then=4&amp;now=8" target="_blank">Since then' in ed.page.text


def test_of_what_was_only_begun_there_is_no_change_to_show(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(STORY, headline="Bridge closed"), who="rita")
    page = newsroom.browser("ed").go(f"{PLACE}/panels/history").page.text
    assert "Rita Okafor" in page
    assert "Show th" not in page


def test_restoring_repeats_as_the_same_act(story: Newsroom) -> None:
    """A double click does it once."""
    rita = story.browser("rita").go(f"{PLACE}/history/compare?then=4&now=7")
    form = {**rita.form(f"{PLACE}/restore"), "part": "headline"}
    for _ in range(2):
        assert rita.client.post(f"{PLACE}/restore", data=form).status_code == 303
    happened = [one.event for one in story.house.store.read_stream(f"article-{STORY}", after=7)]
    assert happened == [ArticleHeadlineChanged(headline="Harbour bridge closed")]
    assert UUID(form["command_id"])
