"""The people of the newsroom, for administrators: add, change, disable, see where they are signed in, and what was
done to their accounts. Nobody chooses a password for another: they get a link with which they set it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from cms.desk import states
from cms.desk.accounts.deeds import Deed, carry_out
from cms.desk.accounts.own_account import sessions_told
from cms.desk.asking import made_id
from cms.desk.forms import Answer, Field
from cms.desk.house import house
from cms.desk.page import render, role
from cms.desk.session import HOME, person, see
from cms.desk.writing.live import hub
from cms.people.accounts import Colleague
from cms.people.links import LIVES
from cms.roles import ROLES, may_open
from events.instant import DAY

PEOPLE = f"{HOME}/people"
ROLE_OPTIONS = tuple((name, role(name).capitalize()) for name in ROLES)
STATES = {"active": "Active", "invited": "Invited", "locked out": "Without a password", "disabled": "Disabled"}
STEPS = {"with": "With a second step", "without": "Without a second step"}
PAGE = 50  # people, or entries of the journal
DAYS = LIVES // DAY


def install(desk: Blueprint) -> None:
    """The routes, each for administrators alone."""
    desk.add_url_rule("/people", "people", _theirs(people))
    desk.add_url_rule("/people/do/<any(add):name>", "people_add", _theirs(add), methods=["POST"])
    desk.add_url_rule("/people/journal", "people_journal", _theirs(journal))
    desk.add_url_rule("/people/<id>", "person", _theirs(one))
    desk.add_url_rule("/people/<id>/do/<name>", "person_do", _theirs(one_do), methods=["POST"])
    desk.add_url_rule("/people/<id>/sessions/<session>/end", "person_end", _theirs(end), methods=["POST"])


def _theirs(view: Callable[..., Response]) -> Callable[..., Response]:
    def checked(**parts: Any) -> Response:
        if not may_open(person().role, "people"):
            abort(403)
        return view(**parts)

    return checked


# --- the list


def people() -> Response:
    """Everybody, or those who are looked for."""
    return _list(Answer())


def add(name: str) -> Response:
    """Somebody new. The same form sent twice adds them once."""
    answer = carry_out([_add()], name, PEOPLE)
    return _list(answer, 422) if isinstance(answer, Answer) else answer


def _list(answer: Answer, status: int = 200) -> Response:
    wanted = {name: request.args.get(name, "") for name in ("text", "role", "state", "step")}
    everybody = house().accounts.colleagues()
    found = [one for one in everybody if _fits(one, wanted)]
    page = max(request.args.get("page", 1, type=int), 1)
    return render(
        "people.html", status, rows=found[(page - 1) * PAGE : page * PAGE], found=len(found), page=page,
        more=len(found) > page * PAGE, size=PAGE, everybody=len(everybody), wanted=wanted,
        filtered=any(wanted.values()), deed=_add(), answer=answer, roles=ROLE_OPTIONS, states=STATES,
        steps=STEPS,
    )  # fmt: skip


def _fits(one: Colleague, wanted: Mapping[str, str]) -> bool:
    text = wanted["text"].strip().casefold()
    return (
        (text in one.person.name.casefold() or text in one.person.email)
        and wanted["role"] in ("", one.person.role)
        and wanted["state"] in ("", one.state)
        and wanted["step"] in ("", "with" if one.second_step else "without")
    )


def _add() -> Deed:
    def added(values: Mapping[str, Any]) -> Response:
        accounts, id = house().accounts, made_id("person")
        if accounts.get(id) is None:
            accounts.add(values["email"], values["name"], values["role"], id=id, by=person().id)
        return _link(id)

    fields = (
        Field("name", "Name", required=True, hint="As colleagues read it."),
        Field("email", "E-mail address", "email", required=True, hint="They sign in with it."),
        Field("role", "Role", "select", required=True, options=(("", "Choose"), *ROLE_OPTIONS)),
    )
    return Deed("add", "Add somebody", added, fields=fields, tone="primary")


# --- the journal


def journal() -> Response:
    """Everything that was done to accounts, the latest first."""
    before = request.args.get("before", type=int)
    found = house().accounts.journal.entries(before=before, most=PAGE + 1)
    return render(
        "people_journal.html", entries=found[:PAGE], more=len(found) > PAGE, first=before is None,
        names=states.account_names(),
    )  # fmt: skip


# --- one of them


def one(id: str) -> Response:
    """A person's account."""
    return _page(id, Answer())


def one_do(id: str, name: str) -> Response:
    """One of the forms on it."""
    answer = carry_out(_deeds(_known(id)), name, f"{PEOPLE}/{id}")
    return _page(id, answer, 422) if isinstance(answer, Answer) else answer


def end(id: str, session: str) -> Response:
    """Sign out one of their browsers."""
    accounts = house().accounts
    if session in {one.id for one in accounts.sessions(_known(id).person.id)}:
        accounts.end_session(session, by=person().id)
        hub().wake_all()
    return see(f"{PEOPLE}/{id}", "That browser is signed out.")


def _known(id: str) -> Colleague:
    found = house().accounts.colleague(id)
    if found is None:
        abort(404)
    return found


def _page(id: str, answer: Answer, status: int = 200, link: str = "") -> Response:
    found, accounts = _known(id), house().accounts
    return render(
        "person.html", status, one=found, deeds=_deeds(found), answer=answer, link=link, days=DAYS, states=STATES,
        sessions=sessions_told(accounts.sessions(id)), step=accounts.second_steps.of(id),
        entries=accounts.journal.entries(id), names=states.account_names(),
    )  # fmt: skip


def _link(id: str) -> Response:
    """The person's page with a new link, which is shown this once."""
    token = house().accounts.make_link(id, person().id)
    return _page(id, Answer(), link=f"{house().settings.site_url}{HOME}/welcome/{token}")


def _deeds(found: Colleague) -> list[Deed]:
    accounts, one, me = house().accounts, found.person, person().id

    def ended(deed: Callable[[], object]) -> None:
        deed()
        hub().dismiss(one.id)

    deeds = [
        Deed("rename", "Change the name", lambda v: accounts.rename(one.id, v["name"], me), "The name is changed.",
             [Field("name", "Name", required=True, value=one.name)]),
        Deed("email", "Change the e-mail address", lambda v: accounts.change_email(one.id, v["email"], me),
             "The address is changed: it is what they sign in with from now on.",
             [Field("email", "E-mail address", "email", required=True, value=one.email)],
             why="They stay signed in where they are, with the password that they have. Tell them."),
        Deed("role", "Change the role", lambda v: accounts.change_role(one.id, v["role"], me),
             "The role is changed: it holds from the next click on.",
             [Field("role", "Role", "select", required=True, options=ROLE_OPTIONS, value=one.role)]),
    ]  # fmt: skip
    if one.disabled:
        enable = Deed("enable", "Enable", lambda _: accounts.enable(one.id, me), "They can sign in again.",
                      why="They can sign in again, with the password that they had.")  # fmt: skip
        return [*deeds, enable]
    deeds += [
        Deed("link", "Make a link to set a password", lambda _: _link(one.id),
             why=f"Good for one use and {DAYS} days. A link that was made before ends."),
        Deed("sessions", "Sign out everywhere", lambda _: ended(lambda: accounts.end_sessions(one.id, by=me)),
             "They are signed out everywhere.", why="What they are writing is kept on their device."),
    ]  # fmt: skip
    if found.second_step:
        deeds.append(Deed(
            "second-step", "Take the second step away",
            lambda v: ended(lambda: accounts.take_second_step(one.id, v["reason"], me)),
            "The second step is gone, and they are signed out everywhere.",
            [Field("reason", "Why?", required=True, hint="Noted in the journal: “Lost her phone, called me herself”.")],
            "danger", "For somebody who has lost phone and recovery codes. Be sure that it is them who asks.",
        ))  # fmt: skip
    deeds.append(Deed(
        "disable", "Disable", lambda _: ended(lambda: accounts.disable(one.id, me)),
        "They are disabled and signed out everywhere.", tone="danger",
        why="They are signed out everywhere at once and cannot sign in. What they did stays theirs.",
    ))  # fmt: skip
    return deeds
