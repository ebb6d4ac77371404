"""The desk's lists: every story on the one shelf where it stands, whatever the time, however many there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import article as a
from tests.views.conftest import House, by, uploaded, words
from views import desk_queries
from views.desk_shapes import Filter
from views.projections.stories import letters


def drafted(house: House, id: str, *events: object, actor: str = "anna") -> None:
    house.tell(f"article-{id}", a.ArticleDrafted(headline=f"Ferry {id}"), *events, actor=actor)  # type: ignore[arg-type]


def listed(house: House, **given: object) -> str:
    return "".join(sorted(story.article for story in house.desk().stories(Filter(**given)).items))  # type: ignore[arg-type]


def test_lists_and_counts_follow_the_clock_without_an_event(house: House) -> None:
    drafted(house, "a", a.ArticleScheduled(**words(1, 2)))
    drafted(house, "b", a.ArticleScheduled(**words(1, 2)), a.ArticleKickerChanged(kicker="Late"))
    drafted(house, "c", a.ArticlePublished(**words(1, 0)), a.ArticleScheduled(**words(2, 2)))
    drafted(house, "d", a.ArticlePublished(**words(1, 0)), a.ArticleScheduled(**words(2, 2)), a.ArticleSubmitted())

    def shelves() -> dict[str, str]:
        names = ("draft", "scheduled", "published", "changed", "submitted", "live")
        counts = house.desk().counts()
        found = {name: listed(house, list=name) for name in names}
        assert {name: len(ids) for name, ids in found.items()} == {name: counts[name] for name in names}
        return found

    assert shelves() == {
        "draft": "b", "scheduled": "abcd", "published": "", "changed": "", "submitted": "d", "live": "cd"
    }  # fmt: skip
    house.hour = 2
    assert shelves() == {
        "draft": "", "scheduled": "", "published": "ac", "changed": "b", "submitted": "d", "live": "abcd"
    }  # fmt: skip


def test_what_is_scheduled_stands_in_the_order_of_its_moments(house: House) -> None:
    for id, hour in (("a", 5), ("b", 3), ("c", 9)):
        drafted(house, id, a.ArticleScheduled(**words(1, hour)))
    assert [story.article for story in house.desk().ahead()] == ["b", "a", "c"]
    house.hour = 4
    assert [story.article for story in house.desk().ahead()] == ["a", "c"]


def test_what_went_out_today_is_what_readers_got_today(house: House) -> None:
    drafted(house, "a", a.ArticlePublished(**words(1, 0)))
    drafted(house, "b", a.ArticleScheduled(**words(1, 10)))
    house.hour = 9
    drafted(house, "c", a.ArticlePublished(**words(1, 9)))
    drafted(house, "d", a.ArticlePublished(**words(1, 9)), a.ArticleWithdrawn(reason="Law"))
    assert listed(house, public_since=house.at(8)) == "c"
    house.hour = 10
    assert listed(house, public_since=house.at(8)) == "bc"


def test_a_search_finds_words_and_their_parts_without_capitals_or_accents(house: House) -> None:
    drafted(house, "a", a.ArticleHeadlineChanged(headline="Cafés of Malmö"), a.ArticleKickerChanged(kicker="Food"))
    drafted(house, "b", a.ArticleSlugChanged(slug="quay-9"))
    assert [listed(house, text=text) for text in ("CAFE malmo", "food caf", "quay-9", "ferry", "%", "  ")] == [
        "a", "a", "b", "b", "", "ab"
    ]  # fmt: skip


@given(st.text(max_size=60), st.text(max_size=9), st.text(max_size=60))
def test_the_sieve_of_letters_keeps_back_no_text_that_has_the_word(before: str, word: str, after: str) -> None:
    assert letters(word) & letters(before + word + after) == letters(word)


def test_common_conditions_give_what_rare_ones_give(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for id in "abcd":
        drafted(house, id, a.ArticleTagsChanged(tags=["t"] if id < "d" else ["u"]), actor="anna" if id < "c" else "ben")
        house.tell(f"article-{id}", a.ArticleBylinesAssigned(bylines=by("x")), a.ArticleSectionChanged(section="s"))
    asked: list[dict[str, object]] = [{"tag": "t"}, {"byline": "x"}, {"mine": "ben"}, {"tag": "t", "mine": "ben"}]
    few = [(listed(house, **one), house.desk().total(Filter(**one))) for one in asked]  # type: ignore[arg-type]
    monkeypatch.setattr("views.desk.LEADS", 0)
    assert few == [(listed(house, **one), house.desk().total(Filter(**one))) for one in asked]  # type: ignore[arg-type]
    assert few[0] == ("abc", 3)


def test_many_are_counted_only_so_far(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_queries, "MANY", 2)
    desk_queries.total.cache_clear()
    for id in "abc":
        drafted(house, id)
    assert house.desk().total(Filter()) == 2
    assert house.desk().stories(Filter(text="ferry"), 2).total is None
    desk_queries.total.cache_clear()


def test_pictures_without_alt_text_are_told(house: House) -> None:
    house.tell("image-i", uploaded("a"))
    house.tell("image-j", uploaded("b", alt="Boats"))
    assert house.desk().without_alt(["i", "j", "nothing"]) == {"i"}
