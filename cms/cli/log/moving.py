"""``flask log export|import``: the log, taken elsewhere and into another engine."""

import sys
from pathlib import Path

import click

from cms.cli.log.group import log
from cms.cli.output import Failed, Output, speaks
from cms.house import house
from events.erasing import RemovalRefused, remove_again
from events.moving import folder, importing
from events.moving.transfer import NotTransferred, export
from events.store import NotNext


@log.command(name="export")
@click.argument("target", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--since", type=click.IntRange(0), help="Only what follows this position.")
@speaks
def export_(target: Path, since: int | None, out: Output) -> None:
    """Write the log, with every identity, time and hash, into the folder TARGET ('-': to standard output, as text).

    Run again, it adds what is new, or goes on where it was killed.
    """
    store = house().store
    head = store.head().position
    if (since or 0) > head:
        raise Failed(f"The log ends at position {head:,}: there is nothing after {since:,}.")
    try:
        if str(target) == "-":
            for line in export(store, since or 0, head):
                sys.stdout.buffer.write(line)
            return
        done = folder.load(target).position if (target / folder.MANIFEST).exists() else since or 0
        with out.progress("Exporting", max(head - done, 0), "events") as progress:
            manifest = folder.write(store, target, since, progress.advance)
    except NotTransferred as error:
        raise Failed(str(error)) from error
    events = manifest.position - manifest.after
    out.done(
        {"events": events, "position": manifest.position, "chain_hash": manifest.chain_hash, "folder": str(target)},
        f"{target} holds {events:,} events in {len(manifest.files):,} files, up to position {manifest.position:,}.\n"
        f"Chain hash {manifest.chain_hash}",
    )


@log.command(name="import")
@click.argument("source", type=click.Path(path_type=Path, allow_dash=True))
@speaks
def import_(source: Path, out: Output) -> None:
    """Take in the exported log in the folder SOURCE ('-': from standard input); this log is empty, or behind.

    Positions, versions, times, command ids and hashes stay as they are. Killed at any moment and run again, it goes on.
    """
    store = house().store
    before = store.head().position
    try:
        held = None if str(source) == "-" else folder.load(source)
        total = held.position - held.after if held else None
        with out.progress("Importing", total, "events") as progress:
            if held is None:
                taken = importing.take(store, sys.stdin.buffer, progress.advance)
            else:
                taken = folder.read(store, source, progress.advance)
    except (NotTransferred, NotNext) as error:
        taken_before = store.head().position - before
        raise Failed(str(error), {"new": taken_before, "position": store.head().position}) from error
    try:
        gone = remove_again(store)  # words that an order removed from the other copy since this one was made
    except RemovalRefused as refused:
        raise Failed(f"{refused} Export the whole log again, and import it into an empty one.") from refused
    if gone and (left := store.scrub()):
        out.note(left)
    head = store.head()
    said = f" The words of {gone:,} events were removed here too." if gone else ""
    out.done(
        {"new": taken.new, "known": taken.known, "position": head.position, "chain_hash": head.chain_hash.hex()},
        f"{taken.new:,} events are new, {taken.known:,} were there. The log ends at {head.position:,}.{said}\n"
        f"Chain hash {head.chain_hash.hex()}" + ("\nNow run: flask rebuild-index" if taken.new else ""),
    )
