"""Pictures, bylines, sections and tags: taken in, changed, with what a change touches said beforehand."""

import io
import re
from typing import Any

import pytest
from PIL import Image

from cms import article as a
from cms import byline as b
from cms import image as i
from cms.desk import states
from events.article import Credit, Lead
from events.image import Picture
from events.instant import DAY
from tests.desk.conftest import Browser, Newsroom

ANNA, BEN = "0193aaaa-0000-7000-8000-0000000000b1", "0193aaaa-0000-7000-8000-0000000000b2"
STORY = "0193aaaa-0000-7000-8000-0000000000a1"


def photo(colour: str = "teal", size: tuple[int, int] = (640, 480)) -> bytes:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "Boats on the quay", "Ina Voss"
    Image.new("RGB", size, colour).save(file, "JPEG", exif=exif)
    return file.getvalue()


def upload(browser: Browser, *files: tuple[bytes, str], status: int = 303) -> Browser:
    browser.go("/desk/images")
    data: dict[str, Any] = browser.form("/desk/images")
    data["file"] = [(io.BytesIO(content), name) for content, name in files]
    browser.page = browser.client.post("/desk/images", data=data)
    assert browser.page.status_code == status, browser.text
    return browser.go(browser.page.headers["Location"]) if status == 303 else browser


def taken_in(newsroom: Newsroom) -> str:
    return upload(newsroom.browser("pia"), (photo(), "quay.jpg")).page.request.path


def test_a_picture_comes_with_its_own_words(newsroom: Newsroom) -> None:
    pia = upload(newsroom.browser("pia"), (photo(), "C:\\fotos\\quay.jpg"))
    form = pia.form(f"{pia.page.request.path}/do/words")
    assert (form["caption"], form["alt"], form["credit"]) == ("Boats on the quay", "", "Ina Voss")
    with pia.client.get(f"/desk/pictures/{pia.page.request.path.rpartition('/')[2]}/320.jpg") as shown:
        assert shown.mimetype == "image/jpeg"
        assert Image.open(io.BytesIO(shown.data)).size == (320, 240)


def test_a_picture_is_called_by_its_caption_else_by_its_alt_text_and_only_else_by_its_file(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    id = path.rpartition("/")[2]
    newsroom.do(b.Create(ANNA, "Anna Brandt"))
    cora = newsroom.browser("cora")
    for change, called, look in (
        (i.ChangeAlt(id, "Two boats at a wall"), "Boats on the quay", "tile-words"),
        (i.ChangeCaption(id, ""), "Two boats at a wall", "tile-words"),
        (i.ChangeAlt(id, ""), "quay.jpg", "tile-words is-file"),
    ):
        newsroom.do(change)
        for page in ("/desk/images", f"/desk/bylines/{ANNA}/portrait"):
            assert f'<span class="{look}">{called}</span>' in cora.go(page).page.text
        assert re.search(rf"<h1[^>]*>{called}</h1>", cora.go(path).page.text)


def test_of_several_each_is_taken_or_refused_by_itself(newsroom: Newsroom) -> None:
    files = [(photo(), "a.jpg"), (b"%PDF-1.7", "b.pdf"), (photo("red"), "c.jpg")]
    pia = upload(newsroom.browser("pia"), *files, status=422)
    assert "b.pdf: This is a PDF." in pia.text
    assert "2 pictures were uploaded." in pia.text
    assert pia.go("/desk/images").page.text.count("/320.jpg") == 2


def test_a_double_click_takes_a_picture_in_once(newsroom: Newsroom) -> None:
    pia = newsroom.browser("pia").go("/desk/images")
    for _ in range(2):
        data = {**pia.form("/desk/images"), "command_id": ANNA, "file": [(io.BytesIO(photo()), "a.jpg")]}
        pia.client.post("/desk/images", data=data)
    assert pia.go("/desk/images").page.text.count("/320.jpg") == 1


def sent(browser: Browser, content: bytes, name: str = "a.jpg") -> Any:
    """What the script gets for one file."""
    form = browser.go("/desk/images").form("/desk/images")
    data = {**form, "file": [(io.BytesIO(content), name)]}
    return browser.client.post("/desk/images", data=data, headers={"Accept": "application/json"})


def test_a_file_that_is_here_already_is_shown_and_not_taken_in_again(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    pia = upload(newsroom.browser("pia"), (photo(), "copy.jpg"))
    assert pia.page.request.path == path
    assert "This file is here already" in pia.text
    several = upload(
        newsroom.browser("pia"), (photo(), "copy.jpg"), (photo("red"), "d.jpg"), (photo("red"), "e.jpg"), status=200
    )
    assert "1 picture was uploaded." in several.text
    assert "Here already, and not uploaded again: copy.jpg e.jpg" in several.text
    assert several.go("/desk/images").page.text.count("/320.jpg") == 2


def test_what_was_taken_down_is_not_brought_back_by_sending_it_again(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    newsroom.do(i.TakeDown(path.rpartition("/")[2], "Not ours"))
    pia = upload(newsroom.browser("pia"), (photo(), "copy.jpg"), status=422)
    assert "copy.jpg: This picture is in the library and was taken down" in pia.text


def test_a_script_is_told_what_became_of_each_file(newsroom: Newsroom) -> None:
    pia = newsroom.browser("pia")
    first = sent(pia, photo()).get_json()
    assert (first["name"], first["here"], first["refused"]) == ("a.jpg", False, "")
    assert sent(pia, photo()).get_json() == {**first, "here": True}
    refused = sent(pia, b"%PDF-1.7")
    assert (refused.status_code, "This is a PDF." in refused.get_json()["refused"]) == (422, True)


def test_the_library_is_narrowed_to_what_needs_a_look(newsroom: Newsroom) -> None:
    pia = newsroom.browser("pia")
    ids = [sent(pia, photo(colour), f"{colour}.jpg").get_json()["id"] for colour in ("red", "green", "blue", "white")]
    red, green, blue, white = ids
    newsroom.do(i.ChangeAlt(red, "Boats"), a.Draft(STORY, "Quay"), a.SetLeadImage(STORY, Lead(red)))
    newsroom.do(i.ChangeRights(green, "Once", newsroom.clock.at + 9 * DAY), i.TakeDown(blue, "Not ours"))
    newsroom.do(b.Create(ANNA, "Anna"), b.SetPortrait(ANNA, white))

    def shelf(name: str) -> set[str]:
        page = pia.go(f"/desk/images?shelf={name}").page.text
        return {id for id in ids if f"/desk/images/{id}" in page}

    assert shelf("") == {*ids}
    assert shelf("needs-alt") == {green, white}
    assert shelf("unused") == {green}
    assert shelf("expiring") == {green}
    assert shelf("taken-down") == {blue}
    assert "in 1 story" in pia.go("/desk/images").text
    assert "rights end 2 December 2026" in pia.text
    pia.go("/desk/images?shelf=nonsense", 404)


def test_nothing_chosen_is_said(newsroom: Newsroom) -> None:
    assert "Choose one or more pictures first." in upload(newsroom.browser("pia"), status=422).text


def test_words_of_a_picture_are_changed_and_found(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    pia = newsroom.browser("pia").go(path)
    pia.send(f"{path}/do/words", alt="Three blue boats", caption="Boats, at dawn")
    assert "Boats, at dawn" in pia.go("/desk/images?text=three+BLUE").text
    assert "No picture has these words." in pia.go("/desk/images?text=submarine").text


def test_taking_down_says_what_it_touches_and_does_it(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    id = path.rpartition("/")[2]
    newsroom.do(a.Draft(STORY, "Quay"), a.SetLeadImage(STORY, Lead(id)))
    pia = newsroom.browser("pia").go(path)
    assert "it disappears from 1 story (0 of them with readers now)" in pia.text
    assert "Quay" in pia.text
    pia.send(f"{path}/do/take-down", 422, reason="")
    pia.send(f"{path}/do/take-down", reason="No rights")
    assert "It was taken down" in pia.text
    assert "was taken down. Choose another one." in pia.go(f"/desk/articles/{STORY}").text
    pia.go(path).send(f"{path}/do/reinstate", reason="We have them after all")


def test_a_picture_is_replaced_everywhere(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    pia = newsroom.browser("pia").go(path)
    form = {**pia.form(f"{path}/replace"), "reason": "Sharper"}
    pia.page = pia.client.post(f"{path}/replace", data={**form, "file": (io.BytesIO(b"nothing"), "x")})
    assert pia.page.status_code == 422
    assert pia.form(f"{path}/replace")["reason"] == "Sharper"
    new = (io.BytesIO(photo("red", (800, 600))), "sharp.jpg")
    pia.page = pia.client.post(f"{path}/replace", data={**form, "file": new})
    assert "800 × 600" in pia.go(path).text


def test_the_focal_point_and_crops_are_set_by_plain_forms_too(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    id = path.rpartition("/")[2]
    pia = newsroom.browser("pia").go(path)
    pia.send(f"{path}/do/focus", 422, x="101", y="0").send(f"{path}/do/focus", x="25", y="80")
    pia.send(f"{path}/do/crop", 422, name="16:9", left="0", upper="400", width="640", height="360")
    assert "The crop must lie within the picture" in pia.text
    pia.send(f"{path}/do/crop", name="16:9", left="0", upper="100", width="640", height="360")
    with newsroom.app.app_context():
        image = states.image(id)
    assert (image.focus, dict(image.crops)) == ((0.25, 0.8), {"16:9": (0, 100, 640, 360)})
    assert "uncrop" in pia.page.text
    pia.send(f"{path}/do/uncrop", name="16:9")
    assert "uncrop" not in pia.page.text


def test_a_replaced_file_has_no_crops_of_the_one_before(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    id = path.rpartition("/")[2]
    newsroom.do(i.SetCrop(id, "1:1", (0, 0, 400, 400)))
    before = newsroom.house.views.desk(newsroom.clock()).library.image(id)
    assert before is not None
    assert before.view.crops == (("1:1", (0, 0, 400, 400)),)
    newsroom.do(i.Replace(id, Picture("b" * 64, "jpeg", 9, 300, 300), "Sharper"))
    after = newsroom.house.views.desk(newsroom.clock()).library.image(id)
    assert after is not None
    assert (after.view.crops, after.crops) == ((), {})


def test_a_reporter_takes_nothing_down(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    rita = newsroom.browser("rita").go(path)
    assert "take-down" not in rita.page.text
    assert "/replace" not in rita.page.text


@pytest.mark.parametrize("name", ["9999.jpg", "320.gif", "320-3x2-50-50.jpg", "../../secret", "original"])
def test_only_known_sizes_of_a_picture_are_made(newsroom: Newsroom, name: str) -> None:
    path = taken_in(newsroom)
    newsroom.browser("pia").go(f"/desk/pictures/{path.rpartition('/')[2]}/{name}", 404)


def test_pictures_of_the_desk_are_for_the_desk(newsroom: Newsroom) -> None:
    path = taken_in(newsroom)
    assert newsroom.app.test_client().get(f"/desk/pictures/{path.rpartition('/')[2]}/320.jpg").status_code == 303


# --- bylines, sections, tags


@pytest.mark.parametrize("kind", ["byline", "section", "tag"])
def test_a_name_is_added_renamed_and_given_another_address(newsroom: Newsroom, kind: str) -> None:
    cora = newsroom.browser("cora").go(f"/desk/{kind}s").send(f"/desk/{kind}s", name="Ferries & Fähren")
    path = cora.page.request.path
    assert "ferries-fahren" in cora.text
    cora.send(f"{path}/do/rename", name="Ferries")
    cora.send(f"{path}/do/slug", 422, slug="No Slug!")
    assert cora.form(f"{path}/do/slug")["slug"] == "No Slug!"
    cora.send(f"{path}/do/slug", slug="boats")
    assert "boats" in cora.go(f"/desk/{kind}s").text
    assert "Ferries" in cora.go(f"/desk/{kind}s?text=ferr").text
    assert "in its name" in cora.go(f"/desk/{kind}s?text=planes").text
    assert "Cora Hale " in cora.go(path).text
    assert "“Ferries & Fähren”" in cora.text


@pytest.mark.parametrize("kind", ["byline", "section", "tag"])
def test_a_name_that_cannot_be_is_refused_and_kept(newsroom: Newsroom, kind: str) -> None:
    cora = newsroom.browser("cora").go(f"/desk/{kind}s")
    cora.send(f"/desk/{kind}s", 422, name="x" * 400)
    assert cora.form(f"/desk/{kind}s")["name"] == "x" * 400


def test_a_renaming_says_beforehand_what_it_changes(newsroom: Newsroom) -> None:
    newsroom.do(b.Create(ANNA, "Anna Brandt"), a.Draft(STORY, "Quay"))
    newsroom.do(a.AssignBylines(STORY, (Credit(ANNA),)))
    ed = newsroom.browser("ed").go(f"/desk/bylines/{ANNA}")
    assert "At once, it changes in 1 story (0 of them with readers now)." in ed.text
    ed.send(f"/desk/bylines/{ANNA}/do/rename", name="Anna Brandt-Moss")
    assert "Anna Brandt-Moss" in ed.go(f"/desk/articles/{STORY}").text


def test_two_names_of_one_person_are_merged(newsroom: Newsroom) -> None:
    newsroom.do(b.Create(ANNA, "Anna Brandt"), b.Create(BEN, "A. Brandt"))
    cora = newsroom.browser("cora").go(f"/desk/bylines/{BEN}/merge?text=anna+brandt")
    assert "It cannot be undone." in cora.text
    data = {**cora.form(f"/desk/bylines/{BEN}/do/merge"), "into": ""}
    answer = cora.client.post(f"/desk/bylines/{BEN}/do/merge", data=data)
    assert (answer.status_code, "Please fill this in." in answer.text) == (422, True)
    cora.send(f"/desk/bylines/{BEN}/do/merge")
    assert "It was merged into Anna Brandt" in cora.text


def test_a_byline_has_a_title_a_biography_and_a_portrait(newsroom: Newsroom) -> None:
    picture = taken_in(newsroom).rpartition("/")[2]
    newsroom.do(b.Create(ANNA, "Anna Brandt"))
    ed = newsroom.browser("ed").go(f"/desk/bylines/{ANNA}")
    at = f"/desk/bylines/{ANNA}/do"
    ed.send(f"{at}/title", title="Political editor").send(f"{at}/bio", bio="She writes.")
    assert ed.form(f"{at}/bio")["bio"] == "She writes."
    ed.go(f"/desk/bylines/{ANNA}/portrait?text=no+such+words")
    assert "No picture has “no such words” in its words." in ed.text
    ed.go(f"/desk/bylines/{ANNA}/portrait").send(f"{at}/portrait", image=picture)
    assert f'class="portrait" src="/desk/pictures/{picture}/320.jpg"' in ed.page.text
    assert "the portrait now" in ed.go(f"/desk/bylines/{ANNA}/portrait").text
    assert "portrait of Anna Brandt" in ed.go("/desk/images").text
    told = ed.go(f"/desk/images/{picture}").text
    assert told.count("It is the portrait of Anna Brandt") == 2  # where it is used, and where it is taken down
    ed.go(f"/desk/bylines/{ANNA}/portrait")
    ed.send(f"{at}/portrait", image="")
    assert 'class="portrait"' not in ed.page.text


def test_a_section_is_described_and_closed(newsroom: Newsroom) -> None:
    cora = newsroom.browser("cora").go("/desk/sections").send("/desk/sections", name="Sport")
    at = f"{cora.page.request.path}/do"
    cora.send(f"{at}/describe", description="Games").send(f"{at}/close")
    assert "closed" in cora.go("/desk/sections").text


def test_who_may_not_is_offered_nothing(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    assert 'action="/desk/sections"' not in rita.go("/desk/sections").page.text.replace('method="get" action', "")
    key = rita.form("/desk/sign-out")["key"]
    rita.page = rita.client.post("/desk/sections", data={"key": key, "name": "Rita's"})
    assert rita.page.status_code == 422
    assert "Your role does not allow you to do this." in rita.text
