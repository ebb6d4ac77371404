"""Highlights are safe HTML around whole words."""

import re

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from search.highlight import SNIPPET, Marker, opening
from search.words import WORD, fold


def test_whole_words_are_marked_in_any_of_their_forms() -> None:
    marker = Marker({"vote", "votes", "cafe"})
    assert marker.mark("Votes: the Café’s voter voted, a VOTE") == (
        "<mark>Votes</mark>: the <mark>Café’s</mark> voter voted, a <mark>VOTE</mark>"
    )


def test_what_stands_around_them_is_escaped() -> None:
    assert Marker({"b"}).mark("<b>&amp;") == "&lt;<mark>b</mark>&gt;&amp;amp;"


def test_neighbouring_characters_are_marked_as_one_where_there_are_no_spaces() -> None:
    assert Marker({"北京", "京大", "大学", "学"}).mark("在北京大学里") == "在<mark>北京大学</mark>里"


def test_a_snippet_shows_the_stretch_with_most_of_the_question() -> None:
    rest = "Nothing here. " * 60
    body = f"{rest}The flood came. {rest}The flood broke the bridge. {rest}"
    snippet = Marker({"flood", "bridge"}).snippet(body)
    assert "<mark>flood</mark> broke the <mark>bridge</mark>" in snippet
    assert snippet.startswith("… ") and snippet.endswith(" …") and len(snippet) < SNIPPET + 60


def test_without_the_words_a_body_shows_its_opening() -> None:
    assert Marker({"flood"}).snippet("Nothing of the kind.") == ""
    assert opening("Short & plain.") == "Short &amp; plain."
    assert opening("word " * 200).endswith("word …")


@given(st.text(max_size=900), st.lists(st.sampled_from(["a", "b", "0", "mark", "amp", "lt", "北"]), max_size=4))
def test_marking_adds_nothing_but_marks(text: str, words: list[str]) -> None:
    marker = Marker(words)
    assert re.sub("</?mark>", "", marker.mark(text)) == str(escape(text))
    for html in (marker.snippet(text), opening(text)):
        assert re.fullmatch(r"(?:[^<>]|</?mark>)*", html)
        assert html.count("<mark>") == html.count("</mark>")
        plain = " ".join(str(Markup(re.sub("</?mark>", "", html)).unescape()).split())
        assert plain.removeprefix("… ").removesuffix(" …") in " ".join(text.split()) or "…" in text


@given(
    st.text("abst'’. U-\n\té", max_size=60), st.lists(st.text("abstu", min_size=1, max_size=3), min_size=1, max_size=4)
)
def test_every_word_of_the_question_is_found_and_nothing_else(text: str, words: list[str]) -> None:
    found = [text[span.start : span.end] for span in Marker(words).spans(text)]
    assert found == [word for line in text.split("\n") for word in WORD.findall(line) if fold(word) in words]
