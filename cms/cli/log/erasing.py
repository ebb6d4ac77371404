"""``flask log forget`` and ``flask log redact``: words that have to disappear from a log that never changes."""

import sys

import click
import msgspec

from cms import erasing
from cms.cli.log.group import log
from cms.cli.output import Failed, Output, speaks
from cms.cli.phases import Phases
from cms.decider import Refused
from cms.house import house
from events.erasing import RemovalRefused, reach
from views.locks import Busy
from views.projection import ProjectionStopped

WHY = click.option("--why", required=True, help="Why: it stays in the log for ever, so name nobody.")
COPIES = "Copies made before (backups, exports, replicas) still hold the words: destroy them, or make them anew."


@log.command()
@click.argument("subject")
@WHY
@speaks
def forget(subject: str, why: str, out: Output) -> None:
    """Destroy the key of SUBJECT's words (or of those at a position), so that nobody can read them any more.

    The log stays as it is; that the key was destroyed, and why, is appended.
    """
    parts = house()
    try:
        whose = erasing.subject_of(parts, int(subject)) if subject.isascii() and subject.isdigit() else subject
        done = erasing.forget(parts, whose, why)
    except (RemovalRefused, Refused) as refused:
        raise Failed(str(refused)) from refused
    key = "Its key is destroyed" if done.had_key else "It had no key any more"
    words = f"{done.subject} is forgotten (position {done.position:,}). {key}. Backups of keys.db may still hold it."
    out.done(msgspec.to_builtins(done), words)


@log.command()
@click.argument("what", nargs=-1, required=True)
@click.option("--order", required=True, help="What ordered it: the court, the day, the file number.")
@WHY
@click.option("--yes", is_flag=True, help="Do not ask.")
@speaks
def redact(what: tuple[str, ...], order: str, why: str, yes: bool, out: Output) -> None:
    """Remove the words of events for good, by order of a court. WHAT: positions, or streams for all their words.

    What stays: that there was an event, when, by whom, its ids and address, and the hash of what it said, so that
    the log still proves itself. Edits that stand on removed ones go with them. Nothing brings the words back.
    """
    parts = house()
    positions = [int(one) for one in what if one.isascii() and one.isdigit()]
    streams = [one for one in what if not (one.isascii() and one.isdigit())]
    try:
        rows = reach(parts.store, positions, streams)
    except RemovalRefused as refused:
        raise Failed(f"{refused} Nothing was removed.") from refused
    places = [f"{row.position:,}" for of_stream in rows.values() for row in of_stream]
    if not order.strip() or not why.strip():
        raise Failed("Say by whose order, and why: it stays in the log. Nothing was removed.")
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError(f"This removes the words of {len(places):,} events for good. Say --yes.")
        click.echo(f"This removes the words of {len(places):,} events for good: {', '.join(places)}.", err=True)
        click.confirm("Go on?", abort=True, err=True)
    try:
        with Phases(out) as phases:
            done = erasing.redact(parts, rows, order.strip(), why.strip(), phases)
    except (Busy, ProjectionStopped) as error:
        raise Failed(
            f"The words are gone from the log, but the views may hold them: {error}. Run flask rebuild-index."
        ) from error
    words = (
        f"The words of {len(done.positions):,} events are gone; position {done.facts[-1]:,} says so.\n"
        f"Restart Daybook: what is running may hold them in memory. {COPIES}"
    )
    if done.left:
        words += f"\nNOT YET: {done.left}"
    out.done(msgspec.to_builtins(done), words, ok=not done.left)
