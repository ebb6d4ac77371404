"""How a figure is taken: ours and its peer in turn, several times, medians and the ratio pair by pair."""

import statistics
import time
from collections.abc import Callable, Sequence

import msgspec


class Figure(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One line of the table. ours, peer: medians in ``unit``; ratio: ours to peer, the median over pairs of runs."""

    name: str
    unit: str
    ours: float
    peer: float | None = None
    against: str = ""
    ratio: float | None = None
    budget: str = ""
    met: bool | None = None


Run = Callable[[], float]  # does the work once and tells its figure
RUNS = 5


def rate(work: Callable[[], int]) -> Run:
    """So many a second: ``work`` returns how many it did."""

    def run() -> float:
        began = time.perf_counter()
        done = work()
        return done / (time.perf_counter() - began)

    return run


def cpu_rate(work: Callable[[], int]) -> Run:
    """So many in a second of this thread's CPU: ``work`` returns how many it did."""

    def run() -> float:
        began = time.thread_time()
        done = work()
        return done / (time.thread_time() - began)

    return run


def cpu_ms(work: Callable[[], int]) -> Run:
    """Milliseconds of this thread's CPU for each: ``work`` returns how many it did."""

    def run() -> float:
        began = time.thread_time()
        done = work()
        return (time.thread_time() - began) * 1000 / done

    return run


def compare(
    name: str, unit: str, ours: Run, peer: Run, against: str,
    at_least: float | None = None, at_most: float | None = None, runs: int = RUNS,
) -> Figure:  # fmt: skip
    """Ours beside a peer, in turn; the budget is a ratio that ours must reach, or must not exceed."""
    pairs = [(ours(), peer()) for _ in range(runs)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    return Figure(
        name=name,
        unit=unit,
        ours=statistics.median(mine for mine, _ in pairs),
        peer=statistics.median(theirs for _, theirs in pairs),
        against=against,
        ratio=ratio,
        **_judged(ratio, at_least, at_most, " ×"),
    )


def beside(
    name: str, unit: str, runs: dict[str, Run], at_least: dict[str, float] | None = None, times: int = RUNS
) -> list[Figure]:
    """The first of several beside each of the others, all in turn; budgets by the other's name, as ratios."""
    taken = [{who: run() for who, run in runs.items()} for _ in range(times)]
    ours, *peers = runs
    figures = []
    for peer in peers:
        ratio = statistics.median(each[ours] / each[peer] for each in taken)
        mine, theirs = (statistics.median(each[who] for each in taken) for who in (ours, peer))
        judged = _judged(ratio, (at_least or {}).get(peer), None, " ×")
        figures.append(Figure(name=name, unit=unit, ours=mine, peer=theirs, against=peer, ratio=ratio, **judged))
    return figures


def limited(
    name: str, unit: str, ours: Run, at_most: float | None = None, at_least: float | None = None,
    against: str = "", runs: int = RUNS,
) -> Figure:  # fmt: skip
    """Ours against a limit of its own; no limit: only told."""
    figure = statistics.median(ours() for _ in range(runs))
    return Figure(name=name, unit=unit, ours=figure, against=against, **_judged(figure, at_least, at_most))


def slowest(name: str, unit: str, values: Sequence[float], at_most: float, against: str = "") -> Figure:
    """The 95th percentile of single values against a limit."""
    figure = statistics.quantiles(values, n=20, method="inclusive")[-1]
    return Figure(name=name, unit=unit, ours=figure, against=against, **_judged(figure, None, at_most))


def _judged(figure: float, at_least: float | None, at_most: float | None, unit: str = "") -> dict[str, str | bool]:
    if at_least is not None:
        return {"budget": f"≥ {at_least:,g}{unit}", "met": figure >= at_least}
    return {} if at_most is None else {"budget": f"≤ {at_most:,g}{unit}", "met": figure <= at_most}
