"""Any string is a question; none is an error; none is expensive."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from events.instant import from_iso
from search.grammar import LEAVES, Name, Phrase, Word, parse


def clauses(text: str) -> list[tuple[object, ...]]:
    return list(parse(text).clauses)


@pytest.mark.parametrize(("text", "expected"), [
    ("budget vote", [(Word("budget"),), (Word("vote"),)]),
    ("budget OR vote tax", [(Word("budget"), Word("vote")), (Word("tax"),)]),
    ("budget or vote", [(Word("budget"),), (Word("vote"),)]),
    ('"interest rate"', [(Phrase((("interest", 0), ("rate", 1))),)]),
    ('"bank of japan"', [(Phrase((("bank", 0), ("japan", 2))),)]),
    ('"unfinished phrase', [(Phrase((("unfinished", 0), ("phrase", 1))),)]),
    ("covid-19", [(Phrase((("covid", 0), ("19", 1)), loose=True),)]),
    ("U.S. u.s", [(Word("us"),), (Word("us"),)]),
    ("elect*", [(Word("elect", prefix=True),)]),
    ("el*", [(Word("el"),)]),
    ("*", []),
    ("the budget", [(Word("budget"),)]),
    ("the who", [(Word("the"),), (Word("who"),)]),
    ('by:"Ada Marsh" in:politics', [(Name("by", ("ada", "marsh")),), (Name("in", ("politics",)),)]),
    ("kind:Brief tag:floods", [(Name("kind", ("brief",)),), (Name("tag", ("floods",)),)]),
    ("note: this", [(Word("note"),)]),
    ("http://example.com", [(Phrase((("http", 0), ("example", 1), ("com", 2)), loose=True),)]),
    ("北京大学", [(Phrase((("北京", 0), ("京大", 1), ("大学", 2), ("学", 3)), loose=True),)]),
    ("OR OR budget OR", [(Word("budget"),)]),
    ("before:yesterday flood", [(Word("flood"),)]),
])  # fmt: skip
def test_a_question_reads_as_expected(text: str, expected: list[tuple[object, ...]]) -> None:
    assert clauses(text) == expected


def test_a_word_may_be_excluded() -> None:
    question = parse('flood -budget -"the thames" -by:ada')
    assert question.clauses == [(Word("flood"),)]
    assert question.excluded == [Word("budget"), Word("thames"), Name("by", ("ada",))]


@pytest.mark.parametrize(("text", "misread"), [
    ("flood after:2026-02-30", ["after"]), ("before:today flood", ["before"]), ("flood -has:video", ["has"]),
    ("after:0000 flood", ["after"]), ("before: flood in: by: in:", ["before", "in", "by"]),
    ('in:"" tag:"?" kind:"" flood', ["in", "tag", "kind"]), ("before:today flood before:2024", ["before"]),
    ("flood note: has:Photo in:uk kind:brief after:2024-5", []),
])  # fmt: skip
def test_an_operator_whose_value_cannot_be_meant_is_left_out_and_named(text: str, misread: list[str]) -> None:
    question = parse(text)
    assert question.misread == misread
    if misread:
        assert (question.clauses, question.excluded, question.after) == ([(Word("flood"),)], [], None)
        assert (question.before is not None) == ("2024" in text)


def test_who_cannot_say_what_was_left_out_takes_it_for_words() -> None:
    question = parse("after:2024 after:today has:video", forgiving=True)
    assert question.clauses == [(Word("today"),), (Word("video"),)]  # “after” and “has” are stop words
    assert question.after is not None


def test_dates_are_midnights_of_the_site() -> None:
    question = parse("after:2024-05 before:2024-07-02", ZoneInfo("Europe/London"))
    assert question.after == from_iso("2024-05-01T00:00:00+01:00")
    assert question.before == from_iso("2024-07-02T00:00:00+01:00")
    assert parse("before:2024-13-77").before is None


@given(st.text(alphabet=st.characters(), max_size=300))
@example("(" * 5000)
@example('-"' * 900)
@example("by: in:: tag:* kind:\x00 before:9999-12-31 after:0000")
@example("a OR " * 1000)
@example("* ? [a TO z] ~2 ^3 && || \\")
def test_no_string_is_an_error_and_none_grows(text: str) -> None:
    question = parse(text, UTC)
    assert sum(map(len, question.clauses)) + len(question.excluded) <= LEAVES
