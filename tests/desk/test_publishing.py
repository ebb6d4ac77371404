"""The publish dialog says what will happen, and the receipt what did."""

import re
from typing import Any

import pytest

from cms import article as a
from cms import image as i
from cms import section as s
from cms.house import Published
from events.article import ArticleCorrected, ArticleEmbargoed, ArticleRetracted, ArticleScheduled, ArticleUpdated, Lead
from events.document import from_markdown, from_paragraphs
from events.event import Event
from events.instant import HOUR, from_iso, to_iso
from search.index import Index
from tests.desk.conftest import Browser, Newsroom
from tests.desk.test_library import taken_in

STORY = "0193aaaa-0000-7000-8000-0000000000a1"
NEWS = "0193aaaa-0000-7000-8000-0000000000c1"
PLACE = f"/desk/articles/{STORY}"
PUBLISH = f"{PLACE}/publish"


@pytest.fixture
def desk(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """A story of Rita's that Ed has approved, and an index that is told when the test says so."""
    index = Index(newsroom.house.settings.index, newsroom.house.settings.zone)
    index.rebuild(Published(newsroom.house.views.documents))
    monkeypatch.setattr(newsroom.house, "search", index.search, raising=False)
    monkeypatch.setattr(newsroom.house, "index", index, raising=False)
    newsroom.do(s.Open(NEWS, "News", "news"))
    newsroom.do(a.Draft(STORY, headline="Bridge closed"), a.ChangeSection(STORY, NEWS), who="rita")
    newsroom.do(body("It is closed."), who="rita")
    newsroom.do(a.ChangeStandfirst(STORY, "Nobody knows why."), a.Submit(STORY), who="rita")
    newsroom.do(a.Approve(STORY, reviewed=5), who="ed")
    return newsroom


def body(*paragraphs: str) -> a.ReplaceBody:
    return a.ReplaceBody(STORY, from_paragraphs(list(paragraphs)))


def last(newsroom: Newsroom) -> Event:
    return list(newsroom.house.store.read_stream(f"article-{STORY}"))[-1].event


def published(desk: Newsroom) -> Browser:
    return desk.browser("ed").go(PUBLISH).send(PUBLISH)


def changed(desk: Newsroom) -> None:
    desk.do(a.ChangeHeadline(STORY, "Bridge open"), a.ChangeSlug(STORY, "bridge-open"), a.Submit(STORY), who="rita")
    version = len(list(desk.house.store.read_stream(f"article-{STORY}")))
    desk.do(a.Approve(STORY, reviewed=version), who="ed")


def test_it_says_where_the_story_will_be_and_publishes_it_there(desk: Newsroom) -> None:
    ed = desk.browser("ed").go(PUBLISH)
    assert "They see this story for the first time" in ed.text
    assert "/2026/11/23/bridge-closed" in ed.text
    ed.send(PUBLISH)
    assert ed.page.request.path.startswith(f"{PLACE}/receipt/")
    assert "“Bridge closed” is at" in ed.text


def test_readers_of_a_withdrawn_story_do_not_see_it_for_the_first_time(desk: Newsroom) -> None:
    published(desk)
    desk.clock.at = from_iso("2026-11-24T11:40:00Z")
    desk.do(a.Withdraw(STORY, "Law"), a.ChangeHeadline(STORY, "Bridge shut"), who="cora")
    text = desk.browser("cora").go(PUBLISH).text
    assert "Readers had this story until 24 November 2026, 11.40am; they see it again: “Bridge shut”" in text
    assert "for the first time" not in text


def test_what_goes_round_the_review_says_so_and_is_not_the_foremost_button(desk: Newsroom) -> None:
    desk.do(a.ChangeHeadline(STORY, "Bridge shut"), who="rita")
    cora = desk.browser("cora").go(PUBLISH)
    foremost = re.findall(r'<button class="button primary[^"]*">(.*?)</button>', cora.page.text, re.DOTALL)
    assert foremost == ["Submit for review"]
    assert '<span class="say-now">Publish without approval</span>' in cora.page.text


def test_asking_for_the_dialog_writes_nothing(desk: Newsroom) -> None:
    before = desk.house.store.head().position
    desk.browser("ed").go(PUBLISH)
    assert desk.house.store.head().position == before


def test_the_receipt_tells_of_each_place_only_what_was_measured_there(desk: Newsroom) -> None:
    ed = published(desk)
    address = f"{ed.page.request.path}.json"
    places = {place["name"]: place for place in ed.client.get(address).json["places"]}  # type: ignore[index]
    states = {name: place["state"] for name, place in places.items()}
    assert states == {"page": "there", "feeds": "there", "search": "waiting"}
    assert places["page"]["took"].endswith(" s")
    assert 'http-equiv="refresh"' in ed.page.text
    desk.house.index.catch_up(Published(desk.house.views.documents))  # type: ignore[attr-defined]
    told = ed.client.get(address).json
    assert told
    assert told["done"]
    assert [place["state"] for place in told["places"]] == ["there"] * 3
    assert 'http-equiv="refresh"' not in ed.go(address.removesuffix(".json")).page.text


def test_there_is_no_receipt_for_what_was_no_publication(desk: Newsroom) -> None:
    desk.browser("ed").go(f"{PLACE}/receipt/1", 404)


def test_what_readers_will_see_change_is_shown_with_the_move_of_the_address(desk: Newsroom) -> None:
    published(desk)
    changed(desk)
    ed = desk.browser("ed").go(PUBLISH)
    assert "Bridge <del>closed</del><ins>open</ins>" in ed.page.text
    assert "/2026/11/23/bridge-open" in ed.text
    assert "It moves there from /2026/11/23/bridge-closed" in ed.text


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ("silent", ""),
        ("update", "It is open."),
        ("clarification", "Only the upper one."),
        ("correction", "It is open, not closed."),
    ],
)
def test_each_kind_of_change_is_told_as_what_it_is(desk: Newsroom, change: str, note: str) -> None:
    published(desk)
    changed(desk)
    typed: dict[str, Any] = {"change": change, f"note_{change}": note}
    desk.browser("ed").go(PUBLISH).send(PUBLISH, **typed)
    happened = last(desk)
    if change == "correction":
        assert isinstance(happened, ArticleCorrected)
        assert happened.note == note
    else:
        assert isinstance(happened, ArticleUpdated)
        told = {"silent": (True, False, ""), "update": (False, False, note), "clarification": (False, True, note)}
        assert (happened.silent, happened.clarifies, happened.note) == told[change]


def test_a_change_has_to_say_of_which_kind_it_is(desk: Newsroom) -> None:
    published(desk)
    changed(desk)
    ed = desk.browser("ed").go(PUBLISH)
    assert "Choose one: it decides what readers are told." in ed.text
    ed.send(PUBLISH, 422)
    assert '<a href="#change-update">Say what kind of change it is' in ed.page.text
    ed.send(PUBLISH, 422, change="correction", note_update="Typed elsewhere")
    assert "Tell readers what was wrong and what is right." in ed.text
    assert "Typed elsewhere" in ed.page.text


def test_where_nothing_changed_there_is_nothing_to_publish_but_readers_may_be_told_something(desk: Newsroom) -> None:
    ed = published(desk).go(PUBLISH)
    html = ed.page.text
    assert "Tell readers something" in html and "0 changes" not in html and "stays as it is" in html
    for absent in ('value="silent"', 'value="later"', 'value="embargo"', "Choose one"):
        assert absent not in html
    assert 'value="update" checked' in html, "the likeliest; nothing is left to be chosen"
    ed.send(PUBLISH, 422, when="now", change="update", note_update="")
    assert "say what is new, or there is nothing to do" in ed.text
    ed.send(PUBLISH, when="now", change="correction", note_correction="It said closed; it is open.")
    assert isinstance(last(desk), ArticleCorrected)


def test_a_retraction_is_for_a_chief_to_say(desk: Newsroom) -> None:
    published(desk)
    assert 'value="retraction"' not in desk.browser("ed").go(PUBLISH).page.text
    cora = desk.browser("cora").go(PUBLISH)
    cora.send(PUBLISH, change="retraction", note_retraction="We were wrong.")
    assert last(desk) == ArticleRetracted(notice="We were wrong.")
    assert "The notice is on the page" in cora.text


def test_it_is_scheduled_in_the_newsrooms_time(desk: Newsroom) -> None:
    ed = desk.browser("ed").go(PUBLISH).send(PUBLISH, when="later", at="2026-12-24T18:30")
    happened = last(desk)
    assert isinstance(happened, ArticleScheduled)
    assert to_iso(happened.public_from) == "2026-12-24T18:30:00Z"
    assert "goes out by itself on 24 December 2026, 6.30pm" in ed.text
    assert "at its time" in ed.text


@pytest.mark.parametrize(("at", "why"), [("2027-03-28T01:30", "no such time"), ("2026-11-23T08:00", "has passed"),
                                         ("tomorrow", "no date and time"), ("", "Please fill this in")])  # fmt: skip
def test_a_time_that_cannot_be_is_asked_about(desk: Newsroom, at: str, why: str) -> None:
    ed = desk.browser("ed").go(PUBLISH).send(PUBLISH, 422, when="later", at=at)
    assert why in ed.text


def test_an_hour_that_comes_twice_is_asked_about(desk: Newsroom) -> None:
    ed = desk.browser("ed").go(PUBLISH).send(PUBLISH, 422, when="later", at="2027-10-31T01:30")
    assert "this time comes twice" in ed.text
    ed.send(PUBLISH, when="later", at="2027-10-31T01:30", at_which="second")
    happened = last(desk)
    assert isinstance(happened, ArticleScheduled)
    assert happened.public_from == from_iso("2027-10-31T01:30:00Z")


def test_a_correction_cannot_wait(desk: Newsroom) -> None:
    published(desk)
    changed(desk)
    ed = desk.browser("ed").go(PUBLISH)
    ed.send(PUBLISH, 422, when="later", at="2027-01-01T00:00", change="correction", note_correction="Wrong.")
    assert "That goes out at once." in ed.text


def test_an_embargo_keeps_it_back(desk: Newsroom) -> None:
    ed = desk.browser("ed").go(PUBLISH).send(PUBLISH, when="embargo", until="2026-12-01T00:00")
    assert isinstance(last(desk), ArticleEmbargoed)
    assert "Under embargo until 1 December 2026" in ed.text
    ed.send(PUBLISH, 422, when="now")
    assert "under an embargo" in ed.text


def test_with_one_scheduled_it_has_to_be_said_what_becomes_of_it(desk: Newsroom) -> None:
    published(desk)
    changed(desk)
    ed = desk.browser("ed").go(PUBLISH).send(PUBLISH, when="later", at="2026-12-24T18:30")
    desk.do(a.ChangeHeadline(STORY, "Bridge half open"), a.Submit(STORY), who="rita")
    version = len(list(desk.house.store.read_stream(f"article-{STORY}")))
    desk.do(a.Approve(STORY, reviewed=version), who="ed")
    ed.go(PUBLISH)
    assert "A publication is scheduled for 24 December 2026" in ed.text
    assert "Bridge <del>closed</del><ins>half open</ins>" in ed.page.text  # against what readers have, not what waits
    ed.send(PUBLISH, 422, change="silent")
    assert "Say whether it is kept or cancelled." in ed.text
    ed.send(PUBLISH, change="silent", pending="keep")
    assert isinstance(last(desk), ArticleUpdated)


def test_what_changed_since_one_looked_is_shown_before_it_goes_out(desk: Newsroom) -> None:
    ed = desk.browser("ed").go(PUBLISH)
    desk.do(a.ChangeHeadline(STORY, "Bridge shut"), a.Submit(STORY), who="rita")
    desk.do(a.Approve(STORY, reviewed=8), who="cora")
    ed.send(PUBLISH, 409)
    assert "the story has changed since you looked" in ed.text
    assert "New since you looked" in ed.text
    assert "Bridge <del>closed</del><ins>shut</ins>" in ed.page.text
    ed.send(PUBLISH)
    assert "“Bridge shut” is at" in ed.text


def test_what_stands_in_the_way_is_said_beforehand(desk: Newsroom) -> None:
    image = taken_in(desk).rpartition("/")[2]
    desk.do(a.SetLeadImage(STORY, Lead(image)), a.ChangeHeadline(STORY, ""), who="rita")
    desk.do(i.TakeDown(image, "Not ours"))
    cora = desk.browser("cora").go(PUBLISH)
    assert "Stops it: It has no headline." in cora.text
    assert "was taken down. Choose another one." in cora.text
    assert "It cannot go out yet" in cora.text
    cora.send(PUBLISH, 422, without_approval="Urgent")
    assert "An article needs a headline" in cora.text


def test_an_address_that_is_taken_stops_it(desk: Newsroom) -> None:
    other = STORY.replace("a1", "a2")
    words = a.ReplaceBody(other, from_paragraphs(["Words."]))
    desk.do(a.Draft(other, headline="Other"), a.ChangeSlug(other, "same"), words)
    desk.do(a.Publish(other, without_approval="Urgent"))
    desk.do(a.ChangeSlug(STORY, "same"), who="rita")
    assert "Stops it:" in desk.browser("cora").go(PUBLISH).text


def test_links_that_lead_nowhere_are_found(desk: Newsroom) -> None:
    site = desk.house.settings.site_url
    text = f"[a](/2026/01/01/nothing) [b]({site}/2026/01/01/else) [c](https://example.org/x) [d](/about) [e](/by/no)"
    desk.do(a.ReplaceBody(STORY, from_markdown(text, lambda *_: None)), who="rita")
    text = desk.browser("cora").go(PUBLISH).text
    for link in ("/2026/01/01/nothing", "/2026/01/01/else", "/by/no"):
        assert f"The link to {link} leads nowhere" in text
    assert "example.org" not in text.partition("Checks")[2]


def test_what_nobody_approved_needs_a_chief_and_a_reason(desk: Newsroom) -> None:
    desk.do(a.ChangeHeadline(STORY, "Bridge shut"), who="rita")
    ed = desk.browser("ed").go(PUBLISH)
    assert "Not approved yet" in ed.text
    assert f'<form method="post" action="{PUBLISH}"' not in ed.page.text
    cora = desk.browser("cora").go(PUBLISH).send(PUBLISH, 422)
    assert "Nobody has approved these words yet." in cora.text
    cora.send(PUBLISH, without_approval="The mayor is calling")
    assert "“Bridge shut” is at" in cora.text


def test_who_may_not_publish_is_told_whom_to_ask(desk: Newsroom) -> None:
    rita = desk.browser("rita").go(PUBLISH)
    assert "Ada Morrow, Cora Hale and Ed Lindqvist can publish it." in rita.text
    form = {"key": desk.browser("rita").go(f"{PLACE}/edit").form(f"{PLACE}/edit")["key"], "when": "now"}
    other = desk.browser("rita")
    form["key"] = other.go(f"{PLACE}/edit").form(f"{PLACE}/edit")["key"]
    assert other.client.post(PUBLISH, data=form).status_code == 422
    assert not isinstance(last(desk), ArticleUpdated)


def test_a_double_click_publishes_once(desk: Newsroom) -> None:
    ed = desk.browser("ed").go(PUBLISH)
    form = ed.form(PUBLISH)
    answers = [ed.client.post(PUBLISH, data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_a_publication_of_long_ago_claims_no_time(desk: Newsroom) -> None:
    ed = published(desk)
    desk.app.extensions.pop("daybook.receipts")
    desk.clock.at += HOUR
    places = ed.client.get(f"{ed.page.request.path}.json").json["places"]  # type: ignore[index]
    assert (places[0]["state"], places[0]["took"]) == ("there", "")
