"""Where a story stands, in the words and the looks that every screen of the desk uses for it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

import msgspec
from markupsafe import Markup

from cms.desk.page import age, moment, time
from events.instant import Instant
from views.desk_shapes import State, Story


class Named(NamedTuple):
    """One state. mark: in a story's badge; many: of the stories in it. Its colour is ``.badge.<state>``.

    deed: it is something that was done, “5 hours ago”; else a story has been in it “for 5 hours”.
    """

    mark: str
    many: str
    deed: bool = False


STATES: dict[State, Named] = {
    "draft": Named("draft", "Drafts"),
    "submitted": Named("in review", "In review"),
    "approved": Named("approved", "Approved", deed=True),
    "scheduled": Named("scheduled", "Scheduled", deed=True),
    "published": Named("published", "Published", deed=True),
    "changed": Named("changed since published", "Changed since published"),
    "withdrawn": Named("withdrawn", "Withdrawn", deed=True),
    "retracted": Named("retracted", "Retracted", deed=True),
    "binned": Named("in the bin", "In the bin"),
}
assert set(STATES) == set(get_args(State))
LISTS: dict[str, str] = {state: named.many for state, named in STATES.items()} | {"corrected": "Corrected"}


class Mark(msgspec.Struct, frozen=True, gc=False):
    """Something to know at a glance. look: its classes; sign: its icon; title: more about it."""

    look: str
    words: str
    sign: str = ""
    title: str = ""


class Known(msgspec.Struct, frozen=True):
    """What a screen knows beside its stories. bare: pictures without alt text, here: who is in it, by article."""

    account: Mapping[str, str]
    now: Instant
    bare: Mapping[str, int]
    here: Mapping[str, Sequence[str]]
    excerpts: Mapping[str, Markup]  # where a story has the words that were searched for, by article
    timed: bool = False  # a timeline: the moment each goes out stands before it
    dated: bool = False  # … with its day, for a row that is drawn again where it stood may belong to another one now


def badge(state: State) -> Mark:
    """The badge of a state."""
    return Mark(f"badge {state}", STATES[state].mark)


def badges(story: Story) -> Iterator[Mark]:
    """Where a story stands, which is the list in which it counts; then, in plain words, what that leaves unsaid."""
    yield badge(story.state)
    if story.withdrawn_at and story.state in ("draft", "submitted", "approved"):
        yield Mark("meta", "was withdrawn", title=f"Readers had it until {moment(story.withdrawn_at)}")
    if story.live and story.state in ("submitted", "approved", "scheduled"):
        yield Mark("meta", "readers have an earlier version")


def marks(story: Story, known: Known) -> Iterator[Mark]:
    """All that is to be known of a story at a glance, where it stands first."""
    state, (first, *beside) = story.state, badges(story)
    if known.timed and story.scheduled_for:
        yield Mark("row-time", (moment if known.dated else time)(story.scheduled_for))
    else:
        yield first
        yield Mark("meta", f"{age(story.state_since)} ago" if STATES[state].deed else f"for {age(story.state_since)}")
    yield from beside
    if story.scheduled_for and not known.timed:
        yield Mark("meta row-due", f"goes out {moment(story.scheduled_for)}", "calendar-clock", "Goes out by itself")
    if story.unpublished and known.timed:
        yield Mark("badge changed", "edited since")
    if story.due and state in ("draft", "submitted", "approved"):
        late = story.due < known.now
        look, words = ("badge bad", "overdue") if late else ("meta row-due", f"due {moment(story.due)}")
        yield Mark(look, words, "clock", f"Due {moment(story.due)}")
    if story.embargo_until and story.embargo_until > known.now:
        yield Mark("badge warn", "embargo", "clock", f"Until {moment(story.embargo_until)}")
    if bare := known.bare.get(story.article):
        yield Mark("badge warn", "no alt text" if bare == 1 else f"{bare} without alt text", "triangle-alert")
    if story.note and state == "draft":
        yield Mark("badge bad", "sent back", title=story.note)
    if story.assigned:
        yield Mark("meta", f"for {known.account.get(story.assigned, 'somebody')}")
