"""One story in a list, in the words that the template draws: what it is, where it stands, what was done last.

Worked out here and not in the template, for a page has forty of them and a template's calls are what they cost.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from markupsafe import Markup

from cms.desk.lines import who
from cms.desk.page import environment, moment, when
from cms.desk.standing import Known, Mark, marks
from cms.desk.wording import NO_BYLINE, called
from cms.site.words import count, names
from views.desk_shapes import Story


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


def row_of(story: Story, known: Known) -> Row:
    """The row of a story."""
    byline = names([one.name for one in story.bylines]) or NO_BYLINE
    section = f" · {story.section.name}" if story.section else ""
    here = list(known.here.get(story.article, ()))
    return Row(
        id=story.article, kicker=story.kicker, headline=called(story.headline),
        about=f"{byline}{section} · {count(story.words, 'word')}", marks=tuple(marks(story, known)),
        here=f"{names(here)} {'is' if len(here) == 1 else 'are'} in it now" if here else "",
        last=_last(story, known.account), when=when(story.changed_at), excerpt=known.excerpts.get(story.article),
    )  # fmt: skip


@lru_cache(4096)  # the same rows are looked at by everybody, all day
def cells(row: Row, timed: bool = False) -> Markup:
    """The inside of the row, as HTML."""
    made: Any = environment().get_template("story_row.html").module
    drawn: Markup = made.cells(row, timed)
    return drawn


def _last(story: Story, account: Mapping[str, str]) -> str:
    """Who did what last. What the sentence ends with, a name or a moment, only the face can say."""
    change = story.change
    if change.endswith(" to") and story.assigned:
        change += f" {account.get(story.assigned, 'somebody')}"
    elif change.endswith(" for") and story.scheduled_for:
        change += f" {moment(story.scheduled_for)}"
    elif change.endswith(" by") and story.due:
        change += f" {moment(story.due)}"
    elif change.endswith(" until") and story.embargo_until:
        change += f" {moment(story.embargo_until)}"
    return f"{who(story.changed_by, account)} {change}"
