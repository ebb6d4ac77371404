"""Words that a court ordered removed are gone, and the log is still the log: guarded, chained, readable."""

from pathlib import Path

import msgspec
import pytest

from events import document
from events.article import (
    ArticleBodyEdited,
    ArticleHeadlineChanged,
    ArticleLeadImageSet,
    ArticlePublished,
    ArticleSubmitted,
    Lead,
    Publication,
)
from events.erasing import RemovalRefused, check, reach, remove, remove_again
from events.event import Event, Meta, catalogue, encode
from events.redaction import REMOVED, REMOVED_BODY, REMOVED_RAW, WORDS, NoWords, removal_of, without_words
from events.seal.hashes import payload_hash
from events.seal.verifying import verify, verify_log
from events.store import EventStore, LogUnavailable
from events.words import WordsRemoved
from tests.events.conftest import Place, drafted, headline, unit
from tests.events.make_samples import example

META = Meta(actor=None, face="cli", command="log.redact")
SECRET = "Quillfeather took the money"


def bodies(*texts: str) -> list[Event]:
    """Edits of a body, one after another."""
    before, base, events = document.EMPTY, 0, []
    for text in texts:
        after = document.from_paragraphs([text])
        steps = document.replacing(before, after)
        digest = document.digest(after)
        events.append(
            ArticleBodyEdited(document_schema=1, base=base, steps=steps, body_hash=digest, words=3, images=[])
        )
        before, base = after, base + len(steps)
    return events


@pytest.fixture
def story(log: EventStore) -> EventStore:
    """drafted, body, body with the secret, submitted, body, headline with the secret; and another story."""
    first, second, third = bodies("One.", SECRET, "Three.")
    log.append(unit("article-1", 0, drafted(), first, second, ArticleSubmitted(), third, headline(SECRET)))
    log.append(unit("article-2", 0, drafted("Another")))
    return log


def removed(log: EventStore, *positions: int) -> None:
    for rows in reach(log, positions).values():
        remove(log, rows, "High Court, 2026-117", "It defames.", META)


def test_the_words_are_gone_and_every_hash_still_fits(story: EventStore) -> None:
    before = [(row.content_hash, row.chain_hash, row.meta, row.position) for row in story.rows()]
    removed(story, 6)
    rows = list(story.rows())
    assert [(row.content_hash, row.chain_hash, row.meta, row.position) for row in rows[:7]] == before
    assert SECRET not in rows[5].data and rows[5].salt == payload_hash(b"", rows[5].salt)
    assert verify(rows).ok and check(story) is None


def test_a_fact_on_the_same_stream_says_by_whose_order(story: EventStore) -> None:
    removed(story, 6)
    *_, fact = story.read_stream("article-1")
    assert isinstance(fact.event, WordsRemoved) and fact.position == 8
    assert (fact.event.order, fact.event.why) == ("High Court, 2026-117", "It defames.")
    assert [one.position for one in fact.event.tombstones] == [6] and fact.meta.face == "cli"


def test_readers_get_ordinary_events_that_say_so(story: EventStore) -> None:
    removed(story, 3, 6)
    events = {one.position: one.event for one in story.read_all()}
    assert events[6] == ArticleHeadlineChanged(headline=REMOVED)
    edit = events[3]
    assert isinstance(edit, ArticleBodyEdited)
    assert edit.body_hash == document.digest(REMOVED_BODY) and edit.base == 1 and len(edit.steps) == 1
    assert [r.event for r in story.read_all(types=["article.headline_changed"])] == [events[6]]


def test_edits_that_stand_on_removed_ones_go_with_them_up_to_a_publication(log: EventStore) -> None:
    one, two, three, four = bodies("One.", SECRET, "Three.", "Four.")
    published = example(ArticlePublished)
    log.append(unit("article-1", 0, one, two, headline("x"), three, published, four))
    assert [row.position for row in reach(log, [2])["article-1"]] == [2, 4]
    assert [row.position for row in reach(log, [5])["article-1"]] == [5]  # the edits still tell what it was
    assert [row.position for row in reach(log, [4, 5])["article-1"]] == [4, 5, 6]
    removed(log, 2)
    assert [row.position for row in reach(log, [5])["article-1"]] == [5, 6]  # nothing tells it any more


def test_a_publication_does_not_hold_the_notes_to_the_desk_on_which_edits_stand(log: EventStore) -> None:
    one, two, three = bodies("One.", SECRET, "Three.")
    noted = msgspec.structs.replace(two, readers_hash="0" * 64)
    log.append(unit("article-1", 0, one, noted, example(ArticlePublished), three))
    assert [row.position for row in reach(log, [2])["article-1"]] == [2, 4]


def test_a_stream_means_everything_in_it_that_has_words(story: EventStore) -> None:
    assert [row.position for row in reach(story, [], ["article-1"])["article-1"]] == [1, 2, 3, 5, 6]
    removed(story, 6)
    assert [row.position for row in reach(story, [], ["article-1"])["article-1"]] == [1, 2, 3, 5]


@pytest.mark.parametrize(("position", "words"), [(99, "no event at"), (4, "no words"), (6, "removed before")])
def test_what_has_no_words_is_refused(story: EventStore, position: int, words: str) -> None:
    removed(story, 6)
    with pytest.raises(RemovalRefused, match=words):
        reach(story, [position])


def test_a_long_story_s_words_go_in_several_facts(log: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.erasing.AT_ONCE", 10)
    log.append(unit("article-1", 0, drafted(), *[headline(f"{SECRET} {number}") for number in range(24)]))
    rows = reach(log, [], ["article-1"])["article-1"]
    assert remove(log, rows, "An order", "why", META) == [26, 27, 28]
    assert check(log) is None and not any(SECRET in row.data for row in log.rows())
    assert verify_log(lambda: EventStore(log.where), workers=1).ok


FORGED = [
    "UPDATE events SET data = '{{\"kept\":[],\"said_at\":8}}' WHERE position = 5",
    "UPDATE events SET data = '{{\"kept\":[],\"said_at\":8}}', salt = {hash} WHERE position = 5",
    "UPDATE events SET data = '{{\"kept\":[],\"said_at\":8}}', salt = {hash} WHERE position = 7",
    "UPDATE events SET data = '{{\"kept\":[],\"said_at\":2}}', salt = {hash} WHERE position = 6",
    "UPDATE events SET data = '{{\"kept\":[],\"said_at\":8}}', salt = {hash}, meta = '' WHERE position = 3",
    "UPDATE events SET salt = {hash} WHERE position = 3",
    "UPDATE events SET data = '{{\"kept\":[],\"said_at\":8}}', salt = {hash} WHERE position = 6",
    "UPDATE commands SET fingerprint = {hash}",
    "UPDATE commands SET fingerprint = {zero} WHERE first_position = 7",
    "UPDATE commands SET first_position = 1",
]


@pytest.mark.parametrize("statement", FORGED)
def test_the_database_lets_no_other_change_through(story: EventStore, place: Place, statement: str) -> None:
    """Not to an event that no fact lists, not to anything but the words, not twice, not by another fact."""
    removed(story, 6)
    literal = "x'{}'" if place.engine == "sqlite" else r"'\x{}'::bytea"
    with pytest.raises(Exception, match="append-only"):
        place.execute(statement.format(hash=literal.format("ab" * 32), zero=literal.format("00" * 32)))
    assert verify(story.rows()).ok


def test_nobody_can_guess_the_words_back_from_the_command(story: EventStore) -> None:
    before = {row.first_position: row.fingerprint for row in story.commands()}
    removed(story, 6)
    after = {row.first_position: row.fingerprint for row in story.commands()}
    assert after[1] == bytes(32) and after[7] == before[7]


def test_a_tombstone_without_a_fact_is_tampering_and_so_is_another_in_its_place(
    story: EventStore, place: Place
) -> None:
    removed(story, 6)
    literal = "x'{}'" if place.engine == "sqlite" else r"'\x{}'::bytea"
    first = next(story.rows())
    payload = literal.format(payload_hash(first.data.encode(), first.salt).hex())
    place.tamper(f"UPDATE events SET data = '{{\"kept\":[],\"said_at\":8}}', salt = {payload} WHERE position = 1")
    found = verify_log(lambda: EventStore(place.where), workers=1)
    assert (found.ok, found.position, found.stream) == (False, 1, "article-1")
    assert found.reason == "its words were removed, and no event says so"


def test_other_words_in_a_tombstone_are_found(story: EventStore, place: Place) -> None:
    removed(story, 6)
    place.tamper("UPDATE events SET data = replace(data, 'Removed', 'Retained') WHERE position = 6")
    found = verify_log(lambda: EventStore(place.where), workers=1)
    assert (found.ok, found.position) == (False, 6) and "not what was put there" in found.reason


def test_a_copy_that_was_behind_removes_them_too(story: EventStore, places: object) -> None:
    """What happened since the copy was made is appended to it: it says that words were removed, so they are."""
    copy = places().open()  # type: ignore[operator]
    copy.append_rows(list(story.rows()), story.commands())
    removed(story, 3, 6)
    copy.append_rows(list(story.rows(after=7)), story.commands(after=7))
    assert check(copy) == (3, "an event says that its words were removed, and they are there")
    assert remove_again(copy) == 3 and remove_again(copy) == 0
    assert list(copy.rows()) == list(story.rows()) and check(copy) is None
    copy.close()


def test_nothing_of_the_words_is_left_in_the_files(tmp_path: Path) -> None:
    place = Place(tmp_path / "events.db")
    with place.opened() as log:
        first, second, third = bodies("One.", SECRET * 900, "Three.")
        log.append(unit("article-1", 0, drafted(), first, second, third, headline(SECRET)))
        for number in range(200):
            log.append(unit("article-2", number, headline(f"word {number}")))
        assert "took the money" in everything(tmp_path)
        removed(log, 3, 5)
        assert log.scrub() == ""
        assert "took the money" not in everything(tmp_path)
        assert log.head().position == 206 and verify(log.rows()).ok


def everything(folder: Path) -> str:
    return "".join(file.read_bytes().decode("latin-1") for file in folder.rglob("*") if file.is_file())


def test_in_postgresql_the_tables_are_written_anew(postgres: str) -> None:
    with Place(postgres).opened() as log:
        log.append(unit("article-1", 0, drafted(), headline(SECRET)))
        removed(log, 2)
        assert log.scrub() == ""
        assert verify(log.rows()).ok


def test_a_log_whose_guards_are_of_before_gets_today_s(tmp_path: Path) -> None:
    place = Place(tmp_path / "events.db")
    with place.opened() as log:
        log.append(unit("article-1", 0, drafted(), headline(SECRET)))
    place.execute("DROP TRIGGER events_are_not_updated")
    place.execute(
        "CREATE TRIGGER events_are_not_updated BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'append-only'); END"
    )
    with place.opened() as log:
        removed(log, 2)
        assert check(log) is None


def test_a_log_that_cannot_be_written_says_so_and_keeps_everything(tmp_path: Path) -> None:
    place = Place(tmp_path / "events.db")
    with place.opened() as log:
        log.append(unit("article-1", 0, drafted(), headline(SECRET)))
        place.execute("CREATE TRIGGER ill BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'the disk is full'); END")
        with pytest.raises(LogUnavailable, match="the disk is full"):
            removed(log, 2)
        assert log.head().position == 2 and SECRET in list(log.rows())[1].data  # the fact went with it


NO_WORDS = {
    "account", "into", "owner", "related", "section", "tags", "images", "image", "path", "slug", "language", "steps",
    "body_hash", "readers_hash", "taken_at", "to",
}  # ids, addresses, codes, times, hashes
SAID_ELSEWHERE = {
    ("article.note_added", "note"), ("image.crop_set", "name"), ("words.removed", "order"), ("words.removed", "why"),
    ("subject.forgotten", "why"),
}  # an id, a shape, what the fact itself says


@pytest.mark.parametrize("name", sorted(name for name in catalogue() if not name.startswith("press.")))
def test_of_every_field_it_is_known_whether_it_holds_words(name: str) -> None:
    """Whoever adds a field says here, or in WORDS, whether it may have to be removed one day."""
    kind = catalogue()[name]
    texts = {field.name for field in msgspec.structs.fields(kind.cls) if "str" in str(field.type)}
    words = set(WORDS.get(kind.cls, ()))
    assert words <= texts
    assert {(name, field) for field in texts - words - NO_WORDS} <= SAID_ELSEWHERE


@pytest.mark.parametrize("name", sorted(kind.name for kind in catalogue().values() if kind.cls in WORDS))
def test_what_is_left_of_an_event_has_its_shape_and_none_of_its_words(name: str) -> None:
    kind = catalogue()[name]
    whole = kind.decoder.decode(encode(example(kind.cls)))
    left = without_words(whole)
    assert kind.decoder.decode(encode(left)) == left
    assert all(getattr(left, field) == REMOVED for field in WORDS[kind.cls])
    if isinstance(left, Publication):
        assert bytes(left.body) == REMOVED_RAW and (left.lead is None or left.lead.caption is None)
    assert {type(value) for value in msgspec.structs.astuple(left)} <= {
        *(type(value) for value in msgspec.structs.astuple(whole)), msgspec.Raw, bytes
    }  # fmt: skip


def test_an_event_without_words_has_none_to_remove() -> None:
    with pytest.raises(NoWords):
        without_words(ArticleSubmitted())


def test_a_lead_keeps_its_picture_and_loses_its_words(log: EventStore) -> None:
    log.append(unit("article-1", 0, ArticleLeadImageSet(lead=Lead("some-image", SECRET, SECRET))))
    assert SECRET not in removal_of(next(log.rows()), 2).data
    assert without_words(ArticleLeadImageSet(lead=Lead("some-image", SECRET))) == ArticleLeadImageSet(
        lead=Lead("some-image")
    )
