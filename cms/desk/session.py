"""Who sits at the desk: the session cookie, the key that every form carries, and what is said after a redirect.

Where a role has to have a second step (DAYBOOK_SECOND_STEP), whoever has none sets it up before anything else.

A form that arrives without its key, or after its session has ended, is never thrown away: what was typed is shown
and can be sent again.
"""

import hashlib
import hmac
import secrets
from urllib.parse import quote

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from cms.decider import Actor
from cms.desk import tracing
from cms.desk.house import house
from cms.desk.page import render
from cms.people.accounts import Person, Session

SESSION, VISITOR, SAID, ENTERING = "daybook_desk", "daybook_visitor", "daybook_said", "daybook_entering"
HOME = "/desk"
# Endpoints for those who are not signed in, and those that lead somebody to the second step that they owe.
_OPEN = ("desk.sign_in", "desk.sign_in_now", "desk.code", "desk.code_now", "desk.welcome", "desk.welcome_now")
_OWING = ("desk.second_step", "desk.second_step_begin", "desk.second_step_confirm", "desk.sign_out")
_UNSAID = ("key", "whose", "username", "password", "current", "repeated", "code")


def person() -> Person:
    """Who is signed in."""
    return session().person


def session() -> Session:
    """The session of this request."""
    found: Session = g.desk_session
    return found


def actor() -> Actor:
    """Who asks, for the newsroom."""
    return Actor(person().id, person().role, "desk")


def guard() -> Response | None:
    """Before each request: whose it is, and whether a form is really theirs."""
    token = request.cookies.get(SESSION)
    g.desk_session = house().accounts.session(token) if token else None
    g.desk_visitor = request.cookies.get(VISITOR) or secrets.token_urlsafe(16)
    g.desk_said, g.desk_clear = _said_before(), False
    writes = request.method not in ("GET", "HEAD", "OPTIONS")
    if writes and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return render("elsewhere.html", 403)
    if request.endpoint not in _OPEN and g.desk_session is None:
        return again(401) if writes else to_sign_in()
    if owes() and request.endpoint not in (*_OPEN, *_OWING):
        return again(403) if writes else see(f"{HOME}/you/second-step")
    if writes and not (hmac.compare_digest(request.form.get("key", "").encode(), key().encode()) and _is_theirs()):
        return again(403)
    return None


def _is_theirs() -> bool:
    """Whether who is signed in is whose form this is. The key alone does not tell: scripts bring the newest one."""
    return g.desk_session is None or request.form.get("whose") in (None, g.desk_session.person.id)


def owes() -> bool:
    """Whether who is signed in has to set up a second step before anything else."""
    found: Session | None = g.get("desk_session")
    return found is not None and found.person.role in house().settings.second_step and not found.second_step


def key() -> str:
    """What this visitor's forms carry: nobody else can know it."""
    whose = f"session {g.desk_session.id}" if g.desk_session else f"visitor {g.desk_visitor}"
    return hmac.new(_secret(), f"desk form of {whose}".encode(), hashlib.sha256).hexdigest()


def again(status: int, why: str = "session") -> Response:
    """Show what was typed, to be sent again. why: the session has ended, or something is ailing."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in _UNSAID]
    address = request.full_path.rstrip("?")
    opened_by = house().accounts.get(request.form.get("whose", ""))
    return render(
        "again.html", status, why=why, kept=kept, files=bool(request.files), address=address, opened_by=opened_by,
        in_rail="/panels/" in request.path,
    )  # fmt: skip


def to_sign_in() -> Response:
    """Sign in first; then on to where one wanted to go."""
    wanted = request.full_path.rstrip("?")
    return see(f"{HOME}/sign-in" + ("" if wanted == HOME else f"?next={quote(wanted)}"))


def wanted(address: str) -> str:
    """Where to go after signing in: only to a page of the desk."""
    plain = address.isprintable() and "\\" not in address and "//" not in address
    return address if plain and (address == HOME or address.startswith(f"{HOME}/")) else HOME


def see(address: str, said: str = "", tone: str = "good") -> Response:
    """Go and see the page there, where ``said`` is shown once."""
    answer = Response(status=303, headers={"Location": address})
    if said:
        say(answer, said, tone)
    return answer


def say(answer: Response, said: str, tone: str = "good") -> None:
    """Let the next page that is seen say this, once."""
    value = _serializer().dumps([said, tone])
    answer.set_cookie(SAID, str(value), path=HOME, max_age=60, httponly=True, samesite="Lax", secure=_secure())


def signed_in(token: str, address: str) -> Response:
    """The answer to everything that is needed to sign in."""
    answer = see(address)
    answer.set_cookie(SESSION, token, path=HOME, max_age=30 * 86400, httponly=True, samesite="Lax", secure=_secure())
    answer.delete_cookie(ENTERING, path=HOME)
    return answer


def half_way(token: str, address: str) -> Response:
    """The answer to a right password where the second step is still to come."""
    answer = see(f"{HOME}/sign-in/code" + ("" if address == HOME else f"?next={quote(address)}"))
    answer.set_cookie(ENTERING, token, path=HOME, max_age=600, httponly=True, samesite="Lax", secure=_secure())
    return answer


def signed_out() -> Response:
    """The answer to signing out."""
    answer = see(f"{HOME}/sign-in", "You are signed out.")
    answer.delete_cookie(SESSION, path=HOME)
    answer.headers["Clear-Site-Data"] = '"cache"'  # what was typed is not for whoever sits down next
    return answer


def seal(answer: Response) -> Response:
    """After each request: nothing of the desk is kept by others or framed by anyone, or runs a script not ours."""
    # A form that is shown again with what was typed: “Back” has to find it.
    again = request.method == "POST" and answer.status_code >= 400 and "desk_secret" not in g
    answer.headers["Cache-Control"] = "private, no-cache" if again else "no-store"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; object-src 'none'; img-src 'self' data: blob:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers[tracing.HEADER] = tracing.request_id()
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if g.get("desk_visitor") and VISITOR not in request.cookies:
        answer.set_cookie(VISITOR, g.desk_visitor, path=HOME, httponly=True, samesite="Lax", secure=_secure())
    if g.get("desk_clear") and answer.status_code == 200:
        answer.delete_cookie(SAID, path=HOME)
    return answer


def _said_before() -> tuple[str, str] | None:
    try:
        said, tone = _serializer().loads(request.cookies.get(SAID, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return str(said), str(tone)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(_secret(), salt="desk said")


def _secret() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()


def _secure() -> bool:
    return house().settings.secure
