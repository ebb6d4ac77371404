"""Where a story goes from here: what is said of that, who can do it, and the one way to its publication."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cms import article as a
from cms.article import Article
from cms.article.workflow import own
from cms.decider import Command
from cms.desk.house import house
from cms.desk.page import moment
from cms.desk.session import HOME
from cms.people.person import Person
from cms.roles import may
from cms.site.words import names
from events.instant import Instant

NAMED = 5  # people who are named in a sentence, and one more where that is all
SKIPS = ("chief", "administrator")  # who publishes what nobody has approved, saying why


class Way(NamedTuple):
    """A button that leads to the publish dialog. sign: its icon."""

    label: str
    to: str
    tone: str = ""
    sign: str = ""


class Onward(NamedTuple):
    """said: sentences; ways: what this person may do about the publication."""

    said: str
    ways: tuple[Way, ...]


def onward(id: str, state: Article, now: Instant, me: Person, note: str = "") -> Onward:
    """Everything about it, for this person. note: with which it was sent back."""
    if state.trashed or state.retracted:
        return Onward("", ())
    return Onward(" ".join(_said(state, now, me, note)), tuple(_ways(id, state, now, me)))


def approvers(state: Article, me: Person) -> list[str]:
    """By name, who can approve these words; never the person who asks, whom the page tells otherwise."""
    able = (one for one in _able(a.Approve) if one.id != me.id)
    return [one.name for one in able if not own(state, one.id)]


def publishers(state: Article) -> list[str]:
    """By name, who can publish these words."""
    approved = state.stage == "approved"
    return [one.name for one in _able(a.Publish) if approved or one.role in SKIPS]


def withdrawers(state: Article, now: Instant, me: Person) -> str:
    """Who can withdraw what readers have; '' where nothing is public, or one can do it oneself."""
    if not state.newest(now) or state.retracted or may(me.role, a.Withdraw):
        return ""
    return listed((one.name for one in _able(a.Withdraw)), "Nobody here")


def can_approve(state: Article, me: Person) -> bool:
    """Whether it is for this person to read, and to approve or return."""
    return state.stage == "submitted" and may(me.role, a.Approve) and not own(state, me.id)


def _able(command: type[Command]) -> Iterator[Person]:
    return (one for one in house().accounts.people() if not one.disabled and may(one.role, command))


def listed(people: Iterable[str], else_: str) -> str:
    """Their names, as many as one reads; or what is said where there is nobody."""
    all_ = list(people)
    more = len(all_) - NAMED
    return names([*all_[:NAMED], f"{more} others"] if more > 1 else all_) or else_


def _said(state: Article, now: Instant, me: Person, note: str) -> Iterator[str]:
    newest, pending = state.newest(now), state.pending(now)
    if pending:
        yield f"It goes out by itself on {moment(pending.public_from)}."
    if not state.changed(now):
        if newest:
            yield "Readers have these very words."
    elif state.stage == "submitted":
        if can_approve(state, me):
            yield "It waits to be read: approve it, or send it back with a note."
        else:
            others = listed(approvers(state, me), "Nobody else here")
            yield f"It waits to be read. {others} can approve it."
    elif state.stage == "approved":
        yield "It is approved."
        if not may(me.role, a.Publish):
            yield f"{listed(publishers(state), 'Nobody here')} can publish it."
    elif note:
        yield f"It was sent back: “{note}” Submit it again once that is done."
    elif newest or pending:
        yield "What was changed since is not on its way to readers yet: submit it once it is ready."
    elif state.former:
        yield "It was withdrawn: readers find it nowhere."
    else:
        yield "It is being written: submit it once it is ready to be read."
    if state.assigned:
        yield f"{house().accounts.names().get(state.assigned, 'Somebody')} has it."


def _ways(id: str, state: Article, now: Instant, me: Person) -> Iterator[Way]:
    """Only what this person can do as things stand; what is missing, and who can give it, is in the sentences."""
    if not may(me.role, a.Publish):
        return
    to = f"{HOME}/articles/{id}/publish"
    newest, changed, approved = state.newest(now), state.changed(now), state.stage == "approved"
    if changed and approved:
        yield Way("Publish the changes …" if newest else "Publish …", to, "primary", "send")
    elif changed and me.role in SKIPS:
        yield Way("Publish without approval …", to, sign="send")
    elif not newest and not changed:
        yield Way("Change when it goes out …", to, sign="calendar-clock")
    if newest:
        yield Way("Correct …", f"{to}?change=correction")
        if not changed:
            yield Way("Update …", f"{to}?change=update")
        if may(me.role, a.Retract):
            yield Way("Retract …", f"{to}?change=retraction", "danger")
