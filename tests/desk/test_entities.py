"""Bylines, sections and tags as a newsroom keeps them: long lists, and addresses that lead on after every change."""

import re
from html import unescape

import pytest

from cms import article as a
from cms import byline as b
from cms import section as s
from cms import tag as t
from cms.desk import using
from cms.desk.library import entities
from events.article import Credit
from events.instant import HOUR
from tests.desk.conftest import Newsroom

STORY, LATER, ANNA, BEN, TAG, OTHER, SPORT = (
    f"0193aaaa-0000-7000-8000-0000000000{end}" for end in ("a1", "a2", "b1", "b2", "c1", "c2", "d1")
)


@pytest.fixture
def busy(newsroom: Newsroom) -> Newsroom:
    newsroom.do(b.Create(ANNA, "Anna Brandt"), b.Create(BEN, "Ben Carr"))
    newsroom.do(t.Create(TAG, "Ferries"), t.Create(OTHER, "Boats"))
    newsroom.do(s.Open(SPORT, "Sport"), a.Draft(STORY, "Quay"), a.ChangeKind(STORY, "brief"))
    newsroom.do(
        a.AssignBylines(STORY, (Credit(ANNA),)), a.ChangeTags(STORY, (TAG,)), a.ChangeSection(STORY, SPORT),
        a.Publish(STORY, without_approval="News"),
    )  # fmt: skip
    return newsroom


@pytest.mark.parametrize(
    ("kind", "id", "old"),
    [("byline", ANNA, "/by/anna-brandt"), ("tag", TAG, "/tag/ferries"), ("section", SPORT, "/sport")],
)
def test_after_another_address_was_chosen_the_old_one_leads_to_it(busy: Newsroom, kind: str, id: str, old: str) -> None:
    assert busy.reads(old)[0] == 200
    cora = busy.browser("cora").go(f"/desk/{kind}s/{id}")
    assert f"{old} will lead to the new one." in cora.text
    cora.send(f"/desk/{kind}s/{id}/do/slug", slug="elsewhere")
    prefix = old.rpartition("/")[0]
    assert busy.reads(old) == (301, f"{prefix}/elsewhere")
    assert busy.reads(f"{prefix}/elsewhere")[0] == 200


@pytest.mark.parametrize(
    ("kind", "id", "into", "old", "new"),
    [("byline", ANNA, BEN, "/by/anna-brandt", "/by/ben-carr"), ("tag", TAG, OTHER, "/tag/ferries", "/tag/boats")],
)
def test_a_merge_says_beforehand_what_it_does_and_afterwards_what_it_did(
    busy: Newsroom, kind: str, id: str, into: str, old: str, new: str
) -> None:
    story = busy.house.views.desk(busy.clock()).story(STORY)
    assert story is not None
    cora = busy.browser("cora").go(f"/desk/{kind}s/{id}")
    assert "At once, it changes in 1 story (1 of them with readers now)." in cora.text
    assert f'Readers have: <a href="/desk/articles/{STORY}">{story.headline}</a>.' in cora.page.text
    cora.go(f"/desk/{kind}s/{id}/merge?text=B")
    assert f"?into={into}" in cora.page.text
    cora.go(f"/desk/{kind}s/{id}/merge?into={into}")
    gone, stays = ("Anna Brandt", "Ben Carr") if kind == "byline" else ("Ferries", "Boats")
    assert f"“{gone}” goes, “{stays}” stays" in cora.text
    assert f"At once, 1 story (1 of them with readers now) will have {stays} in place of {gone}." in cora.text
    assert f'Readers have: <a href="/desk/articles/{STORY}">{story.headline}</a>.' in cora.page.text
    assert f"{old} will lead to {new}." in cora.text
    cora.send(f"/desk/{kind}s/{id}/do/merge")
    assert "Merged: 1 story (1 of them with readers now) moved, and the old address leads on." in cora.text
    assert f"It was merged into {stays} , which has its stories now." in cora.text
    assert busy.reads(old) == (301, new)
    assert busy.reads(new)[0] == 200


@pytest.mark.parametrize("page", [f"bylines/{ANNA}", f"sections/{SPORT}", f"tags/{TAG}"])
def test_where_it_is_used_each_story_says_where_it_stands_as_lists_do(
    busy: Newsroom, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = STORY.replace("a1", "a2")
    busy.do(a.Draft(draft, "Buoy"), a.AssignBylines(draft, (Credit(ANNA),)), a.ChangeTags(draft, (TAG,)))
    busy.do(a.ChangeSection(draft, SPORT), a.Submit(draft), a.ChangeHeadline(STORY, "The quay"))
    cora = busy.browser("cora").go(f"/desk/{page}")
    badges = re.findall(r'<span class="badge[^>]*>([^<]*)</span>', cora.page.text)
    assert badges == ["in review", "changed since published"]
    busy.do(a.Withdraw(STORY, "Law"))
    assert "The quay draft was withdrawn" in cora.go(f"/desk/{page}").text, "it counts as a draft, and as nothing else"
    assert "badge withdrawn" not in cora.page.text
    monkeypatch.setattr(using, "SHOWN", 1)
    assert "Not shown: 1 older story. All of them" in cora.go(f"/desk/{page}").text
    every = re.findall(r'<a href="([^"]*)">All of them</a>', cora.page.text)[0]
    cora.go(unescape(every))
    assert "Buoy" in cora.text and "The quay" in cora.text


def test_what_readers_are_told_of_somebody_stands_on_their_page(busy: Newsroom) -> None:
    busy.do(b.ChangeTitle(ANNA, "Harbour editor"), b.ChangeBio(ANNA, "She knows the boats."))
    busy.do(s.Describe(SPORT, "Rain permitting."))
    head = busy.browser("rita").go(f"/desk/bylines/{ANNA}").page.text.split("<h2>")[0]
    assert "Harbour editor" in head and "She knows the boats." in head
    assert '<a href="/by/anna-brandt">/by/anna-brandt</a>' in head
    assert "Rain permitting." in busy.browser("rita").go(f"/desk/sections/{SPORT}").page.text.split("<h2>")[0]


def test_a_story_that_is_scheduled_is_with_no_reader_yet(busy: Newsroom) -> None:
    busy.do(a.Draft(LATER, "Slip"), a.ChangeKind(LATER, "brief"), a.ChangeTags(LATER, (TAG,)))
    busy.do(a.Schedule(LATER, busy.clock() + HOUR, without_approval="News"))
    cora = busy.browser("cora").go(f"/desk/tags/{TAG}/merge?into={OTHER}")
    assert "At once, 2 stories (1 of them with readers now) will have Boats in place of Ferries." in cora.text
    cora.send(f"/desk/tags/{TAG}/do/merge")
    assert "Merged: 2 stories (1 of them with readers now) moved" in cora.text


def test_what_something_is_merged_into_is_found_by_its_name(busy: Newsroom) -> None:
    cora = busy.browser("cora").go(f"/desk/bylines/{ANNA}/merge?text=zeno")
    assert "No other byline has “zeno” in its name." in cora.text
    assert "No other byline" in cora.go(f"/desk/bylines/{ANNA}/merge?text=anna").text  # never into itself
    assert "Merge “Anna Brandt” into “Ben Carr”" in cora.go(f"/desk/bylines/{ANNA}/merge?text=BEN+carr").text
    twin = BEN.replace("b2", "b3")
    busy.do(b.Create(twin, "Ben Carr"))
    cora.go(f"/desk/bylines/{ANNA}/merge?text=ben+carr")
    assert ("2 bylines with “ben carr” in the name" in cora.text, "cannot be undone" in cora.text) == (True, False)
    cora.go(f"/desk/bylines/{ANNA}/merge?into={ANNA}", 404)
    busy.browser("rita").go(f"/desk/bylines/{ANNA}/merge", 404)
    busy.do(b.Merge(ANNA, BEN))
    cora.go(f"/desk/bylines/{ANNA}/merge", 404)


def test_sections_are_put_in_order_one_place_at_a_time_or_all_at_once(busy: Newsroom) -> None:
    news, arts = SPORT.replace("d1", "d2"), SPORT.replace("d1", "d3")
    busy.do(s.Open(news, "News"), s.Open(arts, "Arts"))

    def menu() -> list[str]:
        return [name for _, name in busy.house.views.desk(busy.clock()).library.menu()]

    cora = busy.browser("cora").go("/desk/sections")
    cora.send("/desk/sections/order", section=[arts, news, SPORT], move=f"down:{arts}")
    assert menu() == ["News", "Arts", "Sport"]
    assert "The menu has this order now." in cora.text
    cora.send("/desk/sections/order", section=[news, arts, SPORT], move=f"up:{arts}")
    assert menu() == ["Arts", "News", "Sport"]
    cora.send("/desk/sections/order", section=[arts, news, SPORT], move=f"up:{arts}")
    assert "The menu has this order already." in cora.text
    assert re.findall(r'aria-label="Move (\w+) up"', cora.page.text) == ["Arts", "News", "Sport"]
    cora.send("/desk/sections/order", section=[SPORT, arts])  # one that was opened meanwhile comes last
    assert menu() == ["Sport", "Arts", "News"]
    busy.do(s.Close(arts))
    assert re.findall(r'aria-label="Move (\w+) up"', cora.go("/desk/sections").page.text) == ["Sport", "News"]
    assert "/order" not in cora.go("/desk/sections?text=o").page.text
    assert "/order" not in busy.browser("rita").go("/desk/sections").page.text


def test_only_sections_have_an_order_of_their_own(busy: Newsroom) -> None:
    arts, names = SPORT.replace("d1", "d2"), ("Émile Zorn", "zeno Ash")
    busy.do(*(b.Create(BEN.replace("b2", f"b{number}"), name) for number, name in enumerate(names, start=3)))
    busy.do(s.Open(arts, "Arts"), s.Move(SPORT, 1), s.Move(arts, 2))
    ed = busy.browser("ed").go("/desk/bylines")
    listed = re.findall(r'<td[^>]*><a href="/desk/bylines/[^"]+">([^<]+)', ed.page.text)
    assert listed == ["Anna Brandt", "Ben Carr", "Émile Zorn", "zeno Ash"]
    assert ("By name" in ed.text, "As in the menu" in ed.text) == (True, False)
    assert "By name" in ed.go("/desk/tags").text
    listed = re.findall(r'<td[^>]*><a href="/desk/sections/[^"]+">([^<]+)', ed.go("/desk/sections").page.text)
    assert listed == ["Sport", "Arts"]
    assert ("By name" in ed.text, "As in the menu" in ed.text) == (False, True)


def test_a_long_list_comes_in_pages_and_orders_with_how_many_stories_use_each(
    busy: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entities, "PAGE", 1)
    ed = busy.browser("ed").go("/desk/bylines?sort=least")
    assert "2 bylines" in ed.text
    assert ("Ben Carr" in ed.text, "Anna Brandt" in ed.text) == (True, False)
    assert "Anna Brandt /by/anna-brandt 1 1" in ed.go("/desk/bylines?sort=most").text
    assert "Ben Carr" in ed.go("/desk/bylines?sort=most&page=2").text
    assert "Anna Brandt /by/anna-brandt 1 1" in ed.go("/desk/bylines?sort=live").text
    assert "The list is not that long." in ed.go("/desk/bylines?page=3").text
    ed.go("/desk/bylines?sort=nonsense", 404)
    busy.do(b.Retire(BEN))
    assert "Ben Carr retired" in ed.go("/desk/bylines?sort=ended").text
