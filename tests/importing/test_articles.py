"""Articles from elsewhere, as they stood last."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cms import article, byline, section, tag
from cms.decider import Actor
from cms.importing import articles as article_records
from cms.importing.records import BadFile, count_lines, lines
from cms.importing.taking import Stopped, Taking
from cms.newsroom import Newsroom
from events import document
from events.article import ArticlePublished, ArticleScheduled, ArticleUpdated, Credit, Publication
from events.byline import BylineCreated
from events.instant import DAY, from_iso, to_iso
from events.section import SectionOpened
from events.store import EventStore
from events.tag import TagCreated
from tests.importing.source import BRIDGE, Run, article_stream, counts, record, thing, write
from tests.newsroom.spec import NOW, some_id

CHIEF = Actor("chief", "chief")


@pytest.fixture
def run(newsroom: Newsroom, store: EventStore, tmp_path: Path) -> Iterator[Run]:
    return Run(newsroom, store, tmp_path)  # type: ignore[return-value]


def published(run: Run, id: str = "ledger-1") -> Publication:
    found = [event for event in run.events(article_stream(id)) if isinstance(event, Publication)]
    return found[-1]


# --- what is made of a record


def test_an_article_is_taken_in_with_everything_it_names(run: Run) -> None:
    report = run.articles(BRIDGE)
    assert counts(report) == (1, 0, 0, 0)
    assert report.events == run.store.head().position
    page = published(run)
    assert isinstance(page, ArticlePublished)
    anna, ben = thing("byline", "anna brandt"), thing("byline", "ben carr")
    assert page.path == "/2014/03/01/bridge-closed"
    assert page.bylines == [Credit(anna.removeprefix("byline-")), Credit(ben.removeprefix("byline-"))]
    assert page.standfirst == "Engineers found cracks."
    assert page.without_approval == "imported from ledger"
    assert document.decode(bytes(page.body)) == document.from_paragraphs(BRIDGE["body"])
    assert run.events(anna) == [BylineCreated(name="Anna Brandt", slug="anna-brandt")]
    assert run.events(thing("section", "local news")) == [SectionOpened(name="Local news", slug="local-news")]
    assert run.events(thing("tag", "bridges")) == [TagCreated(name="bridges", slug="bridges")]


def test_it_happened_when_it_was_published(run: Run) -> None:
    run.articles(BRIDGE)
    moments = {recorded.occurred_at for recorded in run.store.read_all()}
    assert moments == {from_iso(BRIDGE["published_at"])}
    first = next(run.store.read_all())
    assert (first.recorded_at, first.meta.face, first.meta.command) == (NOW, "import", "import.article")
    assert (first.meta.actor, first.meta.source_time) == (None, from_iso(BRIDGE["published_at"]))


def test_what_lies_ahead_is_scheduled(run: Run) -> None:
    run.articles(record(published_at=to_iso(NOW + DAY)))
    page = published(run)
    assert isinstance(page, ArticleScheduled)
    assert page.public_from == NOW + DAY


def test_a_body_may_be_markdown_with_html_in_it(run: Run) -> None:
    body = ["## Cracks", 'The <em>bridge</em> is [closed](https://example.org "x").', "![A bridge](bridge.jpg)"]
    run.articles(record(body=body, body_format="markdown", headline="Bridge &amp; <b>ferry</b>", summary="*Cracks*"))
    page = published(run)
    assert (page.headline, page.standfirst) == ("Bridge & ferry", "Cracks")
    assert document.decode(bytes(page.body)) == document.from_markdown("\n\n".join(body))


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("[#]: subject: [x]", "[#]: subject: [x]"), ("1. *Why* bridges close", "1. Why bridges close"),
        ("# *One*\n- two", "# One - two"), ("***", "***"), ("snake_case & `code`", "snake_case & code"),
        ("The <em>Ferry</em> &mdash; [again](https://example.org)", "The Ferry — again"),
    ],
)  # fmt: skip
def test_a_headline_is_a_line_whatever_markdown_would_make_of_it(run: Run, headline: str, expected: str) -> None:
    assert counts(run.articles(record(headline=headline, body_format="markdown"))) == (1, 0, 0, 0)
    assert published(run).headline == expected


def test_plain_text_is_taken_at_its_word(run: Run) -> None:
    run.articles(record(headline="TEXAS <TCB> & CO &amp;", body=["A *b* <i>c</i>"]))
    page = published(run)
    assert page.headline == "TEXAS <TCB> & CO &amp;"
    assert "A *b* <i>c</i>" in document.to_text(document.decode(bytes(page.body)))


def test_a_dateline_begins_the_first_paragraph(run: Run) -> None:
    run.articles(record(dateline="HOUSTON, Feb 26", body=["Cotton fell."]))
    assert document.to_text(document.decode(bytes(published(run).body))).strip() == "HOUSTON, Feb 26 — Cotton fell."


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"kind": "analysis"}, "analysis"), ({"kind": "norm"}, "news"), ({"kind": "analysis", "body": []}, "brief"),
        ({"body": [" "]}, "brief"), ({"body": None}, "brief"), ({"body": "One."}, "news"),
    ],
)  # fmt: skip
def test_a_headline_alone_is_a_brief(run: Run, changes: dict[str, Any], kind: str) -> None:
    run.articles(record(**changes))
    assert published(run).kind == kind


def test_a_link_post_is_its_link(run: Run) -> None:
    run.articles(record(body=[], source_url="https://example.org/report"))
    assert document.links(document.decode(bytes(published(run).body))) == ("https://example.org/report",)


@pytest.mark.parametrize(
    ("slug", "path"),
    [
        ("the-bridge", "/2014/03/01/the-bridge"), ("BC-BRIDGE", "/2014/03/01/bridge-closed"),
        ("../etc", "/2014/03/01/bridge-closed"), (None, "/2014/03/01/bridge-closed"),
    ],
)  # fmt: skip
def test_a_slug_that_is_none_makes_way_for_the_headline(run: Run, slug: str | None, path: str) -> None:
    run.articles(record(slug=slug))
    assert published(run).path == path


def test_a_slug_that_is_taken_makes_way_for_the_headline(run: Run) -> None:
    report = run.articles(record(slug="bridge"), record(id="ledger-2", headline="Another", slug="bridge"))
    assert counts(report) == (2, 0, 0, 0)
    assert published(run, "ledger-2").path == "/2014/03/01/another"


# --- names


def test_names_are_made_once_however_they_are_spelt(run: Run) -> None:
    run.articles(BRIDGE, record(id="ledger-2", bylines=["ANNA  brandt", "Anna Brandt", " "], tags=["Bridges"]))
    assert [credit.byline for credit in published(run, "ledger-2").bylines] == [
        thing("byline", "anna brandt").removeprefix("byline-")
    ]
    assert published(run, "ledger-2").tags == [thing("tag", "bridges").removeprefix("tag-")]


def test_names_that_only_share_an_address_stay_two(run: Run) -> None:
    run.articles(record(bylines=["王伟"]), record(id="ledger-2", bylines=["王薇"]))
    assert run.events(thing("byline", "王伟")) == [BylineCreated(name="王伟", slug="wang-wei")]
    assert run.events(thing("byline", "王薇")) == [BylineCreated(name="王薇", slug="wang-wei-2")]


def test_what_the_desk_made_under_that_name_is_used(run: Run) -> None:
    theirs = some_id("anna of the desk")
    run.newsroom.handle([byline.Create(theirs, "Anna Brandt"), section.Open(some_id("local"), "Local news")], CHIEF)
    run.articles(record(bylines=["Anna Brandt"]))
    assert published(run).bylines == [Credit(theirs)]
    assert published(run).section == some_id("local")


def test_what_was_merged_leads_to_what_it_was_merged_into(run: Run) -> None:
    run.articles(BRIDGE)
    anna, ben = (thing("byline", name).removeprefix("byline-") for name in ("anna brandt", "ben carr"))
    bridges, harbour = (thing("tag", name).removeprefix("tag-") for name in ("bridges", "harbour"))
    run.newsroom.handle([byline.Merge(anna, ben), tag.Merge(bridges, harbour)], CHIEF)
    run.articles(record(id="ledger-2"))
    assert published(run, "ledger-2").bylines == [Credit(ben)]
    assert published(run, "ledger-2").tags == [harbour]


def test_a_refused_article_leaves_no_names_behind(run: Run) -> None:
    report = run.articles(record(headline="x" * 301, bylines=["Nobody Else"]))
    assert counts(report) == (0, 0, 0, 1)
    assert run.store.head().position == 0


# --- what cannot be taken


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON: "),
        (b"[1]", "not a JSON object"),
        (b"[" * 100_000, "not"),
        (record(headline=None), "headline: Missing data for required field."),
        (record(headline=""), "headline: Shorter than minimum length 1."),
        (record(published_at="2014-03-01"), "has no time zone"),
        (record(published_at="yesterday"), "published_at: 'yesterday'"),
        (record(published_at=7), "published_at"),
        (record(body=[1]), "body"),
        (record(body={"a": 1}), "body: Not a valid list."),
        (record(body_format="docx"), "body_format: Must be one of"),
        (record(bylines="Anna"), "bylines: Not a valid list."),
        (record(id="ledger-2", lang="English!"), "not a language tag"),
        (record(id=None), "id: Missing data"),
        (record(id="ledger-2", bylines=["x" * 121]), "121 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_record_is_told_with_its_line_and_does_not_stop_the_rest(run: Run, bad: object, reason: str) -> None:
    report = run.articles(BRIDGE, bad, record(id="ledger-3"))
    assert counts(report) == (2, 0, 0, 1)
    (refusal,) = report.refusals
    assert refusal.place == "articles.jsonl, line 2"
    assert reason in refusal.reason


def test_a_strict_run_stops_at_the_first_bad_record_and_keeps_what_came_before(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [BRIDGE, b"{", record(id="ledger-3")])
    taking = Taking(run.newsroom, run.store, strict=True)
    with pytest.raises(Stopped, match=r"a\.jsonl, line 2: not JSON"):
        taking.take(article_records.groups([path], lambda: NOW))
    assert counts(taking.report) == (1, 0, 0, 1)
    assert run.events(article_stream())
    assert not run.events(article_stream("ledger-3"))


def test_blank_lines_are_no_records(run: Run) -> None:
    assert counts(run.articles(BRIDGE, b"", b"   ", record(id="ledger-2"))) == (2, 0, 0, 0)


# --- twice is once


def test_running_it_twice_adds_nothing(run: Run) -> None:
    many = [record(id=f"ledger-{number}") for number in range(50)]
    first = run.articles(*many)
    again = run.articles(*many, zipped=True)
    assert (counts(first), counts(again)) == ((50, 0, 0, 0), (0, 0, 50, 0))
    assert again.events == 0


def test_the_same_record_twice_in_a_file_is_one(run: Run) -> None:
    assert counts(run.articles(BRIDGE, BRIDGE, record(headline="Bridge shut"))) == (1, 1, 1, 0)


def test_what_is_not_part_of_the_format_makes_no_difference(run: Run) -> None:
    run.articles(BRIDGE)
    assert counts(run.articles({"revisions": 7, **dict(reversed(BRIDGE.items())), "dateline": None})) == (0, 0, 1, 0)


def test_a_record_that_changed_is_told_and_taken_only_on_demand(run: Run) -> None:
    run.articles(BRIDGE)
    changed = record(headline="Bridge shut", tags=["bridges"])
    assert counts(run.articles(changed)) == (0, 1, 0, 0)
    assert published(run).number == 1
    report = run.articles(changed, update=True)
    assert (counts(report), report.updated) == ((0, 1, 0, 0), 1)
    page = published(run)
    assert isinstance(page, ArticleUpdated)
    assert (page.number, page.headline, page.silent, page.public_from) == (2, "Bridge shut", True, NOW)
    assert page.path == "/2014/03/01/bridge-closed"
    assert counts(run.articles(changed, update=True)) == (0, 0, 1, 0)


def test_a_record_that_changed_back_has_changed_again(run: Run) -> None:
    changed = record(headline="Bridge shut")
    run.articles(BRIDGE)
    for source in (changed, BRIDGE, changed, BRIDGE):
        assert counts(run.articles(source)) == (0, 1, 0, 0)
        assert run.articles(source, update=True).updated == 1
        assert counts(run.articles(source)) == (0, 0, 1, 0)
    assert published(run).headline == "Bridge closed"
    assert published(run).number == 5


def test_what_the_desk_did_since_is_not_undone(run: Run) -> None:
    run.articles(BRIDGE)
    id = article_stream().removeprefix("article-")
    run.newsroom.handle(article.ChangeHeadline(id, "Bridge gone"), CHIEF)
    run.newsroom.handle(article.Withdraw(id, "Court order"), CHIEF)
    assert counts(run.articles(BRIDGE, update=True)) == (0, 0, 1, 0)
    report = run.articles(record(headline="Bridge shut"), update=True)
    assert counts(report) == (0, 0, 0, 1)
    assert "withdrawn here" in report.refusals[0].reason


# --- files


def test_gzip_is_known_by_its_content(run: Run) -> None:
    assert counts(run.articles(BRIDGE, zipped=True)) == (1, 0, 0, 0)


def test_a_file_that_breaks_off_is_said_to(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.jsonl.gz", [record(id=f"{number}") for number in range(100)], zipped=True)
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(whole.read_bytes()[:-20])
    with pytest.raises(BadFile, match=r"broken\.jsonl\.gz cannot be read"):
        count_lines(broken)
    with pytest.raises(BadFile, match=r"broken\.jsonl\.gz cannot be read to its end"):
        list(lines(broken))
    assert count_lines(whole) == 100


def test_real_news_is_taken_in(run: Run, shared: Path) -> None:
    path = shared / "data" / "news" / "sample_usgov_100.jsonl"
    report = Taking(run.newsroom, run.store).take(article_records.groups([path], lambda: NOW))
    assert counts(report) == (100, 0, 0, 0)
    again = Taking(run.newsroom, run.store).take(article_records.groups([path], lambda: NOW))
    assert counts(again) == (0, 0, 100, 0)
