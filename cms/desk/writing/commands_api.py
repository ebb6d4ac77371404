"""A door for the desk's scripts: commands as JSON, answered as JSON. Signing in over the page is in sign_over.

A command may say the value it was made for (``was``). It is refused with what stands there now only if that very
value has changed; what others did to the rest of the story is no reason.
"""

import hmac
import secrets
from typing import Any, cast
from uuid import UUID

import msgspec
from flask import Blueprint, g, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response

from cms import article as a
from cms.article import Article
from cms.decider import Command, Denied, Refused, Unwritten, commands
from cms.desk import session, states
from cms.desk.house import house
from cms.desk.tracing import traced
from cms.desk.writing.telling import change, changes_since
from cms.units import Conflict, Done
from events.event import kind_of
from events.instant import Instant
from events.store import CommandReused
from views.shapes import BadCursor, ViewsMissing

PREFIX = session.HOME + "/api"
MOST_BYTES = 20_000_000
ATTEMPTS = 8
KEY = "X-Daybook-Key"
WHOSE = "X-Daybook-Person"  # whose page it is: what one person wrote is never said by whoever signed in after them
_OPEN = ("desk_api.session_now", "desk_api.sign_in", "desk_api.code")
# What needs more than words: a blob that was looked at, a note that was sealed.
_ELSEWHERE = ("image.upload", "image.replace", "article.add_note")

FIELDS: dict[type[Command], str] = {
    a.ChangeKicker: "kicker", a.ChangeHeadline: "headline", a.ChangeStandfirst: "standfirst", a.ChangeSlug: "slug",
    a.ChangeSection: "section", a.ChangeKind: "kind", a.ChangeLanguage: "language", a.AssignBylines: "bylines",
    a.ChangeTags: "tags", a.SetLeadImage: "lead", a.ChangeRelated: "related",
}  # fmt: skip


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request. expected: the version of the first command's stream, only if it is still that."""

    command_id: UUID
    commands: list[dict[str, Any]]
    expected: int | None = None


class Elsewhere(Refused):
    """A value has moved since the command was made. ``theirs``: what stands there now."""

    def __init__(self, field: str, theirs: object) -> None:
        super().__init__("Somebody else has changed this in the meantime.", field)
        self.theirs = theirs


def blueprint() -> Blueprint:
    """The door, with its own answers to everything that can go wrong."""
    api = Blueprint("desk_api", __name__, url_prefix=PREFIX)
    api.before_request(guard)
    api.after_request(session.seal)
    api.add_url_rule("/commands", "commands", do, methods=["POST"])
    api.add_url_rule("/<path:rest>", "nothing", nothing)
    for kind in (HTTPException, NotFound):  # the site has an answer of its own to the second
        api.register_error_handler(kind, lambda e: problem(e.code or 500, "http", e.name))
    api.register_error_handler(ViewsMissing, lambda _: problem(503, "views", "The lists are being made anew."))
    api.register_error_handler(BadCursor, lambda _: problem(404, "cursor", "There is no such place in the list."))
    return api


def nothing(rest: str) -> Response:  # noqa: ARG001 - the part of the address that leads nowhere
    """There is nothing at this address."""
    return problem(404, "nothing", "There is nothing here.")


def answer(value: object, status: int = 200) -> Response:
    """Anything as JSON."""
    return Response(msgspec.json.encode(value), status, content_type="application/json")


def _is_theirs() -> bool:
    """Whether who is signed in is whose page this comes from, where that says so."""
    return request.headers.get(WHOSE) in (None, session.person().id)


def problem(status: int, error: str, message: str, **more: object) -> Response:
    """What went wrong: ``error`` for the script, ``message`` for the person."""
    return answer({"error": error, "message": message, **more}, status)


def guard() -> Response | None:
    """As the pages' guard, but what it says is for a script, and the key comes in a header."""
    token = request.cookies.get(session.SESSION)
    g.desk_session = house().accounts.session(token) if token else None
    g.desk_visitor = request.cookies.get(session.VISITOR) or secrets.token_urlsafe(16)
    writes = request.method not in ("GET", "HEAD", "OPTIONS")
    if writes and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return problem(403, "elsewhere", "This was sent from another site.")
    if g.desk_session is None and request.endpoint not in _OPEN:
        return problem(401, "expired", "Your session has ended. Sign in again: nothing is lost.", key=session.key())
    if request.endpoint not in _OPEN and not _is_theirs():
        return problem(401, "expired", "Somebody else has signed in here. Sign in again: nothing is lost.")
    if session.owes() and request.endpoint not in _OPEN:
        return problem(401, "expired", "Your role needs a second step of signing in. Set it up under “Your account”.")
    if writes and not hmac.compare_digest(request.headers.get(KEY, "").encode(), session.key().encode()):
        return problem(403, "key", "This page is older than your session.")
    if request.content_length and request.content_length > MOST_BYTES and "multipart" not in request.mimetype:
        return problem(413, "large", "That is too large to be taken in at once.")
    return None


# --- commands


def do() -> Response:
    """Do all of these commands or nothing."""
    try:
        asked = msgspec.json.decode(request.get_data(), type=Asked)
        made = [_command(one) for one in asked.commands]
        if not made:
            raise msgspec.ValidationError("Expected at least one command - at `$.commands`")
    except (msgspec.DecodeError, RecursionError) as error:
        return problem(422, "unreadable", str(error), field=None)
    except Refused as refused:
        return problem(422, "refused", refused.message, field=refused.field)
    return performed([command for command, _ in made], asked, [was for _, was in made])


def performed(wanted: list[Command], asked: Asked, was: list[Any]) -> Response:
    """The newsroom's answer, for a script."""
    try:
        return answer(_told(_handle(wanted, asked, was), wanted))
    except Denied as denied:
        return problem(403, "denied", denied.message)
    except Unwritten:
        return problem(503, "log", "The log cannot be written to just now. What you typed is kept on this device.")
    except Elsewhere as moved:
        who, at = _who(wanted[0].stream, moved.field or "")
        return problem(409, "moved", moved.message, field=moved.field, theirs=moved.theirs, by=who, at=at)
    except Refused as refused:
        return problem(422, "refused", refused.message, field=refused.field)
    except Conflict as conflict:
        since = changes_since(conflict.stream, conflict.events)
        return problem(409, "conflict", conflict.message, stream=conflict.stream, changes=since)
    except CommandReused:
        return problem(409, "reused", "This was sent before, with other words.")


def _command(raw: dict[str, Any]) -> tuple[Command, Any]:
    fields = dict(raw)
    name, was = fields.pop("do", None), fields.pop("was", msgspec.UNSET)
    kind = None if name in _ELSEWHERE else commands().get(name) if isinstance(name, str) else None
    if kind is None:
        raise Refused(f"There is no command {name!r} here.", "do")
    try:
        return msgspec.convert(fields, kind), was
    except msgspec.ValidationError as error:
        field = str(error).rpartition("`$.")[2].rstrip("`").split(".")[0].split("[")[0]
        raise Refused(str(error), field if field in kind.__struct_fields__ else None) from None


def _handle(wanted: list[Command], asked: Asked, was: list[Any]) -> Done:
    newsroom, based = house().newsroom, any(value is not msgspec.UNSET for value in was)
    origin = traced()
    actor = session.actor()
    if not based or house().store.known_commands([asked.command_id]):
        typed = all(isinstance(command, a.EditBody) for command in wanted)
        return newsroom.handle(
            wanted, actor, asked.command_id, expected=asked.expected, origin=origin, follow=not typed
        )
    newsroom.permit(wanted, actor)
    for attempt in range(1, ATTEMPTS + 1):
        seen = cast(Article, states.state(wanted[0].stream))
        _still(wanted, was, seen)
        try:
            return newsroom.handle(wanted, actor, asked.command_id, expected=seen.version, origin=origin)
        except Conflict:  # somebody typed meanwhile: look again whether it was this
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _still(wanted: list[Command], was: list[Any], seen: Article) -> None:
    """Whether what each command was made for still stands. Raises Elsewhere."""
    for command, before in zip(wanted, was, strict=True):
        field = FIELDS.get(type(command))
        if before is msgspec.UNSET:
            continue
        if field is None or command.stream != wanted[0].stream:
            raise Refused("This command cannot say what it was made for.", "was")
        now = _as_sent(getattr(seen.content, field))
        if now not in (before, _as_sent(getattr(command, field))):
            raise Elsewhere(field, now)


def _as_sent(value: object) -> object:
    """As JSON has it: what a browser says a field was is compared with that."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _told(done: Done, wanted: list[Command]) -> dict[str, Any]:
    return {
        "position": done.position,
        "versions": done.versions,
        "events": [{"type": kind_of(event).name, "data": change(event)} for event in done.events],
        "repeated": done.repeated,
        "caught_up": done.caught_up,
        "at": house().now() // 1000,
        "version": _version(done, wanted[0].stream),
    }


def _version(done: Done, stream: str) -> int:
    return done.versions.get(stream) or states.state(stream).version


def _who(stream: str, field: str) -> tuple[str, Instant | None]:
    """Who touched a field last, by name, and when (milliseconds)."""
    names = states.account_names()
    for recorded in reversed(list(house().store.read_stream(stream))):
        if field in recorded.event.__struct_fields__:
            return names.get(recorded.meta.actor or "", "Somebody"), recorded.recorded_at // 1000
    return "Somebody", None
