"""``python -m bench [--json] [NAME …]``: every figure, or those of the named parts."""

import importlib
import json
import sys

import click
import msgspec

from bench.measure import Figure

PARTS = ("log", "views", "site", "desk", "typing", "streams", "publish", "search", "postgresql")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
def main(as_json: bool, parts: tuple[str, ...]) -> None:
    """Measure against limits and peers, in one run. Exits 1 where a budget is not met."""
    figures: list[Figure] = []
    if not as_json:
        click.echo(f"{'figure':<44}{'ours':>12} {'peer':>12}  {'ratio':>6}  {'budget':<10} against")
    for part in parts or PARTS:
        for figure in importlib.import_module(f"bench.{part}").figures():
            figures.append(figure)
            if not as_json:
                click.echo(line(figure))
    if as_json:
        click.echo(json.dumps({"figures": msgspec.to_builtins(figures)}))
    sys.exit(any(figure.met is False for figure in figures))


def line(figure: Figure) -> str:
    """A row of the table."""
    peer = "" if figure.peer is None else f"{figure.peer:,.4g}" if figure.peer < 100 else f"{figure.peer:,.0f}"
    ours = f"{figure.ours:,.4g}" if figure.ours < 100 else f"{figure.ours:,.0f}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    mark = {True: "✓", False: "✗", None: " "}[figure.met]
    against = f"{figure.against} ({figure.unit})".strip()
    return f"{figure.name:<44}{ours:>12} {peer:>12}  {ratio:>6}  {figure.budget:<8} {mark} {against}"


if __name__ == "__main__":
    main()
