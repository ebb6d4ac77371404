"""The rules and the views, folded from the same log by different hands, agree on what is public and where."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.article import Article
from cms.decider import Refused, State
from cms.newsroom import Newsroom
from cms.streams import decider_of
from cms.units import Conflict
from events.instant import HOUR, Instant
from events.store import EventStore
from tests.newsroom.spec import LONDON, NOW, Clock
from tests.newsroom.test_histories import ACTORS, BEGINNING, DEEDS, STORIES
from views import Views
from views.shapes import Gone, Moved, Page, Reader


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DEEDS, min_size=10, max_size=40))
def test_rules_and_views_agree_on_what_is_public(deeds: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock(NOW)
        store = EventStore(Path(folder) / "events.db", clock=clock)
        views = Views(Path(folder) / "views.db", store)
        newsroom = Newsroom(
            store, zone=LONDON, may=lambda role, command: True, clock=clock,
            catch_up=lambda position: views.catch_up(position) >= position,
        )  # fmt: skip
        try:
            newsroom.handle(BEGINNING, ACTORS[0])
            for (commands, actor), wait in deeds:
                clock.wait(wait * HOUR)
                try:
                    done = newsroom.handle(commands, actor)
                except (Refused, Conflict):
                    continue
                assert done.caught_up
                agree(folded(store), views, clock())
            clock.wait(40 * HOUR)
            agree(folded(store), views, clock())
            assert views.verify().ok
        finally:
            views.close()
            store.close()


def folded(store: EventStore) -> dict[str, State]:
    states: dict[str, State] = {}
    for one in store.read_all():
        decider = decider_of(one.stream)
        states[one.stream] = decider.replay(states.get(one.stream, decider.initial), one)
    return states


def agree(states: dict[str, State], views: Views, now: Instant) -> None:
    reader = views.reader(now)
    listed = {card.article for card in reader.latest(100).items}
    for id in STORIES:
        state = states[f"article-{id}"]
        assert isinstance(state, Article)
        newest, pending = state.newest(now), state.pending(now)
        assert (id in listed) == (newest is not None and not state.retracted)
        if newest is not None:
            page = reader.page(newest.path)
            assert isinstance(page, Page) and page.number == newest.number
            assert (page.retracted is not None) == state.retracted
        for path, status in decider_of(f"article-{id}").addresses(state).items():
            if newest is None or path != newest.path:
                leads(reader, path, status, newest.path if newest else None)
        story = views.desk(now).story(id)
        assert story is not None
        assert story.version == state.version and story.words == state.content.body.words
        assert (story.stage if story.stage != "published" else "draft") == state.stage
        assert story.scheduled_for == (pending.public_from if pending else None)
        assert story.live == (id in listed)
        assert (story.headline, story.lead is None) == (state.content.headline, _unseen(state, states))


def _unseen(state: Article, states: dict[str, State]) -> bool:
    lead = state.content.lead
    return lead is None or bool(getattr(states[f"image-{lead.image}"], "taken_down", False))


def leads(reader: Reader, path: str, status: str, to: str | None) -> None:
    """An address at which nothing stands now."""
    found = reader.page(path)
    if status == "gone":
        assert isinstance(found, Gone)
    elif status == "redirected":
        assert found in (Moved(to=to or ""), None)
    else:  # claimed for later, or left behind by what has gone live since
        assert found is None or found == Moved(to=to or "")
