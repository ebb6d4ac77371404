"""How a figure is taken: ours and its peer in turn, several times, medians and the ratio pair by pair."""

import statistics
import time
from collections.abc import Callable

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


def rate(work: Callable[[], int]) -> Run:
    """So many a second: ``work`` returns how many it did."""

    def run() -> float:
        began = time.perf_counter()
        done = work()
        return done / (time.perf_counter() - began)

    return run


def cpu_ms(work: Callable[[], int]) -> Run:
    """CPU milliseconds of this process for each: ``work`` returns how many it did."""

    def run() -> float:
        began = time.process_time()
        done = work()
        return (time.process_time() - began) * 1000 / done

    return run


def compare(name: str, unit: str, ours: Run, peer: Run, against: str, at_least: float, runs: int = 5) -> Figure:
    """Ours beside a peer, in turn; the budget is a ratio that ours must reach."""
    pairs = [(ours(), peer()) for _ in range(runs)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    return Figure(
        name=name,
        unit=unit,
        ours=statistics.median(mine for mine, _ in pairs),
        peer=statistics.median(theirs for _, theirs in pairs),
        against=against,
        ratio=ratio,
        budget=f"≥ {at_least:g} ×",
        met=ratio >= at_least,
    )


def limited(
    name: str, unit: str, ours: Run, at_most: float | None = None, at_least: float | None = None, runs: int = 5
) -> Figure:
    """Ours against a limit of its own."""
    figure = statistics.median(ours() for _ in range(runs))
    met = (at_most is None or figure <= at_most) and (at_least is None or figure >= at_least)
    budget = f"≤ {at_most:g}" if at_most is not None else f"≥ {at_least:g}" if at_least is not None else ""
    return Figure(name=name, unit=unit, ours=figure, budget=budget, met=met if budget else None)
