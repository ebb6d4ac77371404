"""What the writing screen says and does when somebody else changes what may be done; and notes about the story."""

import pytest
from playwright.sync_api import expect

from cms import article as a
from tests.desk.writing_room import PASSWORD, Room, Writer

pytestmark = pytest.mark.browser


def publish(room: Room, id: str) -> None:
    room.do(a.Submit(id), who="anna")
    room.do(a.Approve(id, room.article(id).version), a.Publish(id), who="chief")


def editable(writer: Writer) -> bool:
    return writer.page.get_attribute(".ProseMirror", "contenteditable") == "true"


def test_a_story_put_in_the_bin_meanwhile_is_closed_and_its_words_can_be_copied(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id).at(1).type(" Saved.").saved()
    room.do(a.Trash(id))
    anna.sees("Cleo Marsh put it in the bin. Everything that was saved is in there with it")
    room.until(lambda: not editable(anna), "nothing can be typed any more")
    assert not anna.page.is_editable("[data-field=headline]")
    assert anna.page.is_visible("text=Copy the whole text")
    room.do(a.Recover(id))
    anna.sees("Cleo Marsh took it out of the bin.")
    anna.page.click("#notices button:has-text('Load again') >> nth=-1")
    room.until(lambda: anna.page.locator("html[data-ready]").count() and editable(anna), "it is open again")
    assert anna.text == "Before. Saved."


def test_words_typed_offline_into_a_story_that_was_put_in_the_bin_come_back_with_it(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id)
    anna.context.set_offline(True)
    anna.at(1).type(" Precious words.")
    room.do(a.Trash(id))
    anna.context.set_offline(False)
    anna.sees("These words could not be saved: ")
    anna.sees("They are kept on this device.")
    room.do(a.Recover(id))
    anna.open()
    anna.saved()
    room.until(lambda: room.text(id) == "Before. Precious words.", "they are saved")


def test_what_others_do_with_the_story_is_said_in_words_and_nothing_is_in_the_way(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id).at(1)
    publish(room, id)
    anna.sees("Cora Hale published this story: readers see it now. Go on writing")
    room.do(a.Withdraw(id, "Wrong."), who="chief")
    anna.sees("Cora Hale withdrew it: readers find it nowhere now. Its words are safe, and can be written on.")
    anna.type(" Written on.").saved()
    assert room.text(id) == "Before. Written on."


def test_the_bar_says_where_the_story_stands_and_that_readers_do_not_have_what_is_typed(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id)
    badge = anna.page.locator("#standing")
    expect(badge).to_have_text("draft")
    publish(room, id)
    expect(badge).to_have_text("published", timeout=20_000)
    anna.at(1).type(" More.").saved()
    room.house.step()  # what is typed waits for the follower, who is not here
    expect(badge).to_have_text("changed since published", timeout=20_000)
    for width in (1440, 390):
        anna.page.set_viewport_size({"width": width, "height": 800})
        expect(badge).to_be_visible()
    room.do(a.Withdraw(id, "Wrong."), who="chief")
    expect(badge).to_have_text("draft", timeout=20_000)
    anna.open()
    expect(badge).to_have_text("draft")


def test_somebody_who_was_disabled_keeps_their_words_and_is_told(room: Room) -> None:
    id = room.story("Before.")
    ben = room.write("ben", id)
    room.house.accounts.disable(room.people["ben"].id)
    try:
        ben.at(1).type(" After.")
        ben.page.wait_for_selector("dialog[open] #again-password")
        room.until(lambda: "Signed out, 1 change kept on this device" in ben.state, "the change is counted")
        ben.page.fill("#again-password", PASSWORD)
        ben.press("Enter")
        ben.sees("This account is disabled. An administrator can enable it.")
        assert ben.page.is_visible("dialog >> text=Copy the whole text")
    finally:
        room.house.accounts.enable(room.people["ben"].id)
    ben.page.fill("#again-password", PASSWORD)
    ben.press("Enter")
    room.until(lambda: room.text(id) == "Before. After.", "their words are sent")


def test_whoever_signs_in_later_finds_the_way_back_in_the_line(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id)
    again = anna.page.locator("#again")
    assert not again.is_visible()
    room.house.accounts.end_sessions(room.people["anna"].id)
    anna.at(1).type(" After.")
    anna.page.wait_for_selector("dialog[open] #again-password")
    anna.page.click("dialog >> text=Later")
    again.wait_for()
    room.until(lambda: "Signed out, 1 change kept on this device" in anna.state, "the line says what is kept")
    again.click()
    anna.page.fill("#again-password", PASSWORD)
    anna.press("Enter")
    anna.saved()
    assert not again.is_visible()
    assert room.text(id) == "Before. After."


def test_nobody_is_told_that_they_are_here_themselves(room: Room) -> None:
    id = room.story("A paragraph in which both of them are.")
    own = room.context("anna")
    anna, ben = room.write(own, id), room.write("ben", id)
    second = room.write(own, id).at(1)
    room.until(lambda: ben.page.locator("#here li").count() == 1, "to Ben, Anna is one person")
    room.until(lambda: second.page.locator("#here li").all_inner_texts() == ["BO\nBen Okoro is here"], "Ben is here")
    room.until(lambda: anna.page.locator("#here li").all_inner_texts() == ["BO\nBen Okoro is here"], "and only he")
    room.until(lambda: ben.page.locator(".caret-name").all_inner_texts() == ["Anna Brandt"], "Ben sees Anna’s caret")
    assert anna.page.locator(".caret-name").count() == 0


def test_while_the_log_takes_nothing_the_line_says_so_and_what_is_kept(room: Room) -> None:
    id = room.story("Before.")
    anna = room.write("anna", id)
    full = '{"error": "log", "message": "The log cannot be written to just now. What you typed is kept."}'
    anna.page.route("**/commands", lambda route: route.fulfill(status=503, body=full, content_type="application/json"))
    anna.at(1).type(" After.")
    wanted = "The log cannot be written to just now, 1 change kept on this device"
    room.until(lambda: anna.state == wanted, f"says so: {anna.state}")
    anna.page.unroute("**/commands")
    anna.saved()
    assert room.text(id) == "Before. After."


def test_notes_about_the_story_are_left_and_read_beside_it(room: Room) -> None:
    id = room.story("Words. More words.")
    anna = room.write("anna", id).at(1).type(" %%when?%%").saved()
    cleo = room.write("cleo", id)
    anna.press("Control+7")
    anna.sees("Nobody has left one yet.")
    assert anna.page.locator(".note-place").all_inner_texts() == ["when?\nAnna Brandt"]
    anna.page.click("#rail button:has-text('Leave a note')")
    anna.sees("Please fill this in.")
    anna.page.fill("#rail-note-text", "The source is the\nharbour master.")
    anna.page.click("#rail button:has-text('Leave a note')")
    anna.sees("The desk can read it now.")
    cleo.sees("Anna Brandt left a note about it.")
    cleo.page.click("#notices button:has-text('Look')")
    room.until(lambda: cleo.page.locator(".left-note").all_inner_texts() == ["The source is the\nharbour master."], "")
    note = next(one for one in room.house.store.read_stream(f"article-{id}") if one.type == "article.note_added")
    room.house.keys.destroy(note.event.note)  # type: ignore[attr-defined]
    cleo.press("Control+7", "Control+7")
    cleo.sees("Its words were erased.")


def test_a_note_half_typed_is_kept_until_it_is_left(room: Room) -> None:
    id, other = room.story("Words."), room.story("Others.")
    cleo = room.write("cleo", id).press("Control+7")
    note = cleo.page.locator("#rail-note-text")
    note.fill("Ask the harbour")
    for away in (lambda: cleo.press("Control+7", "Control+7"), lambda: cleo.press("Control+1", "Control+7"), cleo.open):
        away()
        note.wait_for()
        assert note.input_value() == "Ask the harbour"
    cleo.id = other
    cleo.open()
    note.wait_for()
    assert note.input_value() == ""
    cleo.id = id
    cleo.open()
    note.wait_for()
    note.press_sequentially("!")
    cleo.page.click("#rail button:has-text('Leave a note')")
    cleo.sees("The desk can read it now.")
    assert note.input_value() == ""
    cleo.open()
    note.wait_for()
    assert note.input_value() == ""


def test_a_form_of_a_panel_half_filled_in_is_open_again_as_it_was(room: Room) -> None:
    id = room.story("Words.")
    room.do(a.Submit(id), who="anna")
    cleo = room.write("cleo", id).press("Control+1")
    cleo.page.click("#rail summary:has-text('Send back')")
    back = cleo.page.locator("#rail-return textarea")
    back.fill("The second paragraph ne")
    cleo.press("Control+2", "Control+1")
    back.wait_for()
    assert back.input_value() == "The second paragraph ne"
    back.fill("")
    cleo.page.click("#rail-return button")
    expect(cleo.page.locator("#rail-return textarea[aria-invalid]")).to_be_focused()  # what is missing is asked for
    back.fill("The second paragraph ne")
    back.press("End")
    back.press_sequentially("eds a source.")
    cleo.page.click("#rail-return button")
    cleo.page.locator("#rail .badge", has_text="draft").wait_for()
    room.until(lambda: room.article(id).stage == "draft", "it was sent back")
    room.do(a.Submit(id), who="anna")
    back.wait_for(state="attached")
    assert back.input_value() == ""


def test_what_a_panel_said_goes_once_somebody_else_did_something(room: Room) -> None:
    id = room.story("Words.")
    anna = room.write("anna", id).press("Control+1")
    anna.page.click("#rail button:has-text('Submit')")
    anna.sees("Submitted: it waits to be read.")
    room.do(a.Return(id, "Who says so?"))
    expect(anna.page.locator("#rail .row-state")).to_contain_text("sent back")
    expect(anna.page.locator("#rail")).not_to_contain_text("Submitted: it waits")


def test_a_very_long_story_and_an_empty_one_open_and_are_written_in(room: Room) -> None:
    long = room.story(*[f"Paragraph {number}. " + "word " * 40 for number in range(600)])
    anna = room.write("anna", long)
    anna.press("Control+End").at(600).type("The end.").saved()
    assert room.text(long).endswith("The end.")
    assert anna.page.inner_text("#words").startswith("25,20")
    empty = room.story(headline="")
    anna = room.write("anna", empty)
    assert "is-empty" in (anna.page.get_attribute(".ProseMirror", "class") or "")
    anna.at(1).type("First words.").saved()
    assert room.text(empty) == "First words."
