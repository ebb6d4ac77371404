"""Following the log: in order, from where it left off, nothing passed over in silence, one at a time."""

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, text

from events.article import ArticleHeadlineChanged
from events.event import Recorded
from events.following.ledger import Decision, Ledger, Overtaken, beside
from events.following.subscription import InDatabase, Later, Pace, Subscription, rows_in
from events.instant import now
from events.seal.hashes import Row
from events.store import EventStore
from tests.events.conftest import Place, drafted, headline, unit
from tests.events.declaring import declaring, store_as

__all__ = ["declaring"]
AT_ONCE = Pace(poll=0.05, stand_by=0.05, first=0.001, longest=0.01, attempts=3)


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    ledger = Ledger(beside(place.where))
    yield ledger
    ledger.close()


class Consumer:
    """Remembers what it was handed; fails at the positions it is told to."""

    def __init__(self, *poison: int, error: type[Exception] = ValueError) -> None:
        self.taken: list[int] = []
        self.poison, self.error = set(poison), error

    def __call__(self, events: Sequence[Recorded]) -> None:
        if bad := self.poison & {recorded.position for recorded in events}:
            raise self.error(f"cannot take {min(bad)}")
        self.taken += [recorded.position for recorded in events]


def written(log: EventStore, events: int) -> None:
    log.append(unit("article-1", 0, drafted(), *[headline(str(number)) for number in range(events - 1)]))


def steps(subscription: Subscription[Recorded]) -> list[str]:
    """What comes of one step after another, until there is nothing to do."""
    found: list[str] = []
    while (found or [""])[-1] not in ("idle", "stopped"):
        found.append(subscription.step())
    return found


def decided(what: str, position: int) -> Decision:
    return Decision(name="mail", position=position, what=what, why="It names nobody.", who="anna@desk", at=now())


def test_everything_is_handed_over_in_order_and_only_once(log: EventStore, ledger: Ledger) -> None:
    written(log, 25)
    taken = Consumer()
    assert steps(Subscription(log, ledger, "mail", taken, batch=10)) == ["moved", "moved", "moved", "idle"]
    again = Consumer()
    log.append(unit("article-1", 25, headline("more")))
    assert steps(Subscription(log, ledger, "mail", again)) == ["moved", "idle"]  # another process, later
    assert taken.taken + again.taken == list(range(1, 27))
    assert ledger.standing("mail").chain_hash == log.head().chain_hash


def test_a_filter_hands_over_its_own_and_moves_past_the_rest(log: EventStore, ledger: Ledger) -> None:
    written(log, 5)
    log.append(unit("image-1", 0, headline("x")))
    by_type, by_category = Consumer(), Consumer()
    steps(Subscription(log, ledger, "drafts", by_type, types=["article.drafted"]))
    steps(Subscription(log, ledger, "images", by_category, categories=["image"]))
    assert (by_type.taken, by_category.taken) == ([1], [6])
    assert {one.name: one.position for one in ledger.standings()} == {"drafts": 6, "images": 6}


def test_rows_are_handed_over_as_they_are_stored(log: EventStore, ledger: Ledger) -> None:
    written(log, 3)
    rows: list[Row] = []
    steps(Subscription(log, ledger, "seal", rows.extend, read=rows_in))  # type: ignore[arg-type]
    assert rows == list(log.rows())


def test_an_event_that_cannot_be_taken_stops_it_there_after_some_tries(log: EventStore, ledger: Ledger) -> None:
    written(log, 20)
    consumer = Consumer(13)
    mail = Subscription(log, ledger, "mail", consumer, batch=8, pace=AT_ONCE)
    assert steps(mail) == ["moved", "failing", "failing", "stopped"]
    assert consumer.taken == list(range(1, 13))  # what came before it is taken, what comes after it is not
    standing = ledger.standing("mail")
    assert standing.position == 12 and mail.lag() == 8
    failure = standing.failure
    assert failure and (failure.position, failure.type, failure.attempts) == (13, "article.headline_changed", 3)
    assert failure.stopped and failure.reason == "ValueError: cannot take 13"
    assert Subscription(log, ledger, "mail", Consumer()).step() == "stopped"  # starting again is no answer


def test_once_it_is_mended_it_goes_on_from_there_when_told_to(log: EventStore, ledger: Ledger) -> None:
    written(log, 20)
    consumer = Consumer(13)
    mail = Subscription(log, ledger, "mail", consumer, pace=AT_ONCE)
    steps(mail)
    consumer.poison.clear()
    ledger.fail("mail", None)  # flask follow retry mail
    assert steps(mail)[-1] == "idle"
    assert consumer.taken == list(range(1, 21)) and ledger.standing("mail").failure is None


def test_what_an_operator_parks_is_passed_over_for_ever_and_nothing_else(log: EventStore, ledger: Ledger) -> None:
    written(log, 20)
    consumer = Consumer(13, 17)
    mail = Subscription(log, ledger, "mail", consumer, pace=AT_ONCE)
    steps(mail)
    ledger.decide(decided("parked", 13))
    assert steps(mail)[-1] == "stopped"  # at the next one that cannot be taken
    ledger.decide(decided("parked", 17))
    assert steps(mail)[-1] == "idle"
    assert consumer.taken == [position for position in range(1, 21) if position not in (13, 17)]
    assert [(one.position, one.why, one.who) for one in ledger.parked("mail").values()] == [
        (13, "It names nobody.", "anna@desk"), (17, "It names nobody.", "anna@desk"),
    ]  # fmt: skip
    ledger.decide(decided("reset", 0))  # from the beginning again: the decision holds
    anew = Consumer()
    steps(Subscription(log, ledger, "mail", anew))
    assert 13 not in anew.taken and len(anew.taken) == 18
    ledger.decide(decided("unparked", 13))
    assert list(ledger.parked("mail")) == [17]


def test_an_event_that_no_code_can_read_stops_it_and_can_be_parked(
    log: EventStore, ledger: Ledger, declaring: None
) -> None:
    written(log, 3)
    store_as(log, "press-1", ("press.dreamt", 1, {}))
    log.append(unit("article-1", 3, headline("after")))
    consumer = Consumer()
    mail = Subscription(log, ledger, "mail", consumer, pace=AT_ONCE)
    assert steps(mail) == ["stopped"]
    failure = ledger.standing("mail").failure
    assert failure and failure.position == 4 and "no event is called 'press.dreamt'" in failure.reason
    ledger.decide(decided("parked", 4))
    assert steps(mail)[-1] == "idle" and consumer.taken == [1, 2, 3, 5]


@pytest.mark.parametrize("error", [OSError, Later])
def test_what_ails_the_machine_is_tried_again_for_as_long_as_it_takes(
    log: EventStore, ledger: Ledger, error: type[Exception]
) -> None:
    written(log, 3)
    consumer = Consumer(2, error=error)
    mail = Subscription(log, ledger, "mail", consumer, pace=AT_ONCE)
    assert [mail.step() for _ in range(20)] == ["failing"] * 20
    failure = ledger.standing("mail").failure
    assert failure and not failure.stopped and "cannot take 2" in failure.reason
    consumer.poison.clear()
    assert steps(mail)[-1] == "idle" and consumer.taken == [1, 2, 3]


def test_pauses_grow_to_a_limit_and_differ(log: EventStore) -> None:
    pace = Pace(first=1.0, longest=60.0)
    assert all(0.5 <= pace.pause(1) <= 1.0 and 2.0 <= pace.pause(3) <= 4.0 for _ in range(50))
    assert all(30.0 <= pace.pause(10_000) <= 60.0 for _ in range(50))
    assert len({pace.pause(5) for _ in range(20)}) > 1


def test_a_checkpoint_of_another_log_is_never_followed_on(log: EventStore, ledger: Ledger, tmp_path: Path) -> None:
    written(log, 5)
    steps(Subscription(log, ledger, "mail", Consumer()))
    other = EventStore(tmp_path / "other.db")
    written(other, 9)
    consumer = Consumer()
    assert steps(Subscription(other, ledger, "mail", consumer)) == ["stopped"]
    failure = ledger.standing("mail").failure
    assert failure and "another log" in failure.reason and consumer.taken == []
    other.close()


def test_whoever_was_overtaken_moves_nothing(log: EventStore, ledger: Ledger) -> None:
    written(log, 5)
    stale = ledger.standing("mail")
    steps(Subscription(log, ledger, "mail", Consumer()))
    with pytest.raises(Overtaken):
        ledger.move(replace(stale, position=3, moved_at=now()), 4, bytes(32))
    assert ledger.standing("mail").position == 5


def test_in_the_database_a_failed_batch_leaves_no_rows(log: EventStore, ledger: Ledger) -> None:
    written(log, 20)
    with ledger.writing() as connection:
        connection.execute(text("CREATE TABLE mails (position bigint)"))

    def write(connection: Connection, events: Sequence[Recorded]) -> None:
        for recorded in events:
            connection.execute(text("INSERT INTO mails VALUES (:p)"), {"p": recorded.position})
            if isinstance(recorded.event, ArticleHeadlineChanged) and recorded.event.headline == "11":
                raise ValueError("too long")

    assert steps(InDatabase(log, ledger, "mail", write, batch=8, pace=AT_ONCE))[-1] == "stopped"
    with ledger.reading() as connection:
        rows = [row[0] for row in connection.execute(text("SELECT position FROM mails ORDER BY position"))]
    assert rows == list(range(1, 13)) and ledger.standing("mail").position == 12


def test_one_of_a_name_is_active_and_others_stand_by(ledger: Ledger) -> None:
    with ExitStack() as held:
        first = held.enter_context(ledger.lead("mail"))
        assert first and first.held()
        with ledger.lead("mail") as second, ledger.lead("feed") as other:
            assert second is None and other is not None
    with ledger.lead("mail") as next_one:
        assert next_one is not None


def test_followers_take_turns_as_threads_come_and_go(log: EventStore, ledger: Ledger) -> None:
    """Three followers of one name, while somebody writes: each position once, in order, whoever is at it."""
    consumer = Consumer()
    stops = [threading.Event() for _ in range(3)]
    threads = [
        threading.Thread(target=Subscription(log, ledger, "mail", consumer, batch=3, pace=AT_ONCE).run, args=(stop,))
        for stop in stops
    ]
    for thread in threads:
        thread.start()
    written(log, 50)
    for number, (stop, thread) in enumerate(zip(stops, threads, strict=True)):
        deadline = now() + 60_000_000
        while ledger.standing("mail").position < log.head().position and now() < deadline:
            stop.wait(0.01)
        stop.set()
        thread.join()
        log.append(unit("article-1", 50 + number, headline("more")))
    assert consumer.taken == list(range(1, 53))
    assert all(a < b for a, b in itertools.pairwise(consumer.taken))


def test_looking_makes_no_tables(ledger: Ledger, place: Place) -> None:
    """A server's role on PostgreSQL may make none; and a folder may be read-only."""
    assert ledger.standings() == [] and ledger.parked("views") == {}
    if isinstance(place.where, Path):
        assert not place.where.with_name("followers.db").exists()
    else:
        with ledger._engine.connect() as connection:
            assert connection.execute(text("SELECT to_regclass('followers')")).scalar_one() is None
