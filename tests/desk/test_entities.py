"""Bylines, sections and tags as a newsroom keeps them: long lists, and addresses that lead on after every change."""

import pytest

from app import create_app
from cms import article as a
from cms import byline as b
from cms import section as s
from cms import tag as t
from cms.desk import entities
from events.article import Credit
from tests.desk.conftest import Newsroom

STORY, ANNA, BEN, TAG, OTHER, SPORT = (
    f"0193aaaa-0000-7000-8000-0000000000{end}" for end in ("a1", "b1", "b2", "c1", "c2", "d1")
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


def reader(newsroom: Newsroom, path: str) -> tuple[int, str]:
    app = create_app(newsroom.house.settings, newsroom.clock)
    try:
        answer = app.test_client().get(path)
        return answer.status_code, answer.headers.get("Location", "")
    finally:
        app.extensions["daybook"].close()


@pytest.mark.parametrize(
    ("kind", "id", "old"),
    [("byline", ANNA, "/by/anna-brandt"), ("tag", TAG, "/tag/ferries"), ("section", SPORT, "/sport")],
)
def test_after_another_address_was_chosen_the_old_one_leads_to_it(busy: Newsroom, kind: str, id: str, old: str) -> None:
    assert reader(busy, old)[0] == 200
    cora = busy.browser("cora").go(f"/desk/{kind}s/{id}")
    assert f"{old} will lead to the new one." in cora.text
    cora.send(f"/desk/{kind}s/{id}/do/slug", slug="elsewhere")
    prefix = old.rpartition("/")[0]
    assert reader(busy, old) == (301, f"{prefix}/elsewhere")
    assert reader(busy, f"{prefix}/elsewhere")[0] == 200


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
    assert "At once, it changes in 1 story (1 of them public)." in cora.text
    assert f"Readers have: {story.path}." in cora.text
    assert f"{old} will lead to the page of the other." in cora.text
    cora.send(f"/desk/{kind}s/{id}/do/merge", into=into)
    assert "Merged: 1 story (1 of them public) moved there, and its address leads there." in cora.text
    assert reader(busy, old) == (301, new)
    assert reader(busy, new)[0] == 200


def test_a_long_list_comes_in_pages_and_orders_with_how_many_stories_use_each(
    busy: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entities, "PAGE", 1)
    ed = busy.browser("ed").go("/desk/bylines?sort=least")
    assert "2 bylines" in ed.text
    assert ("Ben Carr" in ed.text, "Anna Brandt" in ed.text) == (True, False)
    assert "Anna Brandt /by/anna-brandt 1 1" in ed.go("/desk/bylines?sort=most").text
    assert "Ben Carr" in ed.go("/desk/bylines?sort=most&page=2").text
    assert "The list is not that long." in ed.go("/desk/bylines?page=3").text
    ed.go("/desk/bylines?sort=nonsense", 404)
    busy.do(b.Retire(BEN))
    assert "Ben Carr retired" in ed.go("/desk/bylines?sort=ended").text
