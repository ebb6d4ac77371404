"""Long work that is started from the desk and goes on by itself: a rebuild, a verification.

Each piece is a process of its own, which runs the same command as an operator would (``cms/cli/work.py``) and writes
how far it is to a file. Only one runs at a time: whoever starts it takes a lock and hands it down, and it ends with
the process, however that ends. Neither closing the page nor restarting the server disturbs it.
"""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from uuid_utils.compat import uuid7

from cms.operating.presence import anybody
from cms.settings import Settings, known_settings
from events import files
from events.instant import SECOND, Instant, now

Kind = Literal["rebuild", "rebuild-views", "rebuild-search", "verify", "verify-log", "nightly"]
KEPT = 20  # pieces of work whose outcome is kept


class Job(msgspec.Struct, kw_only=True):
    """A piece of work. by: an account id. result: as the command tells machines; words: as it tells people."""

    id: str
    kind: Kind
    by: str | None
    began: Instant
    state: Literal["running", "done", "differs", "failed", "stopped"] = "running"  # stopped: it was killed
    phase: str = ""
    phase_began: Instant = 0
    done: int = 0
    total: int = 0  # 0: nobody knows
    seen: Instant = 0  # when it last said how far it is
    words: str = ""
    result: dict[str, Any] = {}

    @property
    def rate(self) -> float:
        """So many a second, in this phase."""
        return self.done * SECOND / max(self.seen - self.phase_began, 1)

    @property
    def left(self) -> float | None:
        """Seconds until this phase is through; None where nobody knows."""
        return (self.total - self.done) / self.rate if self.total and self.done else None


class Underway(Exception):
    """Another piece of work has not ended yet."""


_decoder = msgspec.json.Decoder(Job)


class Works:
    """The pieces of work of one Daybook. Safe to use from many threads and processes."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        """``environ``: the settings that the processes are given."""
        self._folder, self._environ = folder, dict(environ)

    def start(self, kind: Kind, by: str | None) -> Job:
        """Begin it. Raises Underway."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Underway from None
            self._forget()
            job, path = self._noted(kind, by=by)
            command = [sys.executable, "-m", "flask", "--app", "app", "work", kind, str(path)]
            process = subprocess.Popen(
                command, cwd=Path(__file__).parents[2], env={**os.environ, **self._environ}, pass_fds=[lock],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            threading.Thread(target=process.wait, name="work", daemon=True).start()  # nobody else would bury it
            return job
        finally:
            os.close(lock)  # the process has it now

    def tell(self, kind: Kind, words: str) -> None:
        """Keep something that was done at once among the pieces of work."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._noted(kind, state="done", words=words)

    def latest(self) -> list[Job]:
        """The newest first, the running one among them."""
        jobs = self._jobs()
        if any(job.state == "running" for job in jobs) and not anybody(self._folder / "lock"):
            jobs = self._jobs()  # it ended meanwhile
            for job in jobs:
                job.state = "stopped" if job.state == "running" else job.state
        return jobs

    def _noted(self, kind: Kind, *, by: str | None = None, **told: Any) -> tuple[Job, Path]:
        at = now()
        job = Job(id=str(uuid7()), kind=kind, by=by, began=at, seen=at, phase_began=at, **told)
        path = self._folder / f"{job.id}.json"
        write(path, job)
        return job, path

    def _jobs(self) -> list[Job]:
        return [job for path in self._files() if (job := _read(path))]

    def _files(self) -> list[Path]:
        """The newest first."""
        return sorted(self._folder.glob("*.json"), reverse=True)

    def _forget(self) -> None:
        for path in self._files()[KEPT - 1 :]:
            path.unlink(missing_ok=True)


def environ_of(settings: Settings) -> dict[str, str]:
    """The same settings for another process: whatever it reads from these is equal."""
    return {
        setting.name: _written(getattr(settings, field))
        for field, setting in known_settings().items()
        if not getattr(settings, f"{field}_url", "")  # of a file and a URL one is to be named
    }


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    return "" if value is None else str(value)


def write(path: Path, job: Job) -> None:
    """Keep how it stands; a reader sees all of it or what was there before."""
    files.write(path, msgspec.json.encode(job))


def read(path: Path) -> Job:
    """What the file says."""
    return _decoder.decode(path.read_bytes())


def _read(path: Path) -> Job | None:
    try:
        return read(path)
    except (OSError, msgspec.MsgspecError):
        return None
