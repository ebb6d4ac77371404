"""``flask log tail|show|stats``: what stands in the log."""

import sys
from typing import Any

import click
import msgspec

from cms.cli.log.group import log
from cms.cli.output import Failed, Output, speaks
from cms.house import house
from events.event import Recorded, UnknownEvent, encode
from events.instant import to_iso
from events.store import EventStore

WIDTH = 100  # characters of an event's data on a line


@log.command()
@click.option("-n", "--lines", default=20, show_default=True, type=click.IntRange(0), help="How many of the last.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what is appended, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def tail(lines: int, follow: bool, as_json: bool) -> None:
    """Print the last events."""
    store = house().store
    after = max(0, store.head().position - lines)
    while True:
        for recorded in store.read_all(after=after):
            after = recorded.position
            click.echo(_as_json(recorded) if as_json else _as_line(recorded))
        if not follow:
            return
        sys.stdout.flush()
        store.wait(after, timeout=3600)


@log.command()
@click.argument("what")
@speaks
def show(what: str, out: Output) -> None:
    """Print everything about one event (WHAT: its position) or one stream (WHAT: its name)."""
    store = house().store
    if what.isascii() and what.isdigit() and len(what) < 19:
        found = _at(store, int(what))
    else:
        found = list(store.read_stream(what))
    if not found:
        raise Failed(f"There is nothing at {what}. Streams look like article-0193…; see flask log tail.")
    words = "\n".join(f"{_as_line(recorded, width=None)}\n    {_about(recorded)}" for recorded in found)
    out.done({"events": [_plain(recorded) for recorded in found]}, words)


def _at(store: EventStore, position: int) -> list[Recorded]:
    """The event there; also one that cannot be read, as it is stored: it is the one that somebody asks for."""
    try:
        return list(store.read_all(after=position - 1, until=position))
    except UnknownEvent as error:
        row = next(store.rows(position - 1, position))
        about = f"{row.stream} v{row.version}  {row.type} (schema {row.schema})\n  data {row.data}\n  meta {row.meta}"
        stored = {"stream": row.stream, "version": row.version, "type": row.type, "schema": row.schema}
        raise Failed(f"{error}\n{row.position}  {about}", {**stored, "data": row.data, "meta": row.meta}) from error


@log.command()
@speaks
def stats(out: Output) -> None:
    """Count the events and the streams."""
    store = house().store
    head = store.head()
    types: dict[str, int] = {}
    with out.progress("Counting", total=head.position, unit="events") as progress:
        for page in store.pages(until=head.position):
            progress.advance(len(page))
            for recorded in page:
                types[recorded.type] = types.get(recorded.type, 0) + 1
    ranked = dict(sorted(types.items(), key=lambda item: (-item[1], item[0])))
    streams = store.streams()
    result = {"events": head.position, "streams": streams, "head": head.chain_hash.hex(), "types": ranked}
    table = "".join(f"\n  {count:>10,}  {name}" for name, count in ranked.items())
    out.done(result, f"{head.position:,} events in {streams:,} streams, head {head.chain_hash.hex()}{table}")


def _as_line(recorded: Recorded, width: int | None = WIDTH) -> str:
    data = encode(recorded.event).decode()
    if width and len(data) > width:
        data = data[: width - 1] + "…"
    when, where = to_iso(recorded.occurred_at), f"{recorded.stream} v{recorded.version}"
    return f"{recorded.position:>8}  {when}  {where}  {recorded.type}  {data}"


def _about(recorded: Recorded) -> str:
    return f"recorded {to_iso(recorded.recorded_at)}, {encode(recorded.meta).decode()}"


def _plain(recorded: Recorded) -> dict[str, Any]:
    return {
        "position": recorded.position, "stream": recorded.stream, "version": recorded.version, "type": recorded.type,
        "data": msgspec.json.decode(encode(recorded.event)), "meta": msgspec.json.decode(encode(recorded.meta)),
        "occurred_at": to_iso(recorded.occurred_at), "recorded_at": to_iso(recorded.recorded_at),
    }  # fmt: skip


def _as_json(recorded: Recorded) -> str:
    return msgspec.json.encode(_plain(recorded)).decode()
