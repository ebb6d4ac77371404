"""How the log's events are told to operators: in columns, and everything about one. As they are stored, so that what
cannot be read any more can still be looked at.
"""

import shutil
import sys
from collections.abc import Mapping
from typing import Any

import click
import msgspec

from cms.house import House
from events.instant import to_iso
from events.seal.hashes import Row

WIDE = 100  # characters of a line's data where there is no terminal
_WHO = 16
_SHORT = 60  # characters of one value on a line


class Names:
    """Accounts by their ids, where accounts.db knows them."""

    def __init__(self, house: House) -> None:
        self._names: Mapping[str, str] = house.accounts.names() if house.settings.accounts.exists() else {}

    def of(self, actor: str | None, face: str = "") -> str:
        """Who did it, in a word or two."""
        return self._names.get(actor, actor) if actor else f"({face or 'nobody'})"

    def ids(self, who: str) -> set[str]:
        """The ids that somebody may mean: an id, a name, or a part of one."""
        meant = who.casefold()
        return {who} | {id for id, name in self._names.items() if meant in name.casefold()}


def line(row: Row, names: Names) -> str:
    """An event on one line."""
    meta = as_object(row.meta)
    who = names.of(meta.get("actor"), meta.get("face", "system"))
    when = to_iso(row.recorded_at)[:19] + "Z"
    head = f"{row.position:>9}  {when}  {_cut(who, _WHO):<{_WHO}}  "
    thing = f"{_shown(row.stream)} v{row.version}"
    told = f"{click.style(head, dim=True)}{thing}  {click.style(_shown(row.type), fg='cyan')}"
    room = WIDE
    if sys.stdout.isatty():
        room = max(20, shutil.get_terminal_size().columns - len(head) - len(thing) - len(row.type) - 4)
    return f"{told}  {_cut(_in_a_line(as_object(row.data)), room)}".rstrip()


def about(row: Row, names: Names, command: Mapping[str, Any] | None, sealed: str) -> str:
    """Everything about an event."""
    meta = as_object(row.meta)
    actor = meta.get("actor")
    who = names.of(actor) + (f" ({actor})" if actor and names.of(actor) != actor else "")
    done = " ".join(filter(None, [meta.get("command", ""), meta.get("command_id") or (command or {}).get("id", "")]))
    where = f", positions {command['first_position']:,} to {command['last_position']:,}" if command else ""
    lines = [
        ("stream", f"{row.stream}, version {row.version}"),
        ("type", f"{row.type}, schema {row.schema}"),
        ("recorded", to_iso(row.recorded_at)),
        ("happened", to_iso(row.occurred_at)),
        ("who", f"{who}, through {meta.get('face', 'system')}"),
        ("command", f"{done}{where}"),
        *((name, str(meta[name])) for name in ("correlation", "causation", "request") if meta.get(name)),
        *([("source time", to_iso(meta["source_time"]))] if meta.get("source_time") is not None else []),
        ("chain hash", row.chain_hash.hex()),
        ("sealed", sealed),
    ]
    told = "\n".join(f"  {click.style(f'{name:<11}', dim=True)}  {_shown(value)}" for name, value in lines)
    return f"{click.style(f'Position {row.position:,}', bold=True)}\n{told}\n{_indented(_pretty(row.data))}"


def in_json(row: Row, names: Names) -> dict[str, Any]:
    """An event for machines."""
    meta = as_object(row.meta)
    return {
        "position": row.position, "stream": row.stream, "version": row.version, "type": row.type,
        "schema": row.schema, "data": as_object(row.data), "meta": meta, "who": names.of(meta.get("actor"), "") or None,
        "occurred_at": to_iso(row.occurred_at), "recorded_at": to_iso(row.recorded_at),
        "chain_hash": row.chain_hash.hex(),
    }  # fmt: skip


def state(fields: Mapping[str, Any], depth: int = 1) -> str:
    """A folded state, a field a line; what is empty is left out, and a body is its text."""
    told: list[str] = []
    groups: dict[str, Any] = {}
    for name, value in fields.items():
        if value in (None, "", [], {}, False, 0):
            continue
        label = "  " * depth + click.style(name.replace("_", " "), dim=True)
        if name == "body" and isinstance(value, dict):
            told.append(f"{label}  {value['words']:,} words\n\n{_indented(value['text'], 2 * depth + 2)}\n")
        elif isinstance(value, dict):
            same = next((other for other, group in groups.items() if group == value), None)
            told.append(f"{label}  the same as {same}" if same else f"{label}\n{state(value, depth + 1)}")
            groups[name] = value
        elif isinstance(value, list):
            told.append(f"{label}\n" + "\n".join("  " * (depth + 1) + _value(one) for one in value))
        elif name in _TIMES and isinstance(value, int):
            told.append(f"{label}  {to_iso(value)}")
        else:
            told.append(f"{label}  {_shown(value) if isinstance(value, str) else _value(value)}")
    return "\n".join(told)


_TIMES = {"embargo", "public_from", "expires"}


def as_object(text: str) -> dict[str, Any]:
    """A stored JSON object; what somebody damaged is shown as it is."""
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {"damaged": text}
    return found if isinstance(found, dict) else {"value": found}


def _in_a_line(data: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_cut(_value(value), _SHORT)}" for name, value in data.items())


def _value(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _pretty(text: str) -> str:
    try:
        return msgspec.json.format(text, indent=2)
    except msgspec.DecodeError:
        return text


def _indented(text: str, depth: int = 2) -> str:
    return "\n".join(" " * depth + _shown(part) for part in text.splitlines())


def _shown(text: str) -> str:
    """Nothing that stands in the log may steer a terminal."""
    return "".join(one if one.isprintable() else " " for one in text)


def _cut(text: str, room: int) -> str:
    text = _shown(text)
    return text if len(text) <= room else text[: room - 1] + "…"


