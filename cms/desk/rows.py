"""One story in a list, in the words that the template draws: what it is, where it stands, what was done last.

Worked out here and not in the template, for a page has forty of them and a template's calls are what they cost.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from markupsafe import Markup

from cms.desk.page import age, environment, moment, time, when
from cms.site.words import count, names
from events.instant import Instant
from views.desk_shapes import Story

WORDS = {
    "changed": "changed since",
    "submitted": "in review",
    "binned": "in the bin",
}  # of a state, where they are not its name


class Mark(msgspec.Struct, frozen=True, gc=False):
    """Something to know at a glance. look: its classes; sign: its icon; title: more about it."""

    look: str
    words: str
    sign: str = ""
    title: str = ""


class Row(msgspec.Struct, frozen=True):
    """See the module."""

    id: str
    kicker: str
    headline: str
    about: str
    marks: tuple[Mark, ...]
    here: str  # who is in it now, as a sentence; '' where nobody is
    last: str
    when: Markup
    excerpt: Markup | None


class Known(msgspec.Struct, frozen=True):
    """What a list knows beside its stories. bare: pictures without alt text, here: who is in it, by article."""

    account: Mapping[str, str]
    now: Instant
    bare: Mapping[str, int]
    here: Mapping[str, Sequence[str]]
    excerpts: Mapping[str, Markup]  # where a story has the words that were searched for, by article
    timed: bool = False  # a timeline: the moment each goes out stands before it
    dated: bool = False  # … with its day, for a row that is drawn again where it stood may belong to another one now


def row_of(story: Story, known: Known) -> Row:
    """The row of a story."""
    signed = names([one.name for one in story.bylines]) or "Nobody has signed it"
    section = f" · {story.section.name}" if story.section else ""
    here = list(known.here.get(story.article, ()))
    return Row(
        id=story.article, kicker=story.kicker, headline=story.headline or "Without a headline",
        about=f"{signed}{section} · {count(story.words, 'word')}", marks=tuple(_marks(story, known)),
        here=f"{names(here)} {'is' if len(here) == 1 else 'are'} in it now" if here else "",
        last=_last(story, known.account), when=when(story.changed_at), excerpt=known.excerpts.get(story.article),
    )  # fmt: skip


@lru_cache(4096)  # the same rows are looked at by everybody, all day
def cells(row: Row, timed: bool = False) -> Markup:
    """The inside of the row, as HTML."""
    made: Any = environment().get_template("story_row.html").module
    drawn: Markup = made.cells(row, timed)
    return drawn


def _marks(story: Story, known: Known) -> Iterator[Mark]:
    state = story.state
    if known.timed and story.scheduled_for:
        yield Mark("row-time", (moment if known.dated else time)(story.scheduled_for))
    else:
        yield Mark(f"badge {state}", WORDS.get(state, state))
        yield Mark("meta", age(story.stage_since))
    if story.withdrawn_at and state != "withdrawn":
        yield Mark("badge withdrawn", "withdrawn")
    if story.live and state in ("submitted", "approved", "scheduled"):
        yield Mark("badge published", "public")
    if story.scheduled_for and not known.timed:
        yield Mark("meta row-due", moment(story.scheduled_for), "calendar-clock")
    if story.unpublished and known.timed:
        yield Mark("badge warn", "edited since")
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


def _last(story: Story, account: Mapping[str, str]) -> str:
    """Who did what last. What the sentence ends with, a name or a moment, only the face can say."""
    who = account.get(story.changed_by, "Somebody") if story.changed_by else "Daybook"
    change = story.change
    if change.endswith(" to") and story.assigned:
        change += f" {account.get(story.assigned, 'somebody')}"
    elif change.endswith(" for") and story.scheduled_for:
        change += f" {moment(story.scheduled_for)}"
    elif change.endswith(" by") and story.due:
        change += f" {moment(story.due)}"
    elif change.endswith(" until") and story.embargo_until:
        change += f" {moment(story.embargo_until)}"
    return f"{who} {change}"
