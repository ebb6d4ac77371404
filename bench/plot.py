"""Pictures of what was measured, for docs/."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

from bench.articles import KINDS
from bench.measure import Figure

COLOURS = ("#0b5c7a", "#b4552d", "#8a8f98", "#c9a227", "#5b7f5e")


def search_engines(reports: dict[str, dict[str, Any]], path: Path) -> None:
    """Build rate, and p50 with p99 above it of each kind of question, an engine a colour; as SVG."""
    mpl.rcParams.update({"svg.hashsalt": "daybook", "font.size": 9})
    mpl.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), width_ratios=(1, 3), layout="constrained")
    names = list(reports)
    left.barh(names[::-1], [reports[name]["build"] for name in names][::-1], color=COLOURS[: len(names)][::-1])
    left.set_title("articles indexed a second")
    width = 0.8 / len(names)
    for number, (name, report) in enumerate(reports.items()):
        places = [place + number * width for place in range(len(KINDS))]
        low = [report["asked"][kind]["p50"] for kind in KINDS]
        high = [report["asked"][kind]["p99"] for kind in KINDS]
        right.bar(places, high, width, color=COLOURS[number], alpha=0.35)
        right.bar(places, low, width, color=COLOURS[number], label=name)
    right.set_yscale("log")
    right.set_ylabel("ms: p50, and p99 behind it")
    right.set_xticks([place + 0.4 - width / 2 for place in range(len(KINDS))], KINDS)
    right.set_title(f"questions of {next(iter(reports.values()))['articles']:,} articles")
    right.legend(frameon=False, ncols=len(names), loc="upper left", fontsize=8)
    right.set_ylim(top=right.get_ylim()[1] * 3)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def logs(figures: list[Figure], path: Path) -> None:
    """Events a second by how many write, an engine a row and a size of commit a column; as SVG."""
    mpl.rcParams.update({"svg.hashsalt": "daybook", "font.size": 9})
    mpl.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
    engines = list(dict.fromkeys(figure.name.split(":")[0] for figure in figures))
    sizes = list(dict.fromkeys(figure.name.split(": ")[1].split(", ")[0] for figure in figures))
    picture, axes = plt.subplots(
        len(engines), len(sizes), figsize=(11, 3 * len(engines)), layout="constrained", squeeze=False
    )
    for row, engine in zip(axes, engines, strict=True):
        for place, size in zip(row, sizes, strict=True):
            cell = [figure for figure in figures if figure.name.startswith(f"{engine}: {size}, ")]
            writers = list(dict.fromkeys(figure.name.rsplit(", ", 1)[1] for figure in cell))
            lines: dict[str, dict[str, float]] = {}
            for figure in cell:
                writer = figure.name.rsplit(", ", 1)[1]
                lines.setdefault("Daybook", {})[writer] = figure.ours
                lines.setdefault(figure.against, {})[writer] = figure.peer or 0
            for number, (name, values) in enumerate(lines.items()):
                shift = [at + number * 0.8 / len(lines) for at in range(len(writers))]
                heights = [values.get(writer, 0) for writer in writers]
                place.bar(shift, heights, 0.8 / len(lines), color=COLOURS[number], label=name)
            place.set_xticks([at + 0.4 - 0.4 / len(lines) for at in range(len(writers))], writers)
            place.set_title(f"{engine}: {size}")
            place.set_ylabel("events a second")
    axes[0][0].legend(frameon=False, fontsize=8)
    picture.savefig(path, metadata={"Date": None})
    plt.close(picture)
