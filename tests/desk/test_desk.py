"""The desk: signing in, the list, an article's life by its buttons."""

import re
from typing import Any

import pytest

from app import create_app
from cms import article as a
from cms import byline as b
from cms import section as s
from events.article import ArticleScheduled, Credit
from events.instant import HOUR, to_iso
from tests.desk.conftest import PASSWORD, Browser, Newsroom

BODY = "The bridge is **closed**.\n\nNobody knows for how long."


def written(newsroom: Newsroom, headline: str = "Harbour bridge closed", body: str = BODY) -> str:
    """A draft of Rita's; the path of its page."""
    rita = newsroom.browser("rita").send("/desk/articles", headline=headline)
    edit = rita.page.request.path
    rita.send(edit, body=body, standfirst="What it means.")
    return edit.removesuffix("/edit")


def approved(newsroom: Newsroom) -> str:
    story = written(newsroom)
    newsroom.browser("rita").go(story).send(f"{story}/do/submit")
    newsroom.browser("ed").go(story).send(f"{story}/do/approve")
    return story


def published(newsroom: Newsroom) -> str:
    story = approved(newsroom)
    newsroom.browser("ed").go(f"{story}/publish").send(f"{story}/publish")
    return story


def buttons(browser: Browser) -> set[str]:
    return set(re.findall(r'action="/desk/articles/[^/"]+/do/([\w-]+)"', browser.page.text))


def test_a_new_story_is_signed_by_who_begins_it_and_in_their_section(newsroom: Newsroom) -> None:
    byline, sport = "0193aaaa-0000-7000-8000-0000000000b1", "0193aaaa-0000-7000-8000-0000000000d1"
    newsroom.do(b.Create(byline, "Rita Okafor"), s.Open(sport, "Sport"))
    newsroom.house.accounts.saved.choose_section(newsroom.people["rita"].id, sport)

    def begun() -> tuple[tuple[Credit, ...], str | None, int]:
        id = written(newsroom).rpartition("/")[2]
        first, *_ = newsroom.house.store.read_stream(f"article-{id}")
        found = newsroom.house.store.outcome(first.meta.command_id)
        assert found is not None
        content = a.decider.fold(a.Article(), [one.event for one in newsroom.house.store.read_stream(f"article-{id}")])
        return content.content.bylines, content.content.section, found.position - found.first_position

    assert begun() == ((Credit(byline),), sport, 2)
    newsroom.do(b.Retire(byline), s.Close(sport))
    assert begun() == ((), None, 0)


# --- signing in


def test_nobody_sees_the_desk_without_signing_in(newsroom: Newsroom) -> None:
    page = newsroom.app.test_client().get("/desk/articles/0193?x=1")
    assert (page.status_code, page.headers["Location"]) == (303, "/desk/sign-in?next=/desk/articles/0193%3Fx%3D1")


def test_after_signing_in_one_is_where_one_wanted_to_go(newsroom: Newsroom) -> None:
    browser = Browser(newsroom.app.test_client())
    browser.go(browser.go("/desk/tags", 303).page.headers["Location"])
    browser.send("/desk/sign-in", email="rita@example.org", password=PASSWORD)
    assert browser.page.request.path == "/desk/tags"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/desk//evil", "/\\evil", "/deskevil", "/desk/\n"]
)
def test_signing_in_leads_nowhere_else(newsroom: Newsroom, elsewhere: str) -> None:
    browser = Browser(newsroom.app.test_client())
    browser.go("/desk/sign-in").send("/desk/sign-in", email="ed@example.org", password=PASSWORD, next=elsewhere)
    assert browser.page.request.path.rstrip("/") == "/desk"


def test_a_wrong_password_keeps_the_address_and_tells_nothing_more(newsroom: Newsroom) -> None:
    browser = Browser(newsroom.app.test_client())
    browser.go("/desk/sign-in").send("/desk/sign-in", 422, email="rita@example.org", password="something else")
    assert "The e-mail address or the password is not right." in browser.text
    assert browser.form("/desk/sign-in")["email"] == "rita@example.org"


def test_the_cookies_are_for_the_desk_alone(newsroom: Newsroom) -> None:
    client = newsroom.app.test_client()
    browser = Browser(client)
    browser.go("/desk/sign-in")
    typed = {**browser.form("/desk/sign-in"), "email": "ed@example.org", "password": PASSWORD}
    answer = client.post("/desk/sign-in", data=typed)
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie" and value.startswith("daybook_desk="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/desk" in cookie


def test_nothing_of_the_desk_is_kept_or_framed_and_no_script_but_ours_runs(newsroom: Newsroom) -> None:
    headers = newsroom.browser("rita").page.headers
    assert headers["Cache-Control"] == "no-store"
    refused = newsroom.browser("rita").send("/desk/articles", 422, headline="x" * 301).page
    assert refused.headers["Cache-Control"] == "private, no-cache"  # “Back” finds it
    rita = newsroom.browser("rita")
    out = rita.client.post("/desk/sign-out", data=rita.form("/desk/sign-out"))
    assert out.headers["Clear-Site-Data"] == '"cache"'  # and nobody after them does
    assert "default-src 'self'; object-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_signing_out_ends_the_session_on_the_server(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    token = rita.client.get_cookie("daybook_desk", path="/desk")
    assert token
    rita.send("/desk/sign-out")
    assert newsroom.house.accounts.session(token.value) is None
    assert "You are signed out." in rita.text


def test_disabling_a_person_ends_their_session_in_the_middle_of_their_work(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    newsroom.house.accounts.disable(newsroom.people["rita"].id)
    assert rita.go("/desk", 303).page.headers["Location"] == "/desk/sign-in"


def test_other_browsers_can_be_signed_out(newsroom: Newsroom) -> None:
    here, there = newsroom.browser("rita"), newsroom.browser("rita")
    here.go("/desk/you")
    action = re.findall(r'action="(/desk/you/sessions/[^"]+)"', here.page.text)
    assert len(action) == 1
    here.send(action[0])
    there.go("/desk", 303)
    here.go("/desk")


# --- forms are ours, and nothing typed is lost


def test_a_form_without_its_key_does_nothing_and_loses_nothing(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    rita.page = rita.client.post("/desk/articles", data={"headline": "Never lost", "key": "wrong"})
    assert rita.page.status_code == 403
    assert rita.form("/desk/articles")["headline"] == "Never lost"
    assert "Never lost" not in rita.go("/desk").text
    rita.page = rita.client.post("/desk/articles", data={"headline": "Never lost", "key": "wrong"})
    rita.send("/desk/articles")
    assert rita.form(rita.page.request.path)["headline"] == "Never lost"


def test_an_ended_session_loses_no_word(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita = newsroom.browser("rita").go(f"{story}/edit")
    newsroom.clock.at += 25 * HOUR
    rita.send(f"{story}/edit", 401, headline="A better headline", body="Line one\n\nLine two")
    assert "What you typed is safe" in rita.text
    kept = rita.page
    rita.go("/desk/sign-in").send("/desk/sign-in", email="rita@example.org", password=PASSWORD)
    rita.page = kept
    rita.send(f"{story}/edit", 403)
    assert "You are Rita Okafor now" in rita.text
    rita.send(f"{story}/edit")
    assert "A better headline" in rita.text
    assert "Line two" in rita.text


def test_another_site_cannot_send_forms_here(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    data = {**rita.form("/desk/articles"), "headline": "From elsewhere"}
    answer = rita.client.post("/desk/articles", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "From elsewhere" not in answer.text
    assert "From elsewhere" not in rita.go("/desk").text


def test_a_double_click_does_it_once(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    data = {**rita.form("/desk/articles"), "headline": "Only once"}
    first, second = (rita.client.post("/desk/articles", data=data) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert rita.go("/desk").page.text.count("Only once</a>") == 1
    story = first.headers["Location"].removesuffix("/edit")
    rita.go(first.headers["Location"]).send(f"{story}/edit", body=BODY)
    data = rita.form(f"{story}/do/submit")
    answers = [rita.client.post(f"{story}/do/submit", data=data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]


# --- the list


def test_articles_are_listed_by_state_with_counts(newsroom: Newsroom) -> None:
    written(newsroom, "A draft")
    published(newsroom)
    ed = newsroom.browser("ed")
    assert re.search(r"All stories 2 .*Drafts 1 .*In review 0 .*Published 1 ", ed.text)
    assert "A draft" in ed.go("/desk?state=draft").text
    assert "Harbour bridge" not in ed.text
    assert "Harbour bridge" in ed.go("/desk?state=published").text
    assert "Nothing here yet." in ed.go("/desk?state=withdrawn").text
    ed.go("/desk?state=nonsense", 404)


def test_mine_are_those_i_worked_on(newsroom: Newsroom) -> None:
    written(newsroom, "Rita's story")
    assert "Rita's story" in newsroom.browser("rita").go("/desk?scope=mine").text
    assert "Rita's story" not in newsroom.browser("pia").go("/desk?scope=mine").text


def test_filters_narrow_the_list(newsroom: Newsroom) -> None:
    written(newsroom, "Ferries run again")
    written(newsroom, "100% of _us_")
    rita = newsroom.browser("rita")
    assert "1 story" in rita.go("/desk?text=ferries").text
    assert "1 story" in rita.go("/desk?text=100%25").text
    assert "Nothing here with these filters" in rita.go("/desk?text=%25%25").text
    assert "Nothing here with these filters" in rita.go(f"/desk?person={newsroom.people['pia'].id}").text


def test_a_long_list_has_pages(newsroom: Newsroom) -> None:
    newsroom.do(*(a.Draft(f"0193aaaa-0000-7000-8000-{number:012}", f"Story {number}") for number in range(60)))
    rita = newsroom.browser("rita")
    found = set(re.findall(r"Story \d+", rita.text))
    rita.go(re.findall(r'href="(/desk\?[^"]*before=[^"]+)"', rita.page.text)[0].replace("&amp;", "&"))
    assert len(found | set(re.findall(r"Story \d+", rita.text))) == 60
    rita.go("/desk?before=nonsense", 404)


# --- the life of a story


def test_the_life_of_a_story_by_its_buttons(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita, ed, cora = (newsroom.browser(who) for who in ("rita", "ed", "cora"))
    assert "What it means." in rita.go(story).text
    assert "<strong>closed</strong>" in rita.page.text
    rita.send(f"{story}/do/submit")
    assert "Submitted: it waits to be read." in rita.text
    ed.go(story).send(f"{story}/do/return", note="Who closed it?")
    assert "Who closed it?" in ed.text
    rita.go(story).send(f"{story}/do/submit")
    ed.go(story).send(f"{story}/do/approve")
    ed.go(f"{story}/publish").send(f"{story}/publish")
    assert "“Harbour bridge closed” is at" in ed.text
    assert "/2026/11/23/harbour-bridge-closed" in ed.text
    ed.go(f"{story}/edit").send(f"{story}/edit", headline="Harbour bridge shut")
    assert "they do not see the words below yet" in ed.text
    ed.send(f"{story}/do/submit")
    cora.go(story).send(f"{story}/do/approve")
    cora.go(f"{story}/publish?change=correction")
    cora.send(f"{story}/publish", note_correction="The bridge was not closed but shut.")
    assert "Readers are told: “The bridge was not closed but shut.”" in cora.text
    cora.go(story).send(f"{story}/do/withdraw", reason="Legal")
    assert "withdrawn" in cora.text
    assert "History Cora Hale withdrew it: “Legal” 23 November 2026" in cora.text


def test_words_that_came_after_one_looked_are_not_approved(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita, ed = newsroom.browser("rita"), newsroom.browser("ed")
    rita.go(story).send(f"{story}/do/submit")
    ed.go(story)
    newsroom.do(a.ChangeHeadline(story.rpartition("/")[2], "Sneaked in later"), who="rita")
    ed.send(f"{story}/do/approve", 422)
    assert "Sneaked in later" in ed.text  # they are on the screen now
    ed.send(f"{story}/do/approve")
    assert "Approved: it can be published." in ed.text


def test_nobody_is_offered_to_approve_their_own_story(newsroom: Newsroom) -> None:
    ed = newsroom.browser("ed").send("/desk/articles", headline="By Ed")
    story = ed.page.request.path.removesuffix("/edit")
    ed.send(f"{story}/edit", body=BODY).send(f"{story}/do/submit")
    assert "approve" not in buttons(ed)
    assert "approve" in buttons(newsroom.browser("cora").go(story))


def test_a_hidden_button_is_no_check(newsroom: Newsroom) -> None:
    story = approved(newsroom)
    rita = newsroom.browser("rita").go(story)
    key = rita.form("/desk/sign-out")["key"]
    rita.page = rita.client.post(f"{story}/publish", data={"key": key})
    assert rita.page.status_code == 422
    assert "Your role does not allow you to do this." in rita.text
    rita.page = rita.client.post(f"{story}/do/withdraw", data={"key": key, "reason": "Mine"})
    assert rita.page.status_code == 422
    assert "cannot be done" in rita.text
    assert "Published 1" not in rita.go("/desk").text


def test_a_chief_who_publishes_alone_says_why(newsroom: Newsroom) -> None:
    story = written(newsroom)
    cora = newsroom.browser("cora").go(f"{story}/publish")
    cora.send(f"{story}/publish", 422)
    assert re.search(r'id="without_approval-error">.*?Nobody has approved these words yet', cora.page.text, re.DOTALL)
    cora.send(f"{story}/publish", without_approval="Nobody else is here at this hour.")
    assert "published" in cora.go(story).text


def test_what_is_refused_is_shown_by_its_field_with_everything_typed(newsroom: Newsroom) -> None:
    story = published(newsroom)
    cora = newsroom.browser("cora").go(story)
    cora.send(f"{story}/do/withdraw", 422, reason="  ")
    assert re.search(r'id="withdraw-reason-error">.*?Please fill this in\.', cora.page.text, re.DOTALL)
    cora.go(f"{story}/publish?change=retraction").send(f"{story}/publish", 422, note_retraction="x" * 2001)
    assert "The notice is 2,001 characters long" in cora.text
    assert cora.form(f"{story}/publish")["note_retraction"] == "x" * 2001


def test_scheduling_is_in_the_newsrooms_time(newsroom: Newsroom) -> None:
    story = approved(newsroom)
    ed = newsroom.browser("ed").go(f"{story}/publish")
    ed.send(f"{story}/publish", 422, when="later", at="2026-11-22T09:00")
    assert "This moment has passed." in ed.text
    ed.send(f"{story}/publish", 422, when="later", at="tomorrow")
    assert "This is no date and time." in ed.text
    ed.send(f"{story}/publish", when="later", at="2026-11-24T06:30")
    assert "goes out by itself on 24 November 2026, 6.30am" in ed.text
    assert "Scheduled 1" in ed.go("/desk").text
    ed.go(story).send(f"{story}/do/cancel-schedule", why="Too early")
    assert "Scheduled 0" in ed.go("/desk").text


def test_an_hour_that_the_clocks_skip_or_repeat_is_asked_about(newsroom: Newsroom) -> None:
    story = approved(newsroom)
    ed = newsroom.browser("ed").go(f"{story}/publish")
    ed.send(f"{story}/publish", 422, when="later", at="2027-03-28T01:30")
    assert "The clocks skip this hour" in ed.text
    ed.send(f"{story}/publish", 422, when="later", at="2027-10-31T01:30")
    assert "this time comes twice" in ed.text
    ed.send(f"{story}/publish", when="later", at="2027-10-31T01:30", at_which="second")
    *_, last = newsroom.house.store.read_stream(f"article-{story.rpartition('/')[2]}")
    assert isinstance(last.event, ArticleScheduled)
    assert to_iso(last.event.public_from) == "2027-10-31T01:30:00Z"


def test_an_embargo_holds_and_can_be_lifted(newsroom: Newsroom) -> None:
    story = approved(newsroom)
    ed = newsroom.browser("ed").go(story).send(f"{story}/do/embargo", until="2026-11-25T00:01")
    assert "It is under an embargo." in ed.text
    ed.go(f"{story}/publish").send(f"{story}/publish", 422)
    assert "under an embargo" in ed.text
    assert ed.go(story).form(f"{story}/do/embargo")["until"] == "2026-11-25T00:01"
    ed.send(f"{story}/do/embargo", until="").go(f"{story}/publish").send(f"{story}/publish")


def test_words_that_changed_after_they_were_read_are_not_published(newsroom: Newsroom) -> None:
    story = approved(newsroom)
    ed, rita = newsroom.browser("ed").go(f"{story}/publish"), newsroom.browser("rita")
    rita.go(f"{story}/edit").send(f"{story}/edit", headline="Quite another story")
    ed.send(f"{story}/publish", 409)
    assert "Quite another story" in ed.text
    assert "Published 0" in ed.go("/desk").text


def test_trashed_and_recovered(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita = newsroom.browser("rita").go(story).send(f"{story}/do/trash")
    assert buttons(rita) == {"recover"}
    rita.send(f"{story}/do/recover")
    assert "submit" in buttons(rita)


def test_assigning_says_to_whom(newsroom: Newsroom) -> None:
    story = written(newsroom)
    ed = newsroom.browser("ed").go(story).send(f"{story}/do/assign", account=newsroom.people["pia"].id)
    assert "assigned it to Pia Novak" in ed.text
    assert "for Pia Novak" in ed.go("/desk").text


def test_a_note_for_the_desk_is_not_in_the_log_in_the_clear(newsroom: Newsroom) -> None:
    story = written(newsroom)
    newsroom.browser("rita").go(story).send(f"{story}/do/note", text="My source is the harbour master.")
    newsroom.house.store.close()
    kept = b"".join(path.read_bytes() for path in newsroom.house.settings.var.glob("events.db*"))
    assert b"harbour master" not in kept
    assert b"article.note_added" in kept


# --- history, checks, faults


def test_history_is_told_in_plain_words(newsroom: Newsroom) -> None:
    story = published(newsroom)
    history = newsroom.browser("ed").go(f"{story}/history").text
    assert "Ed Lindqvist published it" in history
    assert "began the story “Harbour bridge closed”" in history
    assert "Rita Okafor" in history
    assert "23 November 2026, 9.00am" in history


def test_checks_say_what_is_missing(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita").send("/desk/articles", headline="")
    story = rita.page.request.path.removesuffix("/edit")
    text = rita.go(story).text
    assert "Stops it: It has no headline." in text
    assert "Stops it: There are no words in the body." in text
    assert "It has no standfirst" in text
    assert "It has no byline." in text


@pytest.mark.parametrize("site", [False, True], ids=["the desk alone", "beside the site"])
def test_what_is_not_there_is_404_in_the_desks_own_words(newsroom: Newsroom, site: bool) -> None:
    if site:  # which has a page of its own for what is not there
        newsroom.app = create_app(newsroom.house.settings, newsroom.clock)
    rita, none = newsroom.browser("rita"), "articles/0193aaaa-0000-7000-8000-000000000000"
    for path in (none, f"{none}/write", "articles/xyz/write", "accounts", "articles/x", "images/x/y", "by\x00te"):
        assert "There is nothing here" in rita.go(f"/desk/{path}", 404).text
        assert "To the desk" in rita.text
    assert rita.go(f"/desk/api/{none}", 404).page.is_json
    if site:
        newsroom.app.extensions["daybook"].close()


def test_views_that_are_being_made_anew_are_503(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    newsroom.house.settings.views.unlink()
    rita.go("/desk", 503)
    assert rita.page.headers["Retry-After"] == "5"
    assert "What you saved is safe in the log." in rita.text


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "' OR 1=1 --", "\u202eevil", "\x00nul",
    "&amp;",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words_everywhere(newsroom: Newsroom, words: Any) -> None:
    newsroom.do(s.Open("0193aaaa-0000-7000-8000-00000000000a", "Section " + words.replace("\x00", "")))
    rita = newsroom.browser("rita").send("/desk/articles", headline=words)
    edit = rita.page.request.path
    story = edit.removesuffix("/edit")
    rita.send(edit, standfirst=words, body=f"{words}\n\n**{words}**", kicker=words)
    for path in (story, edit, "/desk", f"{story}/history", f"/desk?text={words.replace('#', '')}"):
        page = rita.go(path).page.text
        assert "<script>alert" not in page
        assert "onerror=alert(1)>" not in page
        assert "49" not in re.sub(r"[0-9a-f-]{36}|\d\d:\d\d|[0-9a-f]{64}", "", rita.text)
    rita.go(edit).send(edit, 422, slug=words)
    assert "The last part of an address has only the letters" in rita.text
