"""What each rebuild and verification came to, one line of JSON each, in ``<var>/rebuilds.jsonl``.

A digest of each view, with the version of the code that made it and the position of the log: equal lines on two
machines, or of last month and of today, are equal tables. The file is derived, like what it tells of.
"""

import platform
from collections.abc import Mapping
from pathlib import Path

import msgspec

from events import files
from events.instant import Instant, now
from views.projections import PROJECTIONS

KEPT = 400  # lines: a year of nights
NAME = "rebuilds.jsonl"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One rebuild or verification. digest: of all views in one line; views: name → (code version, digest).

    ok: what served was what the log says. index, desk: digests of all documents of readers' index and of the desk's,
    and of their terms.
    """

    at: Instant
    what: str  # rebuild, verify, nightly
    position: int
    ok: bool
    seconds: float
    digest: str = ""
    views: dict[str, tuple[int, str]] = {}
    documents: int = 0
    index: str = ""
    machine: str = ""
    desk_documents: int = 0
    desk: str = ""


_decoder = msgspec.json.Decoder(Record)


def record(
    var: Path, what: str, *, position: int, ok: bool, seconds: float, digest: str = "",
    views: Mapping[str, str] | None = None, documents: int = 0, index: str = "", desk_documents: int = 0,
    desk: str = "",
) -> Record:  # fmt: skip
    """Add a line. views: name → digest."""
    versions = {projection.name: projection.version for projection in PROJECTIONS}
    made = Record(
        at=now(), what=what, position=position, ok=ok, seconds=round(seconds, 3), digest=digest,
        views={name: (versions.get(name, 0), one) for name, one in (views or {}).items()},
        documents=documents, index=index, machine=platform.node(), desk_documents=desk_documents, desk=desk,
    )  # fmt: skip
    path = var / NAME
    lines = path.read_bytes().splitlines()[-(KEPT - 1) :] if path.exists() else []
    files.write(path, b"\n".join([*lines, msgspec.json.encode(made)]) + b"\n")
    return made


def records(var: Path) -> list[Record]:
    """All of them, the newest first; a line that cannot be read is passed over: nothing depends on it."""
    path = var / NAME
    found = []
    for line in reversed(path.read_bytes().splitlines() if path.exists() else []):
        try:
            found.append(_decoder.decode(line))
        except msgspec.MsgspecError:
            continue
    return found
