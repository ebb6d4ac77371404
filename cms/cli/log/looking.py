"""``flask log tail|show|find|stats``: what stands in the log, who did it, and how a thing stood at any moment."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import click
import msgspec

from cms.cli.log import telling
from cms.cli.log.group import log
from cms.cli.log.moments import MOMENT
from cms.cli.log.telling import Names
from cms.cli.output import Failed, Output, speaks
from cms.house import House, house
from cms.operating.as_of import plain, state_as_of
from events.event import UnknownEvent
from events.instant import Instant, to_iso
from events.seal.hashes import Row
from events.store import EventStore
from events.temporal import AsOf, position_at, row_of, version_at

_IDS = ("command_id", "correlation", "causation", "request")
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@log.command()
@click.option("-n", "--lines", default=20, show_default=True, type=click.IntRange(0), help="How many of the last.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what is appended, until Ctrl-C.")
@_AS_JSON
def tail(lines: int, follow: bool, as_json: bool) -> None:
    """Print the last events: position, when it was recorded, who, stream and version, type, what it says."""
    store, names = house().store, Names(house())
    after = max(0, store.head().position - lines)
    while True:
        for row in store.rows(after):
            after = row.position
            _print(row, names, as_json)
        if not follow:
            return
        sys.stdout.flush()
        store.wait(after, timeout=3600)


@log.command()
@click.option("--actor", help="An account's id, or a part of the person's name.")
@click.option("--type", "types", multiple=True, help="Such as article.published, or article for all of them.")
@click.option("--stream", help="Such as article-0193…, or article for all of them.")
@click.option("--since", type=MOMENT, help="Recorded then or later: a time, a day, or 2h for two hours ago.")
@click.option("--until", type=MOMENT, help="Recorded then or earlier.")
@click.option("--id", "id", help="The id of a command, a request, or of what ties commands together or led to them.")
@click.option("--text", help="Words that the event has, in small or capital letters.")
@click.option("-n", "--limit", type=click.IntRange(1), help="Stop after so many.")
@_AS_JSON
def find(
    actor: str | None, types: Sequence[str], stream: str | None, since: Instant | None, until: Instant | None,
    id: str | None, text: str | None, limit: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Print the events that meet everything given, the oldest first. Exit 1 where there are none."""
    parts, kind = house(), [stream] if stream else []
    names = Names(parts)
    actors = names.ids(actor) if actor else None
    found = 0
    for row in _rows(parts.store, stream, since, until):
        if not _is_any(row.type, types, ".") or not _is_any(row.stream, kind, "-"):
            continue
        if actors is not None and telling.as_object(row.meta).get("actor") not in actors:
            continue
        if id and id not in (telling.as_object(row.meta).get(name) for name in _IDS):
            continue
        if text and text.casefold() not in row.data.casefold():
            continue
        _print(row, names, as_json)
        found += 1
        if found == limit:
            break
    if not found:
        click.echo("No event meets that.", err=True)
        raise click.exceptions.Exit(1)


@log.command()
@click.argument("what")
@click.option("--state", is_flag=True, help="How the stream stands, folded from its events.")
@click.option("--at", "--occurred", "occurred", type=MOMENT, help="How it stood by what had happened then.")
@click.option("--recorded", type=MOMENT, help="How it stood by what the log had then.")
@click.option("--as-of-position", type=click.IntRange(0), help="How it stood by what the log had up to there.")
@click.option("--as-of-version", type=click.IntRange(0), help="How it stood after its event of that number.")
@speaks
def show(
    what: str, state: bool, occurred: Instant | None, recorded: Instant | None, as_of_position: int | None,
    as_of_version: int | None, out: Output,
) -> None:  # fmt: skip
    """Print everything about one event (WHAT: its position) or one stream (WHAT: its name).

    Of a stream: its events; with --state, or any moment given, how it stands or stood then.
    """
    parts = house()
    moment = AsOf(as_of_version, as_of_position, recorded, occurred)
    if what.isascii() and what.isdigit() and len(what) < 19:
        if state or moment != AsOf():
            raise click.UsageError("An event has no state: name a stream, such as article-0193….")
        _show_event(parts, int(what), out)
    elif state or moment != AsOf():
        _show_state(parts.store, what, moment, out)
    else:
        names = Names(parts)
        rows = list(parts.store.stream_rows(what))
        if not rows:
            raise _nothing(what)
        words = "\n".join(telling.line(row, names) for row in rows)
        out.done({"events": [telling.in_json(row, names) for row in rows]}, words)


@log.command()
@speaks
def stats(out: Output) -> None:
    """Count the events and the streams."""
    store = house().store
    head = store.head()
    types: dict[str, int] = {}
    with out.progress("Counting", total=head.position, unit="events") as progress:
        for number, row in enumerate(store.rows(until=head.position), start=1):
            types[row.type] = types.get(row.type, 0) + 1
            if number % 1000 == 0:
                progress.advance(1000)
        progress.advance(head.position % 1000)
    ranked = dict(sorted(types.items(), key=lambda item: (-item[1], item[0])))
    streams = store.streams()
    result = {"events": head.position, "streams": streams, "head": head.chain_hash.hex(), "types": ranked}
    table = "".join(f"\n  {count:>10,}  {name}" for name, count in ranked.items())
    out.done(result, f"{head.position:,} events in {streams:,} streams, head {head.chain_hash.hex()}{table}")


def _show_event(parts: House, position: int, out: Output) -> None:
    store, names = parts.store, Names(parts)
    row = next(store.rows(position - 1, position), None) if position else None
    if row is None:
        raise _nothing(str(position))
    command = _command_of(store, position)
    latest = parts.seals.latest()
    sealed = latest.size if latest and latest.size >= position else None
    words = telling.about(row, names, command, f"in the head of {sealed:,} events" if sealed else "not yet")
    result = {**telling.in_json(row, names), "command": command, "sealed_in": sealed}
    try:
        for _ in store.read_all(position - 1, position):
            pass
    except UnknownEvent as error:
        raise Failed(f"{error}\n{words}", result) from error
    out.done({"events": [result]}, words)


def _show_state(store: EventStore, stream: str, moment: AsOf, out: Output) -> None:
    version = version_at(store, stream, moment)
    row = row_of(store, stream, version) if version else None
    if row is None:
        raise _nothing(f"{stream} at that moment" if store.version(stream) else stream)
    try:
        told = plain(state_as_of(store, stream, moment))
    except KeyError as error:
        raise Failed(f"No rules fold streams such as {stream}: look at its events instead.") from error
    result = {
        "stream": stream, "version": version, "position": row.position, "versions": store.version(stream),
        "occurred_at": to_iso(row.occurred_at), "recorded_at": to_iso(row.recorded_at), "state": told,
    }  # fmt: skip
    about = f"{stream} at version {version:,} of {result['versions']:,}"
    last = f"{row.type} {to_iso(row.occurred_at)}, recorded {to_iso(row.recorded_at)} at position {row.position:,}"
    out.done(result, f"{click.style(about, bold=True)}\n  {last}\n{telling.state(told)}")


def _command_of(store: EventStore, position: int) -> dict[str, Any] | None:
    found = store.command_at(position)
    if found is None:
        return None
    id = str(UUID(bytes=found.command_id))
    return {"id": id, "first_position": found.first_position, "last_position": found.last_position}


def _rows(store: EventStore, stream: str | None, since: Instant | None, until: Instant | None) -> Iterator[Row]:
    after = position_at(store, since - 1) if since is not None else 0
    last = position_at(store, until) if until is not None else store.head().position
    if stream and store.version(stream):
        return (row for row in store.stream_rows(stream) if after < row.position <= last)
    return store.rows(after, last)


def _is_any(name: str, asked: Sequence[str], sign: str) -> bool:
    """Whether a name is one of these, or of one of these kinds."""
    return not asked or any(name == one or name.startswith(one.rstrip(sign) + sign) for one in asked)


def _nothing(what: str) -> Failed:
    return Failed(f"There is nothing at {what}. Streams look like article-0193…; see flask log tail.")


def _print(row: Row, names: Names, as_json: bool) -> None:
    click.echo(msgspec.json.encode(telling.in_json(row, names)).decode() if as_json else telling.line(row, names))
