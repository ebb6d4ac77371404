"""Files of the index that are not what was written any more: noticed, said, never a wrong answer for long."""

import errno
import os
import random
import resource
from pathlib import Path

import pytest

from events.generations import Generations
from search import commits, guarding, parts
from search.index import Index
from search.shapes import IndexDamaged, IndexMissing, Query
from search.soundness import MARK, checksum
from tests.search.conftest import NOW, Archive, article, ask, built, found

KINDS = ["*.toc", "*.trm", "*.pst", "*.doc"]
QUESTIONS = ["flood", '"river burst"', "riv*", "in:leeds -budget", "flod", "by:marsh", "has:image", "river OR leeds"]


def newsroom(folder: Path) -> tuple[Index, Archive]:
    return built(folder, [
        article(n, f"Flood {n}", f"The river burst its banks in Leeds, {'again ' * (n % 5)}", section="leeds",
                section_name="Leeds", bylines=("Ann Marsh",), byline_slugs=("ann-marsh",))
        for n in range(40)
    ])  # fmt: skip


def flip(path: Path, place: int) -> None:
    """Change a bit, in place: whoever has the file mapped meets it too."""
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1 << place % 8]))


def inspected(index: Index) -> None:
    """What the follower does when it has nothing else to do."""
    while index.inspect():
        pass


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_bit_is_found_when_the_file_is_opened(folder: Path, kind: str) -> None:
    newsroom(folder)
    path = next((folder / "1").glob(kind))
    chance = random.Random(5)
    for place in [0, path.stat().st_size - 1, *(chance.randrange(path.stat().st_size) for _ in range(20))]:
        flip(path, place)
        with pytest.raises(IndexDamaged, match="damaged"):
            ask(Index(folder), "flood")
        flip(path, place)
        (folder / "1" / MARK).unlink()
    assert ask(Index(folder), "flood").total == 40


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_flipped_bit_in_a_large_file_is_never_a_fault_of_the_code(
    folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom(folder)
    monkeypatch.setattr(parts, "SMALL", -1)  # every file is too large to be looked at when it is opened
    path = next((folder / "1").glob(kind))
    chance, met = random.Random(7), 0
    for place in (chance.randrange(path.stat().st_size) for _ in range(60)):
        flip(path, place)
        index = Index(folder, deadline=1e9)
        try:
            for question in QUESTIONS:
                index.search(Query(text=question, now=NOW))
            index.complete("riv", NOW), index.related("a3", NOW), list(index.digests(NOW))
            with pytest.raises(IndexDamaged):
                inspected(index)
        except IndexDamaged:
            met += 1
        assert (folder / "1" / MARK).exists()
        flip(path, place)
        (folder / "1" / MARK).unlink()
    assert 0 < met <= 60


def test_what_one_process_met_every_process_knows(folder: Path) -> None:
    index, archive = newsroom(folder)
    other = Index(folder)
    assert ask(other, "flood").total == 40
    for path in (folder / "1").glob("*.pst"):
        flip(path, 40)
    with pytest.raises(IndexDamaged):
        index.inspect(), index.inspect(), index.inspect()
    for damaged in (lambda: ask(other, "flood"), lambda: other.catch_up(archive), other.merge):
        with pytest.raises(IndexDamaged, match="not those that were written"):
            damaged()
    assert "damaged" in str(other.status().reason)
    index.rebuild(archive)
    assert ask(other, "flood").total == 40 and other.status().usable


def test_a_sound_index_is_not_called_damaged_for_a_fault_of_the_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, _ = newsroom(folder)
    monkeypatch.setattr("search.index.Marker", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        ask(index, "flood")
    assert index.status().usable


def test_a_file_is_looked_at_once_and_new_ones_when_they_come(folder: Path) -> None:
    index, archive = newsroom(folder)
    assert [index.inspect() for _ in range(4)] == [True, True, True, False]
    archive.put(article(90, "Storm"))
    index.catch_up(archive)
    assert index.inspect()


def test_a_merge_does_not_carry_damage_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, archive = newsroom(folder)
    for number in range(50, 58):
        archive.put(article(number, f"Storm {number}"))
        index.catch_up(archive)
    documents = max((folder / "1").glob("*.doc"), key=lambda path: path.stat().st_mtime_ns)
    monkeypatch.setattr(parts, "SMALL", -1)
    flip(documents, 30)
    with pytest.raises(IndexDamaged):
        index.merge()


def test_an_index_from_before_is_gone_back_to_only_if_it_is_sound(folder: Path) -> None:
    index, archive = newsroom(folder)
    index.rebuild(archive)
    archive.put(article(70, "Storm"))
    for path in (folder / "2").glob("*.pst"):
        os.truncate(path, 5)
    with pytest.raises(IndexDamaged):
        ask(Index(folder), "flood")
    assert index.rollback(archive) == "1"
    assert found(index, "storm") == ["a70"] and ask(index, "flood").total == 40
    with pytest.raises(IndexDamaged, match="before the last rebuild"):
        index.rollback(archive)
    assert ask(index, "flood").total == 40


@pytest.mark.parametrize("leads", ["nowhere", "missing"])
def test_a_pointer_that_is_gone_or_leads_nowhere_is_a_missing_index(folder: Path, leads: str) -> None:
    index, archive = newsroom(folder)
    index.rebuild(archive)
    pointer = folder / "current"
    pointer.unlink()
    if leads == "nowhere":
        pointer.symlink_to("99")
    with pytest.raises(IndexMissing, match="no search index"):
        ask(index, "flood")
    assert index.rollback(archive) == "1"
    assert ask(index, "flood").total == 40


def test_a_lock_that_a_dead_process_left_holds_nobody_up(folder: Path) -> None:
    index, archive = newsroom(folder)
    (folder / "1" / commits.LOCK).write_text("4194304")
    (folder / ".rebuild.lock").write_text("4194304")
    archive.put(article(80, "Storm"))
    assert not index.catch_up(archive).busy
    assert index.rebuild(archive).documents == 41


def test_a_full_disk_leaves_the_last_commit_and_the_old_generation(folder: Path) -> None:
    index, archive = newsroom(folder)
    archive.put(article(81, "Storm", "rain " * 4000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(OSError) as full:
            index.catch_up(archive)
        with pytest.raises(OSError):
            index.rebuild(archive)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert full.value.errno in (errno.EFBIG, errno.ENOSPC)
    assert ask(index, "flood").total == 40 and index.status().usable
    assert index.catch_up(archive).written == 1 and found(index, "storm") == ["a81"]
    assert Generations(folder / "current").litter() == []


def test_sums_are_of_what_is_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"123456789")
    assert checksum(tmp_path / "file") == 0xCBF43926
    assert guarding.damaged(tmp_path, "no matter") and (tmp_path / MARK).read_text().endswith("no matter")
