"""Signing in over the page, for the desk's scripts: the session has ended, and what was typed waits in the browser."""

from typing import Any

import msgspec
from flask import Blueprint, g, request
from werkzeug.wrappers import Response

from cms.desk import session
from cms.desk.house import house
from cms.desk.writing.commands_api import answer, problem
from cms.people.accounts import AccountRefused


class Signing(msgspec.Struct, forbid_unknown_fields=True):
    """``account``: whose words are waiting in the browser; nobody else is to send them."""

    email: str
    password: str
    account: str = ""


class SecondStep(msgspec.Struct, forbid_unknown_fields=True):
    """What follows where the answer to the password was that a second step is owed."""

    code: str


def install(api: Blueprint) -> None:
    """The routes, which are open to whoever is not signed in."""
    api.add_url_rule("/session", "session_now", session_now)
    api.add_url_rule("/sign-in", "sign_in", sign_in, methods=["POST"])
    api.add_url_rule("/sign-in/code", "code", code, methods=["POST"])


def session_now() -> Response:
    """Whether this browser is signed in, as whom, and the key for its next requests."""
    return answer(_session())


def sign_in() -> Response:
    """Sign in over the page."""
    try:
        asked = msgspec.json.decode(request.get_data(), type=Signing)
    except msgspec.DecodeError as error:
        return problem(422, "unreadable", str(error))
    waiting = house().accounts.get(asked.account) if asked.account else None
    known = house().accounts.find(asked.email)
    if waiting is not None and known is not None and known.id != waiting.id:
        words = f"What waits here was typed by {waiting.name}. Sign in as {waiting.name}, so that it is sent as theirs."
        return problem(422, "other", words, field="email")
    try:
        token, _ = house().accounts.sign_in(
            asked.email, asked.password, request.remote_addr or "", request.user_agent.string
        )
    except AccountRefused as refused:
        return problem(422, "refused", refused.message, field=refused.field)
    if house().accounts.entering(token):
        return _with_cookies(answer({"second_step": True}), session.half_way(token, session.HOME))
    return _signed_in(token)


def code() -> Response:
    """The second step of it."""
    half_way = request.cookies.get(session.ENTERING, "")
    try:
        asked = msgspec.json.decode(request.get_data(), type=SecondStep)
        token, _ = house().accounts.enter(half_way, asked.code, request.remote_addr or "")
    except msgspec.DecodeError as error:
        return problem(422, "unreadable", str(error))
    except AccountRefused as refused:
        again = house().accounts.entering(half_way) is None
        return problem(422, "again" if again else "refused", refused.message, field=refused.field)
    return _signed_in(token)


def _signed_in(token: str) -> Response:
    g.desk_session = house().accounts.session(token)
    return _with_cookies(answer(_session()), session.signed_in(token, session.HOME))


def _with_cookies(told: Response, page: Response) -> Response:
    """The answer for a script, with the cookies of the answer that a browser's own form would get."""
    for cookie in page.headers.getlist("Set-Cookie"):
        told.headers.add("Set-Cookie", cookie)
    return told


def _session() -> dict[str, Any]:
    """Nobody is said to be signed in who has to set up a second step first."""
    person = g.desk_session.person if g.desk_session and not session.owes() else None
    return {
        "signed_in": person is not None,
        "account": person.id if person else None,
        "name": person.name if person else None,
        "owes": session.owes(),
        "key": session.key(),
    }
