"""``flask follow``: following the log, and looking after whatever does."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
import msgspec

from cms.cli.output import Failed, Output, speaks
from cms.house import house
from cms.operating import following
from cms.operating.following import DecisionRefused, Follower
from events.following.ledger import Decision
from events.instant import to_iso

WHY = click.option("--why", required=True, help="Why: kept for ever, with who decided it and when.")


@click.group(invoke_without_command=True)
@click.option("--parent", type=int, hidden=True, help="End when this process, which started it, has ended.")
@click.pass_context
def follow(context: click.Context, parent: int | None) -> None:
    """Follow the log: bring tables and index up to date as it grows. Ctrl-C stops it.

    Run it on as many machines as you like; one of each kind is at work at a time, and the others stand by.
    """
    if context.invoked_subcommand is not None:
        return
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    house().follow(stopping, parent)


@follow.command()
@speaks
def init(out: Output) -> None:
    """Make the place where it is kept how far each follower has come: where the role of the servers may make none."""
    with house().ledger.writing():
        pass
    out.done({}, "There is a place for where followers stand.")


@follow.command()
@speaks
def status(out: Output) -> None:
    """Every follower of the log: where it is, what it cannot take, what it passes over. Exit 1 where one stopped."""
    found = following.followers(house())
    lines = [f"{'follower':<12} {'position':>10} {'lag':>8}"]
    for follower in found:
        lines.append(f"{follower.name:<12} {follower.position:>10,} {follower.lag:>8,}")
        lines += [f"! {said}" for said in failing(follower)]
        lines += [f"  passes over position {told(parked)}" for parked in follower.parked]
    out.done({"followers": msgspec.to_builtins(found)}, "\n".join(lines), ok=not any(one.failure for one in found))


@follow.command()
@click.argument("name")
@speaks
def retry(name: str, out: Output) -> None:
    """Let the follower NAME, which has stopped before an event, try it again: once its code is mended, say."""
    with _deciding():
        failure = following.retry(house(), name)
    words = f"{name} tries again." if failure is None else f"{name} tries position {failure.position:,} again."
    out.done({"follower": name, "position": failure and failure.position}, words)


@follow.command()
@click.argument("name")
@click.argument("position", type=int)
@WHY
@speaks
def park(name: str, position: int, why: str, out: Output) -> None:
    """Let the follower NAME pass over the event at POSITION, now and whenever it begins anew.

    The event stays in the log. That it was passed over, why, when and by whom is kept beside it.
    """
    with _deciding():
        decision = following.park(house(), name, position, why, following.operator())
    out.done({"decision": msgspec.to_builtins(decision)}, f"{name} passes over position {told(decision)}.")


@follow.command()
@click.argument("name")
@click.argument("position", type=int)
@WHY
@speaks
def unpark(name: str, position: int, why: str, out: Output) -> None:
    """Let the follower NAME take the event at POSITION again when it begins anew."""
    with _deciding():
        decision = following.unpark(house(), name, position, why, following.operator())
    words = f"{name} takes position {position:,} again, from the next rebuild or reset on."
    out.done({"decision": msgspec.to_builtins(decision)}, words)


@follow.command()
@click.argument("name")
@click.option("--to", "position", type=int, default=0, show_default=True, help="It goes on after this position.")
@WHY
@speaks
def reset(name: str, position: int, why: str, out: Output) -> None:
    """Let the follower NAME begin again, or go on after another position: it will be handed things twice, or never."""
    with _deciding():
        decision = following.reset(house(), name, position, why, following.operator())
    out.done({"decision": msgspec.to_builtins(decision)}, f"{name} goes on after position {position:,}.")


def failing(follower: Follower) -> list[str]:
    """What a follower cannot take, in words, and what to do about it."""
    failure = follower.failure
    if failure is None:
        return []
    where = f"position {failure.position:,}" + (f" ({failure.type})" if failure.type else "")
    since, tries = to_iso(failure.since), f"{failure.attempts} tries" if failure.attempts > 1 else "one try"
    if not failure.stopped:
        return [f"{follower.name} cannot take {where} since {since}, and tries again ({tries}): {failure.reason}"]
    name = follower.name
    remedy = f'mend it and run: flask follow retry {name}; or: flask follow park {name} {failure.position} --why "…"'
    return [f"{name} stopped before {where} at {since} after {tries}: {failure.reason}", f"  {remedy}"]


@contextmanager
def _deciding() -> Iterator[None]:
    """Say what is refused as every command does."""
    try:
        yield
    except DecisionRefused as refused:
        raise Failed(str(refused)) from refused


def told(decision: Decision) -> str:
    return f"{decision.position:,} (“{decision.why}”, {decision.who}, {to_iso(decision.at)})"
