"""People: their roles, how they sign in, and where they are signed in."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.people.accounts import LONGEST_SESSION, AccountRefused, Accounts, Person
from cms.people.passwords import Passwords, weakness
from cms.people.throttle import FREE_TRIES, LONGEST_WAIT, network
from events.instant import HOUR, MINUTE, SECOND, Instant
from tests.accounts.conftest import ELSEWHERE, HERE, PASSWORD, SECRET, Clock


def wrong(accounts: Accounts, email: str = "ada@example.org", address: str = HERE) -> str:
    with pytest.raises(AccountRefused) as refused:
        accounts.sign_in(email, "not the password", address)
    return refused.value.message


# --- who is here


def test_a_person_is_found_however_the_address_is_written(accounts: Accounts, ada: Person) -> None:
    assert (ada.email, ada.name) == ("ada@example.org", "Ada Morrow")
    assert accounts.find(" ADA@example.ORG ") == accounts.get(ada.id) == ada
    assert [person.name for person in accounts.people()] == ["Ada Morrow", "Grace Ellery"]
    assert accounts.names()[ada.id] == "Ada Morrow"


def test_people_survive_a_restart(accounts: Accounts, ada: Person, tmp_path: Path) -> None:
    again = Accounts(tmp_path / "accounts.db", secret=SECRET, password_memory=32)
    assert again.get(ada.id) == ada
    again.close()


@pytest.mark.parametrize(
    ("email", "name", "role", "password", "field"),
    [
        ("ada@example.org", "Another Ada", "reporter", PASSWORD, "email"),
        ("no address", "Ben", "reporter", PASSWORD, "email"),
        ("a@b@c", "Ben", "reporter", PASSWORD, "email"),
        ("ben@example.org\n", "", "reporter", PASSWORD, "name"),
        ("ben@example.org", "Ben\x00", "reporter", PASSWORD, "name"),
        ("ben@example.org", "Ben", "boss", PASSWORD, "role"),
        ("ben@example.org", "Ben", "reporter", "short", "password"),
        ("ben@example.org", "Ben", "reporter", "password123", "password"),
        ("ben@example.org", "Ben", "reporter", "aaaaaaaaaaaaaa", "password"),
        ("benjamin@example.org", "Ben", "reporter", "Benjamin@example.org", "password"),
        ("benjamin-k@example.org", "Ben", "reporter", "benjamin-k2026!", "password"),
    ],
)
def test_what_cannot_be_an_account_is_refused_by_the_field(
    accounts: Accounts, ada: Person, email: str, name: str, role: str, password: str, field: str
) -> None:
    with pytest.raises(AccountRefused) as refused:
        accounts.add(email, name, role, password)
    assert refused.value.field == field
    assert len(accounts.people()) == 2


def test_the_last_administrator_stays_one(accounts: Accounts, ada: Person) -> None:
    chief = accounts.find("chief@example.org")
    assert chief
    with pytest.raises(AccountRefused, match="only administrator"):
        accounts.disable(chief.id)
    with pytest.raises(AccountRefused, match="only administrator"):
        accounts.change_role(chief.id, "editor")
    accounts.change_role(ada.id, "administrator")
    accounts.disable(chief.id)
    with pytest.raises(AccountRefused, match="only administrator"):
        accounts.disable(ada.id)


# --- signing in


def test_signing_in_and_out(accounts: Accounts, ada: Person, clock: Clock) -> None:
    token, person = accounts.sign_in("ADA@example.org", PASSWORD, HERE, "Firefox\n")
    assert person == ada
    session = accounts.session(token)
    assert session
    assert (session.person, session.address, session.user_agent) == (ada, HERE, "Firefox")
    accounts.end_session(session.id)
    assert accounts.session(token) is None


def test_a_stolen_table_holds_no_password_and_no_token(accounts: Accounts, ada: Person, tmp_path: Path) -> None:
    token, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    accounts.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"argon2id" in kept
    assert token.encode() not in kept
    assert PASSWORD.encode() not in kept


def test_nobody_learns_who_has_an_account(accounts: Accounts, ada: Person) -> None:
    accounts.add("wire@example.org", "Wire desk", "reporter")
    said = {wrong(accounts, email) for email in (ada.email, "wire@example.org", "nobody@example.org", "")}
    assert said == {"The e-mail address or the password is not right."}


def test_a_guesser_waits_longer_and_longer(accounts: Accounts, ada: Person, clock: Clock) -> None:
    for _ in range(FREE_TRIES):
        assert "not right" in wrong(accounts)
    assert wrong(accounts).endswith("Try again in 1 second.")
    waited = []
    for _ in range(12):
        wait = 1
        while "Try again" in wrong_after(accounts, clock, wait * SECOND):
            wait *= 2
        waited.append(wait)
    assert waited == sorted(waited)
    assert waited[-1] * SECOND >= LONGEST_WAIT / 2
    assert waited[-1] * SECOND < 2 * LONGEST_WAIT


def wrong_after(accounts: Accounts, clock: Clock, wait: Instant) -> str:
    clock.at += wait
    return wrong(accounts)


def test_even_the_right_password_waits_where_many_were_wrong(accounts: Accounts, ada: Person, clock: Clock) -> None:
    for _ in range(FREE_TRIES):
        wrong(accounts)
    with pytest.raises(AccountRefused, match="Try again in 1 second"):
        accounts.sign_in(ada.email, PASSWORD, HERE)
    clock.at += SECOND
    accounts.sign_in(ada.email, PASSWORD, HERE)
    wrong(accounts)
    accounts.sign_in(ada.email, PASSWORD, HERE)


def test_a_guesser_locks_nobody_else_out(accounts: Accounts, ada: Person) -> None:
    for _ in range(3 * FREE_TRIES):
        wrong(accounts)
    accounts.sign_in(ada.email, PASSWORD, ELSEWHERE)
    accounts.sign_in("chief@example.org", PASSWORD, HERE)


def test_guesses_at_the_same_time_are_counted_one_by_one(accounts: Accounts, ada: Person) -> None:
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(wrong(accounts))) for _ in range(4 * FREE_TRIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("not right" in words for words in said) == FREE_TRIES


def test_a_day_later_old_slips_are_forgotten(accounts: Accounts, ada: Person, clock: Clock) -> None:
    for _ in range(2 * FREE_TRIES):
        wrong(accounts)
    clock.at += 25 * HOUR
    assert "not right" in wrong(accounts)


def test_one_network_is_one_guesser() -> None:
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9")
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")
    assert network("::ffff:192.0.2.7") == network("192.0.2.7") == "192.0.2.7"
    assert network("") == network("somewhere") == "unknown"


# --- sessions


def test_an_idle_session_ends_and_a_used_one_does_not(accounts: Accounts, ada: Person, clock: Clock) -> None:
    token, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    for _ in range(5):
        clock.at += 50 * MINUTE
        assert accounts.session(token)
    clock.at += 61 * MINUTE
    assert accounts.session(token) is None
    assert accounts.sessions(ada.id) == []


def test_no_session_lasts_for_ever(accounts: Accounts, ada: Person, clock: Clock) -> None:
    token, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    began = clock.at
    while clock.at < began + LONGEST_SESSION:
        assert accounts.session(token)
        clock.at += 59 * MINUTE
    clock.at = began + LONGEST_SESSION + SECOND
    assert accounts.session(token) is None


def test_disabling_a_person_ends_their_sessions_at_once(accounts: Accounts, ada: Person) -> None:
    tokens = [accounts.sign_in(ada.email, PASSWORD, place)[0] for place in (HERE, ELSEWHERE)]
    accounts.disable(ada.id)
    assert [accounts.session(token) for token in tokens] == [None, None]
    with pytest.raises(AccountRefused, match="disabled"):
        accounts.sign_in(ada.email, PASSWORD, HERE)
    assert "not right" in wrong(accounts)
    accounts.enable(ada.id)
    assert [accounts.session(token) for token in tokens] == [None, None]
    accounts.sign_in(ada.email, PASSWORD, HERE)


def test_a_new_password_ends_all_sessions_at_once(accounts: Accounts, ada: Person) -> None:
    token, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    accounts.change_password(ada.id, "nine loud lighthouses")
    assert accounts.session(token) is None
    with pytest.raises(AccountRefused):
        accounts.sign_in(ada.email, PASSWORD, HERE)
    accounts.sign_in(ada.email, "nine loud lighthouses", HERE)


def test_sessions_are_listed_and_ended_one_by_one_or_all_but_this(
    accounts: Accounts, ada: Person, clock: Clock
) -> None:
    tokens = []
    for agent in ("Firefox", "Phone", "Library"):
        clock.at += SECOND
        tokens.append(accounts.sign_in(ada.email, PASSWORD, HERE, agent)[0])
    chief, _ = accounts.sign_in("chief@example.org", PASSWORD, HERE)
    sessions = accounts.sessions(ada.id)
    assert [session.user_agent for session in sessions] == ["Library", "Phone", "Firefox"]
    accounts.end_session(sessions[0].id)
    assert accounts.session(tokens[2]) is None
    accounts.end_sessions(ada.id, but=sessions[1].id)
    assert [session.user_agent for session in accounts.sessions(ada.id)] == ["Phone"]
    assert accounts.session(chief)


def test_a_new_role_holds_from_the_next_request_on(accounts: Accounts, ada: Person) -> None:
    token, _ = accounts.sign_in(ada.email, PASSWORD, HERE)
    accounts.change_role(ada.id, "editor")
    session = accounts.session(token)
    assert session
    assert session.person.role == "editor"


# --- passwords


def test_a_hash_of_another_cost_is_made_anew_at_the_next_sign_in(
    accounts: Accounts, ada: Person, tmp_path: Path
) -> None:
    stronger = Accounts(tmp_path / "accounts.db", secret=SECRET, password_memory=64)
    token, _ = stronger.sign_in(ada.email, PASSWORD, HERE)
    assert stronger.session(token)
    stronger.sign_in(ada.email, PASSWORD, HERE)
    stronger.close()
    assert b"m=64," in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    passwords = Passwords(32)
    assert passwords.verify(passwords.hash("cafe\u0301 on the quay"), "caf\u00e9 on the quay")


def test_a_broken_hash_lets_nobody_in() -> None:
    assert not Passwords(32).verify("not a hash", "anything at all")


@given(st.text(max_size=1200))
def test_any_text_is_a_password_or_a_reason(text: str) -> None:
    assert weakness(text) is None or str(weakness(text)).endswith((".", ":"))
