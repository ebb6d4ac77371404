"""``flask log export``: the log, taken elsewhere."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import click

from cms.cli.log.group import counted, log
from cms.cli.output import Failed, Output, speaks
from cms.house import house
from events.transfer import export as export_lines


@log.command(name="export")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default="-")
@click.option("--after", default=0, type=click.IntRange(0), help="Only what follows this position.")
@speaks
def export_(file: str, after: int, out: Output) -> None:
    """Write the log to FILE as JSON lines ('-': standard output; a name that ends in .gz: compressed)."""
    store = house().store
    head = store.head()
    if after > head.position:
        raise Failed(f"The log ends at position {head.position:,}: there is nothing after {after:,}.")
    with _writing(file) as target, out.progress("Exporting", head.position - after, "events") as progress:
        for line in export_lines(counted(store, head.position, progress, after)):
            target.write(line)
    if file != "-":
        events = head.position - after
        out.done(
            {"events": events, "file": file, "head": head.chain_hash.hex()}, f"{events:,} events written to {file}"
        )


@contextmanager
def _writing(file: str) -> Iterator[IO[bytes]]:
    """The file appears under its name when it is whole."""
    if file == "-":
        yield sys.stdout.buffer
        return
    target = Path(file)
    aside = target.with_name(f".{target.name}.part")
    try:
        with gzip.open(aside, "wb") if file.endswith(".gz") else aside.open("wb") as opened:
            yield cast(IO[bytes], opened)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
