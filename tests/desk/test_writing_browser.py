"""The writing screen in a real Chromium: what is typed reaches the log, whatever happens on the way."""

import urllib.error
import urllib.request
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Request, Route

from cms import article as a
from events import document
from tests.desk.writing_room import BAD_NETWORK, PASSWORD, Room, Writer, converged

pytestmark = pytest.mark.browser


def test_what_is_typed_is_in_the_log_a_moment_later(room: Room) -> None:
    id = room.story("The bridge is closed.")
    anna = room.write("anna", id)
    anna.at(1).type(" Nobody knows for how long.").saved()
    assert room.text(id) == "The bridge is closed. Nobody knows for how long."
    anna.open()
    assert anna.text == room.text(id)
    assert anna.faults == []


def test_a_burst_of_typing_is_one_small_event(room: Room) -> None:
    id = room.story("The bridge is closed.")
    before = room.article(id).content.body.version
    room.write("anna", id).at(1).type(" Nobody knows.").saved()
    assert room.article(id).content.body.version - before <= 3


def test_fields_are_commands_of_their_own(room: Room) -> None:
    id = room.story("Words.")
    anna = room.write("anna", id)
    anna.page.fill("[data-field=headline]", "Bridge to  open")
    anna.page.fill("[data-field=standfirst]", "In a week.")
    anna.page.fill("[data-field=kicker]", "Harbour")
    room.until(lambda: room.article(id).content.kicker == "Harbour", "the kicker is in the log")
    anna.saved()
    content = room.article(id).content
    assert (content.headline, content.standfirst) == ("Bridge to open", "In a week.")


def test_an_answer_that_was_lost_does_not_save_anything_twice(room: Room) -> None:
    id = room.story("Begin.")
    anna = room.write("anna", id)
    anna.page.evaluate(BAD_NETWORK.replace("MOST", "30").replace("LOST", "0.6"))
    for number in range(6):
        anna.at(1).type(f" word{number}", delay=5)
        anna.page.wait_for_timeout(300)
    anna.page.fill("[data-field=headline]", "Sent more than once")
    room.until(lambda: room.article(id).content.headline == "Sent more than once", "the headline is saved", 40)
    room.until(lambda: anna.state.startswith("Saved"), "the body is saved", 40)
    assert room.text(id) == "Begin." + "".join(f" word{number}" for number in range(6))
    assert anna.text == room.text(id)


# --- together


def test_what_another_process_appends_is_on_the_screen_within_a_second(room: Room) -> None:
    id = room.story("First.")
    anna = room.write("anna", id)
    anna.page.wait_for_timeout(300)
    body = room.article(id).content.body
    step = {"stepType": "replace", "from": 7, "to": 7, "slice": {"content": [{"type": "text", "text": " Second."}]}}
    room.do(a.EditBody(id, body.version, [step]), a.ChangeHeadline(id, "Another door"), who="ben")
    room.until(lambda: anna.text == "First. Second.", "their words", 1)
    room.until(lambda: anna.field("headline") == "Another door", "their headline", 1)
    assert anna.state == "Ben Okoro changed the headline"


def test_people_see_who_is_here_and_where(room: Room) -> None:
    id = room.story("A paragraph in which both of them are.")
    anna, ben = room.write("anna", id), room.write("ben", id)
    ben.at(1)
    room.until(lambda: anna.page.locator(".caret-name").all_inner_texts() == ["Ben Okoro"], "Ben's caret")
    room.until(lambda: anna.page.locator("#here li").count() == 1, "Ben is here")
    ben.page.close()
    room.until(lambda: anna.page.locator("#here li").count() == 0, "Ben has left")
    kinds = {recorded.type for recorded in room.house.store.read_stream(f"article-{id}")}
    assert kinds == {"article.drafted", "article.body_edited"}


def test_a_field_conflicts_only_if_that_field_moved_and_the_person_chooses(room: Room) -> None:
    id = room.story("Words.")
    anna = room.write("anna", id)
    anna.context.set_offline(True)
    anna.page.fill("[data-field=headline]", "Anna’s headline")
    anna.page.fill("[data-field=kicker]", "Harbour")
    room.do(a.ChangeHeadline(id, "Ben’s headline"), a.ChangeStandfirst(id, "Ben’s too."), who="ben")
    anna.context.set_offline(False)
    anna.sees("Ben Okoro changed the headline while you did.")
    room.until(lambda: room.article(id).content.kicker == "Harbour", "what did not move is saved")
    assert anna.field("standfirst") == "Ben’s too."
    assert room.article(id).content.headline == "Ben’s headline"
    anna.sees("Anna’s headline")
    anna.page.click("text=Keep mine")
    room.until(lambda: room.article(id).content.headline == "Anna’s headline", "mine was kept")
    anna.saved()


def test_words_typed_where_somebody_deleted_the_passage_are_offered_back(room: Room) -> None:
    id = room.story("Keep this.", "Delete that.")
    anna = room.write("anna", id)
    anna.context.set_offline(True)
    anna.at(2).type(" Precious words.")
    room.do(a.ReplaceBody(id, document.from_paragraphs(["Keep this."])), who="ben")
    anna.context.set_offline(False)
    anna.sees("Precious words.")
    anna.page.click("text=Put them back")
    anna.saved()
    assert "Precious words." in room.text(id)


PICK = """([index, from, to]) => {
    const text = document.querySelector(".ProseMirror").children[index - 1].firstChild, range = document.createRange();
    document.querySelector(".ProseMirror").focus();
    range.setStart(text, from);
    range.setEnd(text, to);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


def rewrite(writer: Writer, paragraph: int, begin: int, end: int, words: str) -> None:
    """Select these characters and type over them, as after a double or triple click."""
    writer.page.evaluate(PICK, [paragraph, begin, end])
    writer.page.wait_for_timeout(60)  # the editor hears of selections from the browser
    writer.type(words, delay=5)


def test_two_who_write_over_the_same_words_at_once_both_have_their_say(room: Room) -> None:
    id = room.story("Alpha stays.", "Beta paragraph here.")
    anna, cleo = room.write("anna", id), room.write("cleo", id)
    anna.context.set_offline(True)
    rewrite(anna, 2, 0, 20, "Anna rewrote beta.")
    rewrite(cleo, 2, 0, 20, "Cleo rewrote it too.")
    cleo.saved()
    anna.context.set_offline(False)
    room.until(lambda: converged([anna, cleo]), "both see the same", 30)
    assert anna.text == "Alpha stays.\nAnna rewrote beta.Cleo rewrote it too." == room.text(id)
    anna.sees("Cleo Marsh wrote over the same words at the same moment.")
    cleo.at(2).type(" And goes on.").saved()  # where her words end
    room.until(lambda: room.text(id).endswith("Cleo rewrote it too. And goes on."), "she goes on")


def test_who_unseen_deleted_what_another_changed_is_told_and_can_put_it_back(room: Room) -> None:
    id = room.story("The bridge is closed for ever.")
    anna, cleo = room.write("anna", id), room.write("cleo", id)
    anna.context.set_offline(True)
    rewrite(anna, 1, 0, 30, "It is open.")
    rewrite(cleo, 1, 21, 29, "until the tide turns")
    cleo.saved()
    anna.context.set_offline(False)
    anna.sees("They are gone from the story; they were: “until the tide turns”")
    room.until(lambda: converged([anna, cleo]), "both see the same", 30)
    anna.page.click("text=Put them back")
    room.until(lambda: "until the tide turns" in room.text(id), "they are back")
    assert "It is open." in room.text(id)


# --- never lost


@pytest.mark.parametrize("first", ["what was on its way", "what is sent again"])
def test_a_page_loaded_again_in_the_middle_of_saving_doubles_nothing(room: Room, first: str) -> None:
    """The old page's command reaches the log late: before or after the new page sends it again."""
    id = room.story("First.")
    anna = room.write("anna", id)
    held: list[Request] = []

    def deliver() -> None:
        for request in held:
            sent = urllib.request.Request(request.url, request.post_data_buffer, request.all_headers())
            with suppress(urllib.error.HTTPError), urllib.request.urlopen(sent):
                pass
        held.clear()

    def hold(route: Route) -> None:
        held.append(route.request)
        route.abort()

    def late(route: Route) -> None:
        if first == "what was on its way":
            deliver()
        route.continue_()

    anna.page.route("**/desk/api/commands", hold)
    anna.at(1).type(" Second.")
    room.until(lambda: anna.page.evaluate("1") and held, "it is being sent")  # asking the page lets it be heard
    anna.page.unroute("**/desk/api/commands")
    anna.page.route("**/desk/api/commands", late)
    del held[1:]
    anna.open()
    anna.saved()
    deliver()
    anna.type("").saved()
    assert room.text(id) == "First. Second."
    room.until(lambda: anna.text == "First. Second.", "and on the screen")



def test_a_tab_that_was_killed_in_mid_sentence_loses_nothing(room: Room) -> None:
    id = room.story("The bridge")
    context = room.context("anna")
    anna = room.write(context, id)
    anna.page.route("**/desk/api/**", lambda route: route.abort())
    anna.at(1).type(" is closed, and nobody kn")
    anna.page.fill("[data-field=headline]", "Never los")
    anna.page.wait_for_timeout(200)
    with suppress(Error):
        anna.page.goto("chrome://crash", timeout=2000)
    anna.page.close()
    again = room.write(context, id)
    assert again.text == "The bridge is closed, and nobody kn"
    assert again.field("headline") == "Never los"
    again.saved()
    assert room.text(id) == again.text
    assert room.article(id).content.headline == "Never los"


def test_a_server_that_was_killed_loses_nothing_and_the_line_says_where_it_is(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id)
    anna.at(1).type(" Saved.").saved()
    room.kill()
    anna.type(" While it was down.")
    room.until(lambda: "kept on this device" in anna.state, f"says so: {anna.state}")
    assert anna.state.startswith("The server does not answer, ")
    room.start()
    anna.saved()
    assert room.text(id) == "Before. Saved. While it was down."
    assert anna.faults == []


def test_offline_the_line_counts_what_is_kept(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id)
    anna.context.set_offline(True)
    anna.at(1).type(" More.")
    anna.page.fill("[data-field=kicker]", "Away")
    room.until(lambda: anna.state == "Offline, 2 changes kept on this device", f"counted: {anna.state}")
    anna.context.set_offline(False)
    anna.saved()
    assert (room.text(id), room.article(id).content.kicker) == ("Before. More.", "Away")


def test_a_session_that_ends_in_mid_sentence_opens_sign_in_over_the_page(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id)
    room.house.accounts.end_sessions(room.people["anna"].id)
    anna.at(1).type(" After.")
    anna.page.wait_for_selector("dialog[open]")
    assert "Signed out, 1 change kept on this device" in anna.state
    anna.page.fill("#again-email", "ben@example.org")
    anna.page.fill("#again-password", PASSWORD)
    anna.press("Enter")
    anna.sees("Sign in as Anna Brandt, so that it is sent as theirs.")
    anna.page.fill("#again-email", "anna@example.org")
    anna.press("Enter")
    anna.saved()
    assert anna.page.locator("dialog[open]").count() == 0
    assert room.text(id) == "Before. After."


def test_two_tabs_of_one_person_lose_nothing_and_double_nothing(room: Room) -> None:
    id = room.story("Start.")
    context = room.context("anna")
    one, other = room.write(context, id), room.write(context, id)
    one.at(1).type(" One.")
    other.at(1).type(" Two.")
    room.until(lambda: converged([one, other]), "both see the same")
    words = room.text(id)
    assert (words.count("One."), words.count("Two."), len(words)) == (1, 1, len("Start. One. Two."))


# --- writing
