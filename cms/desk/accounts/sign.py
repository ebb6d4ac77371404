"""Signing in and out: the password, the second step, and the link with which somebody sets a first password."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from cms.desk import session
from cms.desk.accounts.deeds import NEW_PASSWORD, Deed, carry_out, the_same, whose
from cms.desk.forms import Answer
from cms.desk.house import house
from cms.desk.page import render
from cms.desk.session import HOME
from cms.people.accounts import AccountRefused


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/sign-in", "sign_in", sign_in)
    desk.add_url_rule("/sign-in", "sign_in_now", sign_in_now, methods=["POST"])
    desk.add_url_rule("/sign-in/code", "code", code)
    desk.add_url_rule("/sign-in/code", "code_now", code_now, methods=["POST"])
    desk.add_url_rule("/welcome/<token>", "welcome", welcome)
    desk.add_url_rule("/welcome/<token>/<any(password):name>", "welcome_now", welcome_now, methods=["POST"])
    desk.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])


def sign_in() -> Response:
    return render("sign_in.html", email="", error=None, next=session.wanted(request.args.get("next", HOME)))


def sign_in_now() -> Response:
    email, wanted = request.form.get("email", ""), session.wanted(request.form.get("next", HOME))
    try:
        return _sign_in(email, request.form.get("password", ""), wanted)
    except AccountRefused as refused:
        return render("sign_in.html", 422, email=email, error=refused.message, next=wanted)


def code() -> Response:
    """The second step."""
    wanted = session.wanted(request.args.get("next", HOME))
    if house().accounts.entering(_half_way()) is None:
        return session.see(f"{HOME}/sign-in", "Sign in with your password first.", "warn")
    return render("code.html", error=None, next=wanted)


def code_now() -> Response:
    wanted = session.wanted(request.form.get("next", HOME))
    try:
        token, person = house().accounts.enter(_half_way(), request.form.get("code", ""), request.remote_addr or "")
    except AccountRefused as refused:
        if house().accounts.entering(_half_way()) is None:
            return session.see(f"{HOME}/sign-in", refused.message, "warn")
        return render("code.html", 422, error=refused.message, next=wanted)
    answer = session.signed_in(token, wanted)
    step = house().accounts.second_steps.of(person.id)
    if step is not None and step.few:
        session.say(answer, f"You have {left_in_words(step.left)}. Make new ones under “Your account”.", "warn")
    return answer


def welcome(token: str) -> Response:
    """A page on which somebody sets their password."""
    return _welcome(token, Answer(), 200)


def welcome_now(token: str, name: str) -> Response:
    answer = carry_out([_set_password(token)], name, HOME)
    return _welcome(token, answer, 422) if isinstance(answer, Answer) else answer


def sign_out() -> Response:
    house().accounts.end_session(session.session().id)
    return session.signed_out()


def left_in_words(left: int) -> str:
    """How many recovery codes are left."""
    return {0: "no recovery code left", 1: "one recovery code left"}.get(left, f"{left} recovery codes left")


def _sign_in(email: str, password: str, wanted: str) -> Response:
    accounts = house().accounts
    token, _ = accounts.sign_in(email, password, request.remote_addr or "", request.user_agent.string)
    return session.half_way(token, wanted) if accounts.entering(token) else session.signed_in(token, wanted)


def _half_way() -> str:
    return request.cookies.get(session.ENTERING, "")


def _welcome(token: str, answer: Answer, status: int) -> Response:
    person = house().accounts.look_at_link(token)
    if person is None:
        return render("link_over.html", 410)
    deed = _set_password(token, person.email)
    return render("welcome.html", status, person=person, deed=deed, answer=answer, token=token)


def _set_password(token: str, email: str = "") -> Deed:
    def set_password(values: Mapping[str, Any]) -> Response:
        password = the_same(values)
        person = house().accounts.use_link(token, password)
        try:
            return _sign_in(person.email, password, HOME)
        except AccountRefused:  # somebody has guessed at it from here: it waits
            return session.see(f"{HOME}/sign-in", "Your password is set. Sign in with it.")

    return Deed("password", "Set the password", set_password, fields=[whose(email), *NEW_PASSWORD], tone="primary")
