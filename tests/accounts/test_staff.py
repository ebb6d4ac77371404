"""What administrators do to accounts, the links they make, the journal of it; and tables of an earlier Daybook."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cms.people.accounts import AccountRefused, Accounts, Person
from cms.people.database import VERSION, AccountsNewer
from cms.people.journal import WORDS
from cms.people.links import LIVES
from events.instant import MINUTE, SECOND
from tests.accounts.conftest import HERE, PASSWORD, SECRET, Clock

NEW = "nine loud lighthouses"


def told(accounts: Accounts, who: Person) -> list[tuple[str, str | None, str]]:
    """The journal of one person, the latest first."""
    return [(entry.what, entry.actor, entry.detail) for entry in accounts.journal.entries(who.id)]


# --- links


def test_a_new_person_sets_their_own_password_by_a_link(accounts: Accounts, grace: Person) -> None:
    bob = accounts.add("bob@example.org", "Bob Hart", "editor", by=grace.id)
    token = accounts.make_link(bob.id, grace.id)
    assert accounts.look_at_link(token) == bob
    with pytest.raises(AccountRefused) as weak:
        accounts.use_link(token, "short")
    assert weak.value.field == "password"
    assert accounts.use_link(token, NEW) == bob
    assert accounts.sign_in("bob@example.org", NEW, HERE)[1] == bob
    assert accounts.look_at_link(token) is None
    with pytest.raises(AccountRefused, match="ended or was used"):
        accounts.use_link(token, PASSWORD)


def test_a_link_ends_after_three_days_with_the_next_one_and_with_a_disabled_account(
    accounts: Accounts, ada: Person, clock: Clock
) -> None:
    first, second = accounts.make_link(ada.id), accounts.make_link(ada.id)
    assert accounts.look_at_link(first) is None
    clock.at += LIVES - SECOND
    assert accounts.look_at_link(second)
    clock.at += SECOND
    assert accounts.look_at_link(second) is None
    third = accounts.make_link(ada.id)
    accounts.disable(ada.id)
    assert accounts.look_at_link(third) is None
    with pytest.raises(AccountRefused, match="disabled"):
        accounts.make_link(ada.id)
    accounts.enable(ada.id)
    assert accounts.look_at_link(third) is None


def test_a_link_that_is_used_ends_all_sessions(accounts: Accounts, ada: Person) -> None:
    token, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    link = accounts.make_link(ada.id)
    assert accounts.session(token)
    accounts.use_link(link, NEW)
    assert accounts.session(token) is None


def test_a_stolen_table_opens_no_link(accounts: Accounts, ada: Person, tmp_path: Path) -> None:
    token = accounts.make_link(ada.id)
    accounts.close()
    assert token.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


# --- the list


def test_the_list_says_how_each_account_stands(accounts: Accounts, ada: Person, clock: Clock) -> None:
    bob = accounts.add("bob@example.org", "Bob Hart", "editor")
    assert [(one.person.name, one.state) for one in accounts.colleagues()] == [
        ("Ada Morrow", "active"), ("Bob Hart", "locked out"), ("Grace Ellery", "active"),
    ]  # fmt: skip
    accounts.make_link(bob.id)
    colleague = accounts.colleague(bob.id)
    assert colleague
    assert (colleague.state, colleague.link_until) == ("invited", clock.at + LIVES)
    clock.at += LIVES
    accounts.disable(ada.id)
    assert [one.state for one in accounts.colleagues()] == ["disabled", "locked out", "active"]
    assert accounts.colleague("nobody") is None


def test_when_somebody_was_seen_outlives_their_session(accounts: Accounts, ada: Person, clock: Clock) -> None:
    def seen() -> int | None:
        colleague = accounts.colleague(ada.id)
        assert colleague
        return colleague.seen_at

    assert seen() is None
    token, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    assert seen() == clock.at
    clock.at += 2 * MINUTE
    assert accounts.session(token)
    assert seen() == clock.at
    accounts.end_sessions(ada.id)
    assert seen() == clock.at


# --- the last administrator


def test_an_administrator_who_cannot_sign_in_yet_is_none(accounts: Accounts, grace: Person, clock: Clock) -> None:
    bob = accounts.add("bob@example.org", "Bob Hart", "administrator")
    link = accounts.make_link(bob.id)
    with pytest.raises(AccountRefused, match="only administrator who can sign in"):
        accounts.disable(grace.id)
    with pytest.raises(AccountRefused, match="only administrator who can sign in"):
        accounts.change_role(grace.id, "reporter")
    accounts.use_link(link, NEW)
    accounts.disable(grace.id)
    with pytest.raises(AccountRefused, match="only administrator who can sign in"):
        accounts.change_role(bob.id, "chief")


# --- own password


def test_ones_own_password_asks_for_the_one_before(accounts: Accounts, ada: Person) -> None:
    here, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    there, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    session = accounts.session(here)
    assert session
    tries = (("a guess", NEW, "current"), (PASSWORD, "short", "password"), (PASSWORD, PASSWORD, "password"))
    for current, new, field in tries:
        with pytest.raises(AccountRefused) as error:
            accounts.change_own_password(session, current, new, HERE)
        assert error.value.field == field
    accounts.change_own_password(session, PASSWORD, NEW, HERE)
    assert accounts.session(here)
    assert accounts.session(there) is None
    accounts.sign_in(ada.email, NEW, HERE)
    assert told(accounts, ada)[0] == ("password", ada.id, "")


def test_whoever_sits_at_an_open_browser_cannot_guess_for_long(accounts: Accounts, ada: Person) -> None:
    said = []
    for _ in range(10):
        with pytest.raises(AccountRefused) as error:
            accounts.check_password(ada.id, "a guess", HERE)
        said.append(error.value.message)
    assert said[0] == "That is not your password."
    assert "Try again in" in said[-1]
    accounts.sign_in(ada.email, PASSWORD, HERE)


# --- the journal


def test_everything_done_to_an_account_is_noted(accounts: Accounts, ada: Person, grace: Person) -> None:
    accounts.rename(ada.id, "Ada Moreau", grace.id)
    accounts.change_role(ada.id, "photo_editor", grace.id)
    accounts.make_link(ada.id, grace.id)
    accounts.end_sessions(ada.id, by=grace.id)
    accounts.disable(ada.id, grace.id)
    accounts.enable(ada.id, grace.id)
    accounts.change_password(ada.id, NEW)
    assert told(accounts, ada)[::-1] == [
        ("added", None, "as reporter"), ("renamed", grace.id, "from Ada Morrow to Ada Moreau"),
        ("role", grace.id, "from reporter to photo editor"), ("link", grace.id, ""), ("sessions", grace.id, ""),
        ("disabled", grace.id, ""), ("enabled", grace.id, ""), ("password", None, ""),
    ]  # fmt: skip
    assert {entry.words for entry in accounts.journal.entries()} <= set(WORDS.values())


def test_another_address_is_what_they_sign_in_with_and_ends_nothing(
    accounts: Accounts, ada: Person, grace: Person
) -> None:
    token, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    accounts.change_email(ada.id, " Ada.Moreau@Example.org ", grace.id)
    assert accounts.session(token) is not None
    with pytest.raises(AccountRefused):
        accounts.sign_in(ada.email, PASSWORD, HERE)
    assert accounts.sign_in("ada.moreau@example.org", PASSWORD, HERE)[1].id == ada.id
    assert told(accounts, ada)[0] == ("address", grace.id, f"from {ada.email} to ada.moreau@example.org")
    noted = len(accounts.journal.entries())
    accounts.change_email(ada.id, "ada.moreau@example.org", grace.id)
    for taken in (grace.email, grace.email.upper(), "no address"):
        with pytest.raises(AccountRefused) as error:
            accounts.change_email(ada.id, taken, grace.id)
        assert error.value.field == "email"
    assert len(accounts.journal.entries()) == noted


def test_what_changes_nothing_is_not_noted(accounts: Accounts, ada: Person, grace: Person) -> None:
    accounts.rename(ada.id, " Ada Morrow", grace.id)
    accounts.change_role(ada.id, "reporter", grace.id)
    accounts.enable(ada.id, grace.id)
    with pytest.raises(AccountRefused):
        accounts.disable(grace.id, grace.id)
    assert len(accounts.journal.entries()) == 2


def test_the_journal_is_read_page_by_page(accounts: Accounts, ada: Person) -> None:
    for number in range(7):
        accounts.rename(ada.id, f"Ada {number}")
    first = accounts.journal.entries(most=4)
    rest = accounts.journal.entries(before=first[-1].number)
    assert [entry.number for entry in first + rest] == list(range(9, 0, -1))


# --- an account that is not there


def test_nobody_is_nobody(accounts: Accounts) -> None:
    for deed in (
        lambda: accounts.rename("x", "Name"), lambda: accounts.change_role("x", "editor"),
        lambda: accounts.disable("x"), lambda: accounts.enable("x"), lambda: accounts.make_link("x"),
        lambda: accounts.change_password("x", NEW), lambda: accounts.take_second_step("x", "why"),
        lambda: accounts.check_password("x", NEW, HERE),
    ):  # fmt: skip
        with pytest.raises(AccountRefused, match="nobody with this id"):
            deed()


# --- the file of an earlier Daybook

BEFORE = """
CREATE TABLE people (
    id TEXT NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, disabled BOOLEAN NOT NULL,
    password TEXT, created_at BIGINT NOT NULL, PRIMARY KEY (id), UNIQUE (email)
);
CREATE TABLE sessions (
    id TEXT NOT NULL, token TEXT NOT NULL, person TEXT NOT NULL, created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
    address TEXT NOT NULL, user_agent TEXT NOT NULL, PRIMARY KEY (id), UNIQUE (token),
    FOREIGN KEY(person) REFERENCES people (id)
);
CREATE INDEX ix_sessions_person ON sessions (person);
CREATE TABLE tries (
    network TEXT NOT NULL, email TEXT NOT NULL, failures INTEGER NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (network, email)
);
CREATE TABLE saved_lists (
    id TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, "query" TEXT NOT NULL, created_at BIGINT NOT NULL,
    PRIMARY KEY (id), FOREIGN KEY(person) REFERENCES people (id)
);
CREATE TABLE own_sections (
    person TEXT NOT NULL, section TEXT NOT NULL, PRIMARY KEY (person), FOREIGN KEY(person) REFERENCES people (id)
);
"""


def test_the_file_of_an_earlier_daybook_goes_on_as_it_is(
    accounts: Accounts, ada: Person, grace: Person, tmp_path: Path, clock: Clock
) -> None:
    token, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    accounts.saved.keep(ada.id, "Mine", "scope=mine")
    accounts.close()
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old, isolation_level=None)) as database:
        database.executescript(BEFORE)
        database.execute("ATTACH ? AS new", [str(tmp_path / "accounts.db")])
        for table in ("people", "sessions", "tries", "saved_lists", "own_sections"):
            columns = ", ".join(f'"{row[1]}"' for row in database.execute(f"PRAGMA main.table_info({table})"))
            database.execute(f"INSERT INTO main.{table} SELECT {columns} FROM new.{table}")
    for _ in "12":  # opened twice: brought up to date once
        now = Accounts(old, secret=SECRET, password_memory=32, clock=clock)
        assert now.get(ada.id) == ada
        assert now.session(token)
        assert [saved.name for saved in now.saved.lists(ada.id)] == ["Mine"]
        clock.at += 2 * MINUTE
        assert now.session(token)
        assert (now.colleague(ada.id) or pytest.fail("gone")).seen_at == clock.at
        now.close()
    with closing(sqlite3.connect(old)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_file_of_a_newer_daybook_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(AccountsNewer, match="newer Daybook"):
        Accounts(path, secret=SECRET, password_memory=32)
