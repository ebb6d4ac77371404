"""``flask user``: the people of the newsroom, from the outside: the first one is made here."""

import sys

import click
import msgspec
from flask import current_app
from flask.cli import AppGroup

from cms.cli.output import Failed, Output, speaks
from cms.people.accounts import AccountRefused, Accounts, Colleague, Person
from cms.roles import ROLES, Role, may
from events.instant import to_iso

WHAT_THEY_DO = {
    "reporter": "writes, takes pictures in, submits",
    "editor": "also approves, returns, publishes, schedules, corrects",
    "chief": "also withdraws, retracts, runs sections and bylines, publishes without a second pair of eyes",
    "photo_editor": "writes, runs the pictures: rights, replacing, taking down",
    "administrator": "everything, and the people",
}
ROLE = click.Choice(ROLES)


user = AppGroup("user", help="The people who work here: add them, list them, give them a password, disable them.")


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="As colleagues read it: 'Ada Morrow'.")
@click.option("--role", required=True, type=ROLE, help="What they may do: see flask user roles.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@click.option("--link", is_flag=True, help="Choose no password: print a link with which they set their own.")
@speaks
def add(email: str, name: str, role: str, password_stdin: bool, link: bool, out: Output) -> None:
    """Add somebody. Asks for the password on a terminal; with --password-stdin it comes from a pipe."""
    if link and password_stdin:
        raise click.UsageError("Give either --link or --password-stdin.")
    password = None if link else _password(password_stdin)
    try:
        person = _accounts().add(email, name, role, password)
    except AccountRefused as refused:
        raise _failed(refused) from None
    if link:
        _tell_link(person, out)
        return
    out.done({"user": _plain(person)}, f"{person.name} <{person.email}> can sign in as {_role(person)}.")


@user.command("list")
@speaks
def list_(out: Output) -> None:
    """List everybody."""
    people = _accounts().colleagues()
    lines = [f"{one.person.email}  {one.person.name}  {_role(one.person)}{_remarks(one)}" for one in people]
    nobody = "There is nobody yet. Add the first: flask user add EMAIL --name NAME --role administrator"
    users = [
        {
            **_plain(one.person), "state": one.state, "second_step": one.second_step,
            "seen_at": None if one.seen_at is None else to_iso(one.seen_at),
        }
        for one in people
    ]  # fmt: skip
    out.done({"users": users}, "\n".join(lines) or nobody)


@user.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@speaks
def change_password(email: str, password_stdin: bool, out: Output) -> None:
    """Give somebody a new password. They are signed out everywhere."""
    person = _find(email)
    words = _password(password_stdin)
    try:
        _accounts().change_password(person.id, words)
    except AccountRefused as refused:
        raise _failed(refused) from None
    out.done({"user": _plain(person)}, f"{person.email} has a new password and is signed out everywhere.")


@user.command()
@click.argument("email")
@speaks
def link(email: str, out: Output) -> None:
    """Print a link with which somebody sets a new password: good for one use and three days."""
    _tell_link(_find(email), out)


@user.command("second-step")
@click.argument("email")
@click.option("--remove", is_flag=True, help="Take it away, from somebody who has lost phone and recovery codes.")
@click.option("--reason", default="by command", help="Why: it is noted in the journal.")
@speaks
def second_step(email: str, remove: bool, reason: str, out: Output) -> None:
    """Say whether somebody has a second step of signing in, or take it away; then all of their sessions end."""
    person = _find(email)
    step = _accounts().second_steps.of(person.id)
    if step is None:
        out.done({"user": _plain(person), "second_step": None}, f"{person.email} has no second step.")
        return
    if not remove:
        told = {"since": to_iso(step.since), "recovery_codes": step.left}
        out.done({"user": _plain(person), "second_step": told},
                 f"{person.email} has a second step since {told['since']}; {step.left} recovery codes are left.")
        return
    try:
        _accounts().take_second_step(person.id, reason)
    except AccountRefused as refused:
        raise _failed(refused) from None
    out.done({"user": _plain(person), "second_step": None},
             f"{person.email} signs in with the password alone from now on, and is signed out everywhere.")


@user.command()
@click.argument("email", required=False)
@speaks
def journal(email: str | None, out: Output) -> None:
    """Say what was done to accounts, to all or to one, the latest first: who, what, when."""
    accounts = _accounts()
    people = {person.id: person.email for person in accounts.people()}
    found = accounts.journal.entries(_find(email).id if email else None, most=1000)
    rows = [
        {
            "at": to_iso(entry.at), "user": people[entry.person], "what": entry.words, "detail": entry.detail,
            "by": None if entry.actor is None else people[entry.actor],
        }
        for entry in found
    ]  # fmt: skip
    lines = [
        f"{row['at']}  {row['user']}  {' '.join(filter(None, [row['what'], row['detail']]))}"
        f"  (by {row['by'] or 'the command line'})" for row in rows
    ]  # fmt: skip
    out.done({"entries": rows}, "\n".join(lines) or "Nothing was done to any account yet.")


@user.command()
@click.argument("email")
@speaks
def disable(email: str, out: Output) -> None:
    """Let somebody sign in no more. They are signed out everywhere at once; what they did stays theirs."""
    person = _find(email)
    try:
        _accounts().disable(person.id)
    except AccountRefused as refused:
        raise _failed(refused) from None
    out.done({"user": _plain(_find(email))}, f"{person.email} is disabled and signed out everywhere.")


@user.command()
@click.argument("email")
@speaks
def enable(email: str, out: Output) -> None:
    """Let somebody sign in again, with the password they had."""
    person = _find(email)
    _accounts().enable(person.id)
    out.done({"user": _plain(_find(email))}, f"{person.email} can sign in again.")


@user.command()
@click.argument("email", required=False)
@click.argument("role", required=False, type=ROLE)
@speaks
def roles(email: str | None, role: str | None, out: Output) -> None:
    """Say what the roles may do; or, with EMAIL and ROLE, give somebody another role."""
    if email is None:
        rows = [{"role": name, "does": WHAT_THEY_DO[name], "commands": _commands(name)} for name in ROLES]
        words = [f"{name:14} {WHAT_THEY_DO[name]} ({len(_commands(name))} commands)" for name in ROLES]
        out.done({"roles": rows}, "\n".join(words))
        return
    if role is None:
        raise click.UsageError(f"Say which role {email} gets: {', '.join(ROLES)}.")
    person = _find(email)
    try:
        _accounts().change_role(person.id, role)
    except AccountRefused as refused:
        raise _failed(refused) from None
    person = _find(email)
    out.done({"user": _plain(person)}, f"{person.email} is {_role(person)} from now on.")


def _accounts() -> Accounts:
    accounts: Accounts = current_app.extensions["daybook"].accounts
    return accounts


def _find(email: str) -> Person:
    person = _accounts().find(email)
    if person is None:
        raise Failed(f"There is nobody with the address {email}. flask user list shows everybody.")
    return person


def _tell_link(person: Person, out: Output) -> None:
    try:
        token = _accounts().make_link(person.id)
    except AccountRefused as refused:
        raise _failed(refused) from None
    address = f"{current_app.extensions['daybook'].settings.site_url}/desk/welcome/{token}"
    out.done(
        {"user": _plain(person), "link": address},
        f"Give this link to {person.name}. It works once, for three days:\n{address}",
    )


def _remarks(one: Colleague) -> str:
    marks = [mark for mark, is_so in (("second step", one.second_step), (one.state, one.state != "active")) if is_so]
    return f"  ({', '.join(marks)})" if marks else ""


def _failed(refused: AccountRefused) -> Failed:
    return Failed(refused.message, {"field": refused.field})


def _password(from_stdin: bool) -> str:
    """From a pipe or, asked twice, from a person; never from the command line, where other users could read it."""
    if not from_stdin and not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask for the password: give it with --password-stdin.")
    if not from_stdin:
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt="Again", err=True)
        return asked
    try:
        line = sys.stdin.buffer.readline().decode()
    except UnicodeDecodeError:
        raise Failed("The password is not UTF-8 text.") from None
    if not line.strip("\r\n"):
        raise click.UsageError("Standard input held no password.")
    return line.strip("\r\n")


def _plain(person: Person) -> dict[str, object]:
    return {**msgspec.structs.asdict(person), "created_at": to_iso(person.created_at)}


def _role(person: Person) -> str:
    return person.role.replace("_", " ")


def _commands(role: Role) -> list[str]:
    import cms.streams  # noqa: F401 - brings every command
    from cms.decider import commands

    return sorted(name for name, command in commands().items() if may(role, command))
