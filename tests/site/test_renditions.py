"""Pictures in every width and shape, made on demand, as long as they are public."""
from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from flask.testing import FlaskClient
from PIL import Image

from cms.site.renditions import Rendition, Renditions, Unreadable, named
from events import instant
from tests.site.fake_reader import FakeDaybook, Newsroom
from views import pictures


@pytest.fixture
def drawn(daybook: FakeDaybook, newsroom: Newsroom) -> str:
    """A picture of four colours, one in each quarter; its sha256."""
    image = Image.new("RGB", (1600, 1067))
    for place, colour in (((0, 0), "red"), ((800, 0), "lime"), ((0, 533), "blue"), ((800, 533), "white")):
        image.paste(Image.new("RGB", (800, 534), colour), place)
    sha256 = newsroom.images["breakwater"].sha256
    daybook.media.folder.mkdir(parents=True)
    image.save(daybook.media.path(sha256), "JPEG", quality=95)
    return sha256


def opened(reader: FlaskClient, address: str) -> Image.Image:
    answer = reader.get(address)
    assert answer.status_code == 200, address
    return Image.open(BytesIO(answer.data))


@pytest.mark.parametrize("width", pictures.WIDTHS)
def test_a_rendition_has_its_width_and_the_originals_shape(reader: FlaskClient, drawn: str, width: int) -> None:
    image = opened(reader, f"/media/{drawn}/{width}.webp")
    assert (image.format, image.size) == ("WEBP", (width, round(width * 1067 / 1600)))
    assert opened(reader, f"/media/{drawn}/{width}.jpg").format == "JPEG"


def test_a_crop_keeps_the_focal_point_in_the_picture(reader: FlaskClient, drawn: str, newsroom: Newsroom) -> None:
    for focus, colour in (((0.1, 0.1), (255, 0, 0)), ((0.9, 0.1), (0, 255, 0))):
        image = msgspec.structs.replace(newsroom.images["breakwater"], focus_x=focus[0], focus_y=focus[1])
        newsroom.images["breakwater"] = image
        cropped = opened(reader, pictures.address(image, 320, "4x5")).convert("RGB")
        assert cropped.size == (320, 400)
        x, y = (80 if focus[0] < 0.5 else 300), 40
        assert all(abs(a - b) < 40 for a, b in zip(cropped.getpixel((x, y)), colour, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(("corner", "colour"), [((0, 0), (255, 0, 0)), ((1200, 0), (0, 255, 0))])
def test_a_crop_by_hand_is_what_readers_get(
        reader: FlaskClient, drawn: str, newsroom: Newsroom, corner: tuple[int, int], colour: tuple[int, ...]) -> None:
    crops = (("16:9", (*corner, 400, 225)), ("4:3", (*corner, 400, 300)))
    image = newsroom.images["breakwater"] = msgspec.structs.replace(newsroom.images["breakwater"], crops=crops)
    address = pictures.address(image, 320, "16x9")
    assert address.endswith(f"/320-16x9-{corner[0]}.0.400.225.webp")
    assert pictures.widths(image, "16x9") == (320,)
    cropped = opened(reader, address).convert("RGB")
    assert cropped.size == (320, 180)
    assert all(abs(a - b) < 40 for a, b in zip(cropped.getpixel((160, 40)), colour, strict=True))  # type: ignore[arg-type]
    assert pictures.cut(image, "3x2") == f"{corner[0]}.17.400.266"  # out of the middle of the 4:3
    assert pictures.cut(image, "1x1") == "30-50"
    assert opened(reader, pictures.address(image, 320, "3x2")).size == (320, 213)


def test_nobody_can_fill_the_disk_with_crops(reader: FlaskClient, drawn: str, daybook: FakeDaybook) -> None:
    answer = reader.get(f"/media/{drawn}/640-3x2-0.0.300.200.webp")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/media/{drawn}/640-3x2-30-50.webp")
    assert reader.get(f"/media/{drawn}/640-3x2-0.0.0.200.webp").status_code == 404
    assert not list(daybook.settings.renditions.rglob("*.webp"))


def test_only_the_widths_and_shapes_of_the_site_exist(reader: FlaskClient, drawn: str) -> None:
    for name in ("641.webp", "640.png", "640", "99999.webp", "0640.webp", "640-3x2-30-50.gif", "640-9x9-30-50.webp",
                 "640-3x2-30-101.webp", "640-3x2-030-50.webp", "..%2f640.webp", "original"):
        assert reader.get(f"/media/{drawn}/{name}").status_code == 404, name
    assert reader.get("/media/../640.webp").status_code == 404
    assert reader.get(f"/media/{'A' * 64}/640.webp").status_code == 404


def test_nobody_can_fill_the_disk_with_focal_points(reader: FlaskClient, drawn: str, daybook: FakeDaybook) -> None:
    answer = reader.get(f"/media/{drawn}/640-3x2-1-2.webp")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/media/{drawn}/640-3x2-30-50.webp")
    assert not list(daybook.settings.renditions.rglob("*.webp"))


def test_a_picture_taken_down_is_gone_in_every_size_at_once(
        reader: FlaskClient, drawn: str, newsroom: Newsroom) -> None:
    assert reader.get(f"/media/{drawn}/640.webp").status_code == 200
    newsroom.taken_down[drawn] = instant.now()
    for name in ("640.webp", "320.jpg", "640-3x2-30-50.webp"):
        assert reader.get(f"/media/{drawn}/{name}").status_code == 410


def test_a_picture_that_no_page_shows_is_not_there(reader: FlaskClient, daybook: FakeDaybook, drawn: str) -> None:
    secret = "f" * 64
    daybook.media.path(secret).write_bytes(daybook.media.path(drawn).read_bytes())
    assert reader.get(f"/media/{secret}/640.webp").status_code == 404


def test_a_lost_or_broken_original_is_a_404_and_leaves_nothing_behind(
        reader: FlaskClient, daybook: FakeDaybook, drawn: str) -> None:
    daybook.media.path(drawn).write_bytes(b"\xff\xd8\xff not a picture")
    assert reader.get(f"/media/{drawn}/640.webp").status_code == 404
    daybook.media.path(drawn).unlink()
    assert reader.get(f"/media/{drawn}/640.webp").status_code == 404
    assert [file for file in daybook.settings.renditions.rglob("*") if file.is_file()] == []


def test_a_rendition_is_made_once(reader: FlaskClient, daybook: FakeDaybook, drawn: str) -> None:
    first = reader.get(f"/media/{drawn}/640.webp")
    daybook.media.path(drawn).unlink()
    again = reader.get(f"/media/{drawn}/640.webp", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert reader.get(f"/media/{drawn}/640.webp").data == first.data


def test_a_small_original_is_never_blown_up(tmp_path: Path) -> None:
    Image.new("RGBA", (200, 100), (255, 0, 0, 0)).save(tmp_path / "small", "PNG")
    for name, size in (("320.webp", (200, 100)), ("320.jpg", (200, 100)), ("640-1x1-50-50.jpg", (100, 100))):
        rendition = named(name)
        assert rendition is not None
        made = Renditions(tmp_path / "out").file(tmp_path / "small", "0" * 64, rendition)
        image = Image.open(BytesIO(made.read_bytes()))
        assert image.size == size
        if name.endswith("jpg"):
            assert image.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_real_photographs_of_every_kind_are_shown_or_refused_by_name(shared: Path, tmp_path: Path) -> None:
    renditions = Renditions(tmp_path)
    manifest = (shared / "data/images/manifest.jsonl").read_text().splitlines()
    shown = 0
    for number, entry in enumerate(map(json.loads, manifest)):
        file = shared / "data" / entry["file"]
        if entry.get("width", 0) * entry.get("height", 0) > 4_000_000:
            continue
        try:
            made = renditions.file(file, f"{number:064x}", Rendition(320, "webp", "3x2", (50, 50)))
        except Unreadable:
            continue
        with Image.open(made) as image:
            image.load()
            assert image.mode in ("RGB", "RGBA")
        shown += 1
    assert shown > 200


def test_an_upright_photograph_stays_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (400, 200), "red")
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    image.save(tmp_path / "turned", "JPEG", exif=exif)
    made = Renditions(tmp_path / "out").file(tmp_path / "turned", "1" * 64, Rendition(320, "jpg"))
    assert Image.open(BytesIO(made.read_bytes())).size == (200, 400)


def test_the_pages_offer_no_picture_wider_than_its_original(newsroom: Newsroom) -> None:
    small = msgspec.structs.replace(newsroom.images["tram"], width=900, height=600)
    assert pictures.widths(small) == (320, 640)
    assert pictures.widths(small, "1x1") == (320,)
    assert pictures.widths(msgspec.structs.replace(small, width=10, height=10)) == (320,)
    html = pictures.tag(small, sizes="100vw", alt='"><script>')
    assert "960w" not in html and "<script>" not in html
