"""What the follower starts every night: ``cms/operating/nightly.py`` says when, this says what."""

import os
import time
from typing import Any

import click

from cms.cli.output import Failed, Output, duration, speaks
from cms.cli.rebuild import rebuild_search, rebuild_views
from cms.cli.views import keep, verified
from cms.house import House, house
from cms.operating.alone import alone
from views.locks import Busy

GENTLE = 10  # added to its niceness: readers and editors come first


@click.command("nightly", hidden=True)
@speaks
def nightly(out: Output) -> None:
    """Fold everything again from the log and compare; make anew what is not what the log says."""
    os.nice(GENTLE)
    parts = house()
    try:
        with alone(parts.settings.var):
            _replay(parts, out)
    except Busy as busy:
        raise Failed(f"A rebuild or a verification is under way already: {busy}. The next night tries again.") from busy


def _replay(parts: House, out: Output) -> None:
    began = time.monotonic()
    tables, index = verified(parts, out)
    ok = tables.ok and index.ok
    result: dict[str, Any] = {"position": tables.position, "digest": tables.digest, "differed": not ok}
    words = f"Everything equals a rebuild from the log at position {tables.position:,}"
    if not ok:
        rebuild_views(parts, out)
        rebuild_search(parts, None, False, out, [])
        again, anew = verified(parts, out)
        result["verified"] = again.ok and anew.ok
        differing = sum(view.differing for view in tables.views)
        words = (
            f"{differing:,} rows and {index.differing:,} documents were not what the log says. They were made anew"
            + (" and are now" if again.ok and anew.ok else ", AND STILL ARE NOT")
            + "; what served before is kept (flask rebuild-index --rollback)"
        )
    seconds = time.monotonic() - began
    keep(parts, "nightly", tables, index, seconds)
    out.done(result, f"{words}. {duration(seconds)}.", ok=ok)
