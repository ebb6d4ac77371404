"""A consistent copy of everything that cannot be made again, taken while the newsroom works.

The log's seals and its followers' ledger are copied first, then the log, then the rest: what a head was signed over,
and what a follower has taken, is in the log by then; and a picture, a key or an account is always there before the
event that speaks of it. So whatever the copy speaks of is in it. What can be made again (views, index, renditions, the
seals' tree) is left out, and so is the key that signs.

A log in a file is copied as that file; one in PostgreSQL as an export, and its followers' tables as the file that they
would be beside a log in a file. Either is restored into either engine.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from cms.settings import Settings
from events.files import digest_of, sync, sync_all
from events.following.copying import copy
from events.following.ledger import Ledger, beside
from events.instant import now, to_iso
from events.moving import folder as export
from events.moving.importing import take
from events.moving.transfer import NotTransferred
from events.moving.transfer import export as export_lines
from events.seal.heads import Unsigned
from events.seal.holding import hold
from events.seal.sealing import in_words
from events.seal.seals import Seals
from events.store import EventStore

FORMAT = "daybook-backup-1"
MANIFEST = "manifest.json"
LOG = "log"  # the folder of an exported log
FOLLOWERS = "followers.db"
_NAMES = re.compile(
    r"events\.db|accounts\.db|keys\.db|followers\.db|secret|seals/heads|log/(manifest\.json|events-\d{12}\.ndjson\.gz)"
    r"|media/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}"
)


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
    if isinstance(settings.log, Path) and not settings.log.exists():
        raise BackupRefused(f"There is no log at {settings.log}: nothing to back up.")
    aside = target.with_name(f".{target.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        files = _copy_heads(settings, aside) | _copy_followers(settings, aside) | _copy_log(settings, aside)
        progress()
        for name, make in _copies(settings):
            files[name] = make(aside / name)
            progress()
        manifest = _describe(settings, aside, files)
        (aside / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        sync_all(aside)
        os.replace(aside, target)
        sync(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return manifest


def restore(settings: Settings, source: Path, progress: Callable[[], None] = lambda: None) -> Manifest:
    """Put a backup in the place of an empty newsroom, after checking every file and every hash of the log.

    Raises BackupRefused where there is a log already, or where the backup is not what its manifest says.
    """
    _refuse_second_log(settings)
    manifest = check(source, progress)
    for name in manifest.files:
        if name == FOLLOWERS:
            _restore_followers(settings, source / name)
        elif name != "events.db" and not name.startswith(f"{LOG}/"):
            _copy_file(source / name, _place(settings, name))
        progress()
    for folder in filter(Path.exists, (settings.media, settings.seals, settings.var)):
        sync_all(folder)
    _restore_log(settings, source, manifest)  # the log last: then all is there
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
    if not {"events.db", f"{LOG}/manifest.json"} & set(manifest.files):
        raise BackupRefused(f"{source} holds no log: it is not a whole backup.")
    for name, digest in manifest.files.items():
        if not _NAMES.fullmatch(name):
            raise BackupRefused(f"The backup lists {name!r}, which is no part of a newsroom. Nothing was restored.")
        if not (source / name).is_file():
            raise BackupRefused(f"{name} is missing from the backup.")
        if digest_of(source / name) != digest:
            raise BackupRefused(f"{name} is not what was backed up: its content has changed.")
        progress()
    return manifest


def _copies(settings: Settings) -> Iterator[tuple[str, Callable[[Path], str]]]:
    """What is copied after the log, in order, each with the function that makes its copy and tells its digest."""
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
    return ("accounts.db", settings.accounts), ("keys.db", settings.keys)


def _place(settings: Settings, name: str) -> Path:
    known = {"events.db": settings.events, **dict(_beside(settings))}
    if name.startswith("media/"):
        return settings.media / name.removeprefix("media/")
    if name.startswith("seals/"):
        return settings.seals / name.removeprefix("seals/")
    return known.get(name) or settings.var / name


def _copy_heads(settings: Settings, aside: Path) -> dict[str, str]:
    seals = Seals(settings.seals)
    if not seals.file.exists():
        return {}
    with seals.lock():
        return {"seals/heads": _copy_file(seals.file, aside / "seals" / "heads")}


def _copy_followers(settings: Settings, aside: Path) -> dict[str, str]:
    """How far each has come, and what operators decided: which events are passed over cannot be made again."""
    made = aside / FOLLOWERS
    with closing(Ledger(beside(settings.log))) as ledger, closing(Ledger(f"sqlite:///{made}")) as copied:
        if not (ledger.standings() or ledger.decisions()):
            return {}
        copy(ledger, copied)
    return {FOLLOWERS: digest_of(made)}


def _restore_followers(settings: Settings, source: Path) -> None:
    with TemporaryDirectory() as folder:  # opened, it would be changed
        _copy_file(source, Path(folder) / FOLLOWERS)
        copied, ledger = Ledger(f"sqlite:///{folder}/{FOLLOWERS}"), Ledger(beside(settings.log))
        with closing(copied), closing(ledger):
            copy(copied, ledger)


def _copy_log(settings: Settings, aside: Path) -> dict[str, str]:
    if isinstance(settings.log, Path):
        return {"events.db": _copy_database(settings.log, aside / "events.db")}
    with closing(EventStore(settings.log)) as store:
        try:
            export.write(store, aside / LOG)
        except NotTransferred as error:
            raise BackupRefused(f"{error} Nothing was backed up.") from error
    return {f"{LOG}/{path.name}": digest_of(path) for path in sorted((aside / LOG).iterdir())}


def _describe(settings: Settings, aside: Path, files: dict[str, str]) -> Manifest:
    """Verify what was copied, against the seals too, and say what it is."""
    copied = isinstance(settings.log, Path)
    where = aside / "events.db" if copied else settings.log
    try:
        heads = list(Seals(aside / "seals").heads())
        verdict = hold(partial(EventStore, where), Seals(settings.seals).tree, [heads])
    except Unsigned as error:
        raise BackupRefused(f"The seals in {settings.seals} are damaged: {error}. Nothing was backed up.") from error
    if not verdict.ok:
        raise BackupRefused(
            f"The log is not what was written: {in_words(verdict)}. It was not backed up, so that no good copy is "
            "replaced by it; see flask log verify."
        )
    events, chain_hash = verdict.position, verdict.chain_hash
    if copied:
        files["events.db"] = digest_of(aside / "events.db")  # opening it may have touched its header
    else:
        exported = export.load(aside / LOG)  # the log has gone on since
        events, chain_hash = exported.position, exported.chain_hash
    return Manifest(format=FORMAT, made_at=to_iso(now()), events=events, chain_hash=chain_hash, files=files)


def _refuse_second_log(settings: Settings) -> None:
    if isinstance(settings.log, Path):
        if settings.log.exists():
            raise BackupRefused(
                f"There is a log at {settings.log}, and a restore never overwrites one. Stop Daybook, move the folder "
                f"{settings.log.parent} away, and try again."
            )
        return
    with closing(EventStore(settings.log)) as store:
        if store.head().position:
            raise BackupRefused("There is a log in this database, and a restore never overwrites one. Name another.")


def _restore_log(settings: Settings, source: Path, manifest: Manifest) -> None:
    copied = "events.db" in manifest.files
    if copied and isinstance(settings.log, Path):
        _copy_file(source / "events.db", settings.log)
        return
    where = settings.log
    aside = where.with_name(f".{where.name}.part") if isinstance(where, Path) else None
    if aside is not None:
        aside.unlink(missing_ok=True)
    try:
        with closing(EventStore(aside or where)) as store, TemporaryDirectory() as folder:
            if copied:
                _copy_file(source / "events.db", Path(folder) / "events.db")
                with closing(EventStore(Path(folder) / "events.db")) as origin:
                    take(store, export_lines(origin, 0, origin.head().position))
            else:
                export.read(store, source / LOG)
    except NotTransferred as error:
        raise BackupRefused(f"The log could not be restored: {error}") from error
    if aside is not None and isinstance(where, Path):
        os.replace(aside, where)
        sync(where.parent)


def _copy_database(source: Path, target: Path) -> str:
    """SQLite's online backup: one snapshot, whoever writes meanwhile."""
    with closing(sqlite3.connect(source, timeout=30)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)
    target.chmod(0o600)
    return digest_of(target)


def _copy_file(source: Path, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    shutil.copy2(source, aside)
    sync(aside)
    os.replace(aside, target)
    sync(target.parent)
    return digest_of(target)
