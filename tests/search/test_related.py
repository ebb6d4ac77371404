"""More like this."""

from pathlib import Path

from events.instant import DAY
from search import index as index_module
from search.index import Index
from search.shapes import Document
from tests.search.conftest import NOW, article, ask, built, found

FILLER = [article(number, f"Weather for day {number}", "sunny spells and light winds " * 3) for number in range(40, 80)]


def like(index: Index, name: str, most: int = 4) -> list[str]:
    return index.related(name, NOW, most)


def ferries(*numbers: int, **more: object) -> list[Document]:
    return [article(n, f"Ferry strike, week {n}", "The ferry crews and the harbour union disagree. " * 2, **more)
            for n in numbers]  # fmt: skip


def test_stories_of_the_same_things_are_found_and_not_the_story_itself(folder: Path) -> None:
    index, _ = built(folder, [*ferries(1, 2, 3), *FILLER])
    assert sorted(like(index, "a1")) == ["a2", "a3"]


def test_what_most_stories_say_is_no_likeness(folder: Path) -> None:
    index, _ = built(folder, FILLER)
    assert like(index, "a40") == []


def test_only_what_is_public_now(folder: Path) -> None:
    index, archive = built(folder, [*ferries(1, 2), *ferries(3, public_from=NOW + DAY), *FILLER])
    assert like(index, "a1") == ["a2"]
    assert like(index, "a3") == []  # it is not public itself
    assert like(index, "unknown") == []
    archive.drop("a2")
    index.catch_up(archive)
    assert like(Index(folder), "a1") == []


def test_an_answer_is_kept_for_a_while(folder: Path, monkeypatch: object) -> None:
    index, archive = built(folder, [*ferries(1, 2), *FILLER])
    assert like(index, "a1") == ["a2"]
    archive.put(*ferries(3))
    index.catch_up(archive)
    assert like(index, "a1") == ["a2"]
    assert sorted(Index(folder).related("a1", NOW)) == ["a2", "a3"]
    assert index_module.RELATED > 0


def test_another_name_of_a_tag_finds_its_stories(folder: Path) -> None:
    names = {("global", "warming"): "climate-change", ("greenhouse",): "climate-change"}
    tagged = {"tags": ("climate-change",), "tag_names": ("Climate change",)}
    built(folder, [
        article(1, "Global markets", "Nothing is warming up."), article(2, "Glaciers", **tagged),
        article(3, "Warming, and global at that"), article(4, "A greenhouse burns"), article(5, "Warming up"),
    ])  # fmt: skip
    index = Index(folder, deadline=1e9, synonyms=lambda: names)
    assert set(found(index, "global warming")) == {"a1", "a2", "a3"}
    assert set(found(index, '"global warming" -markets')) == {"a2"}
    assert set(found(index, "greenhouse")) == {"a2", "a4"}
    assert set(found(index, "greenhouse glaciers")) == {"a2"}
    assert set(found(index, "warming")) == {"a1", "a3", "a5"}  # half a name is none
    assert ask(Index(folder, deadline=1e9), "greenhouse").total == 1


def test_other_names_that_change_are_taken_up_at_once(folder: Path) -> None:
    built(folder, [article(1, "Glaciers", tags=("climate",), tag_names=("Climate",))])
    names: list[dict[tuple[str, ...], str]] = [{}, {("weather",): "climate"}]
    index = Index(folder, deadline=1e9, synonyms=lambda: names[0])
    assert found(index, "weather") == []
    names.pop(0)
    assert found(index, "weather") == ["a1"]


def test_stories_with_a_picture(folder: Path) -> None:
    index, _ = built(folder, [article(1, "Flood", has_image=True), article(2, "Flood")])
    assert found(index, "flood has:image") == ["a1"]
    assert found(index, "flood -has:photo") == ["a2"]
    assert found(index, "flood has:patience") == ["a1", "a2"]  # left out: nobody can mean it
