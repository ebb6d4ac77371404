"""All that answers a question, for a list that has an order of its own."""

from pathlib import Path

from search.index import Index
from tests.search.conftest import NOW, article, built


def matching(index: Index, text: str) -> set[str]:
    """Which articles have these words."""
    found = index.matches(text, NOW)
    assert not found.partial
    return set(found.articles)


def archive(folder: Path) -> Index:
    return built(folder, [
        article(0, "Ferry aground", "The harbour was closed for hours."),
        article(1, "Harbour reopens", "Ferries sail again, says the pilot."),
        article(2, "Budget", "A vote on the harbours’ dues."),
        article(3, "Later", "The harbour of tomorrow.", public_from=NOW + 1),
    ])[0]  # fmt: skip


def test_every_article_with_all_the_words_matches_and_no_other(folder: Path) -> None:
    index = archive(folder)
    assert matching(index, "harbour") == {"a0", "a1", "a2"}
    assert matching(index, "harbour ferry") == {"a0", "a1"}
    assert matching(index, "harbour ferry budget") == set(), "any of the words is not enough"
    assert matching(index, "harbour -ferry") == {"a2"}


def test_the_last_word_may_be_cut_off_and_no_other(folder: Path) -> None:
    index = archive(folder)
    assert matching(index, "reop") == {"a1"}
    assert matching(index, "harbour pil") == {"a1"}
    assert matching(index, "reop harbour") == set()
    assert matching(index, "reop ") == set(), "it has ended: a space came after it"
    assert matching(index, '"harbour reop"') == set()


def test_an_excerpt_shows_the_words_of_just_these_articles(folder: Path) -> None:
    index = archive(folder)
    for _ in range(2):  # the second answer is remembered
        assert index.excerpts("pilot", ["a1", "a2", "nobody"]) == {
            "a1": "Ferries sail again, says the <mark>pilot</mark>.", "a2": "",
        }  # fmt: skip
    assert index.excerpts("ferries", ["a1"]) == {"a1": "<mark>Ferries</mark> sail again, says the pilot."}


def test_there_is_no_excerpt_where_the_headline_shows_the_words(folder: Path) -> None:
    assert archive(folder).excerpts("harbour", ["a0", "a1"]) == {
        "a0": "The <mark>harbour</mark> was closed for hours.", "a1": "",
    }  # fmt: skip


def test_what_came_and_went_since_is_heeded(folder: Path) -> None:
    index, source = built(folder, [article(0, body="harbour"), article(1, body="harbour")])
    source.put(article(2, body="harbour"))
    source.drop("a0")
    index.catch_up(source)
    assert matching(index, "harbour") == {"a1", "a2"}
    assert set(index.excerpts("harbour", ["a0", "a1", "a2"])) == {"a1", "a2"}
