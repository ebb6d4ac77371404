"""``/healthz``: this process is up. ``/readyz``: everything that it needs is there, and nobody has fallen behind."""

import time
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from cms.house import House
from cms.operating.following import followers
from events.clock import BEHIND as CLOCK_BEHIND
from events.clock import ClockJumped
from events.instant import SECOND
from events.seal.heads import Unsigned
from events.seal.holding import differs
from events.seal.sealing import in_words
from events.store import LogUnavailable

STILL = 30.0  # seconds that a reader may be behind the log without moving
STILL_BEHIND = "and not moving"  # is said of it then

_seen: dict[str, tuple[int, float]] = {}  # reader → where it was behind, and since when it is there


def register(app: Any, house: House) -> None:
    """Put both into the app."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        return jsonify(ok=True)

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        state = look(house)
        return jsonify(state), 200 if state["ok"] else 503

    app.register_blueprint(health)


def look(house: House) -> dict[str, Any]:
    """How the log and its readers stand; ``faults``: in words, whatever keeps Daybook from being ready."""
    faults: list[str] = []
    try:
        end = house.store.head()
        head = end.position
    except (LogUnavailable, OSError) as error:
        return {"ok": False, "log": None, "readers": [], "faults": [f"the log cannot be read: {error}"]}
    try:
        if (behind := end.recorded_at - house.steady()) > CLOCK_BEHIND:
            faults.append(f"the clock is {behind // SECOND} s behind the log's last event: nothing can be written")
    except ClockJumped as error:
        faults.append(str(error))
    readers = [_views(house, head, faults), _index(house, head, faults), _desk_index(house, head, faults)]
    following, log = _followers(house, faults), {"position": head, "sealed": _sealed(house, faults)}
    return {"ok": not faults, "log": log, "readers": readers, "followers": following, "faults": faults}


def _sealed(house: House, faults: list[str]) -> int | None:
    """How far the log is sealed; a fault where it no longer is what was sealed, as its last sealed event tells."""
    try:
        head, tree = house.seals.latest(), house.seals.tree
        if head is not None and tree.leads_to(head.size, head.root) and (fault := differs(house.store, tree, head)):
            faults.append(f"the log is not what was sealed: {in_words(fault)}; see flask log verify")
    except (Unsigned, OSError) as error:
        faults.append(f"the seals cannot be read: {error}")
        return None
    return head.size if head else None


def _views(house: House, head: int, faults: list[str]) -> dict[str, Any]:
    status = house.views.status(rows=False)
    if status.reason:
        faults.append(f"views: {status.reason}")
    return _reader("views", status.position, head, status.usable, faults) | {"stale": status.stale}


def _index(house: House, head: int, faults: list[str]) -> dict[str, Any]:
    status = house.index.status()
    if status.reason:
        faults.append(f"index: {status.reason}")
    return _reader("index", status.position, head, status.usable, faults) | {"documents": status.documents}


def _desk_index(house: House, head: int, faults: list[str]) -> dict[str, Any]:
    """Where it is missing, the follower makes it, and the desk's lists say that they know only headlines: no fault,
    unless an operator wants to do it."""
    status = house.desk_index.status()
    if status.generation and status.reason and not house.settings.heal:
        faults.append(f"desk-index: {status.reason}")
    return _reader("desk-index", status.position, head, status.usable, faults) | {"documents": status.documents}


def _followers(house: House, faults: list[str]) -> list[dict[str, Any]]:
    """What stopped one of them is a fault; what an operator told it to pass over is said."""
    try:
        found = followers(house)
    except (OSError, SQLAlchemyError) as error:
        faults.append(f"followers: where they stand cannot be read ({error})")
        return []
    for follower in found:
        if (failure := follower.failure) is not None:
            does = "stopped before" if failure.stopped else "tries again at"
            where = f"{does} position {failure.position:,}: {failure.reason}"
            faults.append(f"{follower.name}: {where}; see flask follow status")
    return [
        {"name": one.name, "position": one.position, "lag": one.lag, "parked": [it.position for it in one.parked]}
        for one in found
    ]


def _stands_still(name: str, position: int, lag: int) -> bool:
    """Whether it was behind at this very position for a while already."""
    if lag <= 0:
        _seen.pop(name, None)
        return False
    if _seen.get(name, (None, 0.0))[0] != position:
        _seen[name] = (position, time.monotonic())
    return time.monotonic() - _seen[name][1] > STILL


def _reader(name: str, position: int, head: int, usable: bool, faults: list[str]) -> dict[str, Any]:
    lag = head - position
    if usable and lag < 0:
        faults.append(f"{name}: ahead of the log, which is another one than it was made from: flask rebuild-index")
    if usable and _stands_still(name, position, lag):
        faults.append(f"{name}: {lag:,} events behind the log, {STILL_BEHIND}; is flask follow running?")
    return {"name": name, "position": position, "lag": lag, "usable": usable}
