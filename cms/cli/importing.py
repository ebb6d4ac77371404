"""``flask import``: news and edit histories from elsewhere. The formats are in docs/import-format.md."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click
import msgspec
from uuid_utils.compat import uuid7

from cms.cli.output import Failed, Output, speaks
from cms.house import House, house
from cms.importing import articles as article_records
from cms.importing import edits as edit_records
from cms.importing.records import BadFile, count_lines
from cms.importing.taking import IMPORTER, Item, Refusal, Report, Stopped, Taking
from cms.redirecting import lines, take
from cms.units import NOWHERE, tied
from search.shapes import IndexMissing
from views.locks import Busy
from views.projection import ProjectionStopped
from views.shapes import ViewsMissing

SHOWN = 20  # refusals told one by one on a terminal; the rest is in the result for machines
KEPT = 1000  # refusals in that result


@click.group("import")
def import_() -> None:
    """Take in news from files in JSON Lines, plain or gzip."""


_files = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
_strict = click.option("--strict", is_flag=True, help="Stop at the first record that is refused.")
_update = click.option("--update", is_flag=True, help="Take known records that say something else now, too.")


@import_.command()
@_files
@_strict
@_update
@speaks
def articles(files: tuple[Path, ...], strict: bool, update: bool, out: Output) -> None:
    """Take in articles as they stood last, one a line. A record that is known already is skipped."""
    _take(files, lambda: article_records.groups(files, house().now), strict, update, out)


@import_.command()
@_files
@_strict
@_update
@speaks
def edits(files: tuple[Path, ...], strict: bool, update: bool, out: Output) -> None:
    """Replay the edit histories of articles, one article a line, each revision as its editor made it, when they did."""
    _take(files, lambda: edit_records.groups(files), strict, update, out)


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@speaks
def redirects(file: Path, out: Output) -> None:
    """Lead addresses of an older site to ones of this: CSV (from, to), or JSON Lines with from and to."""
    parts = house()
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Failed(f"{file} is no text in UTF-8. Nothing was taken.") from None
    came: dict[str, int] = {"taken": 0, "known": 0, "refused": 0}
    refusals: list[dict[str, object]] = []
    run = str(uuid7())
    with out.progress("Importing", unit="lines") as progress:
        for outcome in take(parts.newsroom, IMPORTER, lines(text), tied(NOWHERE, run)):
            progress.advance()
            came[outcome.what] += 1
            if outcome.what == "refused":
                refusals.append({"line": outcome.line.number, "from": outcome.line.old, "reason": outcome.reason})
                if len(refusals) <= SHOWN:
                    out.note(f"Refused: line {outcome.line.number}: {outcome.reason}")
    words = f"{came['taken']:,} redirects taken, {came['known']:,} known, {came['refused']:,} refused."
    words += _find(run) if came["taken"] else ""
    out.done({**came, "run": run, "refusals": refusals[:KEPT]}, words, ok=not came["refused"])


def _take(
    files: tuple[Path, ...], groups: Callable[[], Iterable[list[Item]]], strict: bool, update: bool, out: Output
) -> None:
    try:
        total = sum(map(count_lines, files))
    except BadFile as bad:
        raise Failed(f"{bad}. Nothing was taken.", _for_machines(Report())) from None

    def said(refusal: Refusal) -> None:
        if len(taking.report.refusals) <= SHOWN:
            out.note(f"Refused: {refusal.place}: {refusal.reason}")

    parts = house()
    with out.progress("Importing", total=total, unit="lines") as progress:
        taking = Taking(parts.newsroom, parts.store, update=update, strict=strict, said=said, advance=progress.advance)
        try:
            report = taking.take(groups())
        except (Stopped, BadFile) as stopped:
            report = taking.report
            raise Failed(f"Stopped at {stopped}\n{_in_words(report, update)}", _for_machines(report)) from None
    _follow(parts, out)
    out.done(_for_machines(report), _in_words(report, update), ok=not report.refused)


def _follow(parts: House, out: Output) -> None:
    """Bring views and index up to what was taken; where others are at it, they do."""
    out.note("Bringing the views and the search index forward.")
    try:
        parts.prepare(out.note)
        parts.step()
    except (Busy, ProjectionStopped, ViewsMissing, IndexMissing) as late:
        out.note(f"What was taken is in the log; the views follow ({late}).")


def _find(run: str) -> str:
    return f"\nAll that it appended: flask log find --id {run}"


def _for_machines(report: Report) -> dict[str, object]:
    result: dict[str, object] = msgspec.to_builtins(report)
    return {**result, "refusals": msgspec.to_builtins(report.refusals[:KEPT])}


def _in_words(report: Report, update: bool) -> str:
    rate = report.records / max(report.seconds, 0.001)
    words = (
        f"{report.records:,} records: {report.taken:,} taken, {report.changed:,} changed, {report.skipped:,} skipped, "
        f"{report.refused:,} refused; {report.events:,} events in {report.seconds:.1f} s ({rate:,.0f} records/s)."
    )
    words += _find(report.run) if report.events else ""
    if report.changed and not update:
        words += "\nWhat changed is known, but says something else now. Nothing was done about it: see --update."
    elif report.changed > report.updated:
        words += f"\nOf what changed, {report.updated:,} were taken; the others are history, or have no other words."
    if report.refused > SHOWN:
        words += f"\n{report.refused - SHOWN:,} more were refused than are shown above; --json lists them."
    return words
