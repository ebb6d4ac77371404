"""What is noted for the desk is read at the desk: in no page, feed, file or answer for readers, now or later."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cms import article, section
from cms.decider import Actor, Command
from cms.house import House
from events import document
from events.article import Publication
from events.document import Doc
from events.event import encode
from events.instant import HOUR, to_iso
from tests.newsroom.spec import some_id
from tests.whole.conftest import Clock

STORY, POLITICS = some_id("story"), some_id("politics")
PASSWORD = "seven quiet harbours"
SECRET = "zzsecretzz"
ADDRESS = "/2026/11/23/bridge-closed"
READERS = (
    "/", "/politics", ADDRESS, "/corrections", "/search?q=bridge", "/search.json?q=bridge", "/feed.xml", "/feed.atom",
    "/feed.json", "/politics/feed.xml", "/sitemap.xml", "/sitemap-news.xml", "/2026/11/23/", "/at/{at}/",
    "/at/{at}{path}", "/at/{at}/feed.xml",
)  # fmt: skip


def noted(*paragraphs: str) -> Doc:
    """Paragraphs with a note in each, a pull quote and a list item of nothing else, and one linked."""
    note = {"type": "text", "text": f" {SECRET} ", "marks": [{"type": "note"}]}
    linked = {**note, "marks": [*note["marks"], {"type": "link", "attrs": {"href": f"https://{SECRET}.example"}}]}  # type: ignore[misc]
    blocks = [
        {"type": "paragraph", "content": [note, {"type": "text", "text": words}, linked]} for words in paragraphs
    ]
    item = {"type": "listItem", "content": [{"type": "paragraph", "content": [note]}]}
    heading = {"type": "heading", "content": [note]}
    return document.decode({"type": "doc", "content": [*blocks, heading, {"type": "bulletList", "content": [item]}]})


@pytest.fixture
def desk(house: House) -> FlaskClient:
    """A chief's browser, signed in."""
    house.accounts.add("chief@example.org", "Cora Hale", "chief", PASSWORD)
    browser = house.app.test_client()  # type: ignore[attr-defined]
    key = re.search(r'name="key" value="([^"]+)"', browser.get("/desk/sign-in").text)
    assert key
    browser.post("/desk/sign-in", data={"email": "chief@example.org", "password": PASSWORD, "key": key[1]})
    return browser  # type: ignore[no-any-return]


def test_no_reader_ever_gets_a_word_of_a_note(house: House, clock: Clock, desk: FlaskClient) -> None:
    who = Actor("ruth", "chief")

    def do(*commands: Command) -> None:
        house.newsroom.handle(list(commands), who)
        house.step()
        clock.wait(HOUR)

    house.newsroom.handle([section.Open(POLITICS, "Politics", "politics")], who)
    do(article.Draft(STORY, "Bridge closed"), article.ChangeSection(STORY, POLITICS))
    do(article.ReplaceBody(STORY, noted("The bridge is closed.", "Ferries run.")))
    seen_at_the_desk(desk, f"/desk/articles/{STORY}")
    seen_at_the_desk(desk, f"/desk/articles/{STORY}/write")
    unseen(desk, f"/desk/articles/{STORY}/preview/page", f"/desk/articles/{STORY}/publish")
    do(article.Publish(STORY, without_approval="Urgent"))
    do(article.ReplaceBody(STORY, noted("The bridge is open.", "Ferries run.")))
    do(article.Correct(STORY, "It was open all day.", without_approval="Urgent"))
    do(article.ReplaceBody(STORY, noted("The bridge is open.", "Ferries run.", "Nobody was hurt.")))
    do(article.Schedule(STORY, clock.now + 2 * HOUR, without_approval="Urgent"))
    unseen(desk, f"/desk/articles/{STORY}/preview/page", f"/desk/articles/{STORY}/publish")
    reader: FlaskClient = house.app.test_client()  # type: ignore[attr-defined]
    for _ in range(2):
        at = to_iso(clock.now - HOUR)
        unseen(reader, *(address.format(at=at, path=ADDRESS) for address in READERS))
        assert reader.get(f"/search.json?q={SECRET}").json["total"] == 0
        clock.wait(3 * HOUR)  # and after what was scheduled went live
    assert "Nobody was hurt." in reader.get(ADDRESS).text
    publications = [one.event for one in house.store.read_all() if isinstance(one.event, Publication)]
    assert len(publications) == 3 and not any(SECRET.encode() in encode(event) for event in publications)
    kept_in_the_log_and_where_the_desk_searches(house)


def seen_at_the_desk(desk: FlaskClient, address: str) -> None:
    assert '<mark class="note">' in desk.get(address).text, address


def unseen(browser: FlaskClient, *addresses: str) -> None:
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status}"
        assert SECRET not in answer.text, address


def kept_in_the_log_and_where_the_desk_searches(house: House) -> None:
    """No file of what is derived from the log holds it, but the desk's own index, which finds it."""
    var = house.settings.events.parent
    files = [path for path in Path(var).rglob("*") if path.is_file() and holds(path)]
    assert {path.relative_to(var).parts[0].split(".")[0] for path in files} == {"events", "desk-index"}
    assert house.desk_index.matches(SECRET, house.now()).articles == {f"article-{STORY}"}


def holds(path: Path) -> bool:
    return SECRET.encode() in path.read_bytes()
