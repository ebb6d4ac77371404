"""``flask user``: people, from the outside."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from click.testing import Result
from flask import Flask

from cms.cli.user import user
from cms.people.accounts import AccountRefused, Accounts
from cms.roles import ROLES

PASSWORD = "seven quiet harbours"
SECRET = "s" * 40


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    accounts = Accounts(tmp_path / "accounts.db", secret=SECRET, password_memory=32)
    accounts.add("chief@example.org", "Grace Ellery", "administrator", PASSWORD)
    yield accounts
    accounts.close()


class Shell:
    def __init__(self, accounts: Accounts) -> None:
        self.app = Flask("newsroom")
        self.app.extensions["daybook"] = SimpleNamespace(
            accounts=accounts, settings=SimpleNamespace(site_url="https://news.example.org")
        )
        self.app.cli.add_command(user)

    def __call__(self, *arguments: str, stdin: str | bytes = "") -> Result:
        return self.app.test_cli_runner().invoke(args=["user", *arguments], input=stdin)

    def json(self, *arguments: str, stdin: str = "") -> Any:
        return json.loads(self(*arguments, "--json", stdin=stdin).stdout)


@pytest.fixture
def shell(accounts: Accounts) -> Shell:
    return Shell(accounts)


ADD_ADA = ("add", "Ada@example.org", "--name", "Ada Morrow", "--role", "reporter", "--password-stdin")


def test_somebody_who_was_added_can_sign_in(shell: Shell, accounts: Accounts) -> None:
    result = shell(*ADD_ADA, stdin=f"{PASSWORD}\n")
    assert (result.exit_code, result.stdout) == (0, "Ada Morrow <ada@example.org> can sign in as reporter.\n")
    assert accounts.sign_in("ada@example.org", PASSWORD, "192.0.2.1")[1].name == "Ada Morrow"


def test_a_machine_is_told_who_was_added_but_not_the_password(shell: Shell) -> None:
    result = shell(*ADD_ADA, "--json", stdin=f"{PASSWORD}\r\n")
    added = json.loads(result.stdout)
    assert added["ok"] is True
    assert added["user"]["email"] == "ada@example.org"
    assert added["user"]["created_at"].endswith("Z")
    assert "argon2" not in result.output
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("arguments", "stdin", "exit_code", "said"),
    [
        (ADD_ADA, "short\n", 1, "at least 10 characters"),
        (ADD_ADA, "", 2, "no password"),
        (ADD_ADA, b"\xff\xfe\xfd\xfc\xfb\xfa secret\n", 1, "not UTF-8"),
        (ADD_ADA[:-1], "", 2, "--password-stdin"),
        ((*ADD_ADA[:5], "boss", "--password-stdin"), PASSWORD, 2, "'boss' is not one of"),
        (("add", "not-an-address", *ADD_ADA[2:]), PASSWORD, 1, "is not an e-mail address"),
        (("add", "chief@example.org", *ADD_ADA[2:]), PASSWORD, 1, "somebody with the address"),
        (("disable", "nobody@example.org"), "", 1, "flask user list"),
        (("disable", "chief@example.org"), "", 1, "only administrator"),
        (("roles", "chief@example.org", "editor"), "", 1, "only administrator"),
        (("roles", "chief@example.org"), "", 2, "Say which role"),
        (("password", "chief@example.org"), "", 2, "--password-stdin"),
        ((*ADD_ADA, "--link"), PASSWORD, 2, "either --link or"),
        (("link", "nobody@example.org"), "", 1, "flask user list"),
        (("second-step", "nobody@example.org"), "", 1, "flask user list"),
    ],
)
def test_what_goes_wrong_is_said_on_standard_error(
    shell: Shell, accounts: Accounts, arguments: tuple[str, ...], stdin: str | bytes, exit_code: int, said: str
) -> None:
    result = shell(*arguments, stdin=stdin)
    assert result.exit_code == exit_code
    assert said in result.stderr
    assert result.stdout == ""
    assert len(accounts.people()) == 1


def test_a_machine_is_told_which_field_was_wrong(shell: Shell) -> None:
    refused = shell.json(*ADD_ADA, stdin="short")
    assert (refused["ok"], refused["field"]) == (False, "password")
    assert "10 characters" in refused["error"]


def test_everybody_is_listed(shell: Shell) -> None:
    shell(*ADD_ADA, stdin=PASSWORD)
    shell("disable", "ada@example.org")
    assert shell("list").stdout.splitlines() == [
        "ada@example.org  Ada Morrow  reporter  (disabled)",
        "chief@example.org  Grace Ellery  administrator",
    ]
    listed = shell.json("list")["users"]
    assert [(person["name"], person["disabled"]) for person in listed] == [
        ("Ada Morrow", True),
        ("Grace Ellery", False),
    ]


def test_an_empty_newsroom_says_how_to_begin(tmp_path: Path) -> None:
    empty = Accounts(tmp_path / "empty.db", secret=SECRET, password_memory=32)
    assert "flask user add" in Shell(empty)("list").stdout
    empty.close()


def test_disabling_and_a_new_password_sign_out_everywhere(shell: Shell, accounts: Accounts) -> None:
    shell(*ADD_ADA, stdin=PASSWORD)
    token, _ = accounts.sign_in("ada@example.org", PASSWORD, "192.0.2.1")
    assert shell("password", "ada@example.org", "--password-stdin", stdin="nine loud lighthouses").exit_code == 0
    assert accounts.session(token) is None
    token, _ = accounts.sign_in("ada@example.org", "nine loud lighthouses", "192.0.2.1")
    assert shell("disable", "ADA@example.org").exit_code == 0
    assert accounts.session(token) is None
    with pytest.raises(AccountRefused, match="disabled"):
        accounts.sign_in("ada@example.org", "nine loud lighthouses", "192.0.2.1")
    assert shell("enable", "ada@example.org").exit_code == 0
    accounts.sign_in("ada@example.org", "nine loud lighthouses", "192.0.2.1")


def test_roles_are_told_and_given(shell: Shell, accounts: Accounts) -> None:
    told = {row["role"]: row["commands"] for row in shell.json("roles")["roles"]}
    assert tuple(told) == ROLES
    assert "article.publish" in told["editor"]
    assert "article.publish" not in told["reporter"]
    shell(*ADD_ADA, stdin=PASSWORD)
    assert shell("roles", "ada@example.org", "photo_editor").stdout == "ada@example.org is photo editor from now on.\n"
    ada = accounts.find("ada@example.org")
    assert ada
    assert ada.role == "photo_editor"


def test_somebody_is_added_with_a_link_and_no_password(shell: Shell, accounts: Accounts) -> None:
    told = shell.json(*ADD_ADA[:-1], "--link")
    address, _, token = told["link"].rpartition("/")
    assert address == "https://news.example.org/desk/welcome"
    assert shell("list").stdout.splitlines()[0] == "ada@example.org  Ada Morrow  reporter  (invited)"
    accounts.use_link(token, "nine loud lighthouses")
    accounts.sign_in("ada@example.org", "nine loud lighthouses", "192.0.2.1")
    again = shell("link", "ada@example.org").stdout.splitlines()
    assert again[0] == "Give this link to Ada Morrow. It works once, for three days:"
    assert accounts.look_at_link(again[1].rpartition("/")[2])
    shell("disable", "ada@example.org")
    refused = shell("link", "ada@example.org")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "disabled" in refused.stderr


def test_a_second_step_is_told_and_taken_away(shell: Shell, accounts: Accounts) -> None:
    chief = accounts.find("chief@example.org")
    assert chief
    assert shell("second-step", "chief@example.org", "--remove").stdout == "chief@example.org has no second step.\n"
    accounts.second_steps.begin(chief.id)
    secret = accounts.second_steps.begun(chief.id)
    assert secret
    accounts.second_steps.confirm(chief.id, pyotp.TOTP(secret).now(), "192.0.2.1")
    assert shell.json("second-step", "chief@example.org")["second_step"]["recovery_codes"] == 10
    assert "(second step)" in shell("list").stdout
    token, _ = accounts.sign_in(chief.email, PASSWORD, "192.0.2.1")
    assert accounts.session(token) is None
    bad = shell("second-step", "chief@example.org", "--remove", "--reason", " ")
    assert (bad.exit_code, bad.stdout) == (1, "")
    done = shell("second-step", "chief@example.org", "--remove", "--reason", "Lost the phone")
    assert "signed out everywhere" in done.stdout
    assert accounts.entering(token) is None
    assert accounts.session(accounts.sign_in(chief.email, PASSWORD, "192.0.2.1")[0])
    assert "Took the second step away Lost the phone  (by the command line)" in shell("journal").stdout


def test_what_was_done_to_accounts_is_told(shell: Shell) -> None:
    shell(*ADD_ADA, stdin=PASSWORD)
    shell("roles", "ada@example.org", "editor")
    first, _ = shell.json("journal", "ada@example.org")["entries"]
    assert (first["user"], first["what"], first["detail"], first["by"]) == (
        "ada@example.org", "Changed the role", "from reporter to editor", None,
    )  # fmt: skip
    assert len(shell("journal").stdout.splitlines()) == 3
