"""Addresses: what is one thing's is never another's, unless it was never public."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from cms.decider import Addresses, Context, Decider, Refused, State, Status
from events.event import Event
from events.path import PathClaimed, PathClosed, PathRedirected, PathReleased, stream_of

__all__ = ["Path", "changes", "decide", "decider", "open_to", "stream_of", "told", "unused"]


class Path(State, frozen=True):
    """Whose it is and what it is to them."""

    owner: str = ""  # a stream; '' where it is free
    status: Status | Literal["pointed"] = "free"  # pointed: led elsewhere by hand (cms/redirect.py)
    to: str = ""  # where, if it is


decider = Decider("path", Path())

PathEvent = PathClaimed | PathRedirected | PathClosed | PathReleased
_EVENTS: dict[Status, type[PathEvent]] = {
    "claimed": PathClaimed,
    "redirected": PathRedirected,
    "gone": PathClosed,
    "free": PathReleased,
}
_STATUSES: dict[type[Event], Status] = {kind: status for status, kind in _EVENTS.items()}


def open_to(state: Path, owner: str) -> bool:
    """Whether this owner may have the address: it is nobody's, or was theirs all along."""
    return state.status == "free" or state.owner == owner


def decide(state: Path, path: str, owner: str, wanted: Status) -> list[Event]:
    """What happens to an address that its owner wants otherwise. Raises Refused where it is another's."""
    if not open_to(state, owner):
        raise Refused(f"The address {path} {_taken(state)}. Choose another one.", "slug")
    if state.status == wanted:
        return []
    return [_EVENTS[wanted](path=path, owner=owner)]


def changes(before: Addresses, after: Addresses) -> list[tuple[str, Status]]:
    """The addresses whose status differs, those that became free first."""
    if before is after:
        return []
    freed: list[tuple[str, Status]] = [(path, "free") for path in before if path not in after]
    return freed + [(path, status) for path, status in after.items() if before.get(path, "free") != status]


def told(events: Iterable[Event]) -> dict[str, Status]:
    """What these events say about addresses."""
    return {event.path: _STATUSES[type(event)] for event in events if isinstance(event, PathEvent)}


def unused(context: Context, owner: str, prefix: str, slug: str) -> str:
    """``prefix`` + the first of slug, slug-2, slug-3, … that this owner may have."""
    number = 1
    while True:
        path = f"{prefix}{slug}" if number == 1 else f"{prefix}{slug}-{number}"
        state = context.states[stream_of(path)]
        assert isinstance(state, Path)
        if open_to(state, owner):
            return path
        number += 1


def _taken(state: Path) -> str:
    if state.status == "gone":
        return "belonged to something that was withdrawn, and is never used again"
    if state.status == "pointed":
        return f"is led to {state.to} by hand"
    if state.status == "redirected":
        return "leads to something that moved from there"
    return "is taken"


@decider.after(PathClaimed, PathRedirected, PathClosed, PathReleased)
def _fold(state: Path, event: PathEvent, _: str | None) -> Path:
    status = _STATUSES[type(event)]
    return msgspec.structs.replace(state, owner="" if status == "free" else event.owner, status=status)
