"""From text to terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.words import LONGEST, WORD, fold, is_cjk, stem, terms


@pytest.mark.parametrize(("text", "expected"), [
    ("The Mayor's budget", ["the", "mayor", "budget"]),
    ("Müller’s café, naïve Øre, Straße", ["muller", "cafe", "naive", "ore", "strasse"]),
    ("cafe\u0301", ["cafe"]),  # the accent as a character of its own
    ("U.S. and U.K. troops. Then he left", ["us", "and", "uk", "troops", "then", "he", "left"]),
    ("U.S u.s. US u.s, (U.S) ‘U.S’ the U.S.", ["us"] * 6 + ["the", "us"]),
    ("U.S.A U.S.Army t.co J.K Rowling", ["usa", "us", "army", "t", "co", "jk", "rowling"]),
    ("It rose 3.5. Then 1.2.3 fell", ["it", "rose", "3", "5", "then", "1", "2", "3", "fell"]),
    ("o'clock don’t O'Brien", ["oclock", "dont", "obrien"]),
    ("covid-19 3.5% example.com a_b", ["covid", "19", "3", "5", "example", "com", "a", "b"]),
    ("北京大学 in 2023", ["北京", "京大", "大学", "学", "in", "2023"]),
    ("ΣΊΣΥΦΟΣ Москва", ["σισυφοσ", "москва"]),
    ("“quoted”—dashed…", ["quoted", "dashed"]),
    ("", []), ("!?… — ’", []),
])  # fmt: skip
def test_text_is_taken_apart_into_folded_words(text: str, expected: list[str]) -> None:
    assert list(terms(text)) == expected


def test_words_are_stemmed_in_their_own_language() -> None:
    assert stem("elections", "en") == stem("election", "en")
    assert stem("wahlen", "de") == stem("wahl", "de")
    assert stem("elections", "tlh") == "elections"  # a language that nobody stems is left as it is


@given(st.text())
def test_any_text_gives_terms_that_can_be_folded_again(text: str) -> None:
    for term in terms(text):
        assert 0 < len(term) <= LONGEST and term.encode()
        assert is_cjk(term) or fold(term) == term


@given(st.text(max_size=200))
def test_a_word_stands_where_its_match_says(text: str) -> None:
    for match in WORD.finditer(text):
        assert text[match.start() : match.end()] == match[0] and match[0]
