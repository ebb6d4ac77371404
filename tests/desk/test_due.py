"""By when a story is wanted: said in the panel beside it, shown in every list, and in red once it has passed."""

from cms import article as a
from events import document
from events.document.schema import Note, Paragraph, Text
from events.instant import HOUR
from tests.desk.conftest import Newsroom

STORY = "0193aaaa-0000-7000-8000-0000000000a1"
PANEL = f"/desk/articles/{STORY}/panels/workflow"


def test_an_editor_says_by_when_and_lists_show_it(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(STORY, headline="Bridge closed"))
    ada = newsroom.browser("ada").go(PANEL)
    newsroom.do(a.SetDue(STORY, newsroom.clock() + 2 * HOUR))
    assert "Due " in ada.go(PANEL).text and "overdue" not in ada.text
    assert "due " in ada.go("/desk").text
    newsroom.clock.at += 3 * HOUR
    assert "overdue" in ada.go(PANEL).text
    assert "overdue" in ada.go("/desk").text
    newsroom.do(a.SetDue(STORY, None))
    assert "overdue" not in ada.go("/desk").text + ada.go(PANEL).text


def test_a_note_to_the_desk_voids_no_approval_in_the_lists_either(newsroom: Newsroom) -> None:
    newsroom.do(a.Draft(STORY, headline="Bridge closed"), a.Submit(STORY), who="rita")
    before = document.from_paragraphs(["It is closed."])
    newsroom.do(a.ReplaceBody(STORY, before), who="rita")
    newsroom.do(a.Approve(STORY, newsroom.house.store.version(f"article-{STORY}")))
    noted = document.Doc(content=(Paragraph(content=(Text("It is closed."), Text(" Sure?", (Note(),)))),))
    newsroom.do(a.ReplaceBody(STORY, noted), who="rita")
    story = newsroom.house.views.desk(newsroom.clock()).story(STORY)
    assert story is not None and story.stage == "approved"
    newsroom.do(a.ReplaceBody(STORY, document.from_paragraphs(["It is open."])), who="rita")
    story = newsroom.house.views.desk(newsroom.clock()).story(STORY)
    assert story is not None and story.stage == "draft"
