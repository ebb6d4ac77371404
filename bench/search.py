"""The index beside stock Whoosh, SQLite FTS5, tantivy and PostgreSQL, on the same articles of 600 words.

``DAYBOOK_BENCH_ARTICLES`` says how many (5,000 unless set: stock Whoosh takes a second for two hundred),
``DAYBOOK_BENCH_QUESTIONS`` how many of each kind are asked (200), ``DAYBOOK_BENCH_ANYTHING`` how many of all kinds, the
hostile ones among them, to find the slowest (each once), ``DAYBOOK_BENCH_PLOT`` where a picture of it goes.
Each engine works in a process of its own (bench/engines.py).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.articles import KINDS, NOW, Archive, questions
from bench.measure import Figure, compare, cpu_rate
from bench.peers import Daybook, Stock
from search.index import Index
from search.shapes import Query

ARTICLES = int(os.environ.get("DAYBOOK_BENCH_ARTICLES", "5000"))
QUESTIONS = int(os.environ.get("DAYBOOK_BENCH_QUESTIONS", "200"))
ANYTHING = int(os.environ.get("DAYBOOK_BENCH_ANYTHING", "0"))
PLOT = os.environ.get("DAYBOOK_BENCH_PLOT", "")
PEERS = ("stock Whoosh", "SQLite FTS5", "tantivy", "PostgreSQL")
FEW = 1500  # articles of the comparison by CPU
MOST = {"p50": 15.0, "p99": 150.0}  # milliseconds, at 100,000 articles too
MOST_PHRASE = 300.0  # p99

Report = dict[str, Any]


def figures() -> Iterator[Figure]:
    """Building, asking, updating, memory; then what only ours promises."""
    yield building()
    reports = {name: report for name in ("Daybook", *PEERS) if (report := run(name))}
    ours = reports.pop("Daybook")
    yield from beside(ours, reports)
    yield from promised(ours)
    yield hostile()
    if PLOT:
        from bench.plot import search_engines

        search_engines({"Daybook": ours} | reports, Path(PLOT))


def run(name: str) -> Report | None:
    """One engine's report; None where it is not to be had (PostgreSQL)."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.engines", name, str(ARTICLES), str(QUESTIONS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        if name != "PostgreSQL":
            raise RuntimeError(done.stderr)
        print(f"{name} is not measured: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    report: Report = json.loads(done.stdout.splitlines()[-1])
    return report


def building() -> Figure:
    """Articles a second of CPU, one process each."""
    folder = Path(tempfile.mkdtemp())
    many = Archive(2 * FEW)

    def ours() -> int:
        Index(folder / "ours").rebuild(many)
        return many.count

    def theirs() -> int:
        shutil.rmtree(folder / "stock", ignore_errors=True)
        (folder / "stock").mkdir()
        few = Archive(FEW)
        Stock(folder / "stock").build(few)
        return few.count

    try:
        return compare(
            "build the index, 1 process", "articles/CPU s", cpu_rate(ours), cpu_rate(theirs), "stock Whoosh", 4, runs=3
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def beside(ours: Report, reports: dict[str, Report]) -> Iterator[Figure]:
    """Ours and each peer's, by the clock."""
    for name, peer in reports.items():
        ratio = ours["build"] / peer["build"]
        stock = name == "stock Whoosh"
        more: dict[str, Any] = {"budget": "≥ 8 ×", "met": ratio >= 8} if stock else {}
        yield Figure(name=f"build {ARTICLES:,}, two processes", unit="articles/s", ours=ours["build"],
                     peer=peer["build"], ratio=ratio, against=name, **more)  # fmt: skip
    for title, unit, figure in (
        ("size", "bytes/article", lambda report: report["bytes"]),
        ("memory, building and asking", "MB", lambda report: report["megabytes"]),
        ("update and find, p95", "ms", lambda report: report["update"]["p95"]),
        *((f"ask {kind}, p50", "ms", _asked(kind, "p50")) for kind in KINDS),
        *((f"ask {kind}, p99", "ms", _asked(kind, "p99")) for kind in KINDS),
    ):
        for name, peer in reports.items():
            mine, theirs = figure(ours), figure(peer)
            yield Figure(name=f"  {title}", unit=unit, ours=mine, peer=theirs, ratio=mine / theirs, against=name)


def _asked(kind: str, which: str) -> Callable[[Report], float]:
    return lambda report: float(report["asked"][kind][which])


def promised(ours: Report) -> Iterator[Figure]:
    """What stands in the budgets."""
    yield _most(f"publish and find, p95 of {ARTICLES:,}", ours["update"]["p95"], 500)
    yield _most("memory, building and asking", ours["megabytes"], 1000, "MB")
    for kind in KINDS:
        for which, most in MOST.items():
            limit = MOST_PHRASE if kind == "phrase" and which == "p99" else most
            yield _most(f"ask {kind}, {which} of {ARTICLES:,}", ours["asked"][kind][which], limit)


def _most(name: str, value: float, most: float, unit: str = "ms") -> Figure:
    return Figure(name=name, unit=unit, ours=value, budget=f"≤ {most:,g}", met=value <= most)


HOSTILE = [
    "a* b* c*", "the the the", "-the", "-a -b -c", " OR ".join("abcdefghijklmnopqrstuvwxyz"), "*", '"' * 400,
    " ".join(f"w{n}*" for n in range(400)), "con* pro* sta* tra* int* com* par* per* pre* dis*", "(" * 500,
    '"the of and to in a is that for it on was with as be at"', "tag:tag in:section by:reporter", "of OR the OR new*",
    "would OR have OR more OR year OR said OR percent OR million OR data OR government OR people OR state",
]  # fmt: skip


def hostile() -> Figure:
    """The slowest of all questions that are made to be slow, and of as many others."""
    folder = Path(tempfile.mkdtemp())
    try:
        engine, archive = Daybook(folder), Archive(ARTICLES)
        engine.build(archive)
        index = Index(folder)
        asked = [Query(text=text, now=NOW) for text in HOSTILE]
        asked += [engine._query(*one) for some in questions(QUESTIONS).values() for one in some]
        took = []
        for query in islice(cycle(asked), max(ANYTHING, len(asked))):
            index.forget()
            began = time.perf_counter()
            index.search(query)
            took.append(1000 * (time.perf_counter() - began))
        return _most(f"ask anything: the slowest of {len(took):,}", max(took), 1000)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
