"""Images, bylines, sections, tags, the site and its addresses."""

from typing import Any

import msgspec
import pytest

from cms import byline, image, path, section, site_facts, tag
from cms.decider import Refused
from events.byline import (
    BylineBioChanged,
    BylineCreated,
    BylineMerged,
    BylinePortraitSet,
    BylineRenamed,
    BylineRetired,
    BylineSlugChanged,
    BylineTitleChanged,
)
from events.event import Event
from events.image import (
    ImageAltChanged,
    ImageCaptionChanged,
    ImageCreditChanged,
    ImageCropSet,
    ImageFocusSet,
    ImageReinstated,
    ImageReplaced,
    ImageRightsChanged,
    ImageTakenDown,
    ImageUploaded,
)
from events.path import PathClaimed, PathClosed, PathRedirected, PathReleased, stream_of
from events.section import (
    SectionClosed,
    SectionDescribed,
    SectionMoved,
    SectionOpened,
    SectionRenamed,
    SectionSlugChanged,
)
from events.site import SiteTitled
from events.tag import TagCreated, TagMerged, TagRenamed, TagSlugChanged
from tests.newsroom.spec import ANNA, BEN, BRIDGES, HARBOUR, NOW, PHOTO, PICTURE, given, some_id

NEW = some_id("new")
UPLOADED = ImageUploaded(picture=PICTURE, filename="bridge.jpg", caption="The bridge")
SMALLER = msgspec.structs.replace(PICTURE, sha256="b" * 64, width=800, height=600)

# --- images


def test_a_picture_is_taken_in_with_its_own_words() -> None:
    upload = image.Upload(NEW, PICTURE, "bridge.jpg", caption="The\r\nbridge ", alt="A bridge", credit="Ben Carr")
    given().when(upload).then(
        ImageUploaded(
            picture=PICTURE, filename="bridge.jpg", caption="The\nbridge", alt="A bridge", credit="Ben Carr"
        )
    )
    given(UPLOADED).when(upload).refused("already an image", "id")
    given().when(image.Upload("7", PICTURE, "bridge.jpg")).refused("must be a UUID", "id")


@pytest.mark.parametrize("changes", [{"sha256": "A" * 64}, {"width": 0}, {"height": -1}, {"bytes": 0}])
def test_a_picture_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    picture = msgspec.structs.replace(PICTURE, **changes)
    given().when(image.Upload(NEW, picture, "x.jpg")).refused("picture", "picture")
    given(UPLOADED).when(image.Replace(PHOTO, picture, "Sharper")).refused("picture", "picture")


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (image.ChangeCaption(PHOTO, "Closed"), ImageCaptionChanged(caption="Closed")),
        (image.ChangeAlt(PHOTO, "A bridge"), ImageAltChanged(alt="A bridge")),
        (image.ChangeCredit(PHOTO, "Ben Carr"), ImageCreditChanged(credit="Ben Carr")),
        (image.ChangeRights(PHOTO, "Once", NOW), ImageRightsChanged(rights="Once", expires=NOW)),
        (image.SetFocus(PHOTO, 0.25, 1.0), ImageFocusSet(x=0.25, y=1.0)),
        (image.SetCrop(PHOTO, "16:9", (0, 0, 1600, 900)), ImageCropSet(name="16:9", box=(0, 0, 1600, 900))),
        (image.Replace(PHOTO, SMALLER, "Sharper"), ImageReplaced(picture=SMALLER, reason="Sharper")),
        (image.TakeDown(PHOTO, "No rights"), ImageTakenDown(reason="No rights")),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_asked_of_an_image_happens_once(command: image.ImageCommand, event: Event) -> None:
    given(UPLOADED).when(command).then(event)
    given(UPLOADED, event).when(command).nothing()
    given().when(command).refused("There is no such image")


@pytest.mark.parametrize(("x", "y"), [(-0.1, 0), (0, 1.1), (float("nan"), 0.5), (0.5, float("inf"))])
def test_the_focal_point_lies_in_the_picture(x: float, y: float) -> None:
    given(UPLOADED).when(image.SetFocus(PHOTO, x, y)).refused("must lie in the picture")


@pytest.mark.parametrize("box", [(-1, 0, 10, 10), (0, 0, 1601, 10), (0, 1190, 10, 11), (0, 0, 0, 10)])
def test_a_crop_lies_within_the_picture(box: image.Box) -> None:
    given(UPLOADED).when(image.SetCrop(PHOTO, "1:1", box)).refused("1600 × 1200 pixels", "box")


def test_a_crop_is_named_by_its_shape_and_can_be_taken_away() -> None:
    given(UPLOADED).when(image.SetCrop(PHOTO, "banner", None)).refused("such as 16:9", "name")
    cropped = given(UPLOADED, ImageCropSet(name="1:1", box=(0, 0, 9, 9)))
    cropped.when(image.SetCrop(PHOTO, "1:1", None)).then(ImageCropSet(name="1:1", box=None))


def test_a_replaced_picture_has_no_crops_yet() -> None:
    past = (UPLOADED, ImageCropSet(name="1:1", box=(0, 0, 1200, 1200)), ImageReplaced(picture=SMALLER, reason=""))
    given(*past).when(image.SetCrop(PHOTO, "1:1", None)).nothing()
    given(*past).when(image.SetCrop(PHOTO, "1:1", (0, 0, 1200, 1200))).refused("800 × 600", "box")


def test_taking_down_and_reinstating_need_reasons() -> None:
    given(UPLOADED).when(image.TakeDown(PHOTO, "")).refused("Say why", "reason")
    down = given(UPLOADED, ImageTakenDown(reason="Rights"))
    down.when(image.Reinstate(PHOTO, " ")).refused("Say why", "reason")
    down.when(image.Reinstate(PHOTO, "Paid")).then(ImageReinstated(reason="Paid"))
    down.when(image.Replace(PHOTO, SMALLER, "Sharper")).refused("was taken down")
    given(UPLOADED).when(image.Reinstate(PHOTO, "Paid")).nothing()


# --- bylines

WENDY = BylineCreated(name="Wendy Ash", slug="wendy-ash")


def test_a_byline_has_an_address_made_from_the_name() -> None:
    given().when(byline.Create(NEW, "  Zoë  Müller ")).then(BylineCreated(name="Zoë Müller", slug="zoe-muller"))
    namesake = given().knowing(stream_of("/by/zoe-muller"), PathClaimed(path="/by/zoe-muller", owner=f"byline-{ANNA}"))
    namesake.when(byline.Create(NEW, "Zoë Müller")).then(BylineCreated(name="Zoë Müller", slug="zoe-muller-2"))
    given().when(byline.Create(NEW, "…")).then(BylineCreated(name="…", slug=f"byline-{NEW[-8:]}"))
    given().when(byline.Create(NEW, "Zoë", slug="Zoë")).refused("only the letters", "slug")
    given().when(byline.Create(NEW, "")).refused("needs a name", "name")


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (byline.Rename(NEW, "Wendy Oak"), BylineRenamed(name="Wendy Oak")),
        (byline.ChangeSlug(NEW, "wendy"), BylineSlugChanged(slug="wendy")),
        (byline.ChangeTitle(NEW, "Political editor"), BylineTitleChanged(title="Political editor")),
        (byline.ChangeBio(NEW, "Writes.\nReads."), BylineBioChanged(bio="Writes.\nReads.")),
        (byline.SetPortrait(NEW, PHOTO), BylinePortraitSet(image=PHOTO)),
        (byline.Retire(NEW), BylineRetired()),
        (byline.Merge(NEW, ANNA), BylineMerged(into=ANNA)),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_asked_of_a_byline_happens_once(command: byline.BylineCommand, event: Event) -> None:
    given(WENDY).when(command).then(event)
    given(WENDY, event).when(command).nothing()
    given().when(command).refused("There is no such byline")
    if not isinstance(command, byline.Merge):
        given(WENDY, BylineMerged(into=ANNA)).when(command).refused("was merged into another")


def test_a_portrait_must_be_there() -> None:
    given(WENDY).when(byline.SetPortrait(NEW, some_id("none"))).refused("There is no picture", "image")


def test_a_byline_is_merged_into_another_that_lives() -> None:
    given(WENDY).when(byline.Merge(NEW, NEW)).refused("into itself", "into")
    given(WENDY).when(byline.Merge(NEW, some_id("none"))).refused("There is no byline", "into")
    ben = BylineCreated(name="Ben Carr", slug="ben-carr")
    given(WENDY).knowing(f"byline-{BEN}", ben, BylineRetired()).when(byline.Merge(NEW, BEN)).refused("retired", "into")


def test_a_byline_that_moved_leads_on_and_may_move_back() -> None:
    moved = given(WENDY, BylineSlugChanged(slug="wendy"))
    addresses = byline.KIND.addresses
    assert addresses(moved.state(f"byline-{NEW}")) == {"/by/wendy-ash": "redirected", "/by/wendy": "claimed"}
    back = given(*moved.past, BylineSlugChanged(slug="wendy-ash"))
    assert addresses(back.state(f"byline-{NEW}")) == {"/by/wendy": "redirected", "/by/wendy-ash": "claimed"}


def test_the_page_of_a_merged_byline_leads_on() -> None:
    merged = given(WENDY, BylineMerged(into=ANNA)).state(f"byline-{NEW}")
    assert byline.KIND.addresses(merged) == {"/by/wendy-ash": "redirected"}


# --- sections

CULTURE = SectionOpened(name="Culture", slug="culture")


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (section.Rename(NEW, "Arts"), SectionRenamed(name="Arts")),
        (section.ChangeSlug(NEW, "arts"), SectionSlugChanged(slug="arts")),
        (section.Describe(NEW, "Stage and page."), SectionDescribed(description="Stage and page.")),
        (section.Move(NEW, -3), SectionMoved(order=-3)),
        (section.Close(NEW), SectionClosed()),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_asked_of_a_section_happens_once(command: section.SectionCommand, event: Event) -> None:
    given(CULTURE).when(command).then(event)
    given(CULTURE, event).when(command).nothing()
    given().when(command).refused("There is no such section")


@pytest.mark.parametrize("word", ["at", "by", "tag", "search", "desk", "media", "static", "api", "about", "2026", "7"])
def test_no_section_hides_what_is_the_sites_own(word: str) -> None:
    given().when(section.Open(NEW, "Name", slug=word)).refused(f"needs the address /{word}", "slug")
    given(CULTURE).when(section.ChangeSlug(NEW, word)).refused(f"needs the address /{word}", "slug")


def test_a_section_called_like_the_sites_own_gets_another_address() -> None:
    given().when(section.Open(NEW, "Media")).then(SectionOpened(name="Media", slug="section-media"))
    given().when(section.Open(NEW, "Arts & Ideas")).then(SectionOpened(name="Arts & Ideas", slug="arts-ideas"))


def test_a_closed_section_keeps_its_front() -> None:
    closed = given(CULTURE, SectionSlugChanged(slug="arts"), SectionClosed()).state(f"section-{NEW}")
    assert section.KIND.addresses(closed) == {"/culture": "redirected", "/arts": "claimed"}


def test_the_order_of_sections_is_a_number_of_sense() -> None:
    given(CULTURE).when(section.Move(NEW, 10**9)).refused("between", "order")


# --- tags

SEA = TagCreated(name="Sea", slug="sea")


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (tag.Rename(NEW, "The sea"), TagRenamed(name="The sea")),
        (tag.ChangeSlug(NEW, "the-sea"), TagSlugChanged(slug="the-sea")),
        (tag.Merge(NEW, HARBOUR), TagMerged(into=HARBOUR)),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_asked_of_a_tag_happens_once(command: tag.TagCommand, event: Event) -> None:
    given(SEA).when(command).then(event)
    given(SEA, event).when(command).nothing()
    given().when(command).refused("There is no such tag")


def test_a_tag_is_created_and_merged_into_another_that_lives() -> None:
    given().when(tag.Create(NEW, "place:usa")).then(TagCreated(name="place:usa", slug="place-usa"))
    given(SEA).when(tag.Merge(NEW, NEW)).refused("into itself", "into")
    merged = given(SEA).knowing(f"tag-{BRIDGES}", TagCreated(name="B", slug="b"), TagMerged(into=HARBOUR))
    merged.when(tag.Merge(NEW, BRIDGES)).refused("was merged", "into")
    given(SEA, TagMerged(into=HARBOUR)).when(tag.Rename(NEW, "x")).refused("was merged")
    assert tag.KIND.addresses(given(SEA, TagSlugChanged(slug="s"), TagMerged(into=HARBOUR)).state(f"tag-{NEW}")) == {
        "/tag/sea": "redirected", "/tag/s": "redirected",
    }  # fmt: skip


# --- the site


def test_the_site_is_titled() -> None:
    title = site_facts.Title("The Harbour Ledger", "News of the port")
    titled = SiteTitled(title="The Harbour Ledger", tagline="News of the port")
    given().when(title).then(titled)
    given(titled).when(title).nothing()
    given().when(site_facts.Title(" ")).refused("needs a title", "title")


# --- addresses

A, B = f"byline-{ANNA}", f"byline-{BEN}"
CLAIMED, MOVED = PathClaimed(path="/x", owner=A), PathRedirected(path="/x", owner=A)
CLOSED, RELEASED = PathClosed(path="/x", owner=A), PathReleased(path="/x", owner=A)


@pytest.mark.parametrize(
    ("past", "owner", "wanted", "expected"),
    [
        ((), A, "claimed", CLAIMED),
        ((CLAIMED,), A, "claimed", None),
        ((CLAIMED,), A, "redirected", MOVED),
        ((CLAIMED,), A, "gone", CLOSED),
        ((CLAIMED,), A, "free", RELEASED),
        ((CLAIMED, MOVED), A, "claimed", CLAIMED),  # moved back
        ((CLAIMED, CLOSED), A, "claimed", CLAIMED),  # published again after it was withdrawn
        ((CLAIMED, RELEASED), B, "claimed", PathClaimed(path="/x", owner=B)),
        ((CLAIMED,), B, "claimed", "is taken"),
        ((CLAIMED, MOVED), B, "claimed", "leads to something that moved"),
        ((CLAIMED, CLOSED), B, "claimed", "never used again"),
    ],
)
def test_an_address_is_one_things_alone(
    past: tuple[Event, ...], owner: str, wanted: Any, expected: Event | str | None
) -> None:
    state = path.decider.fold(path.Path(), past)
    if isinstance(expected, str):
        with pytest.raises(Refused, match=expected):
            path.decide(state, "/x", owner, wanted)
    else:
        assert path.decide(state, "/x", owner, wanted) == ([expected] if expected else [])

