"""Blobs are named by their content and never change."""

import hashlib
import io
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.media import Media, TooLarge


@pytest.fixture
def media(tmp_path: Path) -> Media:
    return Media(tmp_path / "media")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(content=st.binary(max_size=5000))
def test_what_went_in_comes_out_under_its_hash(media: Media, content: bytes) -> None:
    name = media.put(io.BytesIO(content))
    assert name == hashlib.sha256(content).hexdigest() == media.put(content)
    assert media.exists(name)
    assert media.sound(name)
    with media.open(name) as file:
        assert file.read() == content


def test_a_blob_cannot_be_written_over_by_mistake(media: Media) -> None:
    path = media.path(media.put(b"a picture"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    before = path.stat()
    media.put(b"a picture")
    assert path.stat().st_ino == before.st_ino


def test_what_is_too_large_leaves_nothing_behind(media: Media) -> None:
    with pytest.raises(TooLarge):
        media.put(io.BytesIO(b"x" * 1001), limit=1000)
    media.put(b"x" * 1000, limit=1000)
    assert [path.stat().st_size for path in media.folder.rglob("*") if path.is_file()] == [1000]


class Broken(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise ConnectionResetError("gone")


def test_a_broken_upload_leaves_nothing_behind(media: Media) -> None:
    with pytest.raises(ConnectionResetError):
        media.put(Broken())
    assert [path for path in media.folder.rglob("*") if path.is_file()] == []


def test_what_is_looked_at_and_not_kept_is_gone(media: Media) -> None:
    with media.arriving(b"not a picture") as incoming:
        assert incoming.path.read_bytes() == b"not a picture"
        assert incoming.size == 13
    assert not media.exists(incoming.sha256)
    assert not incoming.path.exists()


def test_the_same_blob_from_many_at_once_is_one_file(media: Media) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: media.put(b"wire picture" * 1000), range(32)))
    assert len(names) == 1
    assert list(media.blobs()) == sorted(names)
    assert list(media.verify()) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "g" * 64])
def test_only_a_hash_is_a_name(media: Media, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        media.path(name)


def test_a_blob_that_rotted_is_found(media: Media) -> None:
    good, bad = media.put(b"good"), media.put(b"bad")
    path = media.path(bad)
    path.chmod(0o644)
    path.write_bytes(b"rotten")
    (media.folder / "notes.txt").write_text("mine")
    assert not media.sound(bad)
    assert media.sound(good)
    assert not media.sound("0" * 64)
    assert {(fault.path.name, fault.what) for fault in media.verify()} == {
        (bad, "does not hold what its name says"),
        ("notes.txt", "is no blob"),
    }


def test_what_a_crash_left_half_arrived_is_thrown_away_a_day_later(media: Media) -> None:
    old, young = media.folder / "arriving" / "old", media.folder / "arriving" / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (0, 0))
    Media(media.folder)
    assert not old.exists()
    assert young.exists()
