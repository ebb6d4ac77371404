"""An exported log in a folder that only grows: files of so many events each, and a manifest of their digests.

    manifest.json
    events-000000000001.ndjson.gz      each is a whole export of its own: see events/moving/transfer.py

A file appears under its name when it is whole, and the manifest names it then. So an export that was killed goes on
with the next file, and one that is run again later adds what is new.
"""

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

import msgspec

from events.files import digest_of, sync
from events.moving.importing import Taken, take
from events.moving.transfer import NotTransferred, export
from events.seal.sealing import name_of
from events.seal.verifying import mark_at
from events.store import EventStore

FORMAT = "daybook-export-1"
MANIFEST = "manifest.json"
FILE = 50_000  # events, and no more than the last whole command allows


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file: the events with ``after`` < position <= ``position``, and the SHA-256 of its bytes."""

    name: str
    after: int
    position: int
    chain_hash: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a folder holds: of which log, after which position, up to which."""

    format: str
    log: str
    after: int
    position: int
    chain_hash: str
    files: tuple[File, ...]


def write(
    store: EventStore, folder: Path, since: int | None = None, advance: Callable[[int], None] = lambda _: None
) -> Manifest:
    """Bring the folder up to date with the log. Raises NotTransferred where it is of another history."""
    end = store.head().position
    if not end:
        raise NotTransferred("The log is empty: there is nothing to export.")
    manifest = _begun(store, folder, since)
    while manifest.position < end:
        until = _until(store, manifest.position, end)
        name = f"events-{manifest.position + 1:012}.ndjson.gz"
        _write_file(folder / name, export(store, manifest.position, until))
        mark = mark_at(store, until)
        assert mark is not None
        file = File(
            name=name, after=manifest.position, position=until, chain_hash=mark.chain_hash.hex(),
            sha256=digest_of(folder / name),
        )  # fmt: skip
        manifest = msgspec.structs.replace(
            manifest, position=until, chain_hash=file.chain_hash, files=(*manifest.files, file)
        )
        _save(folder, manifest)
        advance(until - file.after)
    return manifest


def read(store: EventStore, folder: Path, advance: Callable[[int], None] = lambda _: None) -> Taken:
    """Take in what a folder holds, as ``importing.take`` does; files that are known whole are not read again."""
    new = known = 0
    for file in load(folder).files:
        mark = mark_at(store, file.position)
        if mark is not None and mark.chain_hash.hex() == file.chain_hash:
            known += file.position - file.after
            advance(file.position - file.after)
            continue
        path = folder / file.name
        if not path.is_file() or digest_of(path) != file.sha256:
            raise NotTransferred(f"{path} is missing, or is not what was exported. What was taken before it is good.")
        with gzip.open(path, "rb") as lines:
            taken = take(store, cast(IO[bytes], lines), advance)
        new, known = new + taken.new, known + taken.known
    return Taken(new, known, store.head().position)


def load(folder: Path) -> Manifest:
    """The folder's manifest. Raises NotTransferred where there is none, or none that fits together."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise NotTransferred(f"{folder} is not an exported log: {error}.") from error
    if manifest.format != FORMAT:
        raise NotTransferred(f"{folder} is a {manifest.format}, and this Daybook reads {FORMAT}.")
    position = manifest.after
    for file in manifest.files:
        if file.after != position or file.position <= position or Path(file.name).name != file.name:
            raise NotTransferred(f"{folder}: its files do not follow one another at {file.name!r}.")
        position = file.position
    if position != manifest.position:
        raise NotTransferred(f"{folder}: its files end at {position:,}, and the manifest at {manifest.position:,}.")
    return manifest


def _begun(store: EventStore, folder: Path, since: int | None) -> Manifest:
    """The manifest as it is, or as it is to begin."""
    after = since or 0
    if not (folder / MANIFEST).exists():
        if folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir()):
            raise NotTransferred(f"{folder} has something else in it: name a new folder, or one of an earlier export.")
        folder.mkdir(parents=True, exist_ok=True)
        mark = mark_at(store, after)
        if mark is None:
            raise NotTransferred(f"The log ends at {store.head().position:,}: there is nothing after {after:,}.")
        manifest = Manifest(
            format=FORMAT, log=name_of(store), after=after, position=after, chain_hash=mark.chain_hash.hex(), files=()
        )
        _save(folder, manifest)  # now the folder is an export, whatever it is killed in the middle of
        return manifest
    manifest = load(folder)
    if since is not None and since != manifest.after:
        raise NotTransferred(f"{folder} begins after {manifest.after:,}, not after {since:,}: name another folder.")
    mark = mark_at(store, manifest.position)
    if mark is None or mark.chain_hash.hex() != manifest.chain_hash:
        raise NotTransferred(
            f"{folder} is of another history: at position {manifest.position:,} it has an event that this log has not."
        )
    return manifest


def _until(store: EventStore, after: int, end: int) -> int:
    """Where the next file ends: with a command."""
    reach = after + FILE
    while reach < end:
        if commands := store.commands(after, reach):
            return commands[-1].last_position
        reach += FILE
    return end


def _write_file(path: Path, lines: Iterator[bytes]) -> None:
    aside = path.with_name(f".{path.name}.part")
    # No name and no time in it: the same bytes for the same events.
    with aside.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        for line in lines:
            packed.write(line)
    sync(aside)
    os.replace(aside, path)


def _save(folder: Path, manifest: Manifest) -> None:
    aside = folder / f".{MANIFEST}.part"
    aside.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    sync(aside)
    os.replace(aside, folder / MANIFEST)
    sync(folder)
