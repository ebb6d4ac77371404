"""What the desk is told: where each story stands, what happened to it, what uses what."""

from typing import get_args

import pytest

from events import article as a
from events import byline as b
from events import image as i
from events import section as s
from events import tag as t
from events.envelope import Envelope
from events.event import Event, catalogue
from events.instant import HOUR
from tests.views.conftest import House, by, uploaded, words
from tests.views.test_public import story, thing
from views.desk_shapes import Filter, Line, State
from views.projections.sentences import SENTENCES


def edited(words_: int, *images: str) -> a.ArticleBodyEdited:
    return a.ArticleBodyEdited(
        document_schema=1, base=0, steps=[], body_hash="0" * 64, words=words_, images=list(images)
    )


def drafted(house: House, id: str = "x", *events: Event, actor: str = "anna") -> None:
    house.tell(f"article-{id}", a.ArticleDrafted(headline="The ferry"), *events, actor=actor)


def state(house: House, id: str = "x") -> str:
    found = house.desk().story(id)
    assert found is not None
    return found.state


def test_words_that_stand_elsewhere_find_a_story_as_those_of_its_headline_do(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        house.hour = number
        drafted(house, f"s{number}", a.ArticleHeadlineChanged(headline="Storm" if number == 2 else "Calm"))
    house.tell("article-s0", a.ArticleTrashed())

    def pages(limit: int, elsewhere: frozenset[str]) -> list[str]:
        found, cursor = [], None
        while True:
            stories = house.desk().stories(Filter(text="storm"), limit, cursor, elsewhere)
            found += [one.article for one in stories.items]
            cursor = stories.next_cursor
            if cursor is None:
                return found

    elsewhere = frozenset({"s4", "s0", "nobody"})
    assert pages(9, elsewhere) == pages(1, elsewhere) == ["s4", "s2"], "what is in the bin is not in the list"
    assert house.desk().total(Filter(text="storm"), elsewhere) == 2
    assert pages(9, frozenset()) == ["s2"]
    monkeypatch.setattr("views.desk.FEW", 0)
    monkeypatch.setattr("views.desk.LARGEST", 1)
    assert pages(9, elsewhere) == pages(1, elsewhere) == ["s4", "s2"]


def said(house: House, stream: str = "article-x") -> list[str]:
    """What happened, oldest first."""
    return [line.sentence for line in reversed(house.desk().history(stream, grouped=False).items)]


def test_every_event_but_addresses_has_a_sentence() -> None:
    names = {name for name, kind in catalogue().items() if kind.cls not in SENTENCES}
    assert names == {"path.claimed", "path.redirected", "path.closed", "path.released"}


def test_a_story_goes_through_the_desk(house: House) -> None:
    drafted(house)
    for event, expected in (
        (a.ArticleSubmitted(), "submitted"), (edited(10), "submitted"), (a.ArticleTakenBack(), "draft"),
        (a.ArticleSubmitted(), "submitted"), (a.ArticleApproved(reviewed=3), "approved"),
        (a.ArticleHeadlineChanged(headline="New"), "draft"), (a.ArticleSubmitted(), "submitted"),
        (a.ArticleReturned(note="Who says so?"), "draft"), (a.ArticleTrashed(), "binned"),
        (a.ArticleRecovered(), "draft"), (a.ArticlePublished(**words(1, 0)), "published"),
        (a.ArticleKickerChanged(kicker="Sea"), "changed"), (a.ArticleSubmitted(), "submitted"),
        (a.ArticleUpdated(**words(2, 0)), "published"), (a.ArticleWithdrawn(reason="Law"), "withdrawn"),
        (edited(3), "draft"), (a.ArticlePublished(**words(3, 0)), "published"),
        (a.ArticleRetracted(notice="Wrong"), "retracted"),
    ):  # fmt: skip
        house.tell("article-x", event)
        assert state(house) == expected, event
        counts = house.desk().counts()
        assert {name for name in get_args(State) if counts[name]} == {expected}, "it counts once"
        assert house.desk().stories(Filter(list=expected)).total == 1  # type: ignore[arg-type]


def test_since_when_a_story_stands_where_it_does(house: House) -> None:
    def since(*events: Event, hour: float) -> tuple[str, float]:
        house.hour = hour
        if events:
            house.tell("article-x", *events)
        found = house.desk().story("x")
        assert found is not None
        return found.state, (found.state_since - house.at(0)) / HOUR

    drafted(house)
    assert since(a.ArticleKickerChanged(kicker="Sea"), hour=1) == ("draft", 0)
    assert since(a.ArticleTrashed(), hour=2) == ("binned", 2)
    assert since(a.ArticleRecovered(), a.ArticleScheduled(**words(1, 5)), hour=3) == ("scheduled", 3)
    assert since(hour=6) == ("published", 5)  # by itself
    assert since(a.ArticleKickerChanged(kicker="Ships"), hour=7) == ("changed", 7)
    assert since(a.ArticleUpdated(**words(2, 8)), hour=8) == ("published", 8)
    assert since(a.ArticleWithdrawn(reason="Law"), hour=9) == ("withdrawn", 9)
    assert since(a.ArticlePublished(**words(3, 10)), a.ArticleRetracted(notice="Wrong"), hour=10) == ("retracted", 10)


def test_a_scheduled_story_is_live_when_its_moment_has_come(house: House) -> None:
    drafted(house, "x", a.ArticleScheduled(**words(1, 2)))
    found = house.desk().story("x")
    assert found and (found.state, found.live, found.scheduled_for) == ("scheduled", False, house.at(2))
    house.hour = 2
    found = house.desk().story("x")
    assert found and (found.state, found.live, found.scheduled_for) == ("published", True, None)
    assert found.public_from == house.at(2) and house.desk().counts()["live"] == 1
    house.tell("article-x", a.ArticleKickerChanged(kicker="Sea"))
    assert state(house) == "changed"


def test_a_cancelled_schedule_is_what_it_was_before(house: House) -> None:
    cancelled, new = a.ArticleScheduleCancelled(number=1, why=""), a.ArticleKickerChanged(kicker="Sea")
    drafted(house, "x", a.ArticleScheduled(**words(1, 2)), cancelled)
    found = house.desk().story("x")
    assert found and (found.state, found.live, found.scheduled_for) == ("approved", False, None)
    drafted(house, "y", a.ArticleScheduled(**words(1, 2)), new, cancelled)
    drafted(house, "z", a.ArticleScheduled(**words(1, 2, without_approval="Now")), cancelled)
    assert (state(house, "y"), state(house, "z")) == ("draft", "draft")


def test_a_cancelled_update_is_one_that_readers_do_not_have(house: House) -> None:
    cancelled = a.ArticleScheduleCancelled(number=2, why="")
    drafted(house, "x", a.ArticlePublished(**words(1, 0)), a.ArticleKickerChanged(kicker="Sea"))
    house.tell("article-x", a.ArticleScheduled(**words(2, 2, without_approval="Now")), cancelled)
    assert state(house) == "changed"
    drafted(house, "y", a.ArticlePublished(**words(1, 0)), a.ArticleScheduled(**words(2, 2)))
    house.tell("article-y", a.ArticleUpdated(**words(3, 0)), cancelled)
    assert state(house, "y") == "published"
    house.tell("article-y", a.ArticleSubmitted(), a.ArticleApproved(reviewed=5), a.ArticleWithdrawn(reason="Law"))
    assert state(house, "y") == "withdrawn"


def test_lists_are_narrowed_and_paged(house: House) -> None:
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna", slug="anna"))
    thing(house, "section-s", "/s", s.SectionOpened(name="S", slug="s"))
    thing(house, "tag-t", "/tag/t", t.TagCreated(name="T", slug="t"))
    house.tell("image-i", uploaded())
    drafted(house, "x", a.ArticleBylinesAssigned(bylines=by("anna")), a.ArticleSectionChanged(section="s"))
    house.hour = 1
    drafted(house, "y", a.ArticleTagsChanged(tags=["t"]), a.ArticleHeadlineChanged(headline="100% _sure_"), actor="ben")
    house.hour = 2
    drafted(house, "z", edited(5, "i"), a.ArticleAssigned(account="anna"), actor="ben")

    def listed(**given: object) -> str:
        return "".join(story.article for story in house.desk().stories(Filter(**given)).items)  # type: ignore[arg-type]

    assert listed() == "zyx" and listed(byline="anna") == "x" and listed(section="s") == "x" and listed(tag="t") == "y"
    assert listed(image="i") == "z" and listed(mine="anna") == "zx" and listed(assigned="anna") == "z"
    assert listed(mine="ben") == "zy" and listed(text="100%") == "y"
    assert listed(text="_") == "y" and listed(text="FERRY") == "zx"
    assert listed(since=house.at(1), until=house.at(2)) == "y"
    first = house.desk().stories(limit=2)
    assert (first.total, len(first.items)) == (3, 2) and first.next_cursor
    rest = house.desk().stories(limit=2, before=first.next_cursor)
    assert [story.article for story in rest.items] == ["x"] and rest.next_cursor is None


def test_history_is_told_in_plain_words(house: House) -> None:
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna Reyes", slug="anna"))
    thing(house, "byline-ben", "/by/ben", b.BylineCreated(name="Ben Ode", slug="ben"))
    thing(house, "section-s", "/s", s.SectionOpened(name="Harbour", slug="s"))
    thing(house, "tag-t", "/tag/t", t.TagCreated(name="Ferries", slug="t"))
    thing(house, "tag-u", "/tag/u", t.TagCreated(name="Tides", slug="u"))
    house.tell("image-i", uploaded("a"))
    drafted(
        house, "x", a.ArticleHeadlineChanged(headline="The ferry sails"),
        a.ArticleStandfirstChanged(standfirst="At last."), a.ArticleStandfirstChanged(standfirst=""),
        edited(12), edited(11), edited(11), edited(35_010), edited(11),
        a.ArticleBylinesAssigned(bylines=[a.Credit("anna"), a.Credit("ben", "photographs")]),
        a.ArticleSectionChanged(section="s"), a.ArticleSectionChanged(section=None),
        a.ArticleTagsChanged(tags=["t"]), a.ArticleTagsChanged(tags=["u"]),
        a.ArticleLeadImageSet(lead=a.Lead("i")), a.ArticleLeadImageSet(lead=None),
        a.ArticleNoteAdded(note="n", text=Envelope("s", "n", "c")), a.ArticleAssigned(account="ben"),
        a.ArticleReturned(note="Who says so?"), a.ArticleEmbargoed(until=house.at(5)),
        a.ArticlePublished(**words(1, 0, without_approval="Urgent")), a.ArticleWithdrawn(reason="Law"),
    )  # fmt: skip
    assert said(house) == [
        "began the story “The ferry”", "changed the headline from “The ferry” to “The ferry sails”",
        "set the standfirst to “At last.”", "removed the standfirst “At last.”", "edited the body (+12 words)",
        "edited the body (−1 word)", "edited the body",
        "edited the body (+34,999 words)", "edited the body (−34,999 words)",
        "gave it the byline Anna Reyes and Ben Ode (photographs)",
        "moved it to Harbour", "took it out of Harbour", "added the tag Ferries",
        "added the tag Tides and removed the tag Ferries", "chose the lead picture “a.jpg”",
        "took the lead picture away", "added a note", "assigned it to", "sent it back: “Who says so?”",
        "put it under embargo until", "published it, unapproved: “Urgent”", "withdrew it: “Law”",
    ]  # fmt: skip
    lines = {line.sentence: line for line in house.desk().history("article-x").items}
    assert lines["assigned it to"].account == "ben" and lines["put it under embargo until"].moment == house.at(5)
    found = house.desk().story("x")
    assert found and found.change == "withdrew it: “Law”"


def test_names_in_old_lines_stay_what_they_were(house: House) -> None:
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna", slug="anna"))
    drafted(house, "x", a.ArticleBylinesAssigned(bylines=by("anna")))
    house.tell("byline-anna", b.BylineRenamed(name="Anna Reyes"))
    assert "gave it the byline Anna" in said(house)
    assert said(house, "byline-anna") == ["created the byline “Anna”", "changed the name from “Anna” to “Anna Reyes”"]


def test_edits_of_one_sitting_are_one_line(house: House) -> None:
    drafted(house)
    for minutes, total, actor in ((0, 5, "anna"), (5, 9, "anna"), (10, 8, "ben"), (12, 20, "anna"), (60, 21, "anna")):
        house.hour = minutes / 60
        house.tell("article-x", edited(total), actor=actor)
    lines: list[Line] = list(house.desk().history("article-x").items)
    assert [(line.sentence, line.actor, line.changes) for line in lines[:-1]] == [
        ("edited the body (+1 word)", "anna", 1), ("edited the body (+12 words)", "anna", 1),
        ("edited the body (−1 word)", "ben", 1), ("edited the body 2 times (+9 words)", "anna", 2),
    ]  # fmt: skip
    assert lines[3].began == house.at(0) and lines[3].at == house.at(5 / 60)


@pytest.mark.parametrize("grouped", [True, False])
def test_history_is_paged_without_loss(house: House, grouped: bool) -> None:
    drafted(house)
    for n in range(30):
        house.hour = n / 10
        house.tell("article-x", edited(n), actor="ab"[n % 7 == 0])
    whole = house.desk().history("article-x", 1000, grouped=grouped)
    items, cursor = [], None
    while True:
        part = house.desk().history("article-x", 4, cursor, grouped=grouped)
        items += part.items
        cursor = part.next_cursor
        if cursor is None:
            break
    assert tuple(items) == whole.items and sum(line.changes for line in items) == 31


def test_usage_tells_working_copies_from_what_readers_have(house: House) -> None:
    house.tell("image-i", uploaded("a"))
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna", slug="anna"), b.BylinePortraitSet(image="i"))
    story(house, "x", bylines=by("anna"))
    drafted(house, "y", a.ArticleLeadImageSet(lead=a.Lead("i")), edited(3, "i"))
    drafted(house, "z", a.ArticleScheduled(**words(1, 5, path="/2026/09/21/z", lead=a.Lead("i"))))
    uses = {use.article: (use.how, use.working, use.live, use.pending) for use in house.desk().usage("image-i")}
    assert uses == {
        "x": ((), False, True, False), "y": (("body", "lead"), True, False, False), "z": ((), False, False, True),
    }  # fmt: skip
    reach = house.desk().reach("image-i")
    assert (reach.published, reach.working) == (2, 1)
    house.tell("article-y", a.ArticleLeadImageSet(lead=None))
    assert house.desk().usage("image-i")[1].how == ("body",)


def test_the_library_lists_everything(house: House) -> None:
    house.tell("image-i", uploaded("a", caption="A ferry"))
    house.tell("image-k", uploaded("c", caption="The quay at dusk", credit="João Reis/Tern Pictures"))
    house.hour = 1
    house.tell("image-j", uploaded("b", credit="50% Anna"), i.ImageCropSet(name="1:1", box=(0, 0, 9, 9)))
    house.tell("image-j", i.ImageTakenDown(reason="rights"))
    library = house.desk().library
    assert [image.view.id for image in library.images().items] == ["j", "k", "i"]
    assert [image.view.id for image in library.images(text="50%").items] == ["j"]
    for text, found in {
        "quay dusk": ["k"], "DUSK  quay tern": ["k"], "joao quay": ["k"], "quay ferry": [], "100%": [], "_": [],
    }.items():  # fmt: skip
        assert [image.view.id for image in library.images(text=text).items] == found, text
    first = library.images(1)
    assert [image.view.id for image in library.images(2, first.next_cursor).items] == ["k", "i"]
    found = library.image("j")
    assert found and (found.taken_down, found.reason, found.crops) == (house.at(1), "rights", {"1:1": (0, 0, 9, 9)})
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna", slug="anna"), b.BylineRetired())
    thing(house, "tag-t", "/tag/t", t.TagCreated(name="T", slug="t"))
    thing(house, "section-s", "/s", s.SectionOpened(name="S", slug="s"), s.SectionClosed())
    drafted(house, "x", a.ArticleBylinesAssigned(bylines=by("anna")), a.ArticleTagsChanged(tags=["t"]))
    library = house.desk().library
    [person], [subject], [part] = library.bylines(), library.tags(), library.sections()
    assert (person.view.name, person.articles, person.retired_at) == ("Anna", 1, house.at(1))
    assert (subject.articles, part.closed_at, part.articles) == (1, house.at(1), 0)
