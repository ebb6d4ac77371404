"""``flask views``: how the readers of the log stand, and whether what they made is what the log says."""

import time
from typing import Any

import click
import msgspec

from cms.cli.following import failing, told
from cms.cli.output import Failed, Output, duration, speaks
from cms.cli.phases import Phases
from cms.cli.rebuild import rebuild_views
from cms.house import House, house
from cms.operating.alone import alone
from cms.operating.following import DESK_INDEX, INDEX, VIEWS, followers
from cms.operating.rebuilding import Difference, IndexVerdict, verify_index
from cms.operating.records import record, records
from events.instant import to_iso
from search.shapes import IndexBusy, IndexMissing
from views.locks import Busy
from views.projection import ProjectionStopped, RebuildNeeded
from views.projections import PROJECTIONS
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
    readers += [
        {"name": name, "position": one.position, "lag": head - one.position, "rows": one.documents}
        | {"segments": one.segments, "bytes": one.bytes, "outdated": one.outdated}
        for name, one in ((INDEX, index), (DESK_INDEX, parts.desk_index.status()))
    ]
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
        with alone(house().settings.var):
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
    began, parts = time.monotonic(), house()
    try:
        with alone(parts.settings.var):
            tables, index = verified(parts, out)
    except Busy as busy:
        raise Failed(f"A rebuild or a verification is under way already ({busy}).") from busy
    keep(parts, "verify", tables, index, time.monotonic() - began)
    result = {**msgspec.to_builtins(tables), "index": msgspec.to_builtins(index)}
    del result["ok"]
    out.done(result, _verdict(tables, index), ok=tables.ok and index.ok)


def keep(parts: House, what: str, tables: Verified, index: IndexVerdict, seconds: float) -> None:
    """Write down what a verification came to."""
    record(
        parts.settings.var, what, position=tables.position, ok=tables.ok and index.ok, seconds=seconds,
        digest=tables.digest, views={view.view: view.digest for view in tables.views}, documents=index.documents,
        index=index.digest, desk_documents=index.desk_documents, desk=index.desk_digest,
    )  # fmt: skip


def verified(parts: House, out: Output) -> tuple[Verified, IndexVerdict]:
    """Tables and index, each beside what was built aside. Raises Failed where that cannot be done."""
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
            index = verify_index(parts, lambda done: phases("compared documents of both indexes", done, 0))
    except (IndexBusy, Busy) as busy:
        raise Failed(f"The index cannot be held against the log just now ({busy}). Try again in a while.") from busy
    except IndexMissing as missing:
        nothing = [Difference("*", str(missing))]
        index = IndexVerdict(ok=False, position=0, documents=0, digest="", differing=1, differences=nothing)
    return tables, index


@views.command()
@click.option("--at", "position", type=click.IntRange(0), help="As a fold of the log up to this position has them.")
@speaks
def digests(position: int | None, out: Output) -> None:
    """One line for each view that is equal wherever the same log was folded, on any machine and either engine.

    With --at the log is folded aside up to that position: compare it with a line that was kept earlier, or elsewhere.
    """
    parts = house()
    head = parts.store.head().position
    if position is not None and position > head:
        raise Failed(f"There is no position {position:,}: the log has {head:,} events.")
    try:
        with Phases(out) as phases:
            at, found = parts.views.digests() if position is None else parts.views.digests_at(position, phases)
    except Busy as busy:
        raise Failed(f"A rebuild or a verification is under way already ({busy}). Try again when it is done.") from busy
    versions = {projection.name: projection.version for projection in PROJECTIONS}
    lines = [f"{name:<12} code {versions.get(name, 0):<3} {digest}" for name, digest in found.items()]
    out.done({"position": at, "digests": found, "versions": versions}, "\n".join([f"position {at:,}", *lines]))


@views.command("record")
@click.option("-n", "count", type=click.IntRange(1), default=20, help="So many of the newest.")
@speaks
def record_(count: int, out: Output) -> None:
    """What rebuilds and verifications came to, the newest first: when, at which position, how long, their digest."""
    kept = records(house().settings.var)[:count]
    lines = [
        f"{to_iso(one.at)[:19]}Z  {one.what:<8} position {one.position:>10,}  {'equal' if one.ok else 'DIFFERED':<8}"
        f" {duration(one.seconds):>12}  {one.digest[:16]}"
        for one in kept
    ]
    out.done({"records": msgspec.to_builtins(kept)}, "\n".join(lines) or "There was no rebuild or verification yet.")


def _line(reader: dict[str, Any]) -> str:
    version = reader.get("version", "")
    code = f"{version}" if reader.get("on_disk", version) == version else f"{version} (made by {reader['on_disk']})"
    return f"{reader['name']:<12} {reader['position']:>10,} {reader['lag']:>8,} {reader['rows']:>10,}  {code}"


def _verdict(tables: Verified, index: IndexVerdict) -> str:
    lines = [
        f"{view.view:<12} {view.rows:>10,} rows  {_same(view.differing)}  {view.digest[:16]}" for view in tables.views
    ]
    desk = index.desk_differing
    lines.append(f"{'index':<12} {index.documents:>10,} docs  {_same(index.differing - desk)}  {index.digest[:16]}")
    if index.desk_digest:
        lines.append(f"{'desk-index':<12} {index.desk_documents:>10,} docs  {_same(desk)}  {index.desk_digest[:16]}")
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
