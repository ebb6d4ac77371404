"""``flask work``: what the desk's System room starts: operators' own commands, saying into a file how far they are."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from cms.cli.log.sealing import verify as verify_log
from cms.cli.nightly import nightly
from cms.cli.output import Failed, Output, Progress
from cms.cli.rebuild import rebuild_index_
from cms.cli.views import verify
from cms.operating import work
from cms.operating.work import Job, Kind
from events.instant import now

EVERY = 0.3  # seconds between two words about how far it is

_COMMANDS: dict[Kind, tuple[click.Command, dict[str, Any]]] = {
    "rebuild": (rebuild_index_, {}),
    "rebuild-views": (rebuild_index_, {"only": "views"}),
    "rebuild-search": (rebuild_index_, {"only": "index"}),
    "verify": (verify, {}),
    "verify-log": (verify_log, {}),
    "nightly": (nightly, {}),
}


@click.command("work", hidden=True)
@click.argument("kind", type=click.Choice(list(_COMMANDS)))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def work_(context: click.Context, kind: Kind, file: Path) -> None:
    """Do a piece of work that was started at the desk."""
    told = Told(file)
    context.obj = told
    command, options = _COMMANDS[kind]
    try:
        context.invoke(command, **options)
    except click.exceptions.Exit:
        pass
    except Exception as error:
        why = error or type(error).__name__
        told.end("failed", {}, f"It ended with a fault: {why}. What was in use before goes on serving.")
        raise


class Told(Output):
    """A command's voice, for the desk."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file, self.job = file, work.read(file)
        self._said = 0.0

    def note(self, words: str) -> None:
        """Not for the desk."""

    def done(self, result: Mapping[str, Any], words: str, ok: bool = True) -> None:
        """The outcome."""
        self.end("done" if ok else "differs", result, words)
        if not ok:
            raise click.exceptions.Exit(1)

    def failed(self, error: Failed) -> NoReturn:
        """What went wrong."""
        self.end("failed", error.result, error.message)
        raise click.exceptions.Exit(error.exit_code)

    def end(self, state: Any, result: Mapping[str, Any], words: str) -> None:
        """The last word."""
        self.job.state, self.job.result, self.job.words = state, dict(result), words
        self._write()

    @contextmanager
    def progress(self, doing: str, total: int | None = None, unit: str = "") -> Iterator[Progress]:  # noqa: ARG002
        """How far it is, into the file."""
        job = self.job
        job.phase, job.phase_began, job.done, job.total = doing, now(), 0, total or 0
        self._write()
        yield _Progress(job, self._say)
        self._write()

    def _say(self) -> None:
        if time.monotonic() - self._said >= EVERY:
            self._write()

    def _write(self) -> None:
        self._said, self.job.seen = time.monotonic(), now()
        work.write(self._file, self.job)


class _Progress:
    def __init__(self, job: Job, say: Callable[[], None]) -> None:
        self._job, self._say = job, say

    def advance(self, steps: int = 1) -> None:
        self._job.done += steps
        self._say()

    def total(self, total: int) -> None:
        self._job.total = total
        self._say()
