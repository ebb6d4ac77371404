"""The list of stories: lists and filters, kept lists, what is news, the palette."""

from typing import Any

import pytest

from cms import article as a
from cms import byline as b
from cms import image as i
from cms import section as s
from cms import tag as t
from cms.desk.writing.live import Here, hub
from cms.people.saved import MOST
from events.article import Credit, Lead
from events.image import Picture
from events.instant import DAY, HOUR, from_iso
from tests.desk.conftest import Browser, Newsroom

FERRY, QUAY, ANNA, CITY, SEA, PHOTO = (f"0193aaaa-0000-7000-8000-0000000000{n:02x}" for n in range(6))


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    """Rita's story about a ferry with all that a story can have, and Ed's about a quay with nothing."""
    newsroom.do(b.Create(ANNA, "Anna Brandt"), s.Open(CITY, "City"), t.Create(SEA, "Sea"))
    newsroom.do(i.Upload(PHOTO, Picture("a" * 64, "jpeg", 1000, 800, 600), "boats.jpg"))
    newsroom.do(
        a.Draft(FERRY, "Ferry aground"), a.ChangeSection(FERRY, CITY), a.ChangeTags(FERRY, (SEA,)),
        a.AssignBylines(FERRY, (Credit(ANNA),)), a.SetLeadImage(FERRY, Lead(PHOTO)), who="rita",
    )  # fmt: skip
    newsroom.do(a.Draft(QUAY, "Quay rebuilt"), who="ed")
    return newsroom


def shown(browser: Browser) -> set[str]:
    return {head for head in ("Ferry aground", "Quay rebuilt") if head in browser.text}


def news(browser: Browser, after: int, since: int, rows: str = "", query: str = "") -> Any:
    return browser.go(f"/desk/list/news?after={after}&since={since}&rows={rows}&{query}").page.get_json()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("byline=Anna+Brandt", {"Ferry aground"}),
        ("byline=anna+brandt&tag=SEA", {"Ferry aground"}),
        (f"section={CITY}", {"Ferry aground"}),
        ("since=2026-11-23&until=2026-11-23", {"Ferry aground", "Quay rebuilt"}),
        ("until=2026-11-22", set()),
        ("text=AGROUND+fer", {"Ferry aground"}),
        ("state=draft&scope=mine", {"Quay rebuilt"}),
        ("tag=Nothing", set()),
    ],
)  # fmt: skip
def test_filters_narrow_the_list(room: Newsroom, query: str, expected: set[str]) -> None:
    assert shown(room.browser("ed").go(f"/desk?{query}")) == expected


def test_what_cannot_be_meant_is_said_and_the_rest_is_shown(room: Newsroom) -> None:
    ed = room.browser("ed").go("/desk?since=yesterday&until=9999-12-31")
    assert "“yesterday” is no date." in ed.text
    assert "“9999-12-31” is no date." in ed.text
    assert shown(ed) == {"Ferry aground", "Quay rebuilt"}
    assert "There is no tag “Nothing”." in ed.go("/desk?tag=Nothing").text


def test_a_row_says_where_a_story_stands_and_what_it_lacks(room: Newsroom) -> None:
    room.do(a.Embargo(FERRY, room.clock.at + DAY), a.Assign(FERRY, room.people["pia"].id))
    room.clock.at += 3 * HOUR
    ed = room.browser("ed")
    for words in ("draft for 3 hours", "embargo", "no alt text", "for Pia Novak", "Ada Morrow assigned it to Pia"):
        assert words in ed.text
    assert "Anna Brandt · City · 0 words" in ed.text


def test_where_a_story_stands_is_read_aloud_as_a_sentence(room: Newsroom) -> None:
    room.do(a.ChangeKind(QUAY, "brief"), a.Publish(QUAY, without_approval="News"))
    room.clock.at += 5 * HOUR
    ed = room.browser("ed")
    assert "published 5 hours ago" in ed.go("/desk").text
    room.do(a.ChangeKind(FERRY, "brief"), a.Schedule(FERRY, room.clock.at + DAY, without_approval="News"))
    room.do(a.ChangeHeadline(QUAY, "Quay rebuilt, again"))
    assert "scheduled 1 minute ago goes out 24 November 2026" in ed.go("/desk").text
    assert "changed since published for 1 minute" in ed.text
    room.do(a.Submit(QUAY), who="ed")
    assert "in review for 1 minute readers have an earlier version" in ed.go("/desk").text
    room.do(a.Withdraw(QUAY, "Law"))
    assert "draft for 1 minute was withdrawn" in ed.go("/desk?state=draft").text
    assert shown(ed.go("/desk?state=withdrawn")) == set(), "it counts once"


@pytest.mark.parametrize(
    "query", ["", "scope=mine&state=draft", "scope=section", "scope=today", "state=binned", "text=x"]
)
def test_one_list_of_the_menu_is_the_one_that_is_shown(room: Newsroom, query: str) -> None:
    menu = room.browser("ed").go(f"/desk?{query}").page.text.split('class="list-menu"')[1].split("</nav>")[0]
    assert menu.count('aria-current="page"') == 1


def test_who_is_in_a_story_now_is_shown(room: Newsroom) -> None:
    ed = room.browser("ed")
    with room.app.app_context():
        hub().arrive(FERRY, Here(client="c", account=room.people["rita"].id, name="Rita Okafor"))
    assert "Rita Okafor is in it now" in ed.go("/desk").text
    assert news(ed, 10**6, 0, FERRY)["here"] == {FERRY: ["Rita Okafor"]}


def test_my_section_is_what_i_say_it_is(room: Newsroom) -> None:
    ed = room.browser("ed")
    assert "You have not said yet which section is yours" in ed.go("/desk?scope=section").text
    ed.go("/desk").send("/desk/list/section", section=CITY)
    assert shown(ed) == {"Ferry aground"}
    assert "My section 1" in ed.text
    ed.send("/desk/list/section", section="")
    assert "My section 1" not in ed.text
    key = ed.form("/desk/list/section")
    assert ed.client.post("/desk/list/section", data={**key, "section": ANNA}).status_code == 400


def test_a_list_is_kept_under_a_name_for_oneself_alone(room: Newsroom) -> None:
    ed = room.browser("ed").go("/desk?text=ferry&state=draft")
    ed.send("/desk/list/keep", name="Ferries")
    assert "Ferries 1" in ed.text
    assert "Ferries" not in room.browser("rita").text
    id = room.house.accounts.saved.lists(room.people["ed"].id)[0].id
    room.browser("rita").client.post(f"/desk/list/remove/{id}")
    ed.send(f"/desk/list/remove/{id}")
    assert "Ferries" not in ed.go("/desk").text


def test_kept_lists_have_names_and_are_few(room: Newsroom) -> None:
    ed = room.browser("ed").go("/desk?text=ferry")
    ed.send("/desk/list/keep", name="   ")
    assert "Give the list a name" in ed.text
    for n in range(MOST + 1):
        ed.go(f"/desk?text=ferry{n}").send("/desk/list/keep", name=f"List {n}")
    assert f"You keep {MOST} lists already." in ed.text
    ed.go("/desk?text=quay").send("/desk/list/keep", name="LIST 0")
    assert len(room.house.accounts.saved.lists(room.people["ed"].id)) == MOST


def test_the_timeline_has_days_and_the_newsrooms_time(room: Newsroom) -> None:
    for id, at in ((FERRY, "2026-11-23T18:30:00Z"), (QUAY, "2026-11-24T06:00:00Z")):
        room.do(a.ChangeKind(id, "brief"), a.Schedule(id, from_iso(at), without_approval="Nobody is here"), who="cora")
    ed = room.browser("ed").go("/desk?state=scheduled")
    today, tomorrow = ed.text.index("Today, Monday 23 November 2026"), ed.text.index("Tuesday 24 November 2026")
    assert today < ed.text.index("Ferry aground") < tomorrow < ed.text.index("Quay rebuilt")
    assert "6.30pm" in ed.text
    assert "London time" in ed.text


def test_what_is_new_is_told_and_what_changed_is_drawn_where_it_stands(room: Newsroom) -> None:
    ed = room.browser("ed")
    position, since = room.house.store.head().position, room.clock()
    rows = f"{FERRY},{QUAY}"
    assert news(ed, position, since, rows) == {
        "position": position, "at": pytest.approx(since, abs=HOUR), "rows": {}, "new": 0, "left": [], "here": {}
    }  # fmt: skip
    room.do(a.Draft(ANNA, "Third"), a.ChangeHeadline(FERRY, "Ferry afloat"), who="rita")
    told = news(ed, position, since, rows)
    assert told["new"] == 1
    assert set(told["rows"]) == {FERRY}
    assert "Ferry afloat" in told["rows"][FERRY]
    assert told["position"] == position + 2


def test_a_row_that_left_the_list_is_told(room: Newsroom) -> None:
    ed = room.browser("ed")
    position, since = room.house.store.head().position, room.clock()
    room.do(a.ChangeKind(FERRY, "brief"), a.Submit(FERRY), who="rita")
    assert news(ed, position, since, FERRY, "state=draft")["left"] == [FERRY]
    assert news(ed, position, since, FERRY, "state=submitted")["left"] == []


def test_a_story_begun_with_a_script_is_written_on_the_writing_screen(room: Newsroom) -> None:
    rita = room.browser("rita")
    rita.send("/desk/articles", headline="Third", screen="write")
    assert rita.page.request.path.endswith("/write")


def test_the_palette_finds_stories_people_sections_and_places(room: Newsroom) -> None:
    ed = room.browser("ed")

    def found(text: str) -> dict[str, list[str]]:
        groups = ed.go(f"/desk/palette?q={text}").page.get_json()
        return {group["group"]: [item["label"] for item in group["items"]] for group in groups}

    assert found("ferry")["Stories"] == ["Ferry aground"]
    assert found("brandt")["People"] == ["Anna Brandt"]
    assert found("sea")["Tags"] == ["Sea"]
    assert found("city")["Sections"] == ["City"]
    assert found("in+review")["Places"] == ["In review"]
    assert found("")["My latest stories"] == ["Quay rebuilt"]
    assert ed.go("/desk/suggest/byline?q=bra").page.get_json() == ["Anna Brandt"]


def test_a_hostile_name_is_only_a_name(room: Newsroom) -> None:
    bad = '"><script>alert(1)</script>'
    ed = room.browser("ed").go("/desk?text=ferry")
    ed.send("/desk/list/keep", name=bad)
    assert "<script>alert" not in ed.page.text
    ed.client.get("/desk", query_string={"tag": bad, "since": bad, "text": bad})
    page = ed.client.get("/desk", query_string={"tag": bad, "since": bad, "text": bad})
    assert "<script>alert" not in page.text
