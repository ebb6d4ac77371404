"""Folded states of long streams, kept so that a story of twenty thousand edits is at hand in a moment.

A snapshot is derived and disposable: a file for each stream that is long enough, which may be deleted at any time.
It is never trusted over the log. It names the event that it was taken after, by stream, version, position and the log's
chain hash there; where the log holds another, where its own digest does not fit, or where other code made it, it is
as if it were not there, and is made anew. "Other code" is any change to the modules whose rules fold the stream, to
its events, to how they are read, or to documents: see ``code_of``.

They are written by a thread of their own, off every command's path.
"""

import hashlib
import logging
import os
import sys
import threading
from functools import cache
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any, NamedTuple

import msgspec

from cms.article import Body
from cms.decider import Decider, State
from events.files import sync
from events.instant import Instant
from events.store import EventStore

__all__ = ["EVERY", "Snapshots", "Taken", "code_of", "pack", "unpack"]

EVERY = 500  # events: a stream that has fewer is folded as fast as a snapshot is read
WAITING = 64  # snapshots to be written; more are left for the next time somebody looks at their streams
_DIGEST = 32  # bytes
_COMMON = ("cms.decider", "events.event", "events.reading", "events.envelope", "events.document", "events.redaction")
_log = logging.getLogger("daybook")


class Taken(NamedTuple):
    """A stream's state after one of its events, and when that one occurred."""

    state: State
    occurred_at: Instant


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """What a file holds, after its digest."""

    code: str
    stream: str
    version: int
    position: int
    chain_hash: bytes
    occurred_at: Instant
    state: msgspec.Raw


class Snapshots:
    """The snapshots of one log on this machine. Safe to use from many threads and processes."""

    def __init__(self, folder: Path, store: EventStore) -> None:
        """``folder``: of the files; made with the first of them."""
        self._folder, self._store = folder, store
        self._queue: Queue[tuple[str, Decider[Any], Taken]] = Queue(WAITING)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = threading.Event()

    def load(self, stream: str, decider: Decider[Any]) -> Taken | None:
        """The newest snapshot of a stream, or None where there is none that this log and this code agree with."""
        try:
            data = self._path(stream).read_bytes()
        except OSError:
            return None
        try:
            kept = unpack(data)
            if kept.code != code_of(decider) or kept.stream != stream or not self._stands(kept):
                return None
            return Taken(_state(kept, decider), kept.occurred_at)
        except (ValueError, msgspec.MsgspecError) as error:
            _log.warning("The snapshot of %s is ignored, and will be made anew: %s", stream, error)
            return None

    def take(self, stream: str, decider: Decider[Any], taken: Taken) -> bool:
        """Have a snapshot written soon; False where too many wait already."""
        try:
            self._queue.put_nowait((stream, decider, taken))
        except Full:
            return False
        with self._starting:
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._write_all, name="snapshots", daemon=True)
                self._thread.start()
        return True

    def write(self, stream: str, decider: Decider[Any], taken: Taken) -> None:
        """Write one now. A stream whose event is not in the log gets none."""
        position = self._store.place(stream, taken.state.version)
        row = next(self._store.rows(position - 1, position), None) if position else None
        if row is None:
            return
        kept = pack(taken, decider, stream, row.position, row.chain_hash)
        path = self._path(stream)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.write_bytes(kept)  # not synced: one that a power cut tore does not fit its digest
        aside.chmod(0o600)
        aside.replace(path)

    def discard(self, stream: str) -> None:
        """Remove what is kept of a stream."""
        path = self._path(stream)
        path.unlink(missing_ok=True)
        if path.parent.exists():
            sync(path.parent)

    def settle(self) -> None:
        """Return when everything that was asked for is written: for tests, and before the folder goes away."""
        self._queue.join()

    def close(self) -> None:
        """Write no more; what still waits will be asked for again."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def _write_all(self) -> None:
        while not self._closed.is_set():
            try:
                stream, decider, taken = self._queue.get(timeout=0.2)
            except Empty:
                continue
            try:
                self.write(stream, decider, taken)
            except Exception:  # noqa: BLE001 - a snapshot is never worth the thread that writes them
                _log.exception("no snapshot of %s could be written", stream)
            finally:
                self._queue.task_done()

    def _stands(self, kept: _Kept) -> bool:
        """Whether the log has just this event at this place."""
        row = next(self._store.rows(kept.position - 1, kept.position), None)
        return row is not None and (row.stream, row.version, row.chain_hash) == (
            kept.stream, kept.version, kept.chain_hash
        )  # fmt: skip

    def _path(self, stream: str) -> Path:
        name = hashlib.sha256(stream.encode()).hexdigest()
        return self._folder / name[:2] / name


def pack(taken: Taken, decider: Decider[Any], stream: str, position: int, chain_hash: bytes) -> bytes:
    """A snapshot as a file holds it."""
    state = msgspec.Raw(_encoder.encode(taken.state))
    kept = _Kept(code_of(decider), stream, taken.state.version, position, chain_hash, taken.occurred_at, state)
    data = _encoder.encode(kept)
    return hashlib.sha256(data).digest() + data


def unpack(data: bytes) -> _Kept:
    """What a file holds. Raises ValueError where it is not what was written."""
    if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
        raise ValueError("it is not what was written")
    return _decoder.decode(data[_DIGEST:])


@cache
def code_of(decider: Decider[Any]) -> str:
    """A digest of all the code that folds these streams: the rules, their states, their events, the documents."""
    parts = {type(decider.initial).__module__, *(kind.__module__ for kind in decider.kinds()), *_COMMON}
    homes = {part.rpartition(".")[0] if part.count(".") > 1 else part for part in parts}
    digest = hashlib.sha256()
    for home in sorted(homes):
        source = Path(str(sys.modules[home].__file__))
        for file in sorted(source.parent.glob("*.py")) if source.stem == "__init__" else [source]:
            digest.update(f"{home}/{file.name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _state(kept: _Kept, decider: Decider[Any]) -> State:
    state: State = msgspec.msgpack.decode(kept.state, type=type(decider.initial), dec_hook=_revive)
    if state.version != kept.version:
        raise ValueError("its state is of another version")
    return state


def _dissolve(value: Any) -> Any:
    if isinstance(value, Body):
        return [value.version, value.digest, value.words, list(value.images), value.raw]
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def _revive(kind: type, value: Any) -> Any:
    if kind is not Body:
        raise TypeError(f"a {kind.__name__} was not kept")
    version, digest, words, images, raw = value
    return Body(version, digest, words, tuple(images)).published(raw)


_encoder = msgspec.msgpack.Encoder(enc_hook=_dissolve)
_decoder = msgspec.msgpack.Decoder(_Kept)
