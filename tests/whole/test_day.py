"""The newsroom's day, from the first word to the last, with every page that readers see on the way."""

import io
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from PIL import Image

from cms import article, byline, image, section, site_facts, tag
from cms.decider import Actor, Command, Denied
from cms.house import House
from cms.pictures import take_in
from events import document
from events.article import Credit, Lead
from events.document import Doc
from events.document.schema import Figure, FigureAttrs
from events.instant import DAY, HOUR, MINUTE, Instant, to_iso
from search.shapes import Query
from tests.newsroom.spec import some_id
from tests.whole.conftest import Clock

NADIA = Actor("nadia", "reporter")
PRIYA = Actor("priya", "photo_editor")
EWAN = Actor("ewan", "editor")
RUTH = Actor("ruth", "chief")

STORY, PHOTO, ANNA, BEN = (some_id(name) for name in ("story", "photo", "anna", "ben"))
POLITICS, BRIDGES = some_id("politics"), some_id("bridges")
FIRST_ADDRESS = "/2026/11/23/bridge-closed-after-inspection"
ADDRESS = "/2026/11/23/harbour-bridge"
pytestmark = pytest.mark.parametrize("place", ["files", "postgresql"], indirect=True)


class Day:
    """What people do, and what readers see."""

    def __init__(self, house: House, clock: Clock) -> None:
        self.house, self.clock = house, clock
        self.readers: FlaskClient = house.app.test_client()  # type: ignore[attr-defined]

    def does(self, who: Actor, *commands: Command) -> Instant:
        """Do it, let the followers follow, and let a minute pass; the moment right after it was done."""
        self.house.newsroom.handle(list(commands), who)
        self.house.step()
        done = self.clock.now
        self.clock.wait(MINUTE)
        return done

    def version(self) -> int:
        return self.house.store.version(f"article-{STORY}")

    def page(self, address: str, at: Instant | None = None) -> str:
        """A page as readers get it now, or as they got it then."""
        answer = self.readers.get(f"/at/{to_iso(at)}{address}" if at is not None else address)
        assert answer.status_code == 200, f"{address}: {answer.status}"
        return answer.text

    def status(self, address: str, at: Instant | None = None) -> int:
        return self.readers.get(f"/at/{to_iso(at)}{address}" if at is not None else address).status_code

    def found(self, words: str) -> list[str]:
        """The addresses that search answers with."""
        hits = self.readers.get("/search.json", query_string={"q": words}).json
        assert hits is not None
        assert hits["total"] == len(hits["hits"])
        return [hit["url"].removeprefix(self.house.settings.site_url) for hit in hits["hits"]]

    def fed(self) -> str:
        """What the feed says, as text."""
        feed = self.readers.get("/feed.xml")
        return " ".join(ET.fromstring(feed.data).itertext())


@pytest.fixture
def day(house: House, clock: Clock) -> Day:
    return Day(house, clock)


def photograph(house: House) -> image.Upload:
    drawn = io.BytesIO()
    Image.new("RGB", (1600, 900), "steelblue").save(drawn, "JPEG")
    taken = take_in(house.media, drawn.getvalue())
    return image.Upload(
        PHOTO, taken.picture, "bridge.jpg", caption="The harbor bridge", alt="A bridge", credit="B. Carr"
    )


def test_the_newsrooms_day(day: Day) -> None:
    does, page = day.does, day.page

    # The house is in order. Priya takes in Ben's photograph.
    does(RUTH, site_facts.Title("The Harbour Ledger", "News of the port"))
    does(RUTH, section.Open(POLITICS, "Politics"), tag.Create(BRIDGES, "Bridges"))
    does(RUTH, byline.Create(ANNA, "Anna Brandt"), byline.Create(BEN, "Ben Carr"))
    does(PRIYA, photograph(day.house))

    # Nadia drafts a story around it, with two bylines, and writes it in steps as the browser sends them.
    does(NADIA, article.Draft(STORY, "Bridge closed after inspection"), article.ChangeSection(STORY, POLITICS))
    does(NADIA, article.ChangeStandfirst(STORY, "Engineers found cracks."), article.ChangeTags(STORY, (BRIDGES,)))
    does(NADIA, article.AssignBylines(STORY, (Credit(ANNA), Credit(BEN, "photographs"))))
    does(NADIA, article.SetLeadImage(STORY, Lead(PHOTO)))
    one = document.from_paragraphs(["The harbour bridge closed on Monday."])
    two = Doc(content=(*one.content, Figure(attrs=FigureAttrs(image=PHOTO))))
    does(NADIA, article.EditBody(STORY, 0, document.replacing(document.EMPTY, one)))
    does(NADIA, article.EditBody(STORY, 1, document.replacing(one, two)))
    does(NADIA, article.Submit(STORY))
    with pytest.raises(Denied):
        does(NADIA, article.Approve(STORY, day.version()))
    does(EWAN, article.Approve(STORY, day.version()))

    # It is scheduled for the evening: nobody sees it, in no list and by no search, until then.
    evening = day.clock.now + 8 * HOUR
    does(EWAN, article.Schedule(STORY, evening))
    assert day.status(FIRST_ADDRESS) == 404
    assert day.found("bridge") == []
    assert "Bridge" not in page("/") and "Bridge" not in day.fed() and "bridge" not in page("/sitemap.xml")

    # The evening comes, and nothing has to happen for it to be there.
    day.clock.now = evening
    first = day.clock.now
    story = page(FIRST_ADDRESS)
    assert "Bridge closed after inspection" in story and "Anna Brandt" in story and "Ben Carr" in story
    assert "The harbour bridge closed on Monday." in story and "The harbor bridge" in story
    assert "Bridge closed after inspection" in page("/") and "Bridge closed" in page("/politics")
    assert "Bridge closed after inspection" in day.fed()
    assert day.found("bridge inspection") == [FIRST_ADDRESS]
    day.clock.wait(HOUR)

    # It was Tuesday, not Monday: corrected with a note that readers see.
    three = document.from_paragraphs(["The harbour bridge closed on Tuesday."])
    does(NADIA, article.ReplaceBody(STORY, Doc(content=(*three.content, two.content[1]))))
    assert "Monday" in page(FIRST_ADDRESS), "what is worked on is nobody's to read yet"
    does(NADIA, article.Submit(STORY))
    does(EWAN, article.Approve(STORY, day.version()))
    corrected = does(EWAN, article.Correct(STORY, "The bridge closed on Tuesday, not on Monday."))
    story = page(FIRST_ADDRESS)
    assert "closed on Tuesday." in story and "not on Monday" in story
    assert "not on Monday" in page("/corrections")

    # Anna signs with another name, and the caption is put right: page, lists, feed and search follow.
    renamed = does(RUTH, byline.Rename(ANNA, "Anna Lindqvist"), byline.ChangeSlug(ANNA, "anna-lindqvist"))
    captioned = does(PRIYA, image.ChangeCaption(PHOTO, "The harbour bridge at dusk"))
    story = page(FIRST_ADDRESS)
    assert "Anna Lindqvist" in story and "Anna Brandt" not in story
    assert "at dusk" in story and "harbor" not in story
    assert "Anna Lindqvist" in page("/") and "Anna Lindqvist" in day.fed()
    assert day.found("Lindqvist") == [FIRST_ADDRESS] == day.found("dusk")
    assert day.found("Brandt") == []
    moved = day.readers.get("/by/anna-brandt")
    assert (moved.status_code, moved.location) == (301, "/by/anna-lindqvist")

    # The address was too long: a new one, and the old one leads to it.
    does(EWAN, article.ChangeSlug(STORY, "harbour-bridge"))
    readdressed = does(RUTH, article.Update(STORY, silent=True, without_approval="Only the address"))
    moved = day.readers.get(FIRST_ADDRESS)
    assert (moved.status_code, moved.location) == (301, ADDRESS)
    assert day.found("dusk") == [ADDRESS]

    # Each of those moments can be visited.
    assert day.status(FIRST_ADDRESS, first - MINUTE) == 404
    assert "Monday" in page(FIRST_ADDRESS, first) and "Anna Brandt" in page(FIRST_ADDRESS, first)
    assert "harbor bridge" in page(FIRST_ADDRESS, first), "with that day's caption"
    assert "Tuesday" in page(FIRST_ADDRESS, corrected) and "Anna Brandt" in page(FIRST_ADDRESS, corrected)
    assert "Anna Lindqvist" in page(FIRST_ADDRESS, renamed) and "harbor bridge" in page(FIRST_ADDRESS, renamed)
    assert "at dusk" in page(FIRST_ADDRESS, captioned)
    assert "at dusk" in page(ADDRESS, readdressed)
    assert "Bridge closed" in page("/", first) and "Bridge closed" in page("/politics", first)

    # A court orders it off the site: it is gone, at every address, in every list, at every moment.
    day.clock.wait(3 * DAY)
    does(RUTH, article.Withdraw(STORY, "Court order of 26 November"))
    assert day.status(ADDRESS) == day.status(FIRST_ADDRESS) == 410
    assert day.status(FIRST_ADDRESS, first) in (404, 410)
    assert day.found("bridge") == [] and "Bridge closed" not in page("/") and "Bridge closed" not in page("/", first)
    assert "Bridge" not in day.fed() and "bridge" not in page("/sitemap.xml")

    # And whatever was folded along the way equals what the log alone says.
    verified = day.house.views.verify()
    assert verified.ok, [d for view in verified.views for d in view.differences]
    assert not day.house.index.search(Query(text="bridge", now=day.house.now())).total
