"""The history of an article, replayed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cms import article
from cms.decider import Actor
from cms.importing import edits as edit_records
from cms.importing.edits import account_of
from cms.importing.taking import Taking
from cms.newsroom import Newsroom
from events.article import ArticleBodyEdited, ArticlePublished, ArticleScheduled, ArticleUpdated, Publication
from events.instant import from_iso
from events.store import EventStore
from tests.importing.source import Run, counts, history, history_stream, revision

STREAM = history_stream()


@pytest.fixture
def run(newsroom: Newsroom, store: EventStore, tmp_path: Path) -> Iterator[Run]:
    return Run(newsroom, store, tmp_path)  # type: ignore[return-value]


def publications(run: Run) -> list[Publication]:
    return [event for event in run.events(STREAM) if isinstance(event, Publication)]


def test_each_revision_is_its_editors_at_its_time(run: Run) -> None:
    report = run.edits(history(revision(1, "create"), revision(2, author="Kim", body="The bridge is **shut**.")))
    assert counts(report) == (2, 0, 0, 0)
    assert run.types(STREAM) == ["drafted", "body_edited", "published", "body_edited", "updated"]
    first, *_, last = run.store.read_stream(STREAM)
    assert (first.meta.actor, last.meta.actor) == (account_of("Jan Editor"), account_of("Kim"))
    assert (first.occurred_at, last.occurred_at) == (from_iso("2017-04-01T12:00Z"), from_iso("2017-04-02T12:00Z"))
    assert (first.meta.command, last.meta.command, last.meta.face) == ("import.create", "import.edit", "import")
    assert last.meta.correlation == f"{2:040x}", "its commit"
    assert {recorded.meta.causation for recorded in run.store.read_all()} == {report.run}
    assert isinstance(last.event, ArticleUpdated)
    assert last.event.silent


def test_the_names_of_editors_are_not_in_the_log(run: Run, tmp_path: Path) -> None:
    run.edits(history(revision(1, "create", author="Quentin Unmistakable")))
    run.store.close()
    assert b"Unmistakable" not in b"".join(path.read_bytes() for path in tmp_path.glob("events.db*"))
    assert account_of("Kim") == account_of("Kim") != account_of("Jan")


def test_a_changed_body_becomes_steps(run: Run) -> None:
    run.edits(history(revision(1, "create", body="One.\n\nTwo."), revision(2, body="One.\n\n2.")))
    first, second = [event for event in run.events(STREAM) if isinstance(event, ArticleBodyEdited)]
    assert (first.base, second.base) == (0, 1)
    assert second.steps[0]["from"] == 6  # behind the first paragraph, which stayed


def test_a_revision_without_news_is_skipped(run: Run) -> None:
    same = history(revision(1, "create"), revision(2), revision(3, body="Shut."), revision(4, body="Shut."))
    assert counts(run.edits(same)) == (2, 0, 2, 0)
    assert counts(run.edits(same)) == (0, 0, 4, 0)


def test_deleting_withdraws_and_restoring_brings_back(run: Run) -> None:
    deleted = {"seq": 2, "op": "delete", "author": "Kim", "at_effective": "2017-04-02T12:00:00Z"}
    run.edits(history(revision(1, "create"), deleted, revision(3, "restore", headline="Bridge shut")))
    assert run.types(STREAM)[2:] == ["published", "withdrawn", "headline_changed", "published"]
    assert [page.path for page in publications(run)] == ["/2017/04/01/bridge-closed"] * 2


def test_a_draft_is_not_before_readers(run: Run) -> None:
    deleted = {"seq": 2, "op": "delete", "author": "Kim", "at_effective": "2017-04-02T12:00:00Z"}
    run.edits(history(revision(1, "create", draft=True), deleted, revision(3, "restore")))
    assert run.types(STREAM) == ["drafted", "body_edited", "trashed", "recovered", "published"]


def test_what_was_public_and_is_made_a_draft_is_withdrawn(run: Run) -> None:
    run.edits(history(revision(1, "create"), revision(2, draft=True), revision(3, headline="Bridge shut")))
    assert run.types(STREAM)[3:] == ["withdrawn", "headline_changed"]


def test_what_is_dated_ahead_is_scheduled(run: Run) -> None:
    ahead = {"published_at": "2017-04-03T06:00:00Z"}
    later = revision(4, headline="Shut", body="New.")
    run.edits(history(revision(1, "create", **ahead), revision(2, headline="Shut", **ahead), later))
    assert run.types(STREAM)[2:] == [
        "scheduled", "headline_changed", "schedule_cancelled", "scheduled", "body_edited", "updated",
    ]  # fmt: skip
    scheduled = publications(run)[1]
    assert isinstance(scheduled, ArticleScheduled)
    assert (scheduled.public_from, scheduled.path) == (from_iso("2017-04-03T06:00Z"), "/2017/04/03/shut")


def test_the_beginnings_of_a_story_are_kept_to_itself(run: Run) -> None:
    run.edits(history(revision(1, "create", headline=""), revision(2)))
    assert run.types(STREAM) == ["drafted", "body_edited", "headline_changed", "published"]
    assert isinstance(publications(run)[0], ArticlePublished)


def test_topics_and_tags_are_tags_each_once(run: Run) -> None:
    run.edits(history(revision(1, "create", topics=["Managing Digital", "api"], tags=["managing-digital", "API"])))
    assert len(publications(run)[0].tags) == 2


def test_a_history_that_grew_goes_on_where_it_was(run: Run) -> None:
    run.edits(history(revision(1, "create"), revision(2)))
    report = run.edits(history(revision(1, "create"), revision(2), revision(3, headline="Bridge shut")))
    assert counts(report) == (1, 0, 2, 0)
    assert publications(run)[-1].headline == "Bridge shut"


def test_history_is_not_rewritten(run: Run) -> None:
    run.edits(history(revision(1, "create"), revision(2, headline="Bridge shut")))
    forged = history(revision(1, "create", headline="Never said"), revision(2, headline="Bridge gone"))
    assert counts(run.edits(forged)) == (0, 2, 0, 0)
    report = run.edits(forged, update=True)
    assert (counts(report), report.updated) == ((0, 2, 0, 0), 1)
    assert [page.headline for page in publications(run)] == ["Bridge closed", "Bridge shut", "Bridge gone"]


def test_the_desk_has_the_last_word(run: Run) -> None:
    run.edits(history(revision(1, "create")))
    run.newsroom.handle(article.Withdraw(STREAM.removeprefix("article-"), "Court order"), Actor("chief", "chief"))
    run.edits(history(revision(1, "create"), revision(2, headline="Bridge shut")))
    assert run.types(STREAM)[-2:] == ["withdrawn", "headline_changed"]


@pytest.mark.parametrize(
    ("bad", "place", "reason"),
    [
        (b"{", "line 2", "not JSON"),
        (history(), "line 2", "revisions: Shorter than minimum length 1."),
        (history(7), "line 2", "revisions.0: Not a valid mapping type."),  # type: ignore[arg-type]
        (history(revision(1, "explode")), "line 2, revision 1", "op: Must be one of"),
        (history(revision(1, "create", at_effective="2017-04-01")), "line 2, revision 1", "has no time zone"),
        (history(revision(1, "create", published_at="2015-22-23T00:00:00Z")), "line 2, revision 1", "published_at"),
        (history(revision(1, "create", author=None)), "line 2, revision 1", "author: Missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_revision_is_told_with_its_place(run: Run, bad: object, place: str, reason: str) -> None:
    good = history(revision(1, "create"))
    report = run.edits(good, bad if isinstance(bad, bytes) else {**bad, "article_id": "gov-2"})  # type: ignore[dict-item]
    assert counts(report) == (1, 0, 0, 1)
    assert report.refusals[0].place == f"edits.jsonl, {place}"
    assert reason in report.refusals[0].reason


def test_a_bad_revision_does_not_stop_the_others(run: Run) -> None:
    report = run.edits(history(revision(1, "create"), revision(2, headline="x" * 301), revision(3, headline="Shut")))
    assert counts(report) == (2, 0, 0, 1)
    assert publications(run)[-1].headline == "Shut"


def test_real_histories_are_replayed(run: Run, shared: Path) -> None:
    path = shared / "data" / "edits" / "sample_usgov_24.jsonl"
    first = Taking(run.newsroom, run.store).take(edit_records.groups([path]))
    assert first.refused == 0
    again = Taking(run.newsroom, run.store).take(edit_records.groups([path]))
    assert (again.skipped, again.events) == (again.records, 0)
    assert again.records == first.records
