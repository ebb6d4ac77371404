"""What readers get from the views: pages, lists, addresses, the past."""

import pytest

from events import article as a
from events import byline as b
from events import section as s
from events import tag as t
from events.event import Event
from events.path import PathClaimed, PathClosed, PathRedirected, stream_of
from events.site import SiteTitled
from tests.views.conftest import House, by, figure, paragraph, uploaded, words
from views.shapes import BadCursor, Gone, Moved, Page, SiteView

FERRY = "/2026/09/21/ferry"


def story(house: House, id: str = "x", path: str = FERRY, **given: object) -> None:
    """A story, drafted and published at the clock's hour."""
    house.tell(f"article-{id}", a.ArticleDrafted(headline="The ferry"))
    claim(house, f"article-{id}", path)
    house.tell(f"article-{id}", a.ArticlePublished(**words(1, house.hour, path=path, **given)))


def claim(house: House, owner: str, path: str) -> None:
    house.tell(stream_of(path), PathClaimed(path=path, owner=owner))


def thing(house: House, stream: str, path: str, *events: Event) -> None:
    house.tell(stream, *events)
    claim(house, stream, path)


def page(house: House, path: str = FERRY, at: float | None = None) -> Page:
    found = house.read(at).page(path)
    assert isinstance(found, Page), found
    return found


def test_a_published_story_is_a_page_with_everything_on_it(house: House) -> None:
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna Reyes", slug="anna"))
    thing(house, "section-news", "/news", s.SectionOpened(name="News", slug="news"))
    thing(house, "tag-sea", "/tag/sea", t.TagCreated(name="The sea", slug="sea"))
    house.tell("image-ferry", uploaded(caption="The ferry", credit="Anna Reyes", alt="A white ship"))
    story(house, section="news", tags=["sea"], bylines=by("anna"),
          lead=a.Lead("ferry", caption="Afloat", credit="Ben Ode"), images=["ferry"],
          body=[paragraph("It <floats>."), figure("ferry")])  # fmt: skip
    found = page(house)
    assert (found.headline, found.section and found.section.name) == ("Ferry, take 1", "News")
    assert [view.name for view in found.bylines] == ["Anna Reyes"] and [view.slug for view in found.tags] == ["sea"]
    assert found.image and (found.image.caption, found.image.alt) == ("Afloat", "A white ship")
    assert found.image.credit == "Ben Ode" and "Anna Reyes</span></figcaption>" in found.html
    assert "It &lt;floats&gt;." in found.html and "<figcaption>The ferry" in found.html
    assert (found.number, found.public_from, found.published_at) == (1, house.at(0), house.at(0))
    assert [change.kind for change in found.changes] == ["published"] and not found.corrections
    assert house.read().public(["x", "nobody"]).keys() == {"x"}


def test_a_draft_is_no_page_and_in_no_list(house: House) -> None:
    house.tell("article-x", a.ArticleDrafted(headline="Secret"), a.ArticleHeadlineChanged(headline="Hush"))
    assert not house.read().latest(10).items and not house.read().sitemap("/", 0, 10)
    assert not list(house.views.documents.all())


def test_a_scheduled_story_answers_nothing_until_its_moment_and_then_by_itself(house: House) -> None:
    house.tell("article-x", a.ArticleDrafted(headline="The ferry"))
    claim(house, "article-x", FERRY)
    house.tell("article-x", a.ArticleScheduled(**words(1, 2)))
    assert house.read().page(FERRY) is None and not house.read().latest(10).items and not house.read().months()
    assert house.read().next_boundary() == house.at(2)
    house.hour = 2
    assert page(house).public_from == house.at(2) and len(house.read().latest(10).items) == 1
    assert house.read().next_boundary() is None


def test_an_address_that_waits_for_its_moment_gives_nothing_away(house: House) -> None:
    story(house)
    claim(house, "article-x", "/2026/09/21/sunk")
    house.tell("article-x", a.ArticleScheduled(**words(2, 5, path="/2026/09/21/sunk")))
    assert house.read().page("/2026/09/21/sunk") is None
    house.hour = 5
    assert page(house, "/2026/09/21/sunk").number == 2
    assert house.read().page(FERRY) == Moved(to="/2026/09/21/sunk")  # nobody had to redirect it at the minute
    assert isinstance(house.read(4).page(FERRY), Page) and house.read(4).page("/2026/09/21/sunk") is None


def test_a_cancelled_schedule_leaves_what_was_there(house: House) -> None:
    story(house)
    house.tell("article-x", a.ArticleScheduled(**words(2, 5)))
    assert page(house).public_until == house.at(5)
    house.tell("article-x", a.ArticleScheduleCancelled(number=2, why="No"))
    house.hour = 6
    assert page(house).number == 1 and page(house).public_until is None


def test_a_pending_publication_that_is_kept_follows_the_update_made_meanwhile(house: House) -> None:
    story(house)
    house.tell("article-x", a.ArticleScheduled(**words(2, 5)))
    house.hour = 1
    house.tell("article-x", a.ArticleUpdated(**words(3, 1, note="New")))
    assert page(house).number == 3
    house.hour = 5
    assert page(house).number == 2


def test_of_two_publications_with_one_moment_the_later_one_is_public(house: House) -> None:
    story(house)
    house.tell("article-x", a.ArticleUpdated(**words(2, 0, note="At once")))
    assert page(house).number == 2 and len(house.read().latest(10).items) == 1
    assert house.views.verify().ok


def test_what_was_published_at_once_is_public_whatever_a_clock_says(house: House) -> None:
    story(house)
    given = words(2, 0, note="In the same microsecond")
    given["public_from"] += 1
    house.tell("article-x", a.ArticleUpdated(**given))
    assert page(house).number == 2


def test_a_tag_that_was_away_for_a_while_lists_the_story_only_while_it_was_there(house: House) -> None:
    thing(house, "tag-sea", "/tag/sea", t.TagCreated(name="Sea", slug="sea"))
    story(house, tags=["sea"])
    for hour, tags in ((2, []), (4, ["sea"]), (6, ["sea"])):
        house.hour = hour
        house.tell("article-x", a.ArticleUpdated(**words(hour, hour, tags=tags)))
    shown = {at: len(house.read(at).latest(10, tag="sea").items) for at in (1, 3, 5, 6)}
    assert shown == {1: 1, 3: 0, 5: 1, 6: 1} and house.read(3).tag("sea") is None
    assert house.rows("SELECT count(*) FROM refs WHERE ref = 'tag-sea'") == [(2,)]


def test_a_correction_is_told_to_readers_and_a_silent_update_is_not(house: House) -> None:
    story(house)
    house.hour = 1
    house.tell("article-x", a.ArticleUpdated(**words(2, 1, silent=True)))
    assert page(house).updated_at is None and len(page(house).changes) == 1
    house.hour = 2
    house.tell("article-x", a.ArticleCorrected(**words(3, 2, note="It was Tuesday.")))
    found = page(house)
    assert [(c.kind, c.note) for c in found.changes] == [("corrected", "It was Tuesday."), ("published", "")]
    assert [c.note for c in found.corrections] == ["It was Tuesday."]
    assert found.corrected and found.updated_at == house.at(2) and found.published_at == house.at(0)
    [entry] = house.read().corrections(10).items
    assert (entry.note, entry.card.article, entry.at) == ("It was Tuesday.", "x", house.at(2))
    assert not house.read(1).corrections(10).items


def test_a_clarification_is_told_at_the_top_and_is_no_correction(house: House) -> None:
    story(house)
    house.hour = 1
    house.tell("article-x", a.ArticleUpdated(**words(2, 1, note="Only the upper bridge.", clarifies=True)))
    found = page(house)
    assert next((c.kind, c.note) for c in found.changes) == ("clarified", "Only the upper bridge.")
    assert [(c.kind, c.note) for c in found.corrections] == [("clarified", "Only the upper bridge.")]
    assert found.updated_at == house.at(1) and not found.corrected
    assert not house.read().corrections(10).items


def test_a_withdrawn_story_is_gone_at_every_instant_and_its_words_are_in_no_table(house: House) -> None:
    story(house, headline="Libel", body=[paragraph("A libellous sentence.")])
    house.hour = 2
    house.tell("article-x", a.ArticleWithdrawn(reason="Law"))
    house.tell(stream_of(FERRY), PathClosed(path=FERRY, owner="article-x"))
    for at in (None, 2, 1, 0):
        assert house.read(at).page(FERRY) == Gone(at=house.at(2))
        assert not house.read(at).latest(10).items and not house.read(at).public(["x"])
    assert house.read(-1).page(FERRY) is None  # nobody could have known it then
    assert not house.views.documents.documents("x")
    assert house.rows("SELECT public_from, public_until FROM revisions") == [(house.at(0), house.at(2))]
    for table in ("published", "contents"):
        assert "ibel" not in repr(house.rows(f"SELECT * FROM {table}"))


def test_what_was_scheduled_ends_with_a_withdrawal(house: House) -> None:
    story(house)
    house.tell("article-x", a.ArticleScheduled(**words(2, 5)))
    house.tell("article-x", a.ArticleWithdrawn(reason="Law"))
    house.hour = 6
    assert isinstance(house.read().page(FERRY), Gone) and not house.read().latest(10).items
    assert house.rows("SELECT number FROM revisions") == [(1,)]


def test_a_story_published_again_after_a_withdrawal_begins_anew(house: House) -> None:
    story(house)
    house.hour = 1
    house.tell("article-x", a.ArticleWithdrawn(reason="Law"))
    house.hour = 2
    claim(house, "article-x", "/2026/09/21/again")
    house.tell("article-x", a.ArticlePublished(**words(2, 2, path="/2026/09/21/again")))
    found = page(house, "/2026/09/21/again")
    assert found.published_at == house.at(2) and len(found.changes) == 1
    assert house.read().page(FERRY) == Moved(to="/2026/09/21/again")
    house.tell(stream_of(FERRY), PathClosed(path=FERRY, owner="article-x"))
    assert isinstance(house.read().page(FERRY), Gone)


def test_a_retracted_story_keeps_its_address_and_shows_only_the_notice(house: House) -> None:
    story(house, body=[paragraph("Wrong words.")], standfirst="Wrong too.")
    house.hour = 1
    house.tell("article-x", a.ArticleRetracted(notice="We no longer stand by this."))
    for at in (None, 0.5):
        found = page(house, at=at)
        assert (found.retracted, found.html, found.standfirst) == ("We no longer stand by this.", "", "")
        assert found.changes[0].kind == "retracted"
        assert not house.read(at).latest(10).items and not house.read(at).sitemap("/", 0, 9)
    assert "rong words" not in repr(house.rows("SELECT * FROM published"))


def test_corrections_and_retractions_are_one_list_the_newest_first(house: House) -> None:
    for id, path in (("x", FERRY), ("y", "/2026/09/21/quay"), ("z", "/2026/09/21/fog")):
        story(house, id, path=path, headline=f"Story {id}", standfirst="Of what was wrong.")
    house.hour = 2
    house.tell("article-x", a.ArticleCorrected(**words(2, 2, headline="Story x", note="It was Tuesday.")))
    house.tell("article-y", a.ArticleRetracted(notice="We no longer stand by this."))
    house.hour = 3
    house.tell("article-z", a.ArticleCorrected(**words(2, 3, path="/2026/09/21/fog", headline="Story z", note="Fog.")))

    def told(at: float | None = None, limit: int = 9) -> list[str]:
        found, cursor = [], None
        while True:
            ledger = house.read(at).corrections(limit, cursor)
            found += [f"{one.card.headline}: {'retracted, ' * one.retracted}{one.note}" for one in ledger.items]
            cursor = ledger.next_cursor
            if cursor is None:
                return found

    everything = [
        "Story z: Fog.", "Story y: retracted, We no longer stand by this.", "Story x: It was Tuesday.",
    ]  # fmt: skip
    assert told() == told(limit=1) == told(limit=2) == everything
    assert told(2.5) == told(2.5, limit=1) == everything[1:] and not told(1)
    [retracted] = (one.card for one in house.read().corrections(9).items if one.retracted)
    assert (retracted.path, retracted.published_at, retracted.standfirst) == ("/2026/09/21/quay", house.at(0), "")
    house.tell("article-y", a.ArticleWithdrawn(reason="Law"))
    assert told() == [everything[0], everything[2]], "what was withdrawn is not spoken of"


def test_a_changed_slug_leads_to_where_the_story_is_now(house: House) -> None:
    story(house)
    for number, path in enumerate(("/2026/09/21/b", "/2026/09/21/c"), start=2):
        house.hour += 1
        claim(house, "article-x", path)
        house.tell("article-x", a.ArticleUpdated(**words(number, house.hour, path=path)))
    for old in (FERRY, "/2026/09/21/b"):
        house.tell(stream_of(old), PathRedirected(path=old, owner="article-x"))
        assert house.read().page(old) == Moved(to="/2026/09/21/c")  # no chains
    assert house.read(1).page(FERRY) == Moved(to="/2026/09/21/b")
    assert page(house, at=0.5).number == 1


def test_lists_are_narrowed_by_everything_at_once(house: House) -> None:
    for name in ("one", "two"):
        thing(house, f"tag-{name}", f"/tag/{name}", t.TagCreated(name=name, slug=name))
    thing(house, "section-s", "/s", s.SectionOpened(name="S", slug="s"))
    story(house, "x", "/2026/09/21/x", tags=["one"], section="s")
    house.hour = 24
    story(house, "y", "/2026/09/22/y", tags=["one", "two"], section="s")
    story(house, "z", "/2026/09/22/z", tags=["two"])

    def listed(**given: str) -> list[str]:
        return sorted(card.article for card in house.read().latest(10, **given).items)

    assert listed(tag="one") == ["x", "y"] and listed(tag="two", section="s") == ["y"]
    assert listed(under="/2026/09/22/") == ["y", "z"] and listed(under="/2026/09/21/", tag="two") == []
    assert [(p.period, p.articles) for p in house.read().days("2026/09")] == [("2026/09/22", 2), ("2026/09/21", 1)]
    assert [(p.period, p.articles) for p in house.read().months()] == [("2026/09", 3)]
    assert [entry.path for entry in house.read().sitemap("/2026/09/", 1, 1)] == ["/2026/09/22/y"]


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "W10", "WyJhIiwiYiIsMV0", "A" * 300])
def test_a_cursor_of_someone_elses_making_is_refused(house: House, cursor: str) -> None:
    for ask in (house.read().latest, house.read().corrections, house.read(0).latest):
        with pytest.raises(BadCursor):
            ask(10, cursor)


def test_related_stories_come_and_go_with_what_is_public(house: House) -> None:
    story(house, "y", "/2026/09/21/y")
    story(house, related=["y", "z", "nobody"])
    house.tell("article-z", a.ArticleDrafted(headline="Z"))
    house.tell("article-z", a.ArticleScheduled(**words(1, 3, path="/2026/09/21/z")))
    assert [card.article for card in page(house).related] == ["y"]
    before = page(house).digest
    house.hour = 3
    assert [card.article for card in page(house).related] == ["y", "z"] and page(house).digest != before
    house.tell("article-y", a.ArticleWithdrawn(reason="Law"))
    assert [card.article for card in page(house).related] == ["z"]


def test_the_site_has_its_title(house: House) -> None:
    assert house.read().site() == SiteView(title="Daybook")
    house.tell("site", SiteTitled(title="The Harbour", tagline="Since 1868"))
    assert house.read().site() == SiteView(title="The Harbour", tagline="Since 1868")


def test_nobody_travels_to_tomorrow(house: House) -> None:
    with pytest.raises(ValueError, match="nobody has seen"):
        house.views.reader(house.at(0), house.at(1))


def test_the_stamp_changes_when_readers_may_see_a_difference(house: House) -> None:
    story(house)
    before = house.read().stamp()
    house.tell("article-x", a.ArticleHeadlineChanged(headline="Not yet"))
    assert house.read().stamp() == before
    house.tell("article-x", a.ArticleUpdated(**words(2, 0, note="")))
    after = house.read().stamp()
    assert after != before
    house.views.rebuild()
    assert house.read().stamp() != after
