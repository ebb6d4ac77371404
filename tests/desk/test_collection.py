"""Every file of the collection of difficult pictures, through the upload screen's own endpoint."""

import io
import json
import re
import resource
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from cms.desk import states
from tests.desk.conftest import Browser, Newsroom

FORMATS = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "AVIF": "avif"}
MOST = 512 * 1024  # kB of memory: of the process that serves, and of each that reads a file
AT_ONCE = 4  # people who send pictures at the same time

Record = dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """What became of each file, what the log says of each picture, and the most memory that was in use, in kB."""

    told: dict[str, tuple[int, Record]]
    pictures: dict[str, tuple[str, int]]
    serving: int
    reading: int


def test_every_file_is_taken_as_the_manifest_says_or_refused_with_a_reason(tmp_path: Path, shared: Path) -> None:
    data = shared / "data"
    records = [json.loads(line) for line in (data / "images/manifest.jsonl").read_text().splitlines()]
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:  # so that the memory is of nothing else
        came = apart.submit(_take, tmp_path / "var", records, data).result()
    assert len(came.told) == len(records) > 400
    taken = {record["file"]: record for record in records if came.told[record["file"]][0] == 200}
    assert [file for file, record in taken.items() if _broken(record)] == []
    whole = [record for record in records if record.get("format") in FORMATS and not _broken(record)]
    still = [record["file"] for record in whole if record["frames"] == 1 and record["file"] not in taken]
    assert still == []  # of moving ones, the manifest looked at the first frame alone
    for file, record in taken.items():
        id, facts = came.told[file][1]["id"], came.told[file][1]["facts"]
        assert _as_told(facts) == _as_manifest(record), file
        assert came.pictures[id] == (record["sha256"], record["bytes"]), file
    assert len(came.pictures) == len({record["sha256"] for record in taken.values()})
    assert 0 < came.serving < MOST
    assert 0 < came.reading < MOST


def _take(folder: Path, records: list[Record], data: Path) -> Taken:
    """All of them, from several people at once."""
    newsroom = Newsroom(folder)
    people = [newsroom.browser("pia").go("/desk/images") for _ in range(AT_ONCE)]
    shares = [[one for one in records if int(one["sha256"][:8], 16) % AT_ONCE == part] for part in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        work = [pool.submit(_send, who, share, data) for who, share in zip(people, shares, strict=True)]
        told = {file: came for part in work for file, came in part.result().items()}
    pictures = {}
    with newsroom.app.app_context():
        for id in {came["id"] for status, came in told.values() if status == 200}:
            picture = states.image(id).picture
            assert picture is not None
            pictures[id] = picture.sha256, picture.bytes
    newsroom.house.close()
    return Taken(told, pictures, _largest(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _send(who: Browser, records: list[Record], data: Path) -> dict[str, tuple[int, Record]]:
    """One person's files, one by one, as the script sends them: what became of each."""
    form, told = who.form("/desk/images"), {}
    for record in records:
        sent = io.BytesIO((data / record["file"]).read_bytes()), Path(record["file"]).name
        typed = {**form, "command_id": "", "file": [sent]}
        answer = who.client.post("/desk/images", data=typed, headers={"Accept": "application/json"})
        came = answer.get_json()
        assert answer.status_code in (200, 422), record["file"]
        assert (answer.status_code == 200) == (not came["refused"]), record["file"]
        if came["refused"]:
            assert came["refused"].endswith((".", "anew.")), record["file"]
        told[record["file"]] = answer.status_code, came
    return told


def _broken(record: Record) -> bool:
    return "open_error" in record or "load_error" in record


def _as_manifest(record: Record) -> Record:
    """What is compared; where the manifest has no word for something, because Pillow had none, that is left out."""
    turned = (record.get("orientation") or 1) >= 5
    width, height = record["width"], record["height"]
    return {
        "format": FORMATS[record["format"]], "bytes": record["bytes"], "frames": record["frames"],
        "size": (height, width) if turned else (width, height), "orientation": record.get("orientation") or 1,
        "exif": record.get("exif_tags", 0), "iptc": record["iptc_fields"], "xmp": record["xmp"],
        "gps": record.get("gps", False),
    }  # fmt: skip


def _as_told(facts: Record) -> Record:
    picture, carried = facts["picture"], facts["carried"]
    return {
        "format": picture["format"], "bytes": picture["bytes"], "frames": facts["frames"],
        "size": (picture["width"], picture["height"]), "orientation": facts["words"]["orientation"], **carried,
    }  # fmt: skip


def _largest() -> int:
    """The most memory that this process ever had, in kB: of what it runs now, not of what it was forked from."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
