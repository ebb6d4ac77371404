"""How operators' commands speak: a result on standard output, progress on standard error.

Exit codes: 0, what the command promises holds; 1, it does not; 2, bad usage (click's own).
With ``--json`` standard output holds exactly one JSON object, whatever happened.

    @group.command()
    @speaks
    def verify(out: Output) -> None:
        with out.progress("Verifying", total=log.head().position, unit="events") as progress:
            for page in log.pages():
                progress.advance(len(page))
        out.done({"ok": True, "events": 3}, "3 events, all as they were written.")
"""

import functools
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn, Protocol

import click
import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text
from sqlalchemy.exc import DBAPIError

from events.clock import ClockJumped
from events.event import UnknownEvent
from events.seal.heads import Unsigned
from events.store import LogUnavailable
from search.shapes import IndexMissing
from views.shapes import ViewsMissing

AILMENTS = (
    OSError, sqlite3.Error, DBAPIError, LogUnavailable, ClockJumped, UnknownEvent, Unsigned, ViewsMissing, IndexMissing,
)  # fmt: skip
LINE_EVERY = 5.0  # seconds between lines of progress where there is no terminal


class Failed(click.ClickException):
    """What the command promises does not hold: exit 1. ``result``: what a machine may want to know of it."""

    exit_code = 1

    def __init__(self, message: str, result: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.result = dict(result or {})


class Progress(Protocol):
    """Handed to a command while it works."""

    def advance(self, steps: int = 1) -> None:
        """So many more are done."""

    def total(self, total: int) -> None:
        """There will be so many in all, as is known only now."""


class Output:
    """One command's voice. ``as_json``: for a machine; ``quiet``: no progress."""

    def __init__(self, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet

    def note(self, words: str) -> None:
        """Something to know on the way: a line on standard error."""
        click.echo(words, err=True)

    def done(self, result: Mapping[str, Any], words: str, ok: bool = True) -> None:
        """The result, said once at the end: ``result`` for machines, ``words`` for people. Not ok: exit 1."""
        click.echo(_json({"ok": ok, **result}) if self.as_json else words)
        if not ok:
            raise click.exceptions.Exit(1)

    def failed(self, error: Failed) -> NoReturn:
        """Say what went wrong: on standard error, and as the JSON object where one is expected."""
        if self.as_json:
            click.echo(_json({"ok": False, "error": error.message, **error.result}))
        click.secho(error.message, fg="red", err=True)
        raise click.exceptions.Exit(error.exit_code)

    @contextmanager
    def progress(self, doing: str, total: int | None = None, unit: str = "") -> Iterator[Progress]:
        """Progress with rate and time left: a bar on a terminal, else a line every few seconds."""
        if self.quiet:
            yield _Nothing()
        elif not self.as_json and sys.stderr.isatty():
            with _Bar(doing, total, unit) as bar:
                yield bar
        else:
            lines = Lines(doing, total, unit)
            yield lines
            lines.end()


def speaks(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command ``--json``, and hand it its Output as the keyword ``out``."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, for machines.")
    @functools.wraps(function)
    def speaking(*args: Any, as_json: bool, **kwargs: Any) -> None:
        given = click.get_current_context().find_object(Output)  # another voice, of whoever invoked it
        out = given or Output(as_json)
        try:
            function(*args, out=out, **kwargs)
        except Failed as error:
            out.failed(error)
        except BrokenPipeError:
            raise  # whoever read has heard enough: click ends quietly
        except AILMENTS as error:
            out.failed(Failed(_in_words(error)))

    return speaking


def _in_words(error: Exception) -> str:
    """What ails the machine or the files, in one line, with what is safe."""
    what = str(error).partition("\n")[0] or type(error).__name__
    if isinstance(error, ClockJumped):
        return f"The clock cannot be trusted: {what}. Nothing more was written; set it right and try again."
    if isinstance(error, UnknownEvent):
        return f"The log holds what this version cannot read: {what}. Nothing was changed."
    if isinstance(error, ViewsMissing | IndexMissing):
        return f"{what}. Nothing is lost: flask rebuild-index makes it from the log."
    return f"This could not be done: {what}. What the log acknowledged before is safe."


class Lines:
    """Progress as plain lines, for files and other programs."""

    def __init__(self, doing: str, total: int | None, unit: str, clock: Callable[[], float] = time.monotonic):
        self._doing, self._total, self._unit, self._clock = doing, total, unit, clock
        self._done = 0
        self._began = self._said = clock()

    def advance(self, steps: int = 1) -> None:
        """So many more are done."""
        self._done += steps
        if self._clock() - self._said >= LINE_EVERY:
            self._said = self._clock()
            self._say(self._left())

    def total(self, total: int) -> None:
        """There will be so many in all."""
        self._total = total

    def end(self) -> None:
        """The last line: how many, how long."""
        self._say(f", {duration(self._clock() - self._began)}")

    def _say(self, rest: str) -> None:
        of = f" of {self._total:,} ({self._done / self._total:.0%})" if self._total else ""
        rate = self._done / max(self._clock() - self._began, 0.001)
        unit = f" {self._unit.removesuffix('s') if self._done == 1 and not self._total else self._unit}".rstrip()
        click.echo(f"{self._doing}: {self._done:,}{of}{unit}, {rate:,.0f}/s{rest}", err=True)

    def _left(self) -> str:
        if not self._total or not self._done:
            return ""
        seconds = (self._total - self._done) * (self._clock() - self._began) / self._done
        return f", about {duration(seconds)} left"


class _Nothing:
    def advance(self, steps: int = 1) -> None:
        pass

    def total(self, total: int) -> None:
        pass


class _Rate(TextColumn):
    def __init__(self, unit: str) -> None:
        super().__init__("")
        self._rate_of = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {self._rate_of}/s".replace(" /s", "/s") if speed else "", style="cyan")


class _Bar:
    """Progress as a bar that moves."""

    def __init__(self, doing: str, total: int | None, unit: str) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(unit))
        times = (TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
        self._bar = Bar(SpinnerColumn(), *columns, *times, console=Console(stderr=True))
        self._task = self._bar.add_task(doing, total=total)

    def __enter__(self) -> "_Bar":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def advance(self, steps: int = 1) -> None:
        self._bar.advance(self._task, steps)

    def total(self, total: int) -> None:
        self._bar.update(self._task, total=total)


def duration(seconds: float) -> str:
    """A length of time for people: ``0.4 s``, ``12 s``, ``3 min 05 s``, ``2 h 10 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def _json(result: Mapping[str, Any]) -> str:
    return msgspec.json.encode(result).decode()
