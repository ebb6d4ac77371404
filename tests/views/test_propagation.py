"""A byline renamed or a caption corrected reaches every page that shows it, and no other."""

import pytest

from events import article as a
from events import byline as b
from events import image as i
from events import tag as t
from tests.views.conftest import House, by, figure, paragraph, uploaded, words
from tests.views.test_public import page, story, thing
from views import projector


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is rendered again within a catch-up."""
    monkeypatch.setattr(projector, "INLINE", 0)


def stale(house: House) -> list[tuple[object, ...]]:
    return house.rows("SELECT article, cause FROM published WHERE stale IS NOT NULL ORDER BY article")


@pytest.fixture
def signed(house: House) -> House:
    """Two stories by Anna, one of them with her picture in it, one by Ben; a scheduled one by Anna."""
    house.tell("image-ferry", uploaded("a", caption="The fery", credit="Anna"))
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna", slug="anna"))
    thing(house, "byline-ben", "/by/ben", b.BylineCreated(name="Ben", slug="ben"))
    picture = {"images": ["ferry"], "body": [paragraph("Look:"), figure("ferry")]}
    story(house, "x", "/2026/09/21/x", bylines=by("anna"), **picture)
    story(house, "y", "/2026/09/21/y", bylines=by("anna"))
    story(house, "z", "/2026/09/21/z", bylines=by("ben"))
    house.tell("article-w", a.ArticleDrafted(headline="W"))
    house.tell("article-w", a.ArticleScheduled(**words(1, 9, path="/2026/09/21/w", bylines=by("anna"))))
    return house


def test_a_renamed_byline_marks_what_it_signed_and_readers_see_it_at_once(signed: House, slow: None) -> None:
    position = signed.tell("byline-anna", b.BylineRenamed(name="Anna Reyes"))
    assert stale(signed) == [(id, "byline-anna") for id in ("w", "x", "y")]
    assert page(signed, "/2026/09/21/x").bylines[0].name == "Anna Reyes"
    assert {card.bylines[0].name for card in signed.read().latest(10).items} == {"Anna Reyes", "Ben"}
    assert signed.views.documents.changed(position - 1, position) == ["w", "x", "y"]
    assert signed.views.documents.documents("w")[0].bylines == ("Anna Reyes",)
    assert signed.views.drain() == 3 and not stale(signed)
    assert page(signed, "/2026/09/21/x").bylines[0].name == "Anna Reyes"


def test_a_corrected_caption_reaches_the_body_and_leaves_others_alone(signed: House) -> None:
    before = {id: page(signed, f"/2026/09/21/{id}").digest for id in "xyz"}
    signed.tell("image-ferry", i.ImageCaptionChanged(caption="The ferry"))
    after = {id: page(signed, f"/2026/09/21/{id}").digest for id in "xyz"}
    assert "The ferry" in page(signed, "/2026/09/21/x").html
    assert {id for id in before if before[id] != after[id]} == {"x"}


def test_what_readers_cannot_see_of_an_image_touches_no_page(signed: House, slow: None) -> None:
    signed.tell("image-ferry", i.ImageRightsChanged(rights="Agency", expires=None))
    assert not stale(signed)


def test_a_portrait_is_reached_through_whom_it_shows(signed: House, slow: None) -> None:
    signed.tell("image-face", uploaded("b", alt="Ben"))
    signed.tell("byline-ben", b.BylinePortraitSet(image="face"))
    signed.views.drain()
    signed.tell("image-face", i.ImageAltChanged(alt="Ben, smiling"))
    assert stale(signed) == [("z", "image-face")]


def test_after_a_merge_the_other_name_is_reached(signed: House, slow: None) -> None:
    signed.tell("byline-ben", b.BylineMerged(into="anna"))
    signed.views.drain()
    signed.tell("byline-anna", b.BylineBioChanged(bio="Both of them."))
    assert [article for article, _ in stale(signed)] == ["w", "x", "y", "z"]
    assert page(signed, "/2026/09/21/z").bylines[0].bio == "Both of them."


def test_a_body_is_drawn_again_when_its_picture_changed_before_its_byline(signed: House, slow: None) -> None:
    signed.tell("image-ferry", i.ImageCaptionChanged(caption="The ferry"))
    signed.tell("byline-anna", b.BylineRenamed(name="Anna Reyes"))
    signed.views.drain()
    assert "The ferry" in page(signed, "/2026/09/21/x").html
    assert signed.views.verify().ok


def test_a_hundred_pages_are_brought_up_to_date_within_the_same_catch_up(house: House) -> None:
    thing(house, "tag-sea", "/tag/sea", t.TagCreated(name="Sea", slug="sea"))
    for n in range(100):
        house.tell(f"article-{n}", a.ArticleDrafted(headline="N"), fold=False)
        house.tell(f"article-{n}", a.ArticlePublished(**words(1, 0, path=f"/2026/09/21/{n}", tags=["sea"])), fold=False)
    house.tell("tag-sea", t.TagRenamed(name="The sea"))
    assert not stale(house)
    assert page(house, "/2026/09/21/99").tags[0].name == "The sea"
