"""Whatever happens in a newsroom, in whatever order: these things hold of what is folded from it."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.views.conftest import House
from tests.views.happenings import ENDINGS, PREFIX, histories
from tests.views.histories import Scribe
from views import projector
from views.shapes import Moved, Page, Reader, SiteView
from views.verify import Verified

UNTITLED = SiteView(title="Daybook")
SETTLED = 1e-6  # hours after which everything is public that was published at once, however often in one moment


@contextmanager
def newsroom(**given_: Any) -> Iterator[Scribe]:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        try:
            yield Scribe(house, **given_)
        finally:
            house.close()


@contextmanager
def at_most(batch: int, inline: int) -> Iterator[None]:
    """The projector folds so many events at once, and renders again so many rows within a catch-up."""
    before = projector.BATCH, projector.INLINE
    projector.BATCH, projector.INLINE = batch, inline
    try:
        yield
    finally:
        projector.BATCH, projector.INLINE = before


def told(verified: Verified) -> list[Any]:
    return [view.differences for view in verified.views if view.differing]


def everything(reader: Reader, scribe: Scribe) -> dict[str, Any]:
    """Every answer that a page could be made of."""
    bylines, tags, sections = (scribe.known[kind] for kind in ("byline", "tag", "section"))
    return {
        "site": reader.site(), "sections": reader.sections(), "latest": reader.latest(100),
        "pages": {path: reader.page(path) for path in sorted(scribe.paths)},
        "things": {
            path: getattr(reader, kind)(path.removeprefix(prefix))
            for kind, prefix in PREFIX.items() for path in sorted(scribe.paths) if path.startswith(prefix)
        },
        "byline": {id: reader.latest(100, byline=id) for id in bylines if id not in scribe.merged},
        "tag": {id: reader.latest(100, tag=id) for id in tags if id not in scribe.merged},
        "section": {id: reader.latest(100, section=id) for id in sections},
        "day": reader.latest(100, under="/2026/09/21/"), "corrections": reader.corrections(100),
        "months": reader.months(), "days": reader.days("2026/09"), "sitemap": reader.sitemap("/", 0, 100),
        "public": dict(reader.public([story.id for story in scribe.stories])),
    }  # fmt: skip


@given(histories, st.integers(1, 7), st.sampled_from([0, 1, 300]), st.booleans())
def test_folded_in_pieces_or_anew_it_is_the_same(
    history: list[Any], batch: int, inline: int, strangers: bool
) -> None:
    with newsroom(fold=False, strangers=strangers) as scribe, at_most(batch, inline):
        for number, op in enumerate(history):
            scribe.play(op)
            if number % batch == 0:
                scribe.house.views.catch_up()
        verified = scribe.house.views.verify()
        assert not told(verified) and verified.ok
        before = scribe.house.views.digests()
        scribe.house.views.rebuild()
        assert scribe.house.views.digests() == before


@given(histories)
def test_a_page_that_waits_to_be_rendered_again_is_shown_fresh(history: list[Any]) -> None:
    with newsroom() as scribe, at_most(500, 0):
        for op in history:
            scribe.play(op)
        before = everything(scribe.house.read(), scribe)
        documents = list(scribe.house.views.documents.all())
        scribe.house.views.drain()
        assert everything(scribe.house.read(), scribe) == before
        assert list(scribe.house.views.documents.all()) == documents


@given(histories)
def test_an_instant_past_is_shown_as_readers_saw_it(history: list[Any]) -> None:
    seen: dict[float, dict[str, Any]] = {}
    with newsroom() as scribe:
        for op in history:
            if op[0] == "tick":
                seen[scribe.house.hour] = everything(scribe.house.read(), scribe)
            if op[0] not in ENDINGS:
                scribe.play(op)
        scribe.house.hour += 1
        for hour, then in seen.items():
            again = everything(scribe.house.read(hour + SETTLED), scribe)
            assert known(again, then) == known(then, then)


def known(answers: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """As far as it could be asked then; without when a publication would end, which nobody knew.

    The earliest known state of a thing holds since ever: so does the site's first title.
    """
    found: dict[str, Any] = {}
    for name, answer in answers.items():
        if name == "site" and then["site"] == UNTITLED:
            continue
        if isinstance(answer, dict):
            answer = {key: _endless(value) for key, value in answer.items() if key in then[name]}
        found[name] = answer
    return found


def _endless(value: Any) -> Any:
    return msgspec.structs.replace(value, public_until=None, digest="") if isinstance(value, Page) else value


@given(histories, st.integers(0, 30))
def test_readers_never_see_what_is_not_public(history: list[Any], back: int) -> None:
    with newsroom() as scribe:
        for op in history:
            scribe.play(op)
        house = scribe.house
        now = house.hour + SETTLED
        for hour in {now, max(0.0, now - back / 2)}:
            reader = house.read() if hour == now else house.read(hour)
            public = scribe.expected(hour)
            answers = everything(reader, scribe)
            shown = set(re.findall(r"word\d+x(?= (?:headline|body))", repr(answers)))
            retracted = {x.token for story in scribe.stories if story.retracted for x in story.issues}
            assert shown - retracted == {issue.token for issue in public.values()}
            assert not re.findall(r"word\d+x body", " ".join(
                page.html for page in answers["pages"].values() if isinstance(page, Page) and page.retracted
            ))
            assert {card.article for card in answers["latest"].items} == set(public) == set(answers["public"])
            assert {entry.path for entry in answers["sitemap"]} == {issue.path for issue in public.values()}


@given(histories)
def test_what_is_led_by_hand_arrives_in_one_step(history: list[Any]) -> None:
    with newsroom() as scribe:
        for op in history:
            scribe.play(op)
        reader = scribe.house.read()
        for path in {f"/old/{n}" for n in range(21)} - scribe.led.keys():
            assert reader.pointed(path) is None
        for path in scribe.led:
            arrived, end = reader.pointed(path), scribe.way(path)[-1]
            assert arrived is not None and reader.pointed(arrived) is None
            assert not isinstance(there := reader.page(arrived), Moved)
            moved = reader.page(end)
            assert arrived == (moved.to if isinstance(moved, Moved) else end) or there is None


@given(histories, st.integers(1, 4))
def test_page_after_page_a_list_is_whole_and_in_order(history: list[Any], size: int) -> None:
    with newsroom() as scribe:
        for op in history:
            scribe.play(op)
        scribe.house.hour += 1
        for reader in (scribe.house.read(), scribe.house.read(scribe.house.hour - 1)):
            items, cursor = [], None
            while True:
                page = reader.latest(size, cursor)
                items += page.items
                cursor = page.next_cursor
                if cursor is None:
                    break
                assert len(page.items) == size
            assert tuple(items) == reader.latest(1000).items
            assert items == sorted(items, key=lambda card: (card.published_at, card.article), reverse=True)
