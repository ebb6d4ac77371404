"""``flask views``: how the readers of the log stand, and whether what they made is what the log says."""

from typing import Any

import click
import msgspec

from cms.cli.following import failing, told
from cms.cli.output import Failed, Output, duration, speaks
from cms.cli.rebuild import Phases, rebuild_views
from cms.following import VIEWS, followers
from cms.house import house
from cms.rebuilding import Difference, IndexVerdict, verify_index
from search.shapes import IndexMissing
from views.locks import Busy
from views.projection import ProjectionStopped, RebuildNeeded
from views.shapes import ViewsMissing
from views.verify import Verified


@click.group()
def views() -> None:
    """The tables and the index that readers see: made from the log, and nothing else."""


@views.command()
@speaks
def status(out: Output) -> None:
    """Each reader of the log: its position, lag, rows and code version. Exit 1 where one needs a rebuild."""
    parts = house()
    tables, index = parts.views.status(), parts.index.status()
    head = parts.store.head().position
    readers: list[dict[str, Any]] = [
        {**msgspec.to_builtins(view), "name": view.view, "rows": sum(view.rows.values()), "tables": view.rows}
        for view in tables.views
    ]
    readers.append(
        {"name": "index", "position": index.position, "lag": head - index.position, "rows": index.documents}
        | {"segments": index.segments, "bytes": index.bytes, "outdated": index.outdated}
    )
    ok = tables.usable and index.usable and not index.outdated and index.position <= head
    faults = [reason for reason in (tables.reason, index.reason) if reason]
    result: dict[str, Any] = {"head": head, "generation": tables.generation, "stale": tables.stale, "faults": faults}
    result["readers"] = readers
    lines = [f"{'reader':<12} {'position':>10} {'lag':>8} {'rows':>10}  code"]
    lines += [_line(reader) for reader in readers]
    if tables.stale:
        lines.append(f"{tables.stale:,} pages wait to be rendered again; flask follow does it.")
    lines += [f"! {fault}" for fault in faults]
    for follower in followers(parts):
        if follower.name == VIEWS:
            lines += [f"! {said}" for said in failing(follower)]
            lines += [f"  views pass over position {told(parked)}" for parked in follower.parked]
            result["failure"], result["parked"] = msgspec.to_builtins((follower.failure, follower.parked))
            ok = ok and follower.failure is None
    out.done(result, "\n".join(lines), ok=ok)


@views.command()
@speaks
def rebuild(out: Output) -> None:
    """Make the tables anew from the log, beside those in use, and switch. See also flask rebuild-index."""
    try:
        built = rebuild_views(house(), out)
    except Busy as busy:
        raise Failed(f"A rebuild or a verification is under way already. Nothing was changed ({busy}).") from busy
    except ProjectionStopped as stopped:
        raise Failed(f"{stopped}. What was in use before goes on serving.") from stopped
    out.done(
        {"events": built.position, **msgspec.to_builtins(built)},
        f"{built.position:,} events and {built.pages:,} pages in {duration(built.seconds)}; in use: {built.generation}",
    )


@views.command()
@speaks
def verify(out: Output) -> None:
    """Build tables and index aside from the log, and compare them row by row with those in use.

    Changes nothing. Exit 1, naming what differs, where they are not equal.
    """
    parts = house()
    try:
        with Phases(out) as phases:
            tables = parts.views.verify(phases)
    except (ViewsMissing, RebuildNeeded) as missing:
        raise Failed(f"There is nothing to verify: {missing}. Run flask rebuild-index.") from missing
    except Busy as busy:
        raise Failed(f"A rebuild or a verification is under way already ({busy}). Try again when it is done.") from busy
    except ProjectionStopped as stopped:
        raise Failed(str(stopped)) from stopped
    try:
        with Phases(out) as phases:
            index = verify_index(parts, lambda done: phases("compared documents", done, 0))
    except IndexMissing as missing:
        nothing = [Difference("*", str(missing))]
        index = IndexVerdict(ok=False, position=0, documents=0, differing=1, differences=nothing)
    ok = tables.ok and index.ok
    result = {**msgspec.to_builtins(tables), "index": msgspec.to_builtins(index)}
    del result["ok"]
    out.done(result, _verdict(tables, index), ok=ok)


def _line(reader: dict[str, Any]) -> str:
    version = reader.get("version", "")
    code = f"{version}" if reader.get("on_disk", version) == version else f"{version} (made by {reader['on_disk']})"
    return f"{reader['name']:<12} {reader['position']:>10,} {reader['lag']:>8,} {reader['rows']:>10,}  {code}"


def _verdict(tables: Verified, index: IndexVerdict) -> str:
    lines = [
        f"{view.view:<12} {view.rows:>10,} rows  {_same(view.differing)}  {view.digest[:16]}" for view in tables.views
    ]
    lines.append(f"{'index':<12} {index.documents:>10,} docs  {_same(index.differing)}")
    for view in tables.views:
        for row in view.differences:
            lines.append(
                f"! {row.table}[{row.key}].{row.column or '*'}: found {row.found}, the log says {row.expected}"
            )
    lines += [f"! index[{document.key}]: {document.what}" for document in index.differences]
    if tables.ok and index.ok:
        lines.append(f"Equal to a rebuild from the log at position {tables.position:,}. Digest {tables.digest}")
    else:
        lines.append("NOT what the log says. The log is the truth: flask rebuild-index makes them anew.")
    return "\n".join(lines)


def _same(differing: int) -> str:
    return f"{differing:,} DIFFER" if differing else "equal"
