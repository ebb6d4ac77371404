"""Notes to the desk on the writing screen: written in place, listed, taken away by a click, and in no count."""

import pytest

from cms import article as a
from events import document
from events.document.notes import Noted
from tests.desk.writing_room import Room, Writer

pytestmark = pytest.mark.browser
NOTE = ".ProseMirror mark.note"


def notes(room: Room, id: str) -> list[str]:
    return [note.text for note in document.notes(room.article(id).content.body.doc)]


def readers(room: Room, id: str) -> str:
    return document.to_text(room.article(id).content.body.for_readers)


def noted(writer: Writer) -> list[str]:
    return writer.page.locator(f"{NOTE} > span").all_inner_texts()


@pytest.mark.parametrize("begun", ["/note\n", "%%", "Control+Alt+m"])
def test_a_note_is_begun_ended_and_the_story_goes_on(room: Room, begun: str) -> None:
    id = room.story("The bridge is closed.")
    anna = room.write("anna", id).at(1).type(" ")
    if "+" in begun:
        anna.press(begun)
    else:
        anna.type(begun)
    anna.sees("To the desk:")
    anna.type("check with legal").press("Enter").type(" Ferries run.").press("Enter").type("On time.").saved()
    anna_id = room.people["anna"].id
    assert document.notes(room.article(id).content.body.doc) == (Noted("check with legal", anna_id),)
    assert readers(room, id) == "The bridge is closed. Ferries run.\nOn time."
    assert anna.page.inner_text("#words").startswith("8 words")
    anna.open()
    assert noted(anna) == ["check with legal"]


def test_a_note_ends_with_the_sign_it_began_with_and_is_undone_like_any_typing(room: Room) -> None:
    id = room.story()
    anna = room.write("anna", id).at(1).type("It fell %%when?%% at noon, by 100%% they say.").saved()
    assert notes(room, id) == ["when?"]
    assert readers(room, id) == "It fell at noon, by 100%% they say."
    anna.press("Control+z")
    room.until(lambda: "they say" not in readers(room, id), "it is undone")


def test_what_is_selected_is_kept_from_readers_and_given_back(room: Room) -> None:
    id = room.story("The mayor knew all along.")
    anna = room.write("anna", id).at(1, end=False)
    anna.press("Control+Shift+ArrowRight", "Control+Shift+ArrowRight", "Control+Alt+m")
    room.until(lambda: notes(room, id) == ["The mayor"], "it is a note")
    anna.press("Control+Alt+m")
    room.until(lambda: notes(room, id) == [], "it is the story's again")
    assert readers(room, id) == "The mayor knew all along."


def test_a_click_takes_a_note_away_and_nothing_else(room: Room) -> None:
    id = room.story()
    anna = room.write("anna", id).at(1)
    anna.type("%%who says so?%% It fell %%when?%% at noon.\n%%picture to come%%\n").saved()
    assert len(notes(room, id)) == 3
    anna.page.click(f"{NOTE}:has-text('when?') .note-done")
    anna.page.click(f"{NOTE}:has-text('picture to come') .note-done")
    room.until(lambda: notes(room, id) == ["who says so?"], "two notes are gone")
    assert anna.text.replace("\n", "") == "who says so? It fell at noon."
    anna.page.click(f"{NOTE} .note-done")
    room.until(lambda: anna.text.strip() == "It fell at noon.", "the last one too")


def test_the_panel_of_checks_lists_them_leads_there_and_takes_them_away(room: Room) -> None:
    id = room.story("The bridge is closed.", "Nobody knows for how long.")
    anna = room.write("anna", id)
    anna.at(2).type(" %%ask Ben%%").press("Control+Home").type("%%legal?%% ").saved()
    ben = room.write("ben", id)
    ben.press("Control+4")
    ben.sees("2 notes to the desk: readers never see them.")
    assert ben.page.locator(".note-place").all_inner_texts() == ["legal?\nAnna Brandt", "ask Ben\nAnna Brandt"]
    ben.page.click(".note-place:has-text('ask Ben')")
    ben.press("Escape").type(" Soon.").saved()
    ben.page.click("[aria-label='Remove the note “legal?”']")
    room.until(lambda: notes(room, id) == ["ask Ben"], "one is left")
    room.until(lambda: noted(anna) == ["ask Ben"], "Anna sees it go")
    assert readers(room, id) == "The bridge is closed.\nNobody knows for how long. Soon."


def test_readers_of_the_desk_see_notes_and_cannot_take_them_away(room: Room) -> None:
    id = room.story("The bridge is closed.")
    anna = room.write("anna", id).at(1).type(" %%ask Ben%%").saved()
    room.do(a.Trash(id))
    anna.open()
    assert noted(anna) == ["ask Ben"]
    assert anna.page.locator(".note-done:visible").count() == 0
