"""``flask log upcast --check``: whether today's code can read everything that was ever stored."""

import click
import msgspec

from cms.cli.log.group import log
from cms.cli.output import Output, speaks
from cms.house import house
from events.survey import Shape, Survey, survey


@log.command()
@click.option("--check", is_flag=True, required=True, expose_value=False, help="Only look: a log is never rewritten.")
@speaks
def upcast(out: Output) -> None:
    """Read the whole log as today's code does, and count what there is of each type and schema number.

    Nothing is written: old shapes are brought forward whenever they are read. Exit 1, naming it, where something
    cannot be read.
    """
    store = house().store
    with out.progress("Reading", total=store.head().position, unit="events") as progress:
        found = survey(store, progress.advance)
    out.done(msgspec.to_builtins(found), _words(found), ok=not found.unreadable)


def _words(found: Survey) -> str:
    lines = [f"{shape.stored:>10,}  {shape.type} ({shape.schema}){_becomes(shape)}" for shape in found.shapes]
    for bad in found.unreadable:
        more = ", …" if bad.count > len(bad.positions) else ""
        where = ", ".join(f"{position:,}" for position in bad.positions)
        lines.append(f"! {bad.count:,} × {bad.type} ({bad.schema}) cannot be read, at {where}{more}: {bad.reason}")
    if found.unreadable:
        lines.append("Nothing is lost: the log holds these events, and code that knows their shapes reads them.")
    else:
        lines.append(f"{found.events:,} events, every one can be read.")
    return "\n".join(lines)


def _becomes(shape: Shape) -> str:
    """What it is read as, where that is not simply one event of the same type each."""
    if dict(shape.read_as) == {shape.type: shape.stored}:
        return ""
    return " → " + (", ".join(f"{count:,} {type}" for type, count in sorted(shape.read_as.items())) or "nothing")
