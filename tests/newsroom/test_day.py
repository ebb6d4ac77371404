"""A day in the newsroom, told in commands."""

import pytest

from cms import article, byline, image, section, site_facts, tag
from cms.decider import Actor, Refused
from cms.newsroom import Newsroom
from cms.units import Done
from events import document
from events.article import (
    ArticleCorrected,
    ArticlePublished,
    ArticleScheduled,
    ArticleUpdated,
    Credit,
    Lead,
    Publication,
)
from events.document import Doc
from events.document.schema import Figure, FigureAttrs
from events.event import Event
from events.instant import DAY, HOUR, MINUTE
from events.store import EventStore
from tests.newsroom.spec import ANNA, BEN, BRIDGES, HARBOUR, PHOTO, PICTURE, POLITICS, STORY, Clock, some_id

NADIA = Actor("nadia", "reporter")
PRIYA = Actor("priya", "photo_editor")
EWAN = Actor("ewan", "editor")
RUTH = Actor("ruth", "chief")


def test_the_newsrooms_day(newsroom: Newsroom, store: EventStore, clock: Clock) -> None:
    def does(who: Actor, *commands: object) -> Done:
        clock.wait(MINUTE)
        return newsroom.handle(list(commands), who)  # type: ignore[arg-type]

    def version() -> int:
        return max(recorded.version for recorded in store.read_stream(f"article-{STORY}"))

    # The house is in order: a title, sections, names to sign with.
    does(RUTH, site_facts.Title("The Harbour Ledger", "News of the port"))
    does(RUTH, section.Open(POLITICS, "Politics"), tag.Create(HARBOUR, "Harbour"), tag.Create(BRIDGES, "Bridges"))
    does(RUTH, byline.Create(ANNA, "Anna Brandt"), byline.Create(BEN, "Ben Carr"))

    # Priya takes in Ben's photograph; Nadia begins a story with two bylines around it.
    does(PRIYA, image.Upload(PHOTO, PICTURE, "bridge.jpg", caption="The harbor bridge", credit="Ben Carr"))
    does(NADIA, article.Draft(STORY, "Bridge closed after inspection"))
    does(NADIA, article.ChangeStandfirst(STORY, "Engineers found cracks."), article.ChangeSection(STORY, POLITICS))
    does(NADIA, article.AssignBylines(STORY, (Credit(ANNA), Credit(BEN, "photographs"))))
    does(NADIA, article.ChangeTags(STORY, (HARBOUR, BRIDGES)), article.SetLeadImage(STORY, Lead(PHOTO)))

    # She writes it in steps, as the browser sends them: a paragraph, a second one, a picture between them.
    one = document.from_paragraphs(["The harbour bridge closed on Monday."])
    two = document.from_paragraphs(["The harbour bridge closed on Monday.", "It reopens on Friday."])
    figure = Figure(attrs=FigureAttrs(image=PHOTO))
    three = Doc(content=(two.content[0], figure, two.content[1]))
    does(NADIA, article.EditBody(STORY, 0, document.replacing(document.EMPTY, one)))
    does(NADIA, article.EditBody(STORY, 1, document.replacing(one, two)))
    does(NADIA, article.EditBody(STORY, 2, document.replacing(two, three)))

    # Ewan sends it back once; Nadia sharpens it; nobody approves their own words; Ewan does.
    does(NADIA, article.Submit(STORY))
    does(EWAN, article.Return(STORY, "Who inspected it?"))
    does(NADIA, article.ChangeStandfirst(STORY, "The port authority's engineers found cracks."))
    does(NADIA, article.Submit(STORY))
    with pytest.raises(Refused, match="your own story"):
        does(NADIA, article.Approve(STORY, version()))
    does(EWAN, article.Approve(STORY, version()))

    # It is scheduled for the evening, and public when the evening comes, though nothing happens then.
    evening = clock.now + 8 * HOUR
    (scheduled, _) = does(EWAN, article.Schedule(STORY, evening)).events
    assert isinstance(scheduled, ArticleScheduled)
    assert scheduled.path == "/2026/11/23/bridge-closed-after-inspection"
    assert (scheduled.images, scheduled.section, scheduled.lead) == ([PHOTO], POLITICS, Lead(PHOTO))
    with pytest.raises(Refused, match="Nothing of this article is public"):
        does(EWAN, article.Withdraw(STORY, "Too early to say"))
    clock.now = evening + MINUTE

    # The mayor's name was wrong: it is corrected, approved by another, and readers are told.
    corrected = document.from_paragraphs(["The harbour bridge closed on Tuesday.", "It reopens on Friday."])
    does(NADIA, article.ReplaceBody(STORY, Doc(content=(corrected.content[0], figure, corrected.content[1]))))
    does(NADIA, article.Submit(STORY))
    does(EWAN, article.Approve(STORY, version()))
    (correction,) = does(EWAN, article.Correct(STORY, "The bridge closed on Tuesday, not on Monday.")).events
    assert isinstance(correction, ArticleCorrected)
    assert (correction.number, correction.path) == (2, scheduled.path)

    # Anna marries and signs otherwise; a caption is put right. Both are live at once, and touch no article.
    before = version()
    does(RUTH, byline.Rename(ANNA, "Anna Lindqvist"), byline.ChangeSlug(ANNA, "anna-lindqvist"))
    does(PRIYA, image.ChangeCaption(PHOTO, "The harbour bridge"))
    assert version() == before

    # The address was too long: a new slug, the old one leads to it.
    does(EWAN, article.ChangeSlug(STORY, "harbour-bridge"))
    moved = does(RUTH, article.Update(STORY, silent=True, without_approval="Only the address"))
    assert moved.addresses == {
        "/2026/11/23/bridge-closed-after-inspection": "redirected", "/2026/11/23/harbour-bridge": "claimed",
    }  # fmt: skip

    # A court orders it off the site. Its addresses are gone, for ever, and nobody else's.
    clock.wait(3 * DAY)
    gone = does(RUTH, article.Withdraw(STORY, "Court order of 26 November"))
    assert set(gone.addresses.values()) == {"gone"}
    other = some_id("the next bridge")
    late = [article.Draft(other, "Bridge", "brief"), article.ChangeSlug(other, "harbour-bridge")]
    assert does(RUTH, *late, article.Publish(other, without_approval="Urgent")).addresses == {
        "/2026/11/26/harbour-bridge": "claimed"
    }

    publications = [event for event in told(store) if isinstance(event, Publication) and event.headline != "Bridge"]
    assert [(type(event), event.number) for event in publications] == [
        (ArticleScheduled, 1), (ArticleCorrected, 2), (ArticleUpdated, 3),
    ]  # fmt: skip
    assert not any(isinstance(event, ArticlePublished) for event in publications)


def told(store: EventStore) -> list[Event]:
    return [recorded.event for recorded in store.read_all()]
