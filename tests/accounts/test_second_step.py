"""The second step of signing in: codes of a phone, recovery codes, and what a thief of either can do."""

import threading
from pathlib import Path

import pytest

from cms.people.accounts import AccountRefused, Accounts, Person
from cms.people.at_rest import Sealer, Unreadable
from cms.people.second_step import CODES, FEW, FREE_ANYWHERE, PERIOD, UNREADABLE
from cms.people.sessions import LONGEST_ENTERING
from cms.people.throttle import FREE_TRIES
from events.instant import SECOND
from tests.accounts.conftest import ELSEWHERE, HERE, PASSWORD, SECRET, Clock, Phone


def set_up(accounts: Accounts, who: Person, clock: Clock) -> tuple[Phone, list[str]]:
    """Somebody's second step, on since half a minute ago."""
    accounts.second_steps.begin(who.id)
    secret = accounts.second_steps.begun(who.id)
    assert secret
    phone = Phone(secret, clock)
    codes = accounts.second_steps.confirm(who.id, phone.code(), HERE)
    clock.at += PERIOD * SECOND
    return phone, codes


def password_given(accounts: Accounts, who: Person, address: str = HERE) -> str:
    token, _ = accounts.sign_in(who.email, PASSWORD, address)
    return token


def refused(accounts: Accounts, token: str, code: str, address: str = HERE) -> str:
    with pytest.raises(AccountRefused) as error:
        accounts.enter(token, code, address)
    return error.value.message


# --- setting up


def test_nothing_is_on_before_a_code_of_the_phone_was_given(accounts: Accounts, ada: Person, clock: Clock) -> None:
    accounts.second_steps.begin(ada.id)
    assert accounts.second_steps.of(ada.id) is None
    assert accounts.session(password_given(accounts, ada))
    secret = accounts.second_steps.begun(ada.id)
    assert secret
    with pytest.raises(AccountRefused, match="not the code"):
        accounts.second_steps.confirm(ada.id, Phone(secret, clock).wrong(), HERE)
    assert accounts.second_steps.begun(ada.id) == secret
    assert len(set(accounts.second_steps.confirm(ada.id, Phone(secret, clock).code(), HERE))) == CODES
    assert accounts.second_steps.begun(ada.id) is None
    step = accounts.second_steps.of(ada.id)
    assert step
    assert (step.since, step.left, step.few) == (clock.at, CODES, False)


def test_what_is_on_is_not_begun_again(accounts: Accounts, ada: Person, clock: Clock) -> None:
    set_up(accounts, ada, clock)
    with pytest.raises(AccountRefused, match="on already"):
        accounts.second_steps.begin(ada.id)
    with pytest.raises(AccountRefused, match="Begin again"):
        accounts.second_steps.confirm(ada.id, "123456", HERE)


# --- signing in


def test_the_password_alone_opens_nothing(accounts: Accounts, ada: Person, clock: Clock) -> None:
    phone, _ = set_up(accounts, ada, clock)
    token = password_given(accounts, ada)
    assert accounts.session(token) is None
    assert accounts.sessions(ada.id) == []
    assert accounts.entering(token) == ada
    entered, person = accounts.enter(token, phone.code(), HERE)
    session = accounts.session(entered)
    assert session
    assert (person, session.person, session.second_step) == (ada, ada, True)
    assert accounts.session(token) is None
    assert accounts.entering(token) is None


def test_a_code_is_taken_once_only(accounts: Accounts, ada: Person, clock: Clock) -> None:
    phone, _ = set_up(accounts, ada, clock)
    accounts.enter(password_given(accounts, ada), phone.code(), HERE)
    assert "used already" in refused(accounts, password_given(accounts, ada), phone.code())
    assert "used already" in refused(accounts, password_given(accounts, ada), phone.code(late=PERIOD))
    clock.at += PERIOD * SECOND
    accounts.enter(password_given(accounts, ada), phone.code(), HERE)


def test_the_code_that_set_it_up_does_not_sign_in(accounts: Accounts, ada: Person, clock: Clock) -> None:
    phone, _ = set_up(accounts, ada, clock)
    clock.at -= PERIOD * SECOND
    assert "used already" in refused(accounts, password_given(accounts, ada), phone.code())


def test_of_many_who_send_one_code_at_once_one_gets_in(accounts: Accounts, ada: Person, clock: Clock) -> None:
    phone, _ = set_up(accounts, ada, clock)
    tokens, said = [password_given(accounts, ada) for _ in range(4)], []

    def enter(token: str) -> None:
        try:
            accounts.enter(token, phone.code(), HERE)
            said.append("in")
        except AccountRefused as error:
            said.append(error.message)

    threads = [threading.Thread(target=enter, args=[token]) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("in") == 1
    assert len(accounts.sessions(ada.id)) == 1


@pytest.mark.parametrize(("late", "taken"), [(0, True), (PERIOD, True), (-PERIOD, True), (2 * PERIOD, False),
                                             (-2 * PERIOD, False)])  # fmt: skip
def test_a_phones_clock_may_be_one_step_off(
    accounts: Accounts, ada: Person, clock: Clock, late: int, taken: bool
) -> None:
    phone, _ = set_up(accounts, ada, clock)
    clock.at += 10 * PERIOD * SECOND
    token = password_given(accounts, ada)
    if taken:
        accounts.enter(token, f" {phone.code(late)[:3]} {phone.code(late)[3:]} ", HERE)
    else:
        assert "not right" in refused(accounts, token, phone.code(late))


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\x00", "0" * 5000])
def test_what_is_no_code_is_refused(accounts: Accounts, ada: Person, clock: Clock, code: str) -> None:
    set_up(accounts, ada, clock)
    assert "not right" in refused(accounts, password_given(accounts, ada), code)


def test_the_second_step_is_given_within_minutes(accounts: Accounts, ada: Person, clock: Clock) -> None:
    phone, _ = set_up(accounts, ada, clock)
    token = password_given(accounts, ada)
    clock.at += LONGEST_ENTERING + SECOND
    assert accounts.entering(token) is None
    assert "Sign in again" in refused(accounts, token, phone.code())
    assert "Sign in again" in refused(accounts, "never given", phone.code())


def test_who_is_disabled_or_gets_a_new_password_between_the_steps_stays_out(
    accounts: Accounts, ada: Person, clock: Clock
) -> None:
    phone, _ = set_up(accounts, ada, clock)
    token = password_given(accounts, ada)
    accounts.disable(ada.id)
    assert "Sign in again" in refused(accounts, token, phone.code())
    accounts.enable(ada.id)
    assert "Sign in again" in refused(accounts, token, phone.code())
    token = password_given(accounts, ada)
    accounts.change_password(ada.id, "nine loud lighthouses")
    assert "Sign in again" in refused(accounts, token, phone.code())


# --- recovery codes


def test_each_recovery_code_is_used_once_and_counted(accounts: Accounts, ada: Person, clock: Clock) -> None:
    _, codes = set_up(accounts, ada, clock)
    for used, code in enumerate(codes, start=1):
        written = code.upper().replace("-", " ") if used % 2 else code
        accounts.enter(password_given(accounts, ada), written, HERE)
        assert "once only" in refused(accounts, password_given(accounts, ada), code)
        step = accounts.second_steps.of(ada.id)
        assert step
        assert (step.left, step.few) == (CODES - used, CODES - used <= FEW)


def test_new_recovery_codes_end_the_old_ones(accounts: Accounts, ada: Person, clock: Clock) -> None:
    _, old = set_up(accounts, ada, clock)
    new = accounts.second_steps.renew_codes(ada.id)
    assert not set(old) & set(new)
    assert "not right" in refused(accounts, password_given(accounts, ada), old[0])
    accounts.enter(password_given(accounts, ada), new[0], HERE)


def test_recovery_codes_are_for_their_owner(accounts: Accounts, ada: Person, grace: Person, clock: Clock) -> None:
    _, codes = set_up(accounts, ada, clock)
    set_up(accounts, grace, clock)
    assert "not right" in refused(accounts, password_given(accounts, grace), codes[0])
    bob = accounts.add("bob@example.org", "Bob Hart", "reporter", PASSWORD)
    with pytest.raises(AccountRefused, match="no"):
        accounts.second_steps.renew_codes(bob.id)


# --- guessing


def test_a_guesser_of_codes_waits_and_locks_nobody_out(accounts: Accounts, ada: Person, clock: Clock) -> None:
    phone, codes = set_up(accounts, ada, clock)
    token = password_given(accounts, ada)
    for _ in range(FREE_TRIES):
        assert "not right" in refused(accounts, token, phone.wrong())
    assert "Try again in 1 second" in refused(accounts, token, phone.code())
    assert "Try again in 1 second" in refused(accounts, token, codes[0])
    accounts.enter(password_given(accounts, ada, ELSEWHERE), phone.code(), ELSEWHERE)


def test_a_guesser_with_a_thousand_addresses_waits_and_the_owner_does_not(
    accounts: Accounts, ada: Person, clock: Clock
) -> None:
    phone, codes = set_up(accounts, ada, clock)
    accounts.enter(password_given(accounts, ada), phone.code(), HERE)  # where Ada always is
    clock.at += PERIOD * SECOND
    said = [
        refused(accounts, password_given(accounts, ada, f"198.51.100.{n}"), phone.wrong(), f"198.51.100.{n}")
        for n in range(FREE_ANYWHERE + 2)
    ]
    assert sum("not right" in words for words in said) == FREE_ANYWHERE
    assert "Try again in" in said[-1]
    accounts.enter(password_given(accounts, ada), phone.code(), HERE)
    accounts.enter(password_given(accounts, ada, ELSEWHERE), codes[0], ELSEWHERE)


# --- taking it away


def test_turning_it_off_asks_for_the_password_and_ends_other_sessions(
    accounts: Accounts, ada: Person, clock: Clock
) -> None:
    phone, _ = set_up(accounts, ada, clock)
    there = accounts.enter(password_given(accounts, ada), phone.code(), HERE)[0]
    clock.at += PERIOD * SECOND
    here = accounts.enter(password_given(accounts, ada), phone.code(), HERE)[0]
    session = accounts.session(here)
    assert session
    with pytest.raises(AccountRefused, match="not your password"):
        accounts.turn_off_second_step(session, "a guess", HERE)
    assert accounts.second_steps.of(ada.id)
    accounts.turn_off_second_step(session, PASSWORD, HERE)
    assert accounts.second_steps.of(ada.id) is None
    assert accounts.session(here)
    assert accounts.session(there) is None
    assert accounts.session(password_given(accounts, ada))


def test_an_administrator_takes_it_away_with_a_reason(
    accounts: Accounts, ada: Person, grace: Person, clock: Clock
) -> None:
    phone, _ = set_up(accounts, ada, clock)
    token = accounts.enter(password_given(accounts, ada), phone.code(), HERE)[0]
    for reason in ("", "  ", "x" * 301, "a\x00b"):
        with pytest.raises(AccountRefused) as error:
            accounts.take_second_step(ada.id, reason, grace.id)
        assert error.value.field == "reason"
    assert accounts.take_second_step(ada.id, " Lost  her phone ", grace.id)
    assert accounts.session(token) is None
    assert accounts.session(password_given(accounts, ada))
    assert not accounts.take_second_step(ada.id, "Again", grace.id)
    latest = accounts.journal.entries(ada.id)[0]
    assert (latest.what, latest.actor, latest.detail) == ("step removed", grace.id, "Lost her phone")


# --- at rest


def test_a_stolen_table_makes_no_codes(accounts: Accounts, ada: Person, clock: Clock, tmp_path: Path) -> None:
    accounts.second_steps.begin(ada.id)
    secret = accounts.second_steps.begun(ada.id)
    assert secret
    codes = accounts.second_steps.confirm(ada.id, Phone(secret, clock).code(), HERE)
    accounts.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret.encode() not in kept
    assert [code for code in codes if code.encode() in kept or code.replace("-", "").encode() in kept] == []


def test_with_another_secret_it_says_so_and_recovery_codes_still_work(
    accounts: Accounts, ada: Person, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    phone, codes = set_up(accounts, ada, clock)
    accounts.close()
    moved = Accounts(tmp_path / "accounts.db", secret="another" * 10, password_memory=32, clock=clock)
    assert refused(moved, password_given(moved, ada), phone.code()) == UNREADABLE
    assert "cannot be read" in caplog.text
    moved.enter(password_given(moved, ada), codes[0], HERE)
    moved.second_steps.begin(moved.add("bob@example.org", "Bob Hart", "reporter", PASSWORD).id)
    moved.close()


def test_what_is_sealed_for_one_person_opens_for_nobody_else() -> None:
    sealer = Sealer(SECRET, "second step")
    sealed = sealer.seal("words", "ada")
    assert sealer.open(sealed, "ada") == "words"
    elsewhere, otherwise = Sealer("t" * 40, "second step"), Sealer(SECRET, "another purpose")
    for other, whose in ((sealer, "bob"), (otherwise, "ada"), (elsewhere, "ada")):
        with pytest.raises(Unreadable):
            other.open(sealed, whose)
    with pytest.raises(Unreadable):
        sealer.open(sealed[:5], "ada")
    with pytest.raises(ValueError, match="secret"):
        Sealer("", "second step")
