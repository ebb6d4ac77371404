"""The writing screen in a real Chromium: what is typed reaches the log, whatever happens on the way."""

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import settings
from PIL import Image
from playwright.sync_api import Browser, Error

from cms import article as a
from events import document
from tests.browser import chromium, chromium_path
from tests.desk.writing_room import BAD_NETWORK, PASSWORD, Room, converged

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium_path() is None, reason="needs Chromium, which is not installed on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def newsroom(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    made = Room(tmp_path_factory.mktemp("writing") / "var", browser)
    yield made
    made.close()


@pytest.fixture
def room(newsroom: Room) -> Iterator[Room]:
    yield newsroom
    for context in newsroom.contexts:
        context.close()
    newsroom.contexts.clear()


def picture(colour: str = "teal") -> bytes:
    made = BytesIO()
    Image.new("RGB", (640, 420), colour).save(made, "JPEG")
    return made.getvalue()


# --- saving


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


def test_three_typists_in_one_paragraph_lose_no_word(room: Room) -> None:
    thorough = settings().derandomize  # as the build sets it
    id, rounds, offline = room.story("Once upon a time."), 120 if thorough else 14, 20_000 if thorough else 2_500
    writers = [room.write(who, id) for who in ("anna", "ben", "cleo")]
    for writer in writers:
        writer.page.evaluate(BAD_NETWORK.replace("MOST", "250").replace("LOST", "0.1"))
    writers[0].at(1, end=False)
    writers[1].at(1)
    writers[2].at(1)
    chance, typed = random.Random(7), []
    for turn in range(rounds):
        for who, writer in enumerate(writers):
            if turn == 4 and who == 2:
                writer.context.set_offline(True)
                writer.page.evaluate(f"setTimeout(() => window.back = true, {offline})")
            if turn > 4 and who == 2 and writer.page.evaluate("window.back === true"):
                writer.context.set_offline(False)
            word = f"{'abc'[who]}{turn}{chance.choice(['x', 'yy', 'zzz'])} "
            typed.append(word.strip())
            writer.type(word, delay=chance.choice([0, 8]))
            if turn > 6 and who == 0 and chance.random() < 0.1:
                writer.press("Backspace").type(" ")
    room.until(lambda: writers[2].page.evaluate("window.back === true"), "twenty seconds have passed", 40)
    writers[2].context.set_offline(False)
    room.until(lambda: converged(writers), "all see the same", 40)
    assert room.text(id) == writers[0].text
    assert [word for word in typed if word not in room.text(id)] == []
    assert [writer.faults for writer in writers] == [[], [], []]


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


# --- never lost


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


def test_markdown_shortcuts_quotes_and_the_menu(room: Room) -> None:
    id = room.story()
    anna = room.write("anna", id)
    anna.at(1).type("## Crosshead\n**Bold** and *italic*, \"quoted\" -- it's so...\n- one\ntwo\n\n> Said she.\n\n")
    anna.type("/pull").press("Enter").type("Big words").saved()
    html = document.to_html(room.article(id).content.body.doc)
    assert html == (
        '<h2 id="h-crosshead">Crosshead</h2>\n<p><strong>Bold</strong> and <em>italic</em>, “quoted” – it’s so…</p>\n'
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<blockquote>\n<p>Said she.</p>\n</blockquote>\n"
        '<figure class="pullquote">\n<blockquote><p>Big words</p></blockquote>\n</figure>\n'
    )


def test_quotes_are_those_of_the_storys_language(room: Room) -> None:
    id = room.story()
    room.do(a.ChangeLanguage(id, "de"))
    room.write("anna", id).at(1).type('"Ja", sagte er.').saved()
    assert room.text(id) == "„Ja“, sagte er."


def test_every_block_that_is_written_has_an_id_of_its_own(room: Room) -> None:
    id = room.story()
    room.write("anna", id).at(1).type("One and two").press("ArrowLeft", "ArrowLeft", "ArrowLeft", "Enter").saved()
    ids = [block.attrs.id for block in room.article(id).content.body.doc.content]  # type: ignore[union-attr]
    assert len(ids) == 2
    assert None not in ids
    assert len(set(ids)) == 2


def test_a_link_finds_our_own_stories_and_refuses_what_could_run(room: Room) -> None:
    other = room.story("Body.", headline="The ferry is late again")
    version = room.article(other).version
    room.do(a.Submit(other), who="anna")
    room.do(a.Approve(other, version + 1), a.Publish(other), who="chief")
    id = room.story("See here")
    anna = room.write("anna", id).at(1)
    anna.press("Control+Shift+ArrowLeft", "Control+k")
    anna.type("javascript:alert(1)").press("Enter")
    anna.sees("A link leads to https://")
    anna.page.fill("#link-address", "ferry")
    anna.page.click(".found button")
    anna.saved()
    assert document.links(room.article(id).content.body.doc) == (room.article(other).issues[0].path,)


def test_a_picture_is_chosen_uploaded_and_given_words(room: Room) -> None:
    id = room.story("Words.")
    kept = room.picture(picture(), caption="The quay", alt="A quay", credit="Ina Voss")
    anna = room.write("anna", id)
    anna.at(1).press("Enter").type("/pict").press("Enter")
    anna.page.click("dialog .picture-tile >> nth=0")
    anna.page.fill(".ProseMirror figure [aria-label='Caption of this picture']", "Quay at dusk")
    anna.press("Enter")
    anna.saved()
    (figure,) = document.all_figures(room.article(id).content.body.doc)
    assert (figure.attrs.image, figure.attrs.caption, figure.attrs.alt) == (kept, "Quay at dusk", None)
    anna.press("Control+3")
    file = {"name": "new.jpg", "mimeType": "image/jpeg", "buffer": picture("maroon")}
    anna.page.set_input_files("#i-file", file)
    anna.sees("Taken in")
    anna.page.click("#rail .picture-choice >> nth=0 >> text=As lead")
    room.until(lambda: room.article(id).content.lead is not None, "the lead image")


def test_a_file_that_is_dropped_is_taken_in_where_it_fell(room: Room) -> None:
    id = room.story("Above.", "Below.")
    anna = room.write("anna", id)
    drop = """([bytes, name]) => {
        const data = new DataTransfer(), block = document.querySelector(".ProseMirror").children[0];
        data.items.add(new File([new Uint8Array(bytes)], name, {type: "image/jpeg"}));
        const {left, bottom} = block.getBoundingClientRect();
        const options = {dataTransfer: data, bubbles: true, cancelable: true, clientX: left + 5, clientY: bottom - 5};
        block.dispatchEvent(new DragEvent("drop", options));
    }"""
    anna.page.evaluate(drop, [list(picture("navy")), "dropped.jpg"])
    room.until(lambda: room.article(id).content.body.images, "the picture is in the story")
    kinds = [type(block).__name__ for block in room.article(id).content.body.doc.content]
    assert kinds == ["Paragraph", "Figure", "Paragraph"]
    anna.page.evaluate(drop, [list(b"no picture"), "broken.jpg"])
    anna.sees("broken.jpg: ")


def test_an_address_alone_on_a_line_is_an_embed_and_a_link_elsewhere(room: Room) -> None:
    id = room.story("Words")
    anna = room.write("anna", id)
    anna.at(1).type(" ").paste(text="https://example.org/page").press("Enter")
    anna.paste(text="https://www.youtube.com/watch?v=abc123").saved()
    html = document.to_html(room.article(id).content.body.doc)
    assert '<a href="https://example.org/page" rel="external noopener">https://example.org/page</a>' in html
    assert '<p class="embed embed-youtube">' in html


def test_find_and_replace(room: Room) -> None:
    id = room.story("The ferry, the Ferry.", "A ferry.")
    anna = room.write("anna", id).at(1, end=False).press("Control+f")
    anna.type("ferry")
    anna.sees("3 places")
    anna.page.fill("[aria-label='Replace by']", "tram")
    anna.page.click("text=Replace all")
    anna.saved()
    assert room.text(id) == "The tram, the tram.\nA tram."


# --- pasting

SAMPLES = json.loads((Path(__file__).parent / "pasted.json").read_text())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["from"])
def test_what_is_pasted_keeps_its_words_and_its_structure(room: Room, sample: dict[str, str]) -> None:
    id = room.story()
    room.write("anna", id).at(1).paste(sample["html"]).saved()
    assert document.to_html(room.article(id).content.body.doc) == sample["becomes"]


def test_hostile_pastes_run_nothing_and_reach_the_log_harmless(room: Room, shared: Path) -> None:
    lines = (shared / "data/naughty/dompurify/expect.jsonl").read_text().split("\n")
    payloads = [json.loads(line)["payload"] for line in lines if line]
    strings = json.loads((shared / "data/naughty/blns/blns.json").read_text())
    id = room.story()
    anna = room.write("anna", id)
    anna.page.evaluate("() => { window.alert = window.confirm = window.prompt = () => { window.ran = Error().stack } }")
    dialogs: list[str] = []
    anna.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    anna.page.evaluate("""samples => {
        for (const [html, text] of samples) {
            const data = new DataTransfer();
            if (html) data.setData("text/html", html);
            data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.querySelector(".ProseMirror").dispatchEvent(event);
        }
    }""", [[payload, payload] for payload in payloads] + [["", text] for text in strings])
    room.until(lambda: anna.state.startswith("Saved"), "saved", 30)
    assert dialogs == []
    assert anna.page.evaluate("window.ran") is None
    assert anna.page.url.endswith("/write")
    fields = [text for text in strings if text.strip()][::40] + payloads[::20]
    for text in fields:
        anna.page.fill("[data-field=headline]", text)
        anna.page.fill("[data-field=standfirst]", text)
    anna.saved()
    assert anna.page.evaluate("window.ran") is None
    anna.open()
    assert anna.page.evaluate("window.ran") is None
    assert document.decode(room.article(id).content.body.raw) == room.article(id).content.body.doc


def test_characters_that_no_document_holds_never_reach_the_log(room: Room) -> None:
    id = room.story()
    anna = room.write("anna", id)
    anna.at(1).paste(text="be\x07l\x00l \ud83d and 😀 \ufffe").saved()
    assert room.text(id).split() == ["bell", "and", "😀"]


# --- for everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_on_the_screen_its_panels_and_dialogs(room: Room, scheme: str, width: int) -> None:
    id = room.story("Words in a paragraph.", "More of them.")
    room.do(a.SetLeadImage(id, a.commands.Lead(room.picture(picture()))))
    anna = room.write("anna", id, color_scheme=scheme, viewport={"width": width, "height": 900})
    faults = []

    def look(where: str) -> None:
        for violation in Axe().run(anna.page).response["violations"]:
            faults.append((where, violation["id"], [node["html"][:160] for node in violation["nodes"]][:3]))

    look("screen")
    for key in ("2", "3"):
        anna.press(f"Control+{key}")
        anna.page.wait_for_selector("#rail h2")
        anna.page.wait_for_timeout(300)
        look(f"panel {key}")
    anna.press("Escape")
    anna.at(1).press("Control+k")
    look("link")
    anna.press("Escape")
    anna.at(1).press("Control+f")
    look("find")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert anna.page.evaluate(wide) == 0
    assert faults == []


def test_everything_can_be_reached_by_keyboard(room: Room) -> None:
    id = room.story("Words.")
    anna = room.write("anna", id)
    anna.page.focus("[data-field=kicker]")
    anna.type("Quay").press("Enter").type("!").press("Enter").type("Stand.").press("Enter")
    assert anna.page.evaluate("document.activeElement.ariaLabel") == "Body"
    anna.press("Alt+F10")
    assert anna.page.evaluate("document.activeElement.ariaLabel") == "Text"
    anna.press("ArrowRight", "Enter", "Control+2")
    anna.page.wait_for_selector("#rail h2")
    anna.page.wait_for_timeout(200)
    assert anna.page.evaluate("document.activeElement.id") == "d-section"
    anna.press("Escape")
    assert anna.page.evaluate("document.activeElement.dataset.panel") == "details"
    anna.saved()
    assert "<h2" in document.to_html(room.article(id).content.body.doc)


def test_a_story_in_the_bin_says_so_and_cannot_be_written_in(room: Room) -> None:
    id = room.story("Words.")
    room.do(a.Trash(id))
    anna = room.write("anna", id)
    anna.sees("This article is in the bin. Recover it to write in it.")
    assert anna.page.get_attribute(".ProseMirror", "contenteditable") == "false"
    assert anna.page.locator("[data-field=headline]").is_editable() is False
