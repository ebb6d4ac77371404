"""The index as the newsroom and its operators meet it."""

import os
import shutil
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.instant import DAY, HOUR, SECOND
from search import commits
from search.index import Index
from search.shapes import Document, IndexMissing, IndexOutdated, Query
from tests.search.conftest import NOW, Archive, article, ask, built, found


def test_a_correction_replaces_the_words_that_were_found(folder: Path) -> None:
    index, archive = built(folder, [article(1, "Flod in Leeds")])
    archive.put(article(1, "Flood in Leeds"))
    caught = index.catch_up(archive)
    assert (caught.written, caught.removed, caught.position) == (1, 1, 2)
    assert found(index, "flood") == ["a1"]
    assert found(index, "flod") == []


def test_a_withdrawn_article_is_found_no_more(folder: Path) -> None:
    index, archive = built(folder, [article(1, "Flood"), article(2, "Flood")])
    archive.drop("a1")
    index.catch_up(archive)
    assert found(index, "flood") == ["a2"]


def test_what_did_not_change_is_not_written_again(folder: Path) -> None:
    index, archive = built(folder, [article(1, "Flood")])
    archive.put(article(1, "Flood"))
    caught = index.catch_up(archive)
    assert (caught.written, caught.unchanged) == (0, 1)


def test_many_changes_of_one_article_in_a_batch_leave_one_document(folder: Path) -> None:
    index, archive = built(folder, [])
    for words in ("one", "two", "three"):
        archive.put(article(1, f"Flood {words}"))
    index.catch_up(archive)
    assert ask(index, "flood").total == 1
    archive.put(article(1, "Flood four"))
    archive.drop("a1")
    index.catch_up(archive)
    assert ask(index, "flood").total == 0


def test_a_scheduled_article_appears_at_its_minute_without_anything_happening(folder: Path) -> None:
    index, _ = built(folder, [article(1, "Embargoed flood", public_from=NOW + HOUR)])
    assert found(index, "flood") == []
    assert found(index, "flood", now=NOW + HOUR - 1) == []
    assert found(index, "flood", now=NOW + HOUR) == ["a1"]


def test_a_scheduled_update_takes_over_from_the_words_before_it(folder: Path) -> None:
    before = article(1, "Flood expected", public_from=NOW - DAY, public_until=NOW + HOUR)
    after = article(1, "Flood came", public_from=NOW + HOUR, published_at=NOW - DAY)
    index, archive = built(folder, [])
    archive.put(before, after)
    index.catch_up(archive)
    assert [hit.headline_html for hit in ask(index, "flood").hits] == ["<mark>Flood</mark> expected"]
    assert [hit.headline_html for hit in ask(index, "flood", now=NOW + HOUR).hits] == ["<mark>Flood</mark> came"]


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 9) | st.none()), max_size=12), st.integers(-12, 20))
def test_nothing_is_found_that_is_not_public_at_the_moment(spans: list[tuple[int, int | None]], hour: int) -> None:
    from tempfile import TemporaryDirectory

    documents = [
        article(n, "Flood", public_from=NOW + start * HOUR, public_until=length and NOW + (start + length) * HOUR)
        for n, (start, length) in enumerate(spans)
    ]
    now = NOW + hour * HOUR
    with TemporaryDirectory() as folder:
        index, _ = built(Path(folder), documents)
        for text in ("flood", "", '"flood"', "flood OR x", "-x", "in:nowhere", "flod"):
            answer = ask(index, text, now=now, limit=50)
            shown = {hit.key for hit in answer.hits}
            assert len(shown) == answer.total
            for one in documents:
                public = one.public_from <= now and (one.public_until is None or now < one.public_until)
                assert public or one.key not in shown
        assert ask(index, "flood", now=now).total == sum(
            one.public_from <= now and (one.public_until is None or now < one.public_until) for one in documents
        )


def city(number: int, section: str, *tags: str) -> Document:
    return article(
        number, "Flood", section=section, section_name=section.title(), tags=tags, tag_names=tags,
        bylines=("Ada Marsh",), byline_slugs=("ada-marsh",), has_image=number % 2 == 0,
    )  # fmt: skip


def test_facets_count_what_was_found(folder: Path) -> None:
    index, _ = built(folder, [city(1, "news", "rain"), city(2, "news", "rain", "wind"), city(3, "sport")])
    facets = ask(index, "flood").facets
    sections = [(one.value, one.name, one.count) for one in facets["section"]]
    assert sections == [("news", "News", 2), ("sport", "Sport", 1)]
    assert [(one.value, one.count) for one in facets["tag"]] == [("rain", 2), ("wind", 1)]
    assert [(one.name, one.count) for one in facets["byline"]] == [("Ada Marsh", 3)]
    assert [(one.value, one.count) for one in facets["kind"]] == [("news", 3)]


def test_filters_narrow_by_slug_name_date_and_picture(folder: Path) -> None:
    index, _ = built(folder, [city(1, "news", "rain"), city(2, "news"), city(3, "sport")])
    assert found(index, "flood", section="news", sort="newest") == ["a1", "a2"]
    assert found(index, "flood in:sport") == ["a3"]
    assert found(index, "by:marsh tag:rain") == ["a1"]
    assert found(index, "", byline="ada-marsh", tag="rain", kind="news") == ["a1"]
    assert found(index, "", has_image=True) == ["a2"]
    assert found(index, "flood", after=NOW - 3 * DAY, before=NOW - 2 * DAY) == ["a2"]
    assert found(index, "flood", section="new") == []


def test_a_slip_of_the_pen_is_put_right(folder: Path) -> None:
    index, _ = built(folder, [article(1, "Parliament votes"), article(2, "Budget")])
    answer = ask(index, "parliment")
    assert (answer.total, answer.suggestion) == (0, "parliament")
    assert ask(index, "Parlaiment budget").suggestion == "parliament budget"
    assert ask(index, "parliament").suggestion is None
    assert ask(index, "qqqqqq").suggestion is None


def test_another_process_sees_commits_at_once(folder: Path) -> None:
    writer, archive = built(folder, [article(1, "Flood")])
    reader = Index(folder)
    assert ask(reader, "flood").total == 1
    archive.put(article(2, "Flood"))
    writer.catch_up(archive)
    assert ask(reader, "flood").total == 2


def test_a_rebuild_is_taken_up_by_running_searchers(folder: Path) -> None:
    index, archive = built(folder, [article(1, "Flood")])
    reader = Index(folder)
    assert ask(reader, "flood").total == 1
    archive.put(article(2, "Flood"))
    index.rebuild(archive)
    assert ask(reader, "flood").total == 2
    assert ask(index, "flood").total == 2


def test_an_index_that_was_deleted_is_missing_until_it_is_back(folder: Path) -> None:
    index, archive = built(folder, [article(1, "Flood")])
    assert ask(index, "flood").total == 1
    shutil.rmtree(folder)
    with pytest.raises(IndexMissing):
        ask(index, "flood")
    with pytest.raises(IndexMissing):
        index.catch_up(archive)
    assert not index.status().usable
    index.rebuild(archive)
    assert ask(index, "flood").total == 1


def test_an_index_that_was_deleted_and_made_again_between_two_questions_is_noticed(folder: Path) -> None:
    reader, _ = built(folder, [article(1, "Flood")])
    assert found(reader, "flood") == ["a1"]
    shutil.rmtree(folder)
    built(folder, [article(2, "Flood")])  # the same generation and commit numbers as before
    assert found(reader, "flood") == ["a2"]


def test_only_one_writer_works_at_a_time(folder: Path) -> None:
    index, archive = built(folder, [])
    archive.put(article(1, "Flood"))
    current = index.generations.current()
    assert current is not None
    with commits.locked(current / commits.LOCK):
        assert Index(folder).catch_up(archive).busy
    assert not index.catch_up(archive).busy


def test_an_index_of_another_analysis_answers_but_asks_to_be_rebuilt(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, archive = built(folder, [article(1, "Flood")])
    archive.put(article(2, "Flood"))
    monkeypatch.setattr(commits, "ANALYSIS", 99)
    assert ask(index, "flood").total == 1
    assert index.status().outdated
    with pytest.raises(IndexOutdated, match="rebuild-index"):
        index.catch_up(archive)


def test_an_index_of_another_format_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(folder, [article(1, "Flood")])
    monkeypatch.setattr(commits, "FORMAT", 99)
    with pytest.raises(IndexOutdated, match="format"):
        ask(Index(folder), "flood")


@pytest.mark.parametrize("name", ["*.toc", "*.trm", "*.pst", "*.doc"])
@pytest.mark.parametrize("keep", [0, 10])
def test_a_truncated_file_is_said_to_be_damaged(folder: Path, name: str, keep: int) -> None:
    built(folder, [article(n, "Flood") for n in range(20)])
    for path in (folder / "1").glob(name):
        os.truncate(path, keep)
    with pytest.raises(IndexMissing, match="damaged"):
        ask(Index(folder), "flood")


def test_digests_tell_an_altered_document(folder: Path) -> None:
    index, _ = built(folder, [article(1, "Flood", "in Leeds"), article(2, "Budget")])
    good = list(index.digests(NOW))
    path = next((folder / "1").glob("*.pst"))
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    bad = list(index.digests(NOW))  # it holds the files, which have not been looked at again
    assert [key for key, _, _ in good] == [key for key, _, _ in bad]
    assert len({*good} ^ {*bad}) == 2


def test_small_segments_are_put_together_and_the_deleted_shed(folder: Path) -> None:
    index, archive = built(folder, [article(0, "Flood")])
    for number in range(1, 40):
        archive.put(article(number, f"Flood {number}"))
        index.catch_up(archive)
        index.merge()
    assert index.status().segments < 12
    assert ask(index, "flood").total == 40
    for number in range(40):
        archive.drop(f"a{number}")
    index.catch_up(archive)
    assert (index.status().segments, index.status().documents) == (0, 0)
    assert ask(index, "flood").total == 0


def test_a_filter_beside_a_description_still_narrows_it(folder: Path) -> None:
    index, _ = built(folder, [article(1, "Flood in Leeds", section="a"), article(2, "Rain over Leeds", section="b")])
    answer = ask(index, "heavy flood and rain swept through leeds", section="b")
    assert answer.any_word and [hit.article for hit in answer.hits] == ["a2"]


def test_of_an_endless_text_the_first_sixty_thousand_words_are_found(folder: Path) -> None:
    long = article(1, "Archive", "begin " + "word " * 70_000 + "end")
    index, _ = built(folder, [article(0, "Before"), long, article(2, "After", "word begin")])
    assert set(found(index, "begin")) == {"a1", "a2"}
    assert found(index, "end") == []
    assert set(found(index, "word")) == {"a1", "a2"}


def test_threads_share_one_index(folder: Path) -> None:
    index, archive = built(folder, [article(n, "Flood", f"river {n}") for n in range(50)])
    least: list[list[int]] = [[] for _ in range(4)]

    def reader(counts: list[int]) -> None:  # an error in it fails the test: pytest looks after threads
        for turn in range(60):
            counts.append(index.search(Query(text='flood "river"', now=NOW, offset=turn % 7)).total)

    threads = [Thread(target=reader, args=(counts,)) for counts in least]
    for thread in threads:
        thread.start()
    for number in range(50, 70):
        archive.put(article(number, "Flood", "river"))
        index.catch_up(archive)
        if number % 5 == 0:
            index.rebuild(archive)
    for thread in threads:
        thread.join()
    for counts in least:
        assert len(counts) == 60 and counts[0] >= 50 and all(before <= after for before, after in pairwise(counts))


def test_an_answer_is_remembered_until_something_changes(folder: Path) -> None:
    index, archive = built(folder, [article(1, "Flood"), article(2, "Flood", public_from=NOW + HOUR)])
    assert ask(index, "flood").total == ask(index, "flood", now=NOW + 1).total == 1
    assert ask(index, "flood", now=NOW + HOUR).total == 2
    assert ask(index, "flood").total == 1
    archive.put(article(3, "Flood"))
    index.catch_up(archive)
    assert ask(index, "flood").total == 2


def test_an_answer_that_took_too_long_says_that_it_is_partial(folder: Path) -> None:
    built(folder, [article(1, "Flood")])
    answer = Index(folder, deadline=-1).search(Query(text="flood", now=NOW))
    assert answer.partial and answer.total == 0
    assert Archive().position() == 0


def test_a_commit_is_durable_before_it_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    sync = os.fsync

    def note(descriptor: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)
        sync(descriptor)

    monkeypatch.setattr("os.fsync", note)
    built(folder, [article(1, "Flood")])
    names = [name.partition(".")[2][:3] for name in synced]
    assert names.index("toc") > max(names.index("trm"), names.index("pst"), names.index("doc"))


def signed(number: int, name: str) -> Document:
    return article(number, "Flood", bylines=(name,), byline_slugs=("ann",))


def test_a_single_publication_goes_ahead_of_what_a_rename_reaches(folder: Path) -> None:
    index, archive = built(folder, [signed(n, "Ann Marsh") for n in range(700)])
    for number in range(700):
        archive.put(signed(number, "Ann Brandt"))
    first = index.keep_up(archive)
    assert first.written < 50 and first.position == 700, "what is renamed waits, and the commit does not claim it"
    rounds = 0
    while index.status().position < archive.position():
        archive.put(article(1000 + rounds, f"Storm {rounds}"))
        caught = index.keep_up(archive)
        assert found(index, f"storm {rounds}") == [f"a{1000 + rounds}"], "it is found with the next commit"
        assert caught.removed <= 150
        rounds += 1
    assert 3 < rounds < 8 and ask(index, "brandt").total == 700 and ask(index, "marsh").total == 0
    archive.put(article(1, "Flood again", bylines=("Ann Brandt",), byline_slugs=("ann",)))
    assert index.keep_up(archive).position == archive.position()
    live = list(index.digests(NOW))
    index.rebuild(archive)
    assert list(index.digests(NOW)) == live


def test_a_follower_that_died_between_two_pieces_loses_nothing(folder: Path) -> None:
    index, archive = built(folder, [signed(n, "Ann Marsh") for n in range(300)])
    for number in range(300):
        archive.put(signed(number, "Ann Brandt"))
    index.keep_up(archive), index.keep_up(archive)
    another = Index(folder, deadline=1e9)  # it remembers nothing of what waited
    caught = another.catch_up(archive)
    assert caught.position == archive.position() and caught.unchanged > 100
    assert ask(another, "brandt").total == 300 and ask(another, "marsh").total == 0


def test_a_merge_holds_nobody_up_and_loses_nothing_that_happens_meanwhile(folder: Path) -> None:
    index, archive = built(folder, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.writing.AT_ONCE", 0)  # nothing is put together by the way
        for number in range(0, 40, 2):
            archive.put(article(number, f"Flood {number}"))
            archive.put(article(number + 1, f"Flood {number + 1}"))
            index.catch_up(archive)
        calls = 0

        def meanwhile() -> None:
            """A story that is being moved goes, one changes, one is new: each is found, or not, at once."""
            nonlocal calls
            calls += 1
            if calls == 3:
                archive.drop("a21")
                archive.put(article(22, "Drought of late"))
                archive.put(article(90, "Drought"))
                caught = index.catch_up(archive)
                assert not caught.busy and sorted(found(index, "drought")) == ["a22", "a90"]
                assert ask(index, "flood", limit=50).total == 38

        before = index.status().segments
        assert index.merge(meanwhile) >= 8 and calls > 3
        assert index.status().segments < before
    assert sorted(found(index, "drought")) == ["a22", "a90"] and ask(index, "flood", limit=50).total == 38
    fresh = Index(folder.parent / "fresh")
    fresh.rebuild(archive)
    assert list(index.digests(NOW)) == list(fresh.digests(NOW))
    assert sorted(path.suffix or path.name for path in (folder / "1").iterdir() if path.suffix not in
                  (".trm", ".pst", ".doc")) == [".toc", "lock"]  # fmt: skip


def test_a_merge_whose_segments_are_gone_is_forgotten(folder: Path) -> None:
    index, archive = built(folder, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.writing.AT_ONCE", 0)
        for number in range(10):
            archive.put(article(number, f"Flood {number}"))
            index.catch_up(archive)
    other = Index(folder)
    once = iter([True])
    assert index.merge(lambda: next(once, False) and other.rebuild(archive)) == 0
    assert ask(index, "flood").total == 10 and index.status().generation == "2"


def test_a_story_that_was_updated_since_the_question_was_put_is_not_missed(folder: Path) -> None:
    """The commit that answers may be newer than the moment at which somebody began to ask."""
    index, archive = built(folder, [article(1, "Flood", public_from=NOW - DAY)])
    archive.put(article(1, "Flood again", public_from=NOW + SECOND))
    index.catch_up(archive)
    asked = Query(text="flood", now=NOW)
    assert index.search(asked).total == 0, "at that moment it was not public yet"
    assert index.search(asked, lambda: NOW + 2 * SECOND).total == 1
    assert index.search(asked, lambda: NOW - DAY).total == 0, "a clock never takes anybody back"


def test_an_abbreviation_is_one_word_however_many_of_its_dots_are_written(folder: Path) -> None:
    ways = ("U.S.", "U.S", "u.s.", "US")
    index, _ = built(folder, [article(number, "Trade", f"What the {way} wants") for number, way in enumerate(ways)])
    for way in (*ways, "u.s"):
        assert sorted(found(index, way)) == ["a0", "a1", "a2", "a3"]
