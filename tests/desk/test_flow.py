"""A story's way through the desk: where it stands, who can take it further, and the one way to its publication."""

import re

import pytest

from cms import article as a
from cms import byline as b
from cms import image as i
from cms.desk.standing import STATES
from events.article import Credit, Lead
from events.document import Doc, from_paragraphs
from events.document.schema import Figure, FigureAttrs
from tests.desk.conftest import PASSWORD, Browser, Newsroom
from tests.desk.test_desk import approved, buttons, published, written
from tests.desk.test_library import taken_in


def test_each_role_sees_its_buttons_and_no_other(newsroom: Newsroom) -> None:
    story = written(newsroom)
    newsroom.browser("rita").go(story).send(f"{story}/do/submit")
    rita, ed, cora = (newsroom.browser(who).go(story) for who in ("rita", "ed", "cora"))
    assert not buttons(rita) & {"approve", "return", "withdraw", "assign"}
    assert buttons(ed) >= {"approve", "return", "assign", "embargo"}
    assert not [browser for browser in (rita, ed) if ways(browser)]  # nothing can go out before it is approved
    assert ways(cora) == ["Publish without approval …"]


def ways(browser: Browser) -> list[str]:
    """What leads from a story's page to its publication."""
    found = re.findall(r'<a class="button ?\w*" href="[^"]*/publish[^"]*">(.*?)</a>', browser.page.text, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


def test_there_is_one_way_to_publication_and_it_is_named_for_what_it_does(newsroom: Newsroom) -> None:
    story = approved(newsroom)
    ed, cora = newsroom.browser("ed"), newsroom.browser("cora")
    assert ways(ed.go(story)) == ["Publish …"]
    rita = newsroom.browser("rita").go(story)
    assert "It is approved. Ada Morrow, Cora Hale and Ed Lindqvist can publish it." in rita.text and not ways(rita)
    ed.go(f"{story}/publish").send(f"{story}/publish")
    assert ways(ed.go(story)) == ["Correct …", "Update …"]
    assert "Ada Morrow and Cora Hale can withdraw it." in ed.text
    assert ways(cora.go(story)) == ["Correct …", "Update …", "Retract …"] and "withdraw" in buttons(cora)
    ed.go(f"{story}/publish?change=correction")
    assert "Correct the story" in ed.text and "Nothing to publish" not in ed.text
    ed.go(f"{story}/edit").send(f"{story}/edit", headline="Harbour bridge shut")
    assert ways(ed.go(story)) == ["Correct …"]
    assert ways(cora.go(story)) == ["Publish without approval …", "Correct …", "Retract …"]


def test_next_names_first_what_is_most_likely_and_the_grave_last(newsroom: Newsroom) -> None:
    story = published(newsroom)
    cora = newsroom.browser("cora").go(story)
    panel = cora.page.text.split("<h2>Next</h2>")[1].split("</aside>")[0]
    foremost = re.findall(r'<a class="button primary" href="[^"]*">(.*?)</a>', panel)
    assert [re.sub(r"<[^>]+>", "", one).strip() for one in foremost] == ["Write"]
    main, light, grave = panel.split('<div class="offers')[1:]
    assert "Correct …" in main and "Preview" in main and "Retract" not in main
    assert [name for name in ("assign", "due", "embargo", "note") if f'/do/{name}"' in light] == [
        "assign", "due", "embargo", "note",
    ]  # fmt: skip
    assert "/do/withdraw" in grave and "Retract …" in grave
    assert '<button class="button ">Set the time</button>' in light
    assert cora.page.text.index("<h1>") < cora.page.text.index("<h2>Next</h2>") < cora.page.text.index("The words")
    newsroom.do(a.ChangeHeadline(story.rpartition("/")[2], "Bridge shut"))
    panel = cora.go(story).page.text.split("<h2>Next</h2>")[1].split("</aside>")[0]
    assert panel.count("button primary") == 1 and '<button class="button primary">Submit for review</button>' in panel


def test_who_cannot_publish_reads_what_is_missing_and_who_can_give_it_and_never_that_it_is_themselves(
    newsroom: Newsroom,
) -> None:
    story = published(newsroom)
    ed = newsroom.browser("ed").go(f"{story}/edit")
    ed.send(f"{story}/edit", headline="Harbour bridge shut").go(f"{story}/publish")
    assert "Submit it once it is ready. Ada Morrow and Cora Hale can approve it then." in ed.text
    ed.send(f"{story}/do/submit")
    assert ed.page.request.path == f"{story}/publish"  # it goes on where one was
    assert "somebody else has to read it. Ada Morrow and Cora Hale can approve it." in ed.text
    assert buttons(ed) == {"return", "take-back"}
    assert "It waits to be read. Ada Morrow and Cora Hale can approve it." in ed.go(story).text
    cora = newsroom.browser("cora").go(f"{story}/publish")
    assert "it is for you to read: approve it, or send it back with a note" in cora.text
    cora.send(f"{story}/do/approve")
    assert cora.page.request.path == f"{story}/publish" and "Not approved yet" not in cora.text


def test_of_a_large_desk_some_are_named(newsroom: Newsroom) -> None:
    for number in range(9):
        newsroom.house.accounts.add(f"e{number}@example.org", f"Zoe {number}", "editor")
    story = written(newsroom)
    rita = newsroom.browser("rita").go(story).send(f"{story}/do/submit")
    assert "Ada Morrow, Cora Hale, Ed Lindqvist, Zoe 0, Zoe 1 and 7 others can approve it." in rita.text


def test_a_submission_can_be_taken_back_until_it_is_read(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita = newsroom.browser("rita").go(story).send(f"{story}/do/submit")
    assert "take-back" not in buttons(newsroom.browser("ed").go(story))
    rita.send(f"{story}/do/take-back")
    assert "It is a draft again" in rita.text and "Rita Okafor took it back" in rita.text
    rita.send(f"{story}/do/submit")
    newsroom.browser("ed").go(story).send(f"{story}/do/approve")
    assert "take-back" not in buttons(rita.go(story))


@pytest.mark.parametrize("stage", ["draft", "submitted", "approved", "published", "changed", "withdrawn", "binned"])
def test_a_story_stands_where_the_list_says(newsroom: Newsroom, stage: str) -> None:
    begun = {"submitted": written, "approved": approved, "draft": written, "binned": written}
    story = begun.get(stage, published)(newsroom)
    cora = newsroom.browser("cora").go(story)
    match stage:
        case "submitted":
            newsroom.browser("rita").go(story).send(f"{story}/do/submit")
        case "changed":
            cora.go(f"{story}/edit").send(f"{story}/edit", headline="Harbour bridge shut")
        case "withdrawn":
            cora.send(f"{story}/do/withdraw", reason="Legal")
        case "binned":
            cora.send(f"{story}/do/trash")
    marks = [shown_marks(cora.go(page)) for page in (story, f"/desk?state={stage}", f"{story}/panels/workflow")]
    assert marks[0] == marks[1] == marks[2]
    assert marks[0][0] == (f"badge {stage}", STATES[stage].mark)  # type: ignore[index]
    assert STATES[stage].many in cora.go("/desk").text  # type: ignore[index]


def shown_marks(browser: Browser) -> list[tuple[str, str]]:
    """The badges of the only story on the page."""
    (marks,) = re.findall(r'class="row-state">(.*?)</(?:p|div)>', browser.page.text, re.DOTALL)
    return re.findall(r'<span class="(badge [\w ]+)"[^>]*>(?:<svg.*?</svg> ?)?([^<]*)</span>', marks)


def test_back_to_where_a_form_was_sent_leads_to_the_page_that_had_it(newsroom: Newsroom) -> None:
    story, rita = written(newsroom), newsroom.browser("rita")
    for sent, page in (("/desk/articles", "/desk"), (f"{story}/do/submit", story)):
        assert rita.go(sent, 303).page.headers["Location"] == page


OWN = {"alt": "A bridge.", "credit": "Ina Voss/Tern Pictures"}


@pytest.mark.parametrize(
    ("library", "own", "lacks"),
    [
        ({}, {}, {"no alt text", "no credit"}),
        (OWN, {}, set()),
        ({}, OWN, set()),  # typed under the picture in the story
        (OWN, {"alt": ""}, {"no alt text"}),
        (OWN, {"credit": ""}, {"no credit"}),
    ],
)  # fmt: skip
def test_a_picture_lacks_what_readers_will_not_get_wherever_it_was_typed(
    newsroom: Newsroom, library: dict[str, str], own: dict[str, str], lacks: set[str]
) -> None:
    story = written(newsroom)
    id, image = story.rpartition("/")[2], taken_in(newsroom).rpartition("/")[2]
    newsroom.do(i.ChangeAlt(image, library.get("alt", "")), i.ChangeCredit(image, library.get("credit", "")))
    figure = Figure(attrs=FigureAttrs(image=image, **own))
    newsroom.do(a.ReplaceBody(id, Doc(content=(*from_paragraphs(["Closed."]).content, figure))))
    cora = newsroom.browser("cora")
    for page in (story, f"{story}/publish", f"{story}/panels/checks"):
        text = cora.go(page).text
        assert {what for what in ("no alt text", "no credit") if f"has {what}" in text} == lacks, page
    assert ("no alt text" in cora.go("/desk").text) == ("no alt text" in lacks)
    newsroom.do(a.ReplaceBody(id, from_paragraphs(["Closed."])), a.SetLeadImage(id, Lead(image, **own)))
    text = cora.go(story).text
    assert {what for what in ("no alt text", "no credit") if f"has {what}" in text} == lacks
    assert ("no alt text" in cora.go("/desk").text) == ("no alt text" in lacks)


def test_a_picture_that_stands_twice_is_named_where_it_lacks_something(newsroom: Newsroom) -> None:
    story = written(newsroom)
    id, image = story.rpartition("/")[2], taken_in(newsroom).rpartition("/")[2]
    newsroom.do(i.ChangeAlt(image, ""), i.ChangeCredit(image, "Ina Voss"))
    told, untold = (Figure(attrs=FigureAttrs(image=image, alt=alt)) for alt in ("A bridge.", None))
    newsroom.do(a.ReplaceBody(id, Doc(content=(told, untold, untold))))
    assert newsroom.browser("rita").go(story).text.count("has no alt text") == 1


def test_names_stand_at_the_desk_as_readers_see_them(newsroom: Newsroom) -> None:
    story = published(newsroom)
    id = story.rpartition("/")[2]
    ids = [f"0193aaaa-0000-7000-8000-0000000000b{n}" for n in range(3)]
    newsroom.do(*(b.Create(one, f"Writer {n}") for n, one in enumerate(ids)))
    newsroom.do(a.AssignBylines(id, (Credit(ids[0]), Credit(ids[2], "photographs"), Credit(ids[1]))))
    rita = newsroom.browser("rita")
    for page in (story, f"{story}/write"):
        html = re.sub(r"<[^>]+>", "", rita.go(page).page.text)
        assert "By Writer 0 and Writer 1. Photographs by Writer 2" in html, page
    assert "gave it the byline Writer 0, Writer 2 (photographs) and Writer 1" in rita.go(story).text


def test_the_checks_name_what_is_seen_and_not_a_colour(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita").send("/desk/articles", headline="")
    story = rita.page.request.path.removesuffix("/edit")
    text = rita.go(f"{story}/panels/checks").text
    assert "Stops it: It has no headline." in text and "What says “Stops it” keeps the story from going out" in text
    assert not re.search(r"\b(red|orange|green)\b", text)


def test_a_story_without_a_headline_reads_well_everywhere(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita").send("/desk/articles", headline="  ")
    story = rita.page.request.path.removesuffix("/edit")
    for page in (story, "/desk", f"{story}/history", f"{story}/publish", "/desk/activity"):
        text = rita.go(page).text
        assert "“”" not in text and "Without a headline" not in text, page
    assert "Rita Okafor began a story" in rita.go(story).text and "No headline yet" in rita.go("/desk").text


def test_a_form_that_somebody_else_opened_here_is_not_sent_in_the_name_of_who_is_signed_in_now(
    newsroom: Newsroom,
) -> None:
    story = written(newsroom)
    browser, panel = newsroom.browser("rita").go(story).send(f"{story}/do/submit"), f"{story}/panels/workflow"
    typed = browser.go(panel).form(panel)
    browser.client.post("/desk/sign-out", data=browser.go("/desk").form("/desk/sign-out"))
    browser.go("/desk/sign-in").send("/desk/sign-in", email="ed@example.org", password=PASSWORD)
    key = browser.form("/desk/sign-out")["key"]  # the writing screen asks for it when it meets a new session
    sent = typed | {"key": key, "do": "return", "note": "Who closed it, and why?"}
    before = newsroom.house.store.head().position
    browser.page = browser.client.post(panel, data=sent)
    assert browser.page.status_code == 403 and newsroom.house.store.head().position == before
    assert "opened by Rita Okafor, and Ed Lindqvist is signed in now" in browser.text
    assert "Who closed it, and why?" in browser.page.text and "<html" not in browser.page.text
    browser.send(panel, 200)
    assert "It was sent back: “Who closed it, and why?” Submit it again once that is done." in browser.text
    assert "Ed Lindqvist sent it back: “Who closed it, and why?”" in browser.go(story).text


@pytest.mark.parametrize("panel", ["workflow", "notes", "preview"])
def test_every_form_of_a_panel_says_whose_it_is(newsroom: Newsroom, panel: str) -> None:
    story = written(newsroom)
    html = newsroom.browser("cora").go(f"{story}/panels/{panel}").page.text
    forms = re.findall(r'<form method="post".*?</form>', html, re.DOTALL)
    assert forms and all(f'name="whose" value="{newsroom.people["cora"].id}"' in form for form in forms)
