"""The newsroom's activity: every line, narrowed in every way, gone through page by page while more is written."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import article as a
from events import byline as b
from events import image as i
from events.event import catalogue
from tests.views.conftest import House, uploaded
from tests.views.test_desk import drafted, edited
from tests.views.test_public import thing
from views.activity import LOOKED, Activity, Which, whole
from views.desk_shapes import Line
from views.projections.changes import CHANGE_OF, FOLLOWS


def activity(house: House) -> Activity:
    return house.desk().activity


def paged(house: House, which: Which, size: int, *, grouped: bool = False) -> list[Line]:
    found: list[Line] = []
    cursor = None
    while True:
        part = activity(house).lines(which, size, cursor, grouped=grouped)
        found += part.items
        cursor = part.next_cursor
        if cursor is None:
            return found


def test_it_names_what_each_line_is_about_as_it_is_called_now(house: House) -> None:
    drafted(house)
    house.tell("image-i", uploaded("a"), i.ImageAltChanged(alt="Boats"), actor="ben")
    thing(house, "byline-anna", "/by/anna", b.BylineCreated(name="Anna", slug="anna"), b.BylineRenamed(name="Anne"))
    assert [(line.sentence, line.about) for line in activity(house).lines().items] == [
        ("changed the name from “Anna” to “Anne”", "Anne"), ("created the byline “Anna”", "Anne"),
        ("set the alt text to “Boats”", "Boats"), ("uploaded “a.jpg”", "Boats"),
        ("began the story “The ferry”", "The ferry"),
    ]  # fmt: skip


def busy(house: House) -> None:
    """Three people at work on stories, pictures and bylines, some of it at the same moment."""
    for n in range(4):
        drafted(house, f"s{n}", a.ArticleKickerChanged(kicker=f"k{n}"), actor="ab"[n % 2])
        house.tell(f"image-i{n}", uploaded("abcd"[n]), i.ImageCreditChanged(credit="x"), actor="c")
        house.tell(f"article-s{n}", edited(n + 1), a.ArticleSubmitted(), actor="abc"[n % 3])
    thing(house, "byline-y", "/by/y", b.BylineCreated(name="Y", slug="y"), b.BylineTitleChanged(title="z"))


def test_every_filter_and_all_together_give_what_going_through_the_lines_gives(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(house)
    everything = paged(house, Which(), 100)
    middle = everything[len(everything) // 2].at
    filters: list[dict[str, object]] = [
        {"actor": "a"}, {"thing": "image"}, {"change": "words"}, {"stream": "article-s1"}, {"since": middle},
        {"until": middle}, {"later": everything[3].position},
    ]  # fmt: skip
    for leads in (2000, 0):
        monkeypatch.setattr("views.activity.LEADS", leads)
        for one in filters:
            for other in filters:
                asked = Which(**{**one, **other})  # type: ignore[arg-type]
                expected = [line.position for line in everything if _meets(line, asked)]
                assert [line.position for line in paged(house, asked, 3)] == expected, asked
    assert [line.position for line in everything] == sorted((line.position for line in everything), reverse=True)


def _meets(line: Line, which: Which) -> bool:
    return (
        which.actor in (None, line.actor) and which.thing in (None, line.thing) and which.change in (None, line.change)
        and which.stream in (None, line.stream) and (which.since is None or line.at >= which.since)
        and (which.until is None or line.at < which.until) and (which.later is None or line.position > which.later)
    )  # fmt: skip


def test_pages_stay_what_they_are_while_more_happens(house: House) -> None:
    busy(house)
    before = paged(house, Which(), 100)
    first = activity(house).lines(Which(), 5, grouped=False)
    house.tell("image-i0", i.ImageAltChanged(alt="Later"))
    rest, cursor = list(first.items), first.next_cursor
    while cursor:
        part = activity(house).lines(Which(), 5, cursor, grouped=False)
        rest, cursor = rest + list(part.items), part.next_cursor
    assert [line.position for line in rest] == [line.position for line in before]
    assert activity(house).news(Which(), before[0].position) == 1
    assert activity(house).news(Which(thing="article"), before[0].position) == 0


@given(st.lists(st.sampled_from(["ax", "bx", "ay", "by"]), max_size=30), st.integers(1, 6))
def test_whoever_types_at_the_same_time_each_has_a_line(house_of: House, typed: list[str], size: int) -> None:
    house = house_of
    before = house.store.head().position
    for who in typed:
        house.tell(f"article-{who[1]}", edited(before), actor=who[0])
    lines = paged(house, Which(later=before), size, grouped=True)
    assert sum(line.changes for line in lines) == len(typed)
    assert {f"{line.actor}{line.stream[-1]}" for line in lines} == set(typed)
    if size >= len(set(typed)) and len({who[1] for who in typed}) == len(set(typed)):
        assert len(lines) == len(set(typed))  # nobody else came into the same story


@pytest.fixture(scope="module")
def house_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("activity"))
    for story in "xy":
        drafted(house, story)
    yield house
    house.close()


def test_a_page_looks_at_no_more_than_so_many_events_and_goes_on_from_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted(house)
    for n in range(40):
        house.tell("article-x", edited(n))
    monkeypatch.setattr("views.activity.LOOKED", 10)
    assert LOOKED > 10
    first = activity(house).lines(Which(), 4)
    assert [line.changes for line in first.items] == [10]
    assert sum(line.changes for line in paged(house, Which(), 4, grouped=True)) == 41


def test_an_export_goes_through_everything_in_pieces(house: House) -> None:
    busy(house)
    pieces = list(whole(iter(lambda: activity(house), None), Which(), 4))
    assert max(map(len, pieces)) == 4
    assert [line for piece in pieces for line in piece] == paged(house, Which(), 100)
    assert list(whole(iter(lambda: activity(house), None), Which(actor="nobody"), 4)) == []


def test_every_event_is_some_kind_of_change_or_follows_from_one() -> None:
    assert {kind.cls for kind in catalogue().values()} == set(CHANGE_OF) | FOLLOWS
