"""``flask user``: the people of the newsroom, from the outside: the first one is made here."""

import sys

import click
import msgspec
from flask import current_app
from flask.cli import AppGroup

from cms.accounts import AccountRefused, Accounts, Person
from cms.cli.output import Failed, Output, speaks
from cms.roles import ROLES, may
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
@speaks
def add(email: str, name: str, role: str, password_stdin: bool, out: Output) -> None:
    """Add somebody. Asks for the password on a terminal; with --password-stdin it comes from a pipe."""
    password = _password(password_stdin)
    try:
        person = _accounts().add(email, name, role, password)
    except AccountRefused as refused:
        raise _failed(refused) from None
    out.done({"user": _plain(person)}, f"{person.name} <{person.email}> can sign in as {_role(person)}.")


@user.command("list")
@speaks
def list_(out: Output) -> None:
    """List everybody."""
    people = _accounts().people()
    lines = [f"{p.email}  {p.name}  {_role(p)}{'  (disabled)' if p.disabled else ''}" for p in people]
    nobody = "There is nobody yet. Add the first: flask user add EMAIL --name NAME --role administrator"
    out.done({"users": [_plain(person) for person in people]}, "\n".join(lines) or nobody)


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


def _commands(role: str) -> list[str]:
    import cms.streams  # noqa: F401 - brings every command
    from cms.decider import commands

    return sorted(name for name, command in commands().items() if may(next(r for r in ROLES if r == role), command))
