"""``flask rebuild-index``: everything that readers see and search, made again from the log alone."""

import os
import signal
import sqlite3
import time
from typing import Any

import click
import msgspec

from cms.cli.output import Failed, Output, duration, speaks
from cms.cli.phases import Phases, memory
from cms.house import House, house
from cms.operating.alone import alone
from cms.operating.following import DESK_INDEX, INDEX, VIEWS
from cms.operating.rebuilding import Difference, rebuild_index, verify_index
from cms.operating.records import record
from cms.operating.rehearsing import Rehearsed, rehearse
from cms.operating.resuming import Only, Unfinished
from cms.operating.returning import CannotGoBack, go_back
from search.crew import BuildFailed
from search.rebuilding import RebuildRunning
from search.shapes import IndexBusy
from views.locks import Busy
from views.projection import ProjectionStopped, RebuildNeeded
from views.rebuild import Rebuilt
from views.verify import together

NAMES = {VIEWS: "views", INDEX: "search index", DESK_INDEX: "desk's index"}
LARGE = 20_000  # events of a log from which on starting more processes is worth it


class Interrupted(Failed):
    """Somebody pressed Ctrl-C."""

    exit_code = 128 + signal.SIGINT


@click.command("rebuild-index")
@click.option("--only", type=click.Choice(["views", "index"]), help="Half of it.")
@click.option("--jobs", type=click.IntRange(0, 64), help="More processes that index (else as many as are worth it).")
@click.option("--verify/--no-verify", default=True, help="Compare the new index with what the views publish.")
@click.option("--dry-run", is_flag=True, help="Build it, say what would change, and leave all as it is.")
@click.option("--diff", is_flag=True, help="With --dry-run: name each page, search and document that would change.")
@click.option("--resume", is_flag=True, help="Go on with a rebuild that was killed, interrupted or ran out of disk.")
@click.option("--rollback", is_flag=True, help="Go back to what served before the last rebuild.")
@speaks
def rebuild_index_(
    only: Only | None, jobs: int | None, verify: bool, dry_run: bool, diff: bool, resume: bool, rollback: bool,
    out: Output,
) -> None:  # fmt: skip
    """Build the views and the search index anew from the log, beside those in use, and switch to them.

    Readers notice nothing. Killed at any moment, the old ones go on serving, and the next run clears up, or goes on
    where it stood (--resume). What served before is kept until the next rebuild begins, which needs the room;
    --rollback goes back to it.
    """
    if diff and not dry_run:
        raise click.UsageError("--diff goes with --dry-run alone: it names what would change.")
    if dry_run and (rollback or only):
        raise click.UsageError("--dry-run goes with neither --rollback nor --only: it tries all of a rebuild.")
    if resume and (only or dry_run or rollback):
        raise click.UsageError("--resume goes with neither --only, --dry-run nor --rollback: it does what was begun.")
    parts = house()
    try:
        with alone(parts.settings.var):
            if dry_run:
                _rehearse(parts, diff, out)
            elif rollback:
                _rollback(parts, only, out)
            else:
                _rebuild(parts, only, jobs, verify, resume, out)
    except IndexBusy as busy:
        raise Failed(f"The new index serves, and could not be verified: {busy}. Try flask views verify.") from busy
    except (Busy, RebuildRunning) as busy:
        raise Failed(f"A rebuild or a verification is under way already: {busy}. Nothing was changed.") from busy
    except ProjectionStopped as stopped:
        raise Failed(f"{stopped}. What was in use before goes on serving.") from stopped
    except (BuildFailed, OSError, sqlite3.OperationalError) as hindered:
        raise Failed(f"It could not be done: {hindered}. {_left(parts, dry_run or rollback)}") from hindered
    except KeyboardInterrupt as interrupted:
        raise Interrupted(f"Interrupted. {_left(parts, dry_run or rollback)}") from interrupted


def _left(parts: House, nothing_made: bool) -> str:
    """What serves after a rebuild that was hindered, and how to go on."""
    unfinished = Unfinished(parts.settings.var)
    if nothing_made or not unfinished.take_up():
        return "What was in use before goes on serving."
    done = " and ".join(f"the new {NAMES[name]}" for name in unfinished.run.done)
    serves = f"In use: {done}; else what was before." if done else "What was in use before goes on serving."
    if unfinished.left(parts.views, parts.index, parts.desk_index):
        return f"{serves} flask rebuild-index --resume goes on where this one stood."
    return f"{serves} Nothing unfinished was kept: flask rebuild-index begins anew."


def _rebuild(
    parts: House, only: Only | None, jobs: int | None, verify: bool, resume: bool, out: Output
) -> None:
    began, unfinished = time.monotonic(), Unfinished(parts.settings.var)
    if resume and not unfinished.take_up():
        out.note("There is no rebuild to go on with: everything is made anew.")
        resume = False
    if resume:
        only = unfinished.run.only
    else:
        unfinished.begin(only)
    result: dict[str, Any] = {"events": parts.store.head().position, "resumed": {}}
    said: list[str] = []
    serves = parts.views.status(rows=False)
    if resume and serves.usable and unfinished.has("views", serves.generation):
        result["resumed"]["views"] = serves.position
        said.append("the views were done")
    elif only != "index":
        views = rebuild_views(parts, out, resume)
        unfinished.did("views", views.generation)
        result |= {"events": views.position, "articles": views.pages, "folding": views.folding}
        result |= {"rendering": views.rendering, "removed": list(views.removed)}
        result["resumed"]["views"] = views.resumed
        rate = (views.position - views.resumed) / max(views.folding, 1e-6)
        said.append(f"{views.position - views.resumed:,} events folded in {duration(views.folding)} ({rate:,.0f}/s)")
        said.append(f"{views.pages:,} pages rendered in {duration(views.rendering)}")
    if only != "views":
        found = rebuild_search(parts, jobs, verify, out, said, unfinished, resume)
        result["resumed"] |= found.pop("resumed")
        result |= found
    unfinished.end()
    result |= {"seconds": round(time.monotonic() - began, 3), "megabytes": memory()}
    ok = bool(result.get("verified", True))
    _note(parts, result, ok)
    said.append(f"in all {duration(result['seconds'])} and {result['megabytes']:,} MB")
    out.done(result, "; ".join(said) + ".", ok=ok)


def rebuild_views(parts: House, out: Output, resume: bool = False) -> Rebuilt:
    """Rebuild the tables, saying how far it is."""
    with Phases(out) as phases:
        built = parts.views.rebuild(phases, resume=resume)
    if built.anew:
        out.note(f"The views were made anew: {built.anew}.")
    return built


def rebuild_search(
    parts: House, jobs: int | None, verify: bool, out: Output, said: list[str], unfinished: Unfinished | None = None,
    resume: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Rebuild both indexes, and compare them with what the views publish and the desk works on."""
    if jobs is None:
        jobs = min(2, os.cpu_count() or 1) if parts.store.head().position > LARGE else 0
    with Phases(out) as phases:
        made = rebuild_index(parts, jobs, lambda done: phases("documents", done, 0), unfinished, resume)
    result: dict[str, Any] = {"resumed": {name: built.resumed for name, built in made.items()}}
    for name, built in made.items():
        if built.anew:
            out.note(f"The {name} was made anew: {built.anew}.")
        rate = (built.documents - built.resumed) / max(built.seconds, 1e-6)
        seconds = duration(built.seconds)
        said.append(f"{built.documents - built.resumed:,} documents of the {name} indexed in {seconds} ({rate:,.0f}/s)")
    readers = made[INDEX]
    result |= {"documents": readers.documents, "indexing": readers.seconds, "articles": readers.documents}
    if verify:
        with Phases(out) as phases:
            verdict = verify_index(parts, lambda done: phases("verified documents", done, 0))
        result |= {"verified": verdict.ok, "index_digest": verdict.digest}
        result |= {"desk_documents": verdict.desk_documents, "desk_digest": verdict.desk_digest}
        same = "the indexes hold what the views publish and the desk works on"
        said.append(same if verdict.ok else _differences(verdict.differences))
    return result


def _differences(differences: list[Difference]) -> str:
    return "THE INDEX DIFFERS: " + "; ".join(f"{difference.key}: {difference.what}" for difference in differences)


def _note(parts: House, result: dict[str, Any], ok: bool) -> None:
    """Keep a line of it, with the digests of what serves now."""
    position, digests = parts.views.digests()
    record(
        parts.settings.var, "rebuild", position=position, ok=ok, seconds=result["seconds"], digest=together(digests),
        views=digests, documents=result.get("documents", 0), index=result.get("index_digest", ""),
        desk_documents=result.get("desk_documents", 0), desk=result.get("desk_digest", ""),
    )  # fmt: skip


def _rollback(parts: House, only: Only | None, out: Output) -> None:
    try:
        back = go_back(parts, only)
    except CannotGoBack as cannot:
        advice = "flask rebuild-index makes everything anew."
        if half := cannot.half():
            advice = f"flask rebuild-index --rollback --only {half} goes back with the {half} alone."
        raise Failed(f"Nothing was changed: {cannot}. {advice}") from cannot
    except RebuildNeeded as needed:
        advice = "Start the Daybook that made them, and go back with it."
        raise Failed(f"Nothing was changed: {needed}. {advice}") from needed
    gone = " and ".join(f"the {NAMES[name]} to {generation}" for name, generation in back.items())
    kept = "What served until now is kept until the next rebuild begins: another --rollback takes it back."
    out.done(back, f"Went back, brought up to the log's head: {gone}. {kept}")


def _rehearse(parts: House, diff: bool, out: Output) -> None:
    began = time.monotonic()
    with Phases(out) as phases:
        found = rehearse(parts, phases, lambda done: phases("documents", done, 0))
    seconds = round(time.monotonic() - began, 3)
    lines = [
        f"{found.pages:,} pages built aside from the log at position {found.position:,}: "
        + (f"{found.pages_changed:,} would change for readers." if found.pages_changed else "none would change."),
        f"{found.documents:,} documents indexed aside, {found.questions:,} questions asked of both: "
        + (f"{found.answers_changed:,} answers would change." if found.answers_changed else "no answer would change."),
        f"{found.desk.documents:,} documents of the desk's index: "
        + (f"{found.desk.changed:,} would change." if found.desk.changed else "none would change.")
        + f" Digest {found.desk.digest[:16]}.",
        *[f"! {one}" for one in found.told],
        *(_told(found) if diff else []),
        f"Nothing was changed. {duration(seconds)}.",
    ]
    if not diff and (found.pages_changed or found.answers_changed or found.desk.changed):
        lines.insert(-1, "--diff names them.")
    out.done({**msgspec.to_builtins(found), "quiet": found.quiet, "seconds": seconds}, "\n".join(lines))


def _told(found: Rehearsed) -> list[str]:
    lines = [
        f"  {change.what:<8} {change.path}  {', '.join(change.parts)}".rstrip() + f"  “{change.headline}”"
        for change in found.changes
    ]
    if found.pages_changed > len(found.changes):
        lines.append(f"  … and {found.pages_changed - len(found.changes):,} more pages")
    lines += [
        f"  search   “{one.question}”: {one.before:,} → {one.after:,} stories, {one.moved} of the first ten moved"
        for one in found.searches
    ]
    if found.answers_changed > len(found.searches):
        lines.append(f"  … and {found.answers_changed - len(found.searches):,} more searches")
    lines += [f"  desk     {stream}" for stream in found.desk.changes]
    if found.desk.changed > len(found.desk.changes):
        lines.append(f"  … and {found.desk.changed - len(found.desk.changes):,} more documents of the desk's index")
    return lines
