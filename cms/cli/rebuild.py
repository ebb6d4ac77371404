"""``flask rebuild-index``: everything that readers see and search, made again from the log alone."""

import os
import time
from typing import Any

import click

from cms.cli.output import Failed, Output, Progress, duration, speaks
from cms.house import House, house
from cms.rebuilding import rebuild_index, verify_index
from search.rebuilding import BuildFailed, RebuildRunning
from views.locks import Busy
from views.projection import ProjectionStopped
from views.rebuild import Rebuilt

LARGE = 20_000  # events of a log from which on starting more processes is worth it
PHASES = {"events": "Folding the log", "pages": "Rendering pages", "tables": "Copying the tables"}


@click.command("rebuild-index")
@click.option("--only", type=click.Choice(["views", "index"]), help="Half of it.")
@click.option("--jobs", type=click.IntRange(0, 64), help="More processes that index (else as many as are worth it).")
@click.option("--verify/--no-verify", default=True, help="Compare the new index with what the views publish.")
@speaks
def rebuild_index_(only: str | None, jobs: int | None, verify: bool, out: Output) -> None:
    """Build the views and the search index anew from the log, beside those in use, and switch to them.

    Readers notice nothing. Killed at any moment, the old ones go on serving, and the next run clears up.
    """
    began, parts = time.monotonic(), house()
    result: dict[str, Any] = {"events": parts.store.head().position}
    said = []
    try:
        if only != "index":
            views = rebuild_views(parts, out)
            result |= {"events": views.position, "articles": views.pages, "folding": views.folding}
            result |= {"rendering": views.rendering, "removed": list(views.removed)}
            rate = views.position / max(views.folding, 1e-6)
            said.append(f"{views.position:,} events folded in {duration(views.folding)} ({rate:,.0f}/s)")
            said.append(f"{views.pages:,} pages rendered in {duration(views.rendering)}")
        if only != "views":
            result |= _index(parts, jobs, verify, out, said)
    except (Busy, RebuildRunning) as busy:
        raise Failed(f"A rebuild or a verification is under way already: {busy}. Nothing was changed.") from busy
    except (ProjectionStopped, BuildFailed) as stopped:
        raise Failed(f"{stopped}. What was in use before goes on serving.") from stopped
    result["seconds"] = round(time.monotonic() - began, 3)
    ok = bool(result.get("verified", True))
    out.done(result, "; ".join(said) + f". In all {duration(result['seconds'])}.", ok=ok)


def rebuild_views(parts: House, out: Output) -> Rebuilt:
    """Rebuild the tables, saying how far it is."""
    with Phases(out) as phases:
        return parts.views.rebuild(phases)


def _index(parts: House, jobs: int | None, verify: bool, out: Output, said: list[str]) -> dict[str, Any]:
    if jobs is None:
        jobs = min(2, os.cpu_count() or 1) if parts.store.head().position > LARGE else 0
    with Phases(out) as phases:
        built = rebuild_index(parts, jobs, lambda done: phases("documents", done, 0))
    rate = built.documents / max(built.seconds, 1e-6)
    said.append(f"{built.documents:,} documents indexed in {duration(built.seconds)} ({rate:,.0f}/s)")
    result: dict[str, Any] = {"documents": built.documents, "indexing": built.seconds}
    result.setdefault("articles", built.documents)
    if verify:
        with Phases(out) as phases:
            verdict = verify_index(parts, lambda done: phases("verified documents", done, 0))
        result["verified"] = verdict.ok
        said.append("the index holds what the views publish" if verdict.ok else _differences(verdict.differences))
    return result


def _differences(differences: list[Any]) -> str:
    return "THE INDEX DIFFERS: " + "; ".join(f"{difference.key}: {difference.what}" for difference in differences)


class Phases:
    """Progress through several phases, a line or a bar for each, as ``views`` and ``search`` report it."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._phase = ""
        self._done = 0
        self._context: Any = None
        self._progress: Progress | None = None

    def __enter__(self) -> "Phases":
        return self

    def __call__(self, phase: str, done: int, total: int) -> None:
        """``done`` of ``total`` (0: nobody knows) in this phase."""
        if phase != self._phase:
            self._end()
            doing = PHASES.get(phase, f"Indexing: {phase}")
            self._context = self._out.progress(doing, total or None)
            self._progress, self._phase, self._done = self._context.__enter__(), phase, 0
        assert self._progress is not None
        self._progress.advance(done - self._done)
        self._done = done

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._context is not None:
            self._context.__exit__(None, None, None)
            self._context = None
