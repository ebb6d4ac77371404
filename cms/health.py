"""``/healthz``: this process is up. ``/readyz``: everything that it needs is there, and nobody has fallen behind."""

import sqlite3
from typing import Any

from flask import Blueprint, Response, jsonify

from cms.house import House
from events.clock import ClockJumped

BEHIND = 5000  # events: more than that, and what readers see is not what was written


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
        head = house.store.head().position
    except (sqlite3.Error, OSError) as error:
        return {"ok": False, "log": None, "readers": [], "faults": [f"the log cannot be read: {error}"]}
    try:
        house.steady()
    except ClockJumped as error:
        faults.append(str(error))
    readers = [_views(house, head, faults), _index(house, head, faults)]
    return {"ok": not faults, "log": {"position": head}, "readers": readers, "faults": faults}


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


def _reader(name: str, position: int, head: int, usable: bool, faults: list[str]) -> dict[str, Any]:
    lag = max(0, head - position)
    if usable and lag > BEHIND:
        faults.append(f"{name}: {lag:,} events behind the log; is flask follow running?")
    return {"name": name, "position": position, "lag": lag, "usable": usable}
