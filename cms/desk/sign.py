"""Signing in and out, and where one is signed in."""

from flask import Blueprint, Response, request

from cms.accounts import AccountRefused
from cms.desk import session
from cms.desk.house import house
from cms.desk.page import render
from cms.desk.session import HOME


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/sign-in", "sign_in", sign_in)
    desk.add_url_rule("/sign-in", "sign_in_now", sign_in_now, methods=["POST"])
    desk.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])
    desk.add_url_rule("/you", "you", you)
    desk.add_url_rule("/you/sessions/<id>/end", "end_session", end_session, methods=["POST"])


def sign_in() -> Response:
    return render("sign_in.html", email="", error=None, next=session.wanted(request.args.get("next", HOME)))


def sign_in_now() -> Response:
    email, wanted = request.form.get("email", ""), session.wanted(request.form.get("next", HOME))
    try:
        token, _ = house().accounts.sign_in(
            email, request.form.get("password", ""), request.remote_addr or "", request.user_agent.string
        )
    except AccountRefused as refused:
        return render("sign_in.html", 422, email=email, error=refused.message, next=wanted)
    return session.signed_in(token, wanted)


def sign_out() -> Response:
    house().accounts.end_session(session.session().id)
    return session.signed_out()


def you() -> Response:
    sessions = house().accounts.sessions(session.person().id)
    return render("you.html", sessions=sessions)


def end_session(id: str) -> Response:
    mine = {one.id for one in house().accounts.sessions(session.person().id)}
    if id in mine:
        house().accounts.end_session(id)
    return session.see(f"{HOME}/you", "That browser is signed out.")
