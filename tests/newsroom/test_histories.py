"""Whatever is asked, in whatever order: these things hold."""

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms import article, byline, image, path, section, tag
from cms.decider import Actor, Command, Refused, State
from cms.newsroom import Newsroom
from cms.streams import decider_of
from cms.units import Conflict
from events import document
from events.article import ArticleScheduled, Credit, Lead, Publication
from events.event import Recorded
from events.instant import HOUR, Instant
from events.store import EventStore
from tests.newsroom.spec import LONDON, NOW, PICTURE, Clock, some_id

STORIES = [some_id("one"), some_id("two")]
BYLINES, IMAGES = [some_id("anna"), some_id("ben")], [some_id("photo"), some_id("map")]
SECTIONS, TAGS = [some_id("politics"), some_id("sport")], [some_id("sea"), some_id("land")]
ACTORS = [Actor("nadia", "reporter"), Actor("ewan", "editor"), Actor("ruth", "chief")]
BODIES = [document.EMPTY, document.from_paragraphs(["One."]), document.from_paragraphs(["One.", "Two."])]
SLUGS = ["", "bridge", "harbour"]

story, name = st.sampled_from(STORIES), st.sampled_from(["Bridge", "Harbour", "!"])
slug = st.sampled_from(SLUGS[1:])
reason = st.sampled_from(["Urgent", "Urgent", None])
pending = st.sampled_from([None, "keep", "cancel"])
reviewed = st.sampled_from([None, None, None, 3, 5, 9])
hours = st.integers(1, 30)


def at(hour: int) -> Instant:
    return NOW + hour * HOUR


WORDS = st.one_of(
    st.builds(article.Draft, story, name, st.sampled_from(["news", "brief"])),
    st.builds(article.ChangeHeadline, story, name),
    st.builds(article.ChangeSlug, story, st.sampled_from(SLUGS)),
    st.builds(article.ReplaceBody, story, st.sampled_from(BODIES)),
    st.builds(article.EditBody, story, st.integers(0, 3), st.just(document.replacing(BODIES[1], BODIES[2]))),
    st.builds(article.ChangeSection, story, st.none() | st.sampled_from(SECTIONS)),
    st.builds(article.ChangeTags, story, st.sampled_from([(), (TAGS[0],), tuple(TAGS)])),
    st.builds(article.SetLeadImage, story, st.none() | st.builds(Lead, st.sampled_from(IMAGES))),
    st.builds(article.AssignBylines, story, st.sampled_from([(), (Credit(BYLINES[0]),)])),
)
DESK = st.one_of(
    st.builds(article.Submit, story),
    st.builds(article.TakeBack, story),
    st.builds(article.Approve, story, st.integers(0, 12)),
    st.builds(article.Return, story, st.just("Who says so?")),
    st.builds(article.Embargo, story, st.none() | st.builds(at, hours)),
    st.builds(article.Trash, story),
    st.builds(article.Recover, story),
)
READERS = st.one_of(
    st.builds(article.Publish, story, reviewed, reason, pending),
    st.builds(article.Schedule, story, st.builds(at, hours), reviewed, reason, pending),
    st.builds(article.Update, story, st.just("New."), st.booleans(), st.booleans(), reviewed, reason, pending),
    st.builds(article.Correct, story, st.just("Wrong."), reviewed, reason, pending),
    st.builds(article.CancelSchedule, story),
    st.builds(article.Withdraw, story, st.just("Law.")),
    st.builds(article.Retract, story, st.just("We erred.")),
)
THINGS = st.one_of(
    st.builds(byline.Create, st.sampled_from(BYLINES), name),
    st.builds(byline.ChangeSlug, st.sampled_from(BYLINES), slug),
    st.builds(byline.Merge, st.sampled_from(BYLINES), st.sampled_from(BYLINES)),
    st.builds(section.Open, st.sampled_from(SECTIONS), name, st.none() | slug),
    st.builds(section.ChangeSlug, st.sampled_from(SECTIONS), slug),
    st.builds(section.Close, st.sampled_from(SECTIONS)),
    st.builds(tag.Create, st.sampled_from(TAGS), name),
    st.builds(tag.ChangeSlug, st.sampled_from(TAGS), slug),
    st.builds(tag.Merge, st.sampled_from(TAGS), st.sampled_from(TAGS)),
    st.builds(image.Upload, st.sampled_from(IMAGES), st.just(PICTURE), st.just("x.jpg")),
    st.builds(image.TakeDown, st.sampled_from(IMAGES), st.just("Law.")),
)
nadia, ewan, ruth = ACTORS
SAID = st.one_of(
    st.tuples(st.lists(WORDS, min_size=1, max_size=2), st.sampled_from(ACTORS)),
    st.tuples(st.lists(DESK, min_size=1, max_size=2), st.sampled_from(ACTORS)),
    st.tuples(READERS.map(lambda command: [command]), st.just(ruth)),
    st.tuples(st.tuples(WORDS, READERS).map(list), st.just(ruth)),
    st.tuples(st.lists(THINGS, min_size=1, max_size=3), st.just(ewan)),
)
DEEDS = st.tuples(SAID, st.integers(0, 5))  # hours that pass before it
BEGINNING: list[Command] = [
    byline.Create(BYLINES[0], "Bridge"), section.Open(SECTIONS[0], "Bridge"), tag.Create(TAGS[0], "Bridge"),
    image.Upload(IMAGES[0], PICTURE, "x.jpg"),
    *(article.Draft(id, "Bridge") for id in STORIES),
    *(article.ReplaceBody(id, BODIES[1]) for id in STORIES),
    *(article.Submit(id) for id in STORIES),
]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DEEDS, min_size=10, max_size=40), st.booleans())
def test_whatever_is_asked_the_log_makes_sense(deeds: list[Any], batched: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock(NOW)
        store = EventStore(Path(folder) / "events.db", clock=clock)
        newsroom = Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock)
        newsroom.handle(BEGINNING, ACTORS[0])
        batch = newsroom.batch()
        for (commands, actor), wait in deeds:
            clock.wait(wait * HOUR)
            try:
                if batched:
                    batch.add(commands, actor, uuid4())
                else:
                    newsroom.handle(commands, actor)
            except (Refused, Conflict):
                continue
        assert all(settled.error is None for settled in batch.flush())
        recorded = list(store.read_all())
        store.close()
        states = folded(recorded)
        assert addresses_agree(states)
        for events in by_stream(recorded).values():
            publications_make_sense(events)
        for stream in states:
            assert comparable(newsroom._streams.remembered(stream).state) == comparable(states[stream])


def by_stream(recorded: list[Recorded]) -> dict[str, list[Recorded]]:
    streams: dict[str, list[Recorded]] = defaultdict(list)
    for one in recorded:
        streams[one.stream].append(one)
    return streams


def folded(recorded: list[Recorded]) -> dict[str, State]:
    """Every stream folded from the log alone, at each event: evolving never fails."""
    states: dict[str, State] = {}
    for one in recorded:
        decider = decider_of(one.stream)
        states[one.stream] = decider.replay(states.get(one.stream, decider.initial), one)
        assert states[one.stream].version == one.version
        if one.category == "path" and isinstance(state := states[one.stream], path.Path):
            assert one.stream == path.stream_of(one.event.path)  # type: ignore[attr-defined]
            assert (state.owner == "") == (state.status == "free")
    return states


def addresses_agree(states: dict[str, State]) -> bool:
    """Each address is what its owner thinks it is, and nobody thinks anything of an address that is another's."""
    thought: dict[str, tuple[str, str]] = {}
    for stream, state in states.items():
        for address, status in decider_of(stream).addresses(state).items():
            where = path.stream_of(address)
            assert where not in thought, f"{address} is both {thought[where]}'s and {stream}'s"
            thought[where] = (stream, status)
    known = {
        stream: (state.owner, state.status)
        for stream, state in states.items()
        if isinstance(state, path.Path) and state.status != "free"
    }
    return thought == known


def publications_make_sense(events: list[Recorded]) -> None:
    """Numbers are dense; what goes out at once goes out in order; the date of an address stays once it was public."""
    publications = [(one, one.event) for one in events if isinstance(one.event, Publication)]
    assert [event.number for _, event in publications] == list(range(1, len(publications) + 1))
    at_once = [event.public_from for _, event in publications if not isinstance(event, ArticleScheduled)]
    assert at_once == sorted(set(at_once))
    ahead = [(event.public_from, one.occurred_at) for one, event in publications if isinstance(event, ArticleScheduled)]
    assert all(public_from > occurred_at for public_from, occurred_at in ahead)
    public = [event.path for one, event in publications if event.public_from <= events[-1].occurred_at]
    if not any(one.type == "article.schedule_cancelled" for one in events):
        assert len({address[:11] for address in public}) <= 1
    for _, event in publications:
        assert event.headline
        assert event.words == document.words(document.decode(bytes(event.body)))


def comparable(state: State) -> object:
    """A state whose body is what its events say it is: unfolded from its steps, not taken from what is at hand."""
    if isinstance(state, article.Article):
        doc, raw = state.content.body._unfolded()
        assert document.digest(doc) == state.content.body.digest
        assert document.decode(raw) == doc
    return state
