"""What is offered while somebody types: names and headlines that go on like this, and nothing that is not public."""

from pathlib import Path

import pytest

from events.instant import DAY
from search import completing
from search.index import Index
from search.shapes import Completion
from tests.search.conftest import NOW, article, built


def offered(index: Index, text: str, most: int = 5) -> list[tuple[str, str]]:
    return [(one.kind, one.name) for one in index.complete(text, NOW, most)]


def test_the_last_word_may_be_cut_off_and_the_others_stand_as_they_are(folder: Path) -> None:
    index, _ = built(folder, [
        article(1, "Council votes on the budget"),
        article(2, "Council says no to the bridge"),
        article(3, "A councillor resigns"),
    ])  # fmt: skip
    assert offered(index, "coun") == [
        ("article", "Council votes on the budget"),
        ("article", "Council says no to the bridge"),
        ("article", "A councillor resigns"),
    ]
    assert offered(index, "b") == []  # one letter begins too many headlines
    assert offered(index, "council b") == [
        ("article", "Council votes on the budget"), ("article", "Council says no to the bridge"),
    ]  # fmt: skip
    assert offered(index, "council v") == [("article", "Council votes on the budget")]
    assert offered(index, "council x") == offered(index, "council t") == []
    assert offered(index, "council bu") == [("article", "Council votes on the budget")]
    assert offered(index, "budget counc") == [("article", "Council votes on the budget")]
    assert offered(index, "councillor b") == []


def test_words_of_the_body_are_not_headlines(folder: Path) -> None:
    index, _ = built(folder, [article(1, "A quiet day", "The council met.")])
    assert offered(index, "council") == []


def test_stop_words_hold_nothing_up(folder: Path) -> None:
    index, _ = built(folder, [article(1, "The end of the line")])
    assert offered(index, "the end of the li") == [("article", "The end of the line")]
    assert offered(index, "of the") == []


def test_names_come_before_headlines_and_those_with_most_stories_first(folder: Path) -> None:
    ada = {"bylines": ("Ada Marsh",), "byline_slugs": ("ada-marsh",)}
    adam = {"bylines": ("Adam Lee", "Ada Marsh"), "byline_slugs": ("adam-lee", "ada-marsh")}
    index, _ = built(folder, [
        article(1, "Ada's law", **ada), article(2, **ada), article(3, **adam),
        article(4, tags=("adaptation",), tag_names=("Adaptation",)),
        article(5, section="adverts", section_name="Adverts"),
    ])  # fmt: skip
    assert offered(index, "ada") == [
        ("byline", "Ada Marsh"), ("byline", "Adam Lee"), ("tag", "Adaptation"), ("article", "Ada's law"),
    ]  # fmt: skip
    assert offered(index, "a")[0] == ("section", "Adverts")  # a name may begin with one letter
    assert offered(index, "marsh a") == [("byline", "Ada Marsh")]
    assert offered(index, "marsh marsh") == []  # two words, and the name has only one such


def test_no_more_than_asked_for_the_newest_first(folder: Path) -> None:
    index, _ = built(folder, [article(number, f"Flood number {number}") for number in range(30)])
    assert offered(index, "floo", 3) == [("article", f"Flood number {number}") for number in range(3)]


def test_what_is_not_public_at_the_moment_is_not_offered(folder: Path) -> None:
    secret = {"tags": ("merger",), "tag_names": ("Merger",)}
    index, archive = built(folder, [
        article(1, "Merger announced", public_from=NOW + DAY, **secret),
        article(2, "Merger denied", public_until=NOW - 1, **secret),
    ])  # fmt: skip
    assert offered(index, "merg") == []
    assert [one.kind for one in index.complete("merg", NOW + 2 * DAY)] == ["tag", "article"]
    archive.drop("a1")
    index.catch_up(archive)
    assert index.complete("merg", NOW + 2 * DAY) == []


def test_an_article_is_offered_by_its_id(folder: Path) -> None:
    index, _ = built(folder, [article(7, "Ferry sails")])
    assert index.complete("ferr", NOW) == [Completion("article", "a7", "Ferry sails")]


def test_one_letter_is_looked_for_in_the_newest_headlines_that_other_words_leave(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completing, "READ", 3)
    index, _ = built(folder, [
        article(0, "Zinc is dear"), article(1, "Ferry sails"), article(2, "Ferry to Zeeland"),
        article(3, "Ferry sinks"), article(4, "Ferry named Zephyr"),
    ])  # fmt: skip
    assert offered(index, "ferry z") == [("article", "Ferry to Zeeland")]
    assert offered(index, "ferry ze") == [("article", "Ferry to Zeeland"), ("article", "Ferry named Zephyr")]


def test_one_character_of_a_script_without_spaces_is_enough(folder: Path) -> None:
    index, _ = built(folder, [article(1, "東京で大きな地震"), article(2, "東京は雨")])
    assert offered(index, "東") == [("article", "東京で大きな地震"), ("article", "東京は雨")]
    assert offered(index, "東京 地") == offered(index, "東京 地震") == [("article", "東京で大きな地震")]


def test_anything_may_be_typed(folder: Path) -> None:
    index, _ = built(folder, [article(1, "東京で地震", language="ja"), article(2, "Ünïcödé matters")])
    assert offered(index, "東京") == [("article", "東京で地震")]
    assert offered(index, "unico") == [("article", "Ünïcödé matters")]
    for text in ("", " ", "\0", '"', "-", "*" * 1000, "a" * 10_000, " ".join("abcdefghij" * 50), "\ud800"):
        index.complete(text, NOW)
