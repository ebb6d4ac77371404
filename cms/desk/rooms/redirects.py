"""Addresses and where they lead: found, led elsewhere by hand, one by one or from a file."""

from collections.abc import Sequence
from itertools import islice
from typing import cast, get_args

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from cms.decider import Denied, Refused
from cms.desk import reading
from cms.desk.asking import LATE, ask, command_id
from cms.desk.house import house
from cms.desk.page import render
from cms.desk.session import HOME, actor, person, see
from cms.desk.tracing import traced
from cms.redirect import Point, Unpoint, address
from cms.redirecting import Outcome, lines, take
from cms.roles import may
from cms.units import NOWHERE, Conflict, tied
from views.addresses import State

ROOM = f"{HOME}/redirects"
PAGE = 60  # addresses
EVERY = "all"
LARGEST = 5_000_000  # bytes of a file
MOST = 2000  # lines of a file: each is forced to the disk
SHOWN = 200  # refused lines of a file
STATES: dict[State, str] = {
    "pointed": "Led by hand",
    "redirected": "Moved",
    "claimed": "In use",
    "closed": "Gone for ever",
}
_FIELDS = {"path": "new-path", "to": "new-to"}  # their ids
assert set(STATES) == set(get_args(State))


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/redirects", "redirects", room)
    desk.add_url_rule("/redirects", "redirect_add", add, methods=["POST"])
    desk.add_url_rule("/redirects/remove", "redirect_remove", remove, methods=["POST"])
    desk.add_url_rule("/redirects/file", "redirect_file", from_file, methods=["POST"])


def room() -> Response:
    """The list that the address asks for."""
    return _page()


def add() -> Response:
    """Lead an address elsewhere."""
    old, new = request.form.get("path", ""), request.form.get("to", "")
    try:
        path = address(old, "path")
        done = ask(Point(path, new))
    except (Refused, Conflict) as refused:
        field = refused.field if isinstance(refused, Refused) and refused.field in ("path", "to") else ""
        return _page(errors={field: refused.message}, status=422)
    to = address(new, "to")
    said = f"{path} leads to {to} now." if done.events else "It led there already."
    if reading.desk().nowhere([to]):
        said += " Nothing is published at that address yet: until then readers find no page."
    return see(f"{ROOM}?state=pointed", said + ("" if done.caught_up or not done.events else LATE))


def remove() -> Response:
    """Lead it there no longer."""
    path = request.form.get("path", "")
    try:
        ask(Unpoint(path))
    except (Refused, Conflict) as refused:
        return _page(errors={"": refused.message}, status=422)
    return see(f"{ROOM}?state=pointed", f"{path} leads nowhere now; something new may have it.")


def from_file() -> Response:
    """Take the redirects of a file, each for itself."""
    file = request.files.get("file")
    content = file.stream.read(LARGEST + 1) if file is not None and file.filename else b""
    try:
        if not content:
            raise Refused("Choose a file first.")
        if len(content) > LARGEST:
            raise Refused("The file is larger than 5 MB: send it in parts.")
        origin = traced(tied(NOWHERE, str(command_id())))
        came = list(take(house().newsroom, actor(), lines(content.decode()), origin, MOST))
    except UnicodeDecodeError:
        return _page(errors={"file": "This is no text in UTF-8. Save it as CSV (UTF-8) and send that."}, status=422)
    except Denied as denied:
        return _page(errors={"file": denied.message}, status=403)
    except Refused as refused:
        return _page(errors={"file": refused.message}, status=422)
    return _page(came=came, status=422 if any(one.what == "refused" for one in came) else 200)


def _page(errors: dict[str, str] | None = None, came: Sequence[Outcome] | None = None, status: int = 200) -> Response:
    # What is led by hand stands first: the addresses that are a story's own are many, and nobody comes here for them.
    text, state = request.args.get("text", "").strip(), request.args.get("state", "pointed")
    if state not in {EVERY, *STATES}:
        abort(404)
    found = reading.desk().addresses(
        PAGE, request.args.get("after"), text=text, state=None if state == EVERY else cast(State, state)
    )
    refused = [one for one in came or () if one.what == "refused"]
    faults = [(_FIELDS.get(field, field), words) for field, words in (errors or {}).items()]
    return render(
        "redirects.html", status, faults=faults, found=found, text=text, state=state, states=STATES,
        errors=errors or {},
        typed=request.form, may_point=may(person().role, Point), came=came, refused=list(islice(refused, SHOWN)),
        more=max(0, len(refused) - SHOWN), taken=sum(one.what == "taken" for one in came or ()),
        known=sum(one.what == "known" for one in came or ()),
    )  # fmt: skip
