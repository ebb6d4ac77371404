"""The preview shows the working copy as readers will see it, to whoever may; and the panels beside the screen."""

import re

import pytest

from cms import article as a
from cms import image as i
from cms.desk import states
from cms.desk.publishing.preview import signed
from events.article import ArticleSubmitted, Lead
from events.document import from_paragraphs
from events.instant import DAY
from tests.desk.conftest import Newsroom
from tests.desk.test_library import photo, taken_in, upload

STORY = "0193aaaa-0000-7000-8000-0000000000a1"
PLACE = f"/desk/articles/{STORY}"


@pytest.fixture
def desk(newsroom: Newsroom) -> Newsroom:
    newsroom.do(a.Draft(STORY, headline="Bridge closed"), who="rita")
    newsroom.do(a.ReplaceBody(STORY, from_paragraphs(["It is closed."])), who="rita")
    return newsroom


def link_of(desk: Newsroom, who: str = "rita", days: str = "1") -> str:
    page = desk.browser(who).go(f"{PLACE}/preview").send(f"{PLACE}/preview", 200, days=days).page.text
    found = re.search(rf'value="{re.escape(desk.house.settings.site_url)}(/preview/[^"]+)"', page)
    assert found
    return found[1]


def test_it_is_the_sites_own_page_with_the_words_as_they_stand(desk: Newsroom) -> None:
    page = desk.browser("rita").go(f"{PLACE}/preview/page").page
    assert '<h1 class="headline">Bridge closed</h1>' in page.text
    assert "<p>It is closed.</p>" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_it_is_shown_as_wide_and_as_dark_as_one_likes(desk: Newsroom) -> None:
    rita = desk.browser("rita").go(f"{PLACE}/preview?width=phone&theme=dark")
    assert 'class="frame phone"' in rita.page.text
    assert "/preview/page?theme=dark" in rita.page.text
    assert 'data-theme="dark"' in rita.go(f"{PLACE}/preview/page?theme=dark").page.text
    assert "data-theme" not in rita.go(f'{PLACE}/preview/page?theme="><script>').page.text


def test_a_link_shows_the_story_to_somebody_without_an_account(desk: Newsroom) -> None:
    link, visitor = link_of(desk), desk.app.test_client()
    page = visitor.get(link)
    assert "Preview, not published." in page.text
    assert "Rita Okafor gave out this link. It works until 24 November 2026" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    desk.do(a.ChangeHeadline(STORY, "Bridge open"), who="rita")
    assert "Bridge open" in visitor.get(link).text


def test_it_shows_the_pictures_of_the_story_and_no_others(desk: Newsroom) -> None:
    image = taken_in(desk).rpartition("/")[2]
    other = upload(desk.browser("pia"), (photo("red"), "other.jpg")).page.request.path.rpartition("/")[2]
    desk.do(a.SetLeadImage(STORY, Lead(image)), who="rita")
    link, visitor = link_of(desk), desk.app.test_client()
    shown = re.search(rf'src="({re.escape(link)}/media/{image}/[^"]+)"', visitor.get(link).text)
    assert shown
    with visitor.get(shown[1]) as answer:
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert other != image
    with desk.app.app_context():
        file = states.image(other).picture
    assert file
    another = re.sub("[0-9a-f]{64}", file.sha256, shown[1])
    for address in (another, another.replace(image, other), shown[1].replace(image, other)):
        assert visitor.get(address).status_code == 404
    desk.do(i.TakeDown(image, "Not ours"))
    assert visitor.get(shown[1]).status_code == 404


def test_a_link_ends_when_its_time_is_over(desk: Newsroom) -> None:
    link, visitor = link_of(desk, days="3"), desk.app.test_client()
    desk.clock.at += 2 * DAY
    assert visitor.get(link).status_code == 200
    desk.clock.at += DAY
    ended = visitor.get(link)
    assert ended.status_code == 410
    assert "Ask for a new one" in ended.text


def test_a_link_ends_with_the_story_or_with_the_account_that_gave_it_out(desk: Newsroom) -> None:
    one, other, visitor = link_of(desk), link_of(desk, "ed"), desk.app.test_client()
    desk.house.accounts.disable(desk.people["rita"].id)
    assert (visitor.get(one).status_code, visitor.get(other).status_code) == (410, 200)
    desk.do(a.Trash(STORY), who="ed")
    assert visitor.get(other).status_code == 410


def test_a_link_that_nobody_signed_shows_nothing(desk: Newsroom) -> None:
    link = link_of(desk)
    for other in (f"{link[:-2]}xx", link[:-5], "/preview/x.y"):
        answer = desk.app.test_client().get(other)
        assert answer.status_code == 404
        assert "Bridge" not in answer.text


def test_a_link_is_for_one_story(desk: Newsroom) -> None:
    with desk.app.app_context():
        token = signed(STORY.replace("a1", "a2"), desk.people["ed"].id, desk.clock() + DAY)
    assert desk.app.test_client().get(f"/preview/{token}").status_code == 410


# --- the panels


def test_the_workflow_is_beside_the_screen(desk: Newsroom) -> None:
    rita = desk.browser("rita").go(f"{PLACE}/panels/workflow")
    assert "<html" not in rita.page.text
    rita.send(f"{PLACE}/panels/workflow", 200, do="submit")
    assert "Submitted: it waits to be read." in rita.text
    assert isinstance(list(desk.house.store.read_stream(f"article-{STORY}"))[-1].event, ArticleSubmitted)


def test_what_the_workflow_refuses_is_said_in_the_panel_and_kept(desk: Newsroom) -> None:
    desk.do(a.Submit(STORY), who="rita")
    ed = desk.browser("ed").go(f"{PLACE}/panels/workflow")
    ed.send(f"{PLACE}/panels/workflow", 422, do="return")
    assert "Please fill this in." in ed.text
    assert "<html" not in ed.page.text


def test_the_checks_are_those_of_the_dialog(desk: Newsroom) -> None:
    desk.do(a.ChangeHeadline(STORY, ""), who="rita")
    text = desk.browser("rita").go(f"{PLACE}/panels/checks").text
    assert "Stops it: It has no headline." in text
    assert "It has no standfirst" in text


def test_the_preview_panel_makes_links_too(desk: Newsroom) -> None:
    rita = desk.browser("rita").go(f"{PLACE}/panels/preview")
    assert f'src="{PLACE}/preview/page"' in rita.page.text
    assert "/preview/" in rita.send(f"{PLACE}/panels/preview", 200, days="7").page.text.partition("secret")[2]
