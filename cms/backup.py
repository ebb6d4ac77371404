"""A consistent copy of everything that cannot be made again, taken while the newsroom works.

The log is copied first and the rest after it: a picture, a key or an account is always there before the event that
speaks of it, so whatever the copied log speaks of is in the copy. What can be made again (views, index, renditions)
is left out.
"""

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from cms.settings import Settings
from events.generations import sync_folder
from events.instant import now, to_iso
from events.store import EventStore
from events.verifying import verify

FORMAT = "daybook-backup-1"
MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_NAMES = re.compile(r"events\.db|accounts\.db|keys\.db|followers\.db|secret|media/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")


class BackupRefused(Exception):
    """Nothing was changed. The message says why, and what to do."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. files: SHA-256 of each, by its path within the backup."""

    format: str
    made_at: str
    events: int
    chain_hash: str
    files: dict[str, str]


def back_up(settings: Settings, target: Path, progress: Callable[[], None] = lambda: None) -> Manifest:
    """Copy into the new folder ``target``, which appears under its name when it is whole."""
    if target.exists():
        raise BackupRefused(f"{target} is there already: name a folder that is not. Nothing was written.")
    if not settings.events.exists():
        raise BackupRefused(f"There is no log at {settings.events}: nothing to back up.")
    aside = target.with_name(f".{target.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        files = {}
        for name, copy in _copies(settings):
            files[name] = copy(aside / name)
            progress()
        manifest = _describe(aside, files)
        (aside / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        sync_folder(aside)
        os.replace(aside, target)
        sync_folder(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return manifest


def restore(settings: Settings, source: Path, progress: Callable[[], None] = lambda: None) -> Manifest:
    """Put a backup in the place of an empty newsroom, after checking every file and every hash of the log.

    Raises BackupRefused where there is a log already, or where the backup is not what its manifest says.
    """
    if settings.events.exists():
        raise BackupRefused(
            f"There is a log at {settings.events}, and a restore never overwrites one. Stop Daybook, move the folder "
            f"{settings.events.parent} away, and try again."
        )
    manifest = check(source, progress)
    for name in sorted(manifest.files, key=lambda name: name == "events.db"):  # the log last: then all is there
        _copy_file(source / name, _place(settings, name))
        progress()
    return manifest


def check(source: Path, progress: Callable[[], None] = lambda: None) -> Manifest:
    """Hold a backup against its manifest. Raises BackupRefused naming the first thing that is not as it was."""
    try:
        manifest = msgspec.json.decode((source / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise BackupRefused(f"{source} is not a backup of Daybook ({error}).") from error
    if manifest.format != FORMAT:
        raise BackupRefused(f"{source} is a {manifest.format}, and this Daybook reads {FORMAT}.")
    if "events.db" not in manifest.files:
        raise BackupRefused(f"{source} holds no log: it is not a whole backup.")
    for name, digest in manifest.files.items():
        if not _NAMES.fullmatch(name):
            raise BackupRefused(f"The backup lists {name!r}, which is no part of a newsroom. Nothing was restored.")
        if not (source / name).is_file():
            raise BackupRefused(f"{name} is missing from the backup.")
        if _digest(source / name) != digest:
            raise BackupRefused(f"{name} is not what was backed up: its content has changed.")
        progress()
    return manifest


def _copies(settings: Settings) -> Iterator[tuple[str, Callable[[Path], str]]]:
    """What is copied, in order, each with the function that makes its copy and tells its digest."""
    yield "events.db", lambda target: _copy_database(settings.events, target)
    for name, database in _beside(settings):
        if database.exists():
            yield name, lambda target, database=database: _copy_database(database, target)  # type: ignore[misc]
    secret = settings.var / "secret"
    if secret.exists():
        yield "secret", lambda target: _copy_file(secret, target)
    for blob in sorted(path for path in settings.media.glob("??/??/*") if path.is_file()):
        name = f"media/{blob.relative_to(settings.media).as_posix()}"
        yield name, lambda target, blob=blob: _copy_file(blob, target)  # type: ignore[misc]


def _beside(settings: Settings) -> tuple[tuple[str, Path], ...]:
    """The databases beside the log, each with its name in a backup."""
    followers = settings.events.with_name("followers.db")
    return ("accounts.db", settings.accounts), ("keys.db", settings.keys), ("followers.db", followers)


def _place(settings: Settings, name: str) -> Path:
    known = {"events.db": settings.events, **dict(_beside(settings))}
    if name.startswith("media/"):
        return settings.media / name.removeprefix("media/")
    return known.get(name) or settings.var / name


def _describe(folder: Path, files: dict[str, str]) -> Manifest:
    store = EventStore(folder / "events.db")
    try:
        verdict = verify(store.rows())
    finally:
        store.close()
    if not verdict.ok:
        raise BackupRefused(
            f"The log was altered: position {verdict.position}, {verdict.reason}. It was not backed up, so that no "
            "good copy is replaced by it; see flask log verify."
        )
    files["events.db"] = _digest(folder / "events.db")  # opening it may have touched its header
    return Manifest(
        format=FORMAT, made_at=to_iso(now()), events=verdict.position, chain_hash=verdict.chain_hash, files=files
    )


def _copy_database(source: Path, target: Path) -> str:
    """SQLite's online backup: one snapshot, whoever writes meanwhile."""
    with closing(sqlite3.connect(source, timeout=30)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)
    target.chmod(0o600)
    return _digest(target)


def _copy_file(source: Path, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    shutil.copy2(source, aside)
    with aside.open("rb") as copied:
        os.fsync(copied.fileno())
    os.replace(aside, target)
    return _digest(target)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
