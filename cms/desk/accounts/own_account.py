"""“Your account”: one's own name, password, second step, and where one is signed in."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pyotp
import segno
from flask import Blueprint, g, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from cms.desk import session
from cms.desk.accounts.browsers import in_words
from cms.desk.accounts.deeds import CURRENT, NEW_PASSWORD, Deed, carry_out, the_same, whose
from cms.desk.forms import Answer, Field
from cms.desk.house import house
from cms.desk.page import render
from cms.desk.session import HOME, person
from cms.people.accounts import Session

YOU = f"{HOME}/you"
STEP = f"{YOU}/second-step"
ISSUER = "Daybook"


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/you", "you", you)
    desk.add_url_rule("/you/do/<name>", "you_do", you_do, methods=["POST"])
    desk.add_url_rule("/you/sessions/<id>/end", "end_session", end_session, methods=["POST"])
    desk.add_url_rule("/you/second-step", "second_step", second_step)
    desk.add_url_rule("/you/second-step/<any(begin):name>", "second_step_begin", second_step_do, methods=["POST"])
    desk.add_url_rule("/you/second-step/<any(confirm):name>", "second_step_confirm", second_step_do, methods=["POST"])


def you() -> Response:
    """The screen."""
    return _page(Answer())


def you_do(name: str) -> Response:
    """One of its forms."""
    answer = carry_out(list(_deeds().values()), name, YOU)
    return _page(answer, 422) if isinstance(answer, Answer) else answer


def end_session(id: str) -> Response:
    """Sign out one of one's own browsers."""
    mine = {one.id for one in house().accounts.sessions(person().id)}
    if id in mine:
        house().accounts.end_session(id)
    return session.see(YOU, "That browser is signed out.")


def _page(answer: Answer, status: int = 200) -> Response:
    me = person()
    return render(
        "you.html", status, deeds=_deeds(), answer=answer, sessions=sessions_told(house().accounts.sessions(me.id)),
        step=house().accounts.second_steps.of(me.id), demanded=_demanded(),
    )  # fmt: skip


def sessions_told(sessions: list[Session]) -> list[dict[str, Any]]:
    """Sessions as the table of them shows them."""
    mine = session.session().id
    return [
        {
            "id": one.id, "browser": in_words(one.user_agent), "address": one.address, "since": one.created_at,
            "seen": one.seen_at, "this": one.id == mine,
        }
        for one in sessions
    ]  # fmt: skip


def _deeds() -> dict[str, Deed]:
    """What one can do now. A second step that the role demands is not turned off."""
    accounts, mine = house().accounts, session.session()
    me, here = mine.person, request.remote_addr or ""
    asked = [whose(me.email), CURRENT]
    deeds = [
        Deed("name", "Save", lambda v: accounts.rename(me.id, v["name"], me.id), "Your name is saved.",
             [Field("name", "Name", required=True, value=me.name, hint="As colleagues read it.", autocomplete="name")]),
        Deed("password", "Change the password",
             lambda v: accounts.change_own_password(mine, v["current"], the_same(v), here),
             "Your password is changed. Every other browser of yours is signed out.", [*asked, *NEW_PASSWORD]),
        Deed("others", "Sign out everywhere else", lambda _: accounts.end_sessions(me.id, but=mine.id),
             "Every other browser of yours is signed out."),
    ]  # fmt: skip
    if mine.second_step:
        deeds.append(Deed("codes", "Make new recovery codes", _renew_codes, fields=asked,
                          why="The old ones count no more. The new ones are shown once."))  # fmt: skip
    if mine.second_step and not _demanded():
        deeds.append(Deed(
            "step-off", "Turn it off", lambda v: accounts.turn_off_second_step(mine, v["current"], here),
            "The second step is off. Every other browser of yours is signed out.", asked, "danger",
            "From then on your password alone signs in.",
        ))  # fmt: skip
    return {deed.name: deed for deed in deeds}


def _demanded() -> bool:
    """Whether one's role cannot work without a second step."""
    return person().role in house().settings.second_step


def _renew_codes(values: Mapping[str, Any]) -> Response:
    accounts, me = house().accounts, person()
    accounts.check_password(me.id, values["current"], request.remote_addr or "")
    return _codes(accounts.second_steps.renew_codes(me.id))


# --- setting up the second step


def second_step() -> Response:
    """Begin, or scan and confirm."""
    return _setting_up(Answer())


def second_step_do(name: str) -> Response:
    """One of the two forms of it."""
    answer = carry_out([_begin(), _confirm()], name, STEP)
    return _setting_up(answer, 422) if isinstance(answer, Answer) else answer


def _setting_up(answer: Answer, status: int = 200) -> Response:
    me, steps = person(), house().accounts.second_steps
    if steps.of(me.id) is not None:
        return session.see(YOU, "Your second step is on. Recovery codes that you did not see can be made anew here.")
    secret = steps.begun(me.id)
    if secret is None:
        return render("second_step.html", status, deed=_begin(), answer=answer, secret="", picture="", address="")
    g.desk_secret = True  # no browser keeps this page
    address = pyotp.TOTP(secret).provisioning_uri(name=me.email, issuer_name=ISSUER)
    return render(
        "second_step.html", status, deed=_confirm(), answer=answer, picture=_picture(address), address=address,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )  # fmt: skip


def _begin() -> Deed:
    def begin(values: Mapping[str, Any]) -> None:
        accounts, me = house().accounts, person()
        accounts.check_password(me.id, values["current"], request.remote_addr or "")
        accounts.second_steps.begin(me.id)

    return Deed("begin", "Set it up", begin, fields=[whose(person().email), CURRENT], tone="primary")


def _confirm() -> Deed:
    def confirm(values: Mapping[str, Any]) -> Response:
        place = session.session().address
        return _codes(house().accounts.second_steps.confirm(person().id, values["code"], place))

    code = Field("code", "The six digits that your phone shows now", "code", required=True)
    return Deed("confirm", "Confirm", confirm, fields=[code], tone="primary")


def _codes(codes: list[str]) -> Response:
    """The one time that they are shown. The file is in its own link, so that it is kept nowhere."""
    text = f"Recovery codes for {person().email} at {house().settings.site_url}/desk\n"
    text += "Each signs in once, in the place of the phone's code.\n\n" + "\n".join(codes) + "\n"
    return render("recovery_codes.html", codes=codes, file=f"data:text/plain;charset=utf-8,{quote(text)}")


def _picture(address: str) -> Markup:
    """The address as a square that phones read, drawn with attributes alone: no style, no script."""
    made = segno.make(address, error="m")
    drawn = made.svg_inline(omitsize=True, svgclass="qr", lineclass=None, light="#fff", title="Code for your phone")
    return Markup(drawn)  # noqa: S704 - made of numbers and our own words
