"""What differs between two documents: nothing is lost in telling it, and nothing but the difference is told."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.document import Doc, decode, diff, diff_text, encode, from_html, from_markdown, put_back, to_text
from tests.document.documents import documents, strings


class Reading(HTMLParser):
    """What one reads of a comparison who does not look at what is in ``without``."""

    def __init__(self, html: str, without: str = "") -> None:
        super().__init__()
        self.text, self._without = "", without
        self.tags: list[str] = []
        self._skipped: list[str] = []
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipped or tag == self._without or ("class", "diff-note") in attrs:
            if tag not in ("br", "hr", "img"):
                self._skipped.append(tag)
            return
        self.tags.append(tag)
        self.text += "\n" if tag == "br" else ""

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            assert self._skipped.pop() == tag
        if tag in ("p", "pre", "h3", "h4", "figcaption") and not self._skipped:
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._skipped else data


def lines(html: str, without: str = "") -> list[str]:
    return [line for line in Reading(html, without).text.split("\n") if line]


def md(text: str) -> Doc:
    return from_markdown(text, lambda *_: None)


@given(documents, documents)
def test_without_what_came_it_reads_as_before_and_without_what_went_as_now(old: Doc, new: Doc) -> None:
    told = diff(old, new).html
    assert lines(told, "ins") == lines(diff(old, old).html)
    assert lines(told, "del") == lines(diff(new, new).html)


@given(documents)
def test_a_document_does_not_differ_from_itself_and_every_word_of_it_is_there(doc: Doc) -> None:
    told = diff(doc, doc)
    assert not told.differs
    assert "<ins" not in told.html
    assert set("".join(to_text(doc).split())) <= set("".join(lines(told.html)))


@given(documents, st.data())
def test_every_block_of_the_old_one_can_be_put_back(old: Doc, data: st.DataObject) -> None:
    new = data.draw(documents)
    place = data.draw(st.integers(0, len(old.content) - 1))
    restored = put_back(old, new, place)
    assert old.content[place] in restored.content
    assert len(new.content) <= len(restored.content) <= len(new.content) + 1
    decode(encode(restored))


@given(strings, strings)
def test_the_same_holds_for_plain_text(old: str, new: str) -> None:
    told = diff_text(old, new)
    assert (Reading(told, "ins").text, Reading(told, "del").text) == (old, new)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("The bridge is open.", "The bridge is closed.", "The bridge is <del>open</del><ins>closed</ins>."),
        ("The bridge.", "The old bridge.", "The<ins> old</ins> bridge."),
        ("Bridge", "The bridge Bridge", "<ins>The bridge</ins><ins> </ins>Bridge"),
        ("Don’t go", "Don’t go now", "Don’t go<ins> now</ins>"),
        ("河川が", "河川は", "河川<del>が</del><ins>は</ins>"),
        ("<b>&", "<i>&", "&lt;<del>b</del><ins>i</ins>&gt;&amp;"),
    ],
)
def test_words_differ_as_one_would_say_it(old: str, new: str, told: str) -> None:
    assert diff_text(old, new) == told


def test_a_word_that_became_bold_is_shown() -> None:
    told = diff(md("It is closed today."), md("It is **closed** today.")).html
    assert "It is <del>closed</del><ins><strong>closed</strong></ins> today." in told


def test_a_heading_that_became_a_paragraph_is_said_in_words() -> None:
    row = diff(md("## What comes next"), md("What comes next")).rows[0]
    assert (row.what, "Was a heading, is a paragraph" in row.html) == ("changed", True)
    assert "<ins" not in row.html


def test_a_paragraph_that_went_elsewhere_has_moved() -> None:
    first, second, third = "One is the first of all.", "Two comes after that, always.", "Three ends what two began."
    told = diff(md(f"{first}\n\n{second}\n\n{third}"), md(f"{second}\n\n{third}\n\n{first}"))
    assert [row.what for row in told.rows] == ["moved away", "same", "same", "moved here"]
    assert (told.added, told.removed) == (0, 0)


def test_words_that_came_and_went_are_counted() -> None:
    told = diff(md("The bridge is open.\n\nGone for good."), md("The old bridge is closed."))
    assert (told.added, told.removed) == (2, 4)


def test_a_paragraph_that_was_taken_out_comes_back_where_it_stood() -> None:
    old = md("First of all.\n\nSecond thing.\n\nThird thing.")
    new = md("First of all.\n\nThird thing, changed.\n\nNew.")
    assert to_text(put_back(old, new, 1)) == "First of all.\nSecond thing.\nThird thing, changed.\nNew."
    assert to_text(put_back(old, new, 2)) == "First of all.\nThird thing.\nNew."


def test_nothing_hostile_comes_through() -> None:
    payload = '<script>alert(1)</script> <img src=x onerror=alert(1)> "\' </ins></del>'
    told = str(diff(md("Words."), from_html(f"<p>{payload}</p>", image=lambda *_: None)).html) + diff_text(payload, "")
    assert set(Reading(told).tags) <= {"p", "ins", "del", "a"}
