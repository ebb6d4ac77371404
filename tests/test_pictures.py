"""Pictures come from anywhere: each is taken in or refused with a reason, and nothing else ever happens."""

import io
import json
import resource
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cms.media import Media
from cms.pictures import Facts, PictureRefused, answer, read_picture, take_in

CORPUS = Path(__file__).parents[1].parent / "shared" / "data"
MANIFEST = CORPUS / "images" / "manifest.jsonl"
needs_corpus = pytest.mark.skipif(not MANIFEST.exists(), reason="the pictures in shared are not here")


def picture(format: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, format, **options)
    return file.getvalue()


def told(path: Path, content: bytes, megapixels: int = 80) -> Facts | str:
    file = path / "upload"
    file.write_bytes(content)
    return answer(file, megapixels)


def corpus() -> list[dict[str, Any]]:
    return [json.loads(line) for line in MANIFEST.read_text().splitlines()] if MANIFEST.exists() else []


def failing(record: dict[str, Any]) -> bool:
    return "open_error" in record or "load_error" in record


# --- taking in


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_what_browsers_show_is_taken_in_whatever_it_is_called(tmp_path: Path, format: str) -> None:
    media = Media(tmp_path / "media")
    content = picture(format)
    taken = take_in(media, io.BytesIO(content))
    assert taken.picture.format == format.lower()
    assert (taken.picture.width, taken.picture.height, taken.picture.bytes) == (60, 40, len(content))
    assert taken.frames == 1
    with media.open(taken.picture.sha256) as file:
        assert file.read() == content


def test_of_a_refused_file_nothing_stays(tmp_path: Path) -> None:
    media = Media(tmp_path / "media")
    with pytest.raises(PictureRefused, match="damaged"):
        take_in(media, picture()[:-300])
    with pytest.raises(PictureRefused, match="larger than 1 MB"):
        take_in(media, b"\xff\xd8\xff" + bytes(1_000_001), megabytes=1)
    assert [path for path in media.folder.rglob("*") if path.is_file()] == []


def test_width_and_height_are_as_people_see_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = told(tmp_path, picture(exif=exif))
    assert isinstance(facts, Facts)
    assert (facts.width, facts.height, facts.words.orientation) == (40, 60, 6)


def test_a_moving_picture_is_known_by_its_frames(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "green", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    facts = told(tmp_path, file.getvalue())
    assert isinstance(facts, Facts)
    assert facts.frames == 3


# --- refusing


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"not a picture at all", "not a picture that Daybook knows"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (picture("TIFF"), "TIFF"),
        (picture("BMP"), "BMP"),
        (b"\xff\xd8\xff\xe0", "damaged"),
        (picture("PNG")[:80], "damaged"),
        (picture("GIF")[:30], "damaged"),
        (picture("PNG", (3000, 2)), "no page can show that shape"),
    ],
)
def test_a_refusal_says_what_it_is_and_what_would_do(tmp_path: Path, content: bytes, reason: str) -> None:
    said = told(tmp_path, content)
    assert isinstance(said, str)
    assert reason in said


def png_of_size(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10**6)))


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    with pytest.raises(PictureRefused, match=r"20,000 × 20,000 pixels\. At most 80 million"):
        take_in(Media(tmp_path / "media"), png_of_size(20_000, 20_000))


def test_the_limits_are_the_operators(tmp_path: Path) -> None:
    large = picture("PNG", (1200, 1000))
    assert isinstance(told(tmp_path, large, megapixels=2), Facts)
    assert "At most 1 million" in str(told(tmp_path, large, megapixels=1))


def test_a_reader_that_dies_is_a_reason_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cms.pictures.sys.executable", "/bin/false")
    file = tmp_path / "upload"
    file.write_bytes(picture())
    with pytest.raises(PictureRefused, match="damaged"):
        read_picture(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data(), format=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
def test_a_file_that_was_damaged_anywhere_is_taken_or_refused(tmp_path: Path, data: Any, format: str) -> None:
    content = bytearray(picture(format))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert told(tmp_path, bytes(content[: data.draw(st.integers(0, len(content)))]))


# --- the words that come along


def exif_with(values: dict[int, Any]) -> Image.Exif:
    exif = Image.Exif()
    for tag, value in values.items():
        exif[tag] = value
    return exif


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:c="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
 photoshop:Credit="Tern Pictures" photoshop:City="Harwick" exif:GPSLatitude="51,30.4567N">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Boats on the quay — Ålesund</rdf:li>
<rdf:li xml:lang="fr">Bateaux</rdf:li></rdf:Alt></dc:description>
<dc:creator><rdf:Seq><rdf:li>Ina Voss</rdf:li></rdf:Seq></dc:creator>
<c:AltTextAccessibility><rdf:Alt><rdf:li>Three blue boats</rdf:li></rdf:Alt></c:AltTextAccessibility>
<photoshop:DateCreated>2026-03-01T09:15:00+01:00</photoshop:DateCreated>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_caption_credit_alt_text_date_and_place_are_read(tmp_path: Path) -> None:
    facts = told(tmp_path, picture(xmp=XMP.encode()))
    assert isinstance(facts, Facts)
    words = facts.words
    assert words.caption == "Boats on the quay — Ålesund"
    assert words.credit == "Ina Voss/Tern Pictures"
    assert words.alt == "Three blue boats"
    assert words.taken_at == "2026-03-01T09:15:00"
    assert words.place == "Harwick"


def test_where_the_camera_stood_is_never_told(tmp_path: Path) -> None:
    exif = exif_with({0x010E: "Boats", 0x8825: {1: "N", 2: (51.0, 30.0, 27.4)}})
    facts = told(tmp_path, picture(exif=exif, xmp=XMP.encode()))
    assert isinstance(facts, Facts)
    assert "51" not in repr(facts.words)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("OLYMPUS DIGITAL CAMERA         ", ""),
        ("DSC_0042", ""),
        ("...", ""),
        ("Café at dawn".encode(), "Café at dawn"),
        ("Café at dawn".encode("cp1252"), "Café at dawn"),
        ("Two\r\n\tlines\x00", "Two lines"),
        ("<script>alert(1)</script> at the window", "<script>alert(1)</script> at the window"),
    ],
)
def test_what_no_person_wrote_is_no_caption(tmp_path: Path, written: object, read: str) -> None:
    facts = told(tmp_path, picture(exif=exif_with({0x010E: written})))
    assert isinstance(facts, Facts)
    assert facts.words.caption == read


@pytest.mark.parametrize(
    "xmp", [b"<broken", b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><x>&b;</x>", b"\xff\xfe\x00"]
)
def test_broken_metadata_is_left_out_and_the_picture_taken(tmp_path: Path, xmp: bytes) -> None:
    facts = told(tmp_path, picture(xmp=xmp))
    assert isinstance(facts, Facts)
    assert facts.words.caption == ""


# --- the collection of difficult files


@needs_corpus
def test_every_file_of_the_collection_is_taken_as_it_is_or_refused_with_a_reason() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = {record["file"]: answer(CORPUS / record["file"], 80) for record in corpus()}
    assert len(told) > 400
    for record in corpus():
        facts = told[record["file"]]
        if isinstance(facts, str):
            assert facts.endswith((".", "anew.")), record["file"]
            continue
        assert not failing(record), record["file"]
        sides = (record["width"], record["height"])
        turned = (record["orientation"] or 1) >= 5
        assert (facts.width, facts.height) == (sides[::-1] if turned else sides), record["file"]
        assert (facts.frames, facts.words.orientation) == (record["frames"], record["orientation"] or 1)
    kept = [record for record in corpus() if record.get("format") in ("JPEG", "MPO", "WEBP", "AVIF")]
    assert [r["file"] for r in kept if isinstance(told[r["file"]], str) and not failing(r)] == []


@needs_corpus
@pytest.mark.parametrize("record", [r for r in corpus() if failing(r)], ids=lambda record: Path(record["file"]).name)
def test_what_breaks_a_decoder_breaks_nothing_here(record: dict[str, Any]) -> None:
    with pytest.raises(PictureRefused):
        read_picture(CORPUS / record["file"])
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 512 * 1024
