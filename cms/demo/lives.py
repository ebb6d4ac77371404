"""The life of a story, as it happened: every step with the words as they were after it."""

from zoneinfo import ZoneInfo

import msgspec

from cms.demo.paper import Paper, Step, Story, when
from events.instant import HOUR, Instant

_CONTENT = ("headline", "standfirst", "kicker", "lead", "tags")


class Words(msgspec.Struct, frozen=True):
    """What a story says at one moment."""

    headline: str
    standfirst: str
    kicker: str
    lead: str  # image file; '' for none
    tags: tuple[str, ...]
    body: str  # Markdown


class Moment(msgspec.Struct, frozen=True):
    """One step: when, who, what, and the words after it."""

    at: Instant
    story: Story
    step: Step
    words: Words


def live(story: Story, paper: Paper, now: Instant, zone: ZoneInfo) -> list[Moment]:
    """The whole life of a story, oldest first."""
    words = Words(story.headline, story.standfirst, story.kicker, story.lead, story.tags, story.body)
    moments = []
    for step, at in reversed(_steps(story, paper, now, zone)):
        moments.append(Moment(at, story, step, words))
        if step.does == "edited":
            words = _before(step, words)
    return moments[::-1]


def _steps(story: Story, paper: Paper, now: Instant, zone: ZoneInfo) -> list[tuple[Step, Instant]]:
    if story.history:
        return [(step, when(step.at, now, zone)) for step in story.history]
    assert story.at is not None, f"{story.slug} has neither a history nor a moment"
    public = when(story.at, now, zone)
    writer = next(byline.staff for byline in paper.bylines if byline.slug == story.by[0])
    editor = next(section.editor for section in paper.sections if section.slug == story.section)
    if editor == writer:
        editor = next(person.key for person in paper.staff if person.role == "chief")
    usual = ((writer, "drafted", 26), (writer, "submitted", 3), (editor, "approved", 1), (editor, "published", 0))
    return [(Step(at="", who=who, does=does), public - hours * HOUR) for who, does, hours in usual]


def _before(step: Step, words: Words) -> Words:
    was = {name: getattr(step, f"{name}_was") for name in _CONTENT}
    body = words.body
    for replaced in reversed(step.text):
        assert body.count(replaced.now) == 1, f"{replaced.now[:60]!r} is not exactly once in the body"
        body = body.replace(replaced.now, replaced.was)
    return msgspec.structs.replace(words, body=body, **{name: old for name, old in was.items() if old is not None})
