"""Bylines, sections, tags and pictures, as readers meet them: now, and as they were."""

from events import article as a
from events import byline as b
from events import image as i
from events import section as s
from events import tag as t
from events.path import PathRedirected, stream_of
from tests.views.conftest import House, by, uploaded, words
from tests.views.test_public import FERRY, page, story, thing
from views.shapes import Gone, Moved


def test_things_have_pages_once_readers_know_them(house: House) -> None:
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna", slug="anna"))
    thing(house, "tag-merger", "/tag/merger", t.TagCreated(name="The secret merger", slug="merger"))
    thing(house, "section-news", "/news", s.SectionOpened(name="News", slug="news"))
    reader = house.read()
    assert reader.byline("anna") is None and reader.tag("merger") is None and reader.section("news") is not None
    house.hour = 1
    story(house, bylines=by("anna"), tags=["merger"])
    reader = house.read()
    assert reader.byline("anna") is not None and reader.tag("merger") is not None
    assert house.read(0.5).byline("anna") is None and reader.byline("nobody") is None


def test_a_renamed_section_redirects_and_its_past_stays(house: House) -> None:
    thing(house, "section-n", "/news", s.SectionOpened(name="News", slug="news"))
    story(house, section="n")
    house.hour = 2
    thing(house, "section-n", "/world", s.SectionRenamed(name="World"), s.SectionSlugChanged(slug="world"))
    house.tell(stream_of("/news"), PathRedirected(path="/news", owner="section-n"))
    reader, past = house.read(), house.read(1)
    assert reader.section("news") == Moved(to="world") and past.section("world") == Moved(to="news")
    assert [section.name for section in reader.sections()] == ["World"]
    assert [section.name for section in past.sections()] == ["News"]
    assert page(house).section != page(house, at=1).section


def test_a_closed_section_leaves_the_menu_and_keeps_its_page(house: House) -> None:
    thing(house, "section-b", "/b", s.SectionOpened(name="B", slug="b"))
    thing(house, "section-a", "/a", s.SectionOpened(name="A", slug="a"), s.SectionMoved(order=5))
    assert [section.name for section in house.read().sections()] == ["B", "A"]
    house.hour = 1
    house.tell("section-b", s.SectionClosed())
    assert [section.name for section in house.read().sections()] == ["A"] and house.read().section("b") is not None


def test_merged_bylines_are_one_from_then_on(house: House) -> None:
    thing(house, "byline-old", "/by/old", b.BylineCreated(name="A. Reyes", slug="old"))
    thing(house, "byline-new", "/by/new", b.BylineCreated(name="Anna Reyes", slug="new"))
    story(house, "x", FERRY, bylines=by("old"))
    story(house, "y", "/2026/09/21/y", bylines=by("new", "old"))
    house.hour = 2
    house.tell("byline-old", b.BylineMerged(into="new"))
    reader, past = house.read(), house.read(1)
    assert reader.byline("old") == Moved(to="new")
    assert {card.article for card in reader.latest(10, byline="new").items} == {"x", "y"}
    assert [view.name for view in page(house, "/2026/09/21/y").bylines] == ["Anna Reyes"]
    assert {card.article for card in past.latest(10, byline="new").items} == {"y"}
    assert [view.name for view in page(house, at=1).bylines] == ["A. Reyes"]


def test_a_file_is_public_while_something_public_shows_it_or_did(house: House) -> None:
    house.tell("image-i", uploaded("a"))
    house.tell("image-draft", uploaded("c"))
    house.hour = 1
    picture = i.Picture("b" * 64, "png", 900, 800, 600)
    house.tell("image-i", i.ImageReplaced(picture=picture, reason="a face was seen"))
    house.hour = 2
    story(house, lead=a.Lead("i"))
    reader = house.read()
    shown = reader.image("b" * 64)
    assert not isinstance(shown, Gone) and shown and (shown.format, shown.width) == ("png", 800)
    assert reader.image("a" * 64) is None and reader.image("c" * 64) is None  # never before readers
    house.hour = 3
    house.tell("image-i", i.ImageTakenDown(reason="rights"))
    assert house.read().image("b" * 64) == house.read(2).image("b" * 64) == Gone(at=house.at(3))
    assert page(house).image is None and page(house, at=2).image is None
    house.tell("image-i", i.ImageReinstated(reason="paid"))
    assert page(house).image is not None and page(house, at=2).image is not None


def test_a_portrait_is_public_with_whom_it_shows(house: House) -> None:
    house.tell("image-i", uploaded("a"))
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna", slug="anna"), b.BylinePortraitSet(image="i"))
    assert house.read().image("a" * 64) is None
    story(house, bylines=by("anna"))
    assert house.read().image("a" * 64) is not None and page(house).bylines[0].portrait is not None


def test_what_is_known_first_of_a_thing_holds_since_ever(house: House) -> None:
    house.hour = 5
    house.tell("article-x", a.ArticleDrafted(headline="Old"))
    house.tell("article-x", a.ArticlePublished(**words(1, -1000, bylines=by("late"))))
    house.hour = 9
    house.tell("byline-late", b.BylineCreated(name="Late", slug="late"), b.BylineBioChanged(bio="Came late."))
    assert [(view.name, view.bio) for view in page(house, at=-500).bylines] == [("Late", "Came late.")]
