"""One search engine at work in a process of its own: build, ask, update; what it says is JSON.

    python -m bench.engines ENGINE ARTICLES QUESTIONS

Times are by the clock, in milliseconds, with the first ten hits' headlines and snippets (where an engine makes them),
after the same questions have been asked once. Memory is the most that the process held, or those it started.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import quantiles

from bench.articles import Archive, late, paragraphs, questions
from bench.peers import ENGINES, Engine

UPDATES = 40


def main(name: str, articles: int, each: int) -> None:
    """Measure one engine."""
    with tempfile.TemporaryDirectory() as folder:
        engine = ENGINES[name](Path(folder))
        try:
            told = measured(engine, articles, each)
        finally:
            engine.close()
    print(json.dumps({"engine": name, "articles": articles} | told))


def measured(engine: Engine, articles: int, each: int) -> dict[str, object]:
    """Everything about one engine."""
    archive = Archive(articles)
    paragraphs()
    making = seconds(lambda: sum(1 for _ in archive.all()))
    took = seconds(lambda: engine.build(archive))
    asked = {}
    for kind, some in questions(each).items():
        times([lambda one=one: engine.ask(one) for one in some])
        asked[kind] = percentiles(times([lambda one=one: engine.ask(one) for one in some]))
    updates = percentiles(times([lambda one=one: engine.update(one) for one in late(UPDATES)]))
    size = engine.size()
    return {
        "build": articles / took, "making": making / took, "bytes": size / articles, "asked": asked, "update": updates,
        "megabytes": peak(),
    }  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """By the clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def times(work: Iterable[Callable[[], object]]) -> list[float]:
    """Milliseconds that each takes."""
    return [1000 * seconds(one) for one in work]


def percentiles(values: list[float]) -> dict[str, float]:
    """p50, p95, p99 and the greatest."""
    cuts = quantiles(values, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(values)}


def peak() -> float:
    """Megabytes: of this process or of the greatest of those it started and waited for."""
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return most / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
