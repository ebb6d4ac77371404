"""The one door: what it promises to whoever comes through it."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from cms import article, byline, image, tag
from cms.decider import Actor, Command, Denied, Refused, commands, name_of
from cms.newsroom import AT_HAND, ATTEMPTS, Newsroom
from cms.roles import Role
from cms.streams import DECIDERS
from cms.units import Conflict, Done, Origin, fingerprint_of
from events import document
from events.article import (
    ArticleBodyEdited,
    ArticleDrafted,
    ArticleHeadlineChanged,
    ArticlePublished,
    Credit,
    Publication,
)
from events.byline import BylineCreated
from events.event import Meta, Recorded, catalogue
from events.instant import DAY, HOUR
from events.path import PathClaimed
from events.store import CommandReused, EventStore, Unit, VersionConflict, Write
from tests.newsroom.spec import (
    ANNA,
    BODY,
    CHIEF,
    EDITOR,
    LONDON,
    LONGER,
    NOW,
    OTHER_STORY,
    PHOTO,
    PICTURE,
    STORY,
    WRITER,
    Clock,
    some_id,
)

STREAM, OTHER_STREAM = f"article-{STORY}", f"article-{OTHER_STORY}"
BEGUN = [article.Draft(STORY, "Bridge closed"), article.ReplaceBody(STORY, BODY)]
IMPORTER = Actor(None, "administrator", "import")


def told(store: EventStore, stream: str) -> list[Recorded]:
    return list(store.read_stream(stream))


# --- what comes of a command


def test_a_command_becomes_events_with_who_and_how(newsroom: Newsroom, store: EventStore) -> None:
    id, origin = uuid4(), Origin(request="r1", correlation="c1")
    done = newsroom.handle(article.Draft(STORY, "Bridge closed"), WRITER, id, origin=origin)
    (drafted,) = told(store, STREAM)
    assert drafted.event == ArticleDrafted(headline="Bridge closed")
    assert drafted.meta == Meta(
        actor="writer", face="desk", command="article.draft", command_id=id, request="r1", correlation="c1"
    )
    assert (drafted.occurred_at, drafted.recorded_at) == (NOW, NOW)
    assert done == Done(position=1, events=(drafted.event,), versions={STREAM: 1})


def test_several_commands_are_one_deed(newsroom: Newsroom, store: EventStore) -> None:
    with pytest.raises(Refused, match="There is no section"):
        newsroom.handle([*BEGUN, article.ChangeSection(STORY, some_id("none"))], WRITER)
    assert store.head().position == 0
    done = newsroom.handle([*BEGUN, article.Submit(STORY)], WRITER)
    assert done.versions == {STREAM: 3}
    assert {recorded.meta.command for recorded in told(store, STREAM)} == {
        "article.draft+article.replace_body+article.submit"
    }


def test_events_of_several_streams_stand_in_the_order_in_which_they_were_decided(
    newsroom: Newsroom, store: EventStore
) -> None:
    newsroom.handle(
        [article.Draft(STORY, "x"), byline.Create(ANNA, "Anna"), article.AssignBylines(STORY, (Credit(ANNA),))], WRITER
    )
    assert [recorded.type for recorded in store.read_all()] == [
        "article.drafted", "byline.created", "path.claimed", "article.bylines_assigned",
    ]  # fmt: skip


def test_a_command_that_changes_nothing_appends_nothing(newsroom: Newsroom, store: EventStore) -> None:
    newsroom.handle(BEGUN, WRITER)
    done = newsroom.handle(article.ChangeHeadline(STORY, "Bridge closed"), WRITER)
    assert (done.events, done.position, store.head().position) == ((), 2, 2)


def test_who_may_not_is_denied_before_anything_is_looked_at(store: EventStore, clock: Clock) -> None:
    def may(role: Role, command: type[Command]) -> bool:
        return role == "editor" or command is article.Draft

    newsroom = Newsroom(store, zone=LONDON, may=may, clock=clock)
    newsroom.handle(article.Draft(STORY, "x"), WRITER)
    with pytest.raises(Denied, match="Your role does not allow"):
        newsroom.handle([article.ChangeHeadline(STORY, "y"), article.Submit(STORY)], WRITER)
    newsroom.handle(article.Submit(STORY), EDITOR)


# --- once


def test_the_same_command_twice_is_done_once(newsroom: Newsroom, store: EventStore) -> None:
    id = uuid4()
    first = newsroom.handle(BEGUN, WRITER, id)
    newsroom.handle(article.ChangeHeadline(STORY, "Other"), WRITER)
    second = newsroom.handle(BEGUN, WRITER, id)
    assert second.repeated
    assert not first.repeated
    assert (second.position, second.events, second.versions) == (first.position, first.events, first.versions)
    assert second.addresses == first.addresses
    assert store.head().position == 3


def test_a_command_id_stands_for_one_request(newsroom: Newsroom) -> None:
    id = uuid4()
    newsroom.handle(BEGUN, WRITER, id)
    with pytest.raises(CommandReused):
        newsroom.handle(article.ChangeHeadline(STORY, "Other"), WRITER, id)


def test_equal_commands_have_equal_fingerprints() -> None:
    assert fingerprint_of(BEGUN) == fingerprint_of(list(BEGUN))
    assert fingerprint_of([article.Submit(STORY)]) != fingerprint_of([article.Trash(STORY)])
    assert fingerprint_of([article.Submit(STORY)]) != fingerprint_of([article.Submit(OTHER_STORY)])


# --- others at the same time


class Meddler(Newsroom):
    """Somebody else writes just before this newsroom appends."""

    meddle: Callable[[], None]
    times: int

    def decide(self, *args: Any) -> Any:
        decided = super().decide(*args)
        if self.times:
            self.times -= 1
            self.meddle()
        return decided


def meddler(store: EventStore, clock: Clock, times: int, commands: Callable[[], Command]) -> Meddler:
    newsroom = Meddler(store, zone=LONDON, may=lambda role, command: True, clock=clock)
    other = Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock)
    newsroom.times, newsroom.meddle = 0, lambda: None
    newsroom.handle(BEGUN, WRITER)
    newsroom.times, newsroom.meddle = times, lambda: other.handle(commands(), EDITOR) and None
    return newsroom


def test_a_command_is_decided_anew_when_somebody_else_was_first(store: EventStore, clock: Clock) -> None:
    newsroom = meddler(store, clock, 1, lambda: article.ChangeKicker(STORY, "Transport"))
    newsroom.handle(article.ChangeHeadline(STORY, "Bridge shut"), WRITER)
    assert [recorded.type for recorded in told(store, STREAM)][2:] == [
        "article.kicker_changed", "article.headline_changed",
    ]  # fmt: skip


def test_a_command_that_never_gets_its_turn_says_so(store: EventStore, clock: Clock) -> None:
    newsroom = meddler(store, clock, ATTEMPTS, lambda: article.ChangeKicker(STORY, str(uuid4())))
    with pytest.raises(Conflict, match="Others are changing this") as conflict:
        newsroom.handle(article.ChangeHeadline(STORY, "Bridge shut"), WRITER)
    assert conflict.value.stream == STREAM


def test_a_decision_holds_only_while_what_it_looked_at_stands(store: EventStore, clock: Clock) -> None:
    """An image is taken down in the very moment in which a story that shows it is published."""
    newsroom = meddler(store, clock, 1, lambda: image.TakeDown(PHOTO, "Rights"))
    newsroom.times = 0
    newsroom.handle(image.Upload(PHOTO, PICTURE, "bridge.jpg"), WRITER)
    newsroom.handle(article.SetLeadImage(STORY, article.commands.Lead(PHOTO)), WRITER)
    newsroom.times = 1
    with pytest.raises(Refused, match="was taken down"):
        newsroom.handle(article.Publish(STORY, without_approval="Urgent"), CHIEF)


def test_who_names_the_version_they_saw_is_told_what_moved(newsroom: Newsroom) -> None:
    newsroom.handle(BEGUN, WRITER)
    newsroom.handle(article.ChangeHeadline(STORY, "Bridge shut"), EDITOR)
    with pytest.raises(Conflict, match="Somebody else has changed this") as conflict:
        newsroom.handle(article.ChangeHeadline(STORY, "Bridge gone"), WRITER, expected=2)
    assert [recorded.event for recorded in conflict.value.events] == [ArticleHeadlineChanged(headline="Bridge shut")]
    newsroom.handle(article.ChangeHeadline(STORY, "Bridge gone"), WRITER, expected=3)


def test_steps_upon_an_older_body_come_back_with_the_steps_since(newsroom: Newsroom) -> None:
    newsroom.handle(BEGUN, WRITER)
    newsroom.handle(article.ChangeHeadline(STORY, "Bridge shut"), EDITOR)
    newsroom.handle(article.ReplaceBody(STORY, LONGER), EDITOR)
    with pytest.raises(Conflict, match="edited the body") as conflict:
        newsroom.handle(article.EditBody(STORY, 1, document.replacing(BODY, LONGER)), WRITER)
    (since,) = conflict.value.events
    assert isinstance(since.event, ArticleBodyEdited)
    assert since.event.base == 1


def test_publishing_words_that_moved_shows_what_moved(newsroom: Newsroom) -> None:
    newsroom.handle(BEGUN, WRITER)
    newsroom.handle(article.ChangeHeadline(STORY, "Bridge shut"), EDITOR)
    with pytest.raises(Conflict, match="has changed since you read it") as conflict:
        newsroom.handle(article.Publish(STORY, reviewed=2, without_approval="Urgent"), CHIEF)
    assert [recorded.event for recorded in conflict.value.events] == [ArticleHeadlineChanged(headline="Bridge shut")]


def test_two_stories_published_in_the_same_instant_never_share_an_address(store: EventStore, clock: Clock) -> None:
    newsroom = Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock)
    ids = [some_id(f"story {number}") for number in range(8)]
    for id in ids:
        newsroom.handle([article.Draft(id, "Bridge closed", "brief")], WRITER)
    rooms = [Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock) for _ in range(2)]
    errors: list[Exception] = []

    def publish(room: Newsroom, some: list[str]) -> None:
        try:
            for id in some:
                room.handle(article.Publish(id, without_approval="Urgent"), CHIEF)
        except Exception as error:  # noqa: BLE001 - shown below, in the thread that can fail the test
            errors.append(error)

    threads = [threading.Thread(target=publish, args=(rooms[number % 2], [id])) for number, id in enumerate(ids)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    paths = [recorded.event.path for recorded in store.read_all() if isinstance(recorded.event, ArticlePublished)]
    assert all(isinstance(error, Conflict) for error in errors)  # too busy is an answer; a shared address is not
    assert len(paths) == len(set(paths)) == len(ids) - len(errors)


# --- addresses


def test_what_changes_about_addresses_is_part_of_the_same_deed(newsroom: Newsroom, store: EventStore) -> None:
    newsroom.handle(BEGUN, WRITER)
    published = newsroom.handle(article.Publish(STORY, without_approval="Urgent"), CHIEF)
    assert published.addresses == {"/2026/11/23/bridge-closed": "claimed"}
    assert published.events[-1] == PathClaimed(path="/2026/11/23/bridge-closed", owner=STREAM)
    newsroom.handle(article.ChangeSlug(STORY, "bridge"), WRITER)
    moved = newsroom.handle(article.Update(STORY, without_approval="Urgent"), CHIEF)
    assert moved.addresses == {"/2026/11/23/bridge-closed": "redirected", "/2026/11/23/bridge": "claimed"}
    gone = newsroom.handle(article.Withdraw(STORY, "Legal advice"), CHIEF)
    assert gone.addresses == {"/2026/11/23/bridge-closed": "gone", "/2026/11/23/bridge": "gone"}


def test_the_address_of_something_withdrawn_is_never_anothers(newsroom: Newsroom) -> None:
    newsroom.handle([*BEGUN, article.Publish(STORY, without_approval="Urgent")], CHIEF)
    newsroom.handle(article.Withdraw(STORY, "Legal advice"), CHIEF)
    other = [article.Draft(OTHER_STORY, "x", "brief"), article.ChangeSlug(OTHER_STORY, "bridge-closed")]
    with pytest.raises(Refused, match="never used again") as refused:
        newsroom.handle([*other, article.Publish(OTHER_STORY, without_approval="Urgent")], CHIEF)
    assert refused.value.field == "slug"


def test_the_address_of_a_cancelled_first_schedule_is_free(newsroom: Newsroom) -> None:
    schedule = article.Schedule(STORY, NOW + HOUR, without_approval="Urgent")
    newsroom.handle([*BEGUN, schedule, article.CancelSchedule(STORY)], CHIEF)
    other = [article.Draft(OTHER_STORY, "Bridge closed", "brief"), article.Publish(OTHER_STORY, without_approval="So")]
    assert newsroom.handle(other, CHIEF).addresses == {"/2026/11/23/bridge-closed": "claimed"}


def test_two_things_of_one_deed_do_not_share_an_address(newsroom: Newsroom) -> None:
    done = newsroom.handle([tag.Create(some_id("a"), "Sea"), tag.Create(some_id("b"), "Sea")], WRITER)
    assert done.addresses == {"/tag/sea": "claimed", "/tag/sea-2": "claimed"}
    with pytest.raises(Refused, match="is taken"):
        newsroom.handle(tag.Create(some_id("c"), "Sea", slug="sea"), WRITER)


# --- readers of the log


def test_what_cannot_be_shown_is_refused(store: EventStore, clock: Clock) -> None:
    def check(publication: Publication) -> None:
        raise Refused(f"{publication.headline} cannot be shown.")

    newsroom = Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock, check_publication=check)
    newsroom.handle(BEGUN, WRITER)
    with pytest.raises(Refused, match="Bridge closed cannot be shown"):
        newsroom.handle(article.Publish(STORY, without_approval="Urgent"), CHIEF)
    assert store.head().position == 2


def test_the_read_models_are_brought_up_to_the_command(store: EventStore, clock: Clock) -> None:
    reached: list[int] = []
    newsroom = Newsroom(
        store, zone=LONDON, may=lambda role, command: True, clock=clock,
        catch_up=lambda position: reached.append(position) or True,  # type: ignore[func-returns-value]
    )  # fmt: skip
    assert newsroom.handle(BEGUN, WRITER).caught_up
    assert reached == [2]


def ill(_: int) -> bool:
    raise OSError("disk full")


@pytest.mark.parametrize("catch_up", [ill, lambda _: False], ids=["ill", "late"])
def test_a_command_has_succeeded_whatever_ails_the_read_models(
    store: EventStore, clock: Clock, catch_up: Callable[[int], bool]
) -> None:
    newsroom = Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock, catch_up=catch_up)
    assert not newsroom.handle(BEGUN, WRITER).caught_up
    assert store.head().position == 2


# --- what is at hand


def test_another_process_is_seen_at_once(store: EventStore, newsroom: Newsroom, clock: Clock) -> None:
    other = Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock)
    newsroom.handle(BEGUN, WRITER)
    other.handle(article.ChangeHeadline(STORY, "Bridge shut"), EDITOR)
    assert newsroom.handle(article.ChangeHeadline(STORY, "Bridge shut"), WRITER).events == ()


def test_what_is_at_hand_is_bounded(newsroom: Newsroom) -> None:
    with newsroom.batch() as batch:
        for number in range(AT_HAND + 10):
            batch.add([tag.Create(some_id(f"tag {number}"), f"Tag {number}")], WRITER, uuid4())
    assert len(newsroom._streams._entries) == AT_HAND
    assert newsroom.handle(tag.Rename(some_id("tag 0"), "First"), WRITER).versions[f"tag-{some_id('tag 0')}"] == 2


# --- imports of whole archives


def test_a_batch_decides_on_top_of_itself_and_appends_at_once(newsroom: Newsroom, store: EventStore) -> None:
    with newsroom.batch() as batch:
        batch.add([byline.Create(ANNA, "Anna")], IMPORTER, UUID(int=1))
        batch.add([*BEGUN, article.AssignBylines(STORY, (Credit(ANNA),))], IMPORTER, UUID(int=2))
        with pytest.raises(Refused, match="already an article"):
            batch.add(BEGUN, IMPORTER, UUID(int=3))
        assert batch.add([article.ChangeHeadline(STORY, "Bridge closed")], IMPORTER, UUID(int=4)) == 0
        assert (batch.events, store.head().position) == (5, 0)
        settled = batch.flush()
    assert [(one.command_id.int, one.events, one.error) for one in settled] == [(1, 2, None), (2, 3, None)]
    assert store.head().position == 5


def test_a_batch_that_breaks_appends_nothing_more(newsroom: Newsroom, store: EventStore) -> None:
    def broken_off() -> None:
        with newsroom.batch() as batch:
            batch.add(BEGUN, IMPORTER, UUID(int=1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert store.head().position == 0


def test_a_batch_gives_way_to_somebody_who_wrote_in_the_meantime(newsroom: Newsroom, store: EventStore) -> None:
    newsroom.handle([byline.Create(ANNA, "Anna"), *BEGUN], WRITER)
    batch = newsroom.batch()
    batch.add([article.ChangeKicker(STORY, "Transport")], IMPORTER, UUID(int=1))
    batch.add([article.ChangeStandfirst(STORY, "In short.")], IMPORTER, UUID(int=2))
    batch.add([byline.Rename(ANNA, "Anna Brandt")], IMPORTER, UUID(int=3))
    newsroom.handle(article.Trash(STORY), EDITOR)
    newsroom.handle(article.Recover(STORY), EDITOR)
    settled = batch.flush()
    assert [one.error for one in settled] == [None, None, None]
    assert [recorded.type for recorded in told(store, STREAM)][-2:] == [
        "article.kicker_changed", "article.standfirst_changed",
    ]  # fmt: skip


def test_what_a_batch_can_no_longer_do_is_said(newsroom: Newsroom) -> None:
    newsroom.handle(BEGUN, WRITER)
    batch = newsroom.batch()
    batch.add([article.ChangeKicker(STORY, "Transport")], IMPORTER, UUID(int=1))
    newsroom.handle(article.Trash(STORY), EDITOR)
    (settled,) = batch.flush()
    assert settled.events == 0
    assert isinstance(settled.error, Refused)
    assert "in the bin" in settled.error.message


def test_a_unit_that_another_run_had_done_already_adds_nothing(newsroom: Newsroom, store: EventStore) -> None:
    batch = newsroom.batch()
    batch.add(BEGUN, IMPORTER, UUID(int=1))
    newsroom.handle(BEGUN, WRITER, UUID(int=1))
    (settled,) = batch.flush()
    assert (settled.events, settled.error) == (0, None)
    assert store.head().position == 2


def test_imported_history_happened_when_it_happened(newsroom: Newsroom, store: EventStore) -> None:
    then = NOW - 365 * DAY
    publish = article.Publish(STORY, without_approval="imported")
    newsroom.handle([*BEGUN, publish], IMPORTER, occurred_at=then, origin=Origin(name="import.article", source_time=5))
    *_, published = told(store, STREAM)
    assert isinstance(published.event, ArticlePublished)
    assert (published.event.public_from, published.event.path) == (then, "/2025/11/23/bridge-closed")
    assert (published.occurred_at, published.recorded_at) == (then, NOW)
    assert (published.meta.command, published.meta.source_time, published.meta.face) == ("import.article", 5, "import")


def test_imported_history_never_goes_back_within_a_stream(newsroom: Newsroom, store: EventStore) -> None:
    newsroom.handle(BEGUN, IMPORTER, occurred_at=NOW - DAY)
    newsroom.handle([article.Publish(STORY, without_approval="imported")], IMPORTER, occurred_at=NOW - 2 * DAY)
    published = told(store, STREAM)[-1]
    assert isinstance(published.event, ArticlePublished)
    assert published.event.public_from == published.occurred_at == NOW - DAY


# --- the whole


def test_every_command_can_be_read_from_json() -> None:
    draft = msgspec.json.decode(b'{"id": "x", "headline": "y"}', type=commands()["article.draft"])
    assert draft == article.Draft("x", "y")
    replaced = article.ReplaceBody(STORY, BODY, base=3)
    assert msgspec.json.decode(msgspec.json.encode(replaced), type=article.ReplaceBody) == replaced
    for kind in commands().values():
        with pytest.raises(msgspec.ValidationError, match="unknown field"):
            msgspec.json.decode(b'{"nonsense": 1}', type=kind)


def test_every_command_and_every_event_has_its_rule() -> None:
    for name, kind in commands().items():
        assert name == name_of(kind)
        assert kind.category in DECIDERS
    for name, entry in catalogue().items():
        assert name in OPERATORS or entry.cls in DECIDERS[name.partition(".")[0]].kinds(), name


OPERATORS = {"words.removed"}  # a fact on anybody's stream, by order of a court: no rule decides on it


def test_events_of_others_making_fold_the_same(newsroom: Newsroom, store: EventStore) -> None:
    """What stands in the log counts, whoever put it there."""
    writes = [Write(f"byline-{ANNA}", 0, [BylineCreated(name="Anna", slug="anna")])]
    store.append(Unit(command_id=uuid4(), writes=writes, meta=Meta()))
    assert newsroom.handle(byline.Rename(ANNA, "Anna"), WRITER).events == ()
    with pytest.raises(VersionConflict):
        store.append(Unit(command_id=uuid4(), writes=writes, meta=Meta()))

