"""Rules of what comes before the readers: publishing, scheduling, updating, correcting, taking away."""

from typing import TypeVar

import msgspec

from cms import image, path, section
from cms.article.commands import (
    CancelSchedule,
    Correct,
    Pending,
    Publish,
    Publishing,
    Retract,
    Schedule,
    Update,
    Withdraw,
)
from cms.article.editing import known, working
from cms.article.state import Article, Issue, decider
from cms.article.workflow import same_words
from cms.decider import Context, Refused, derived_slug, moment, prose, required
from events import document
from events.article import (
    ArticleCorrected,
    ArticlePublished,
    ArticleRetracted,
    ArticleScheduleCancelled,
    ArticleScheduled,
    ArticleUpdated,
    ArticleWithdrawn,
    Publication,
)
from events.event import Event
from events.instant import Instant, to_datetime

P = TypeVar("P", bound=Publication)


@decider.on(Publish)
def _publish(state: Article, command: Publish, context: Context) -> list[Event]:
    if working(state).newest(context.now):
        raise Refused("This article is public already. Update it, or correct it.")
    if state.pending(context.now) and command.pending == "keep":
        raise Refused("It cannot be published now and be scheduled to begin later. Cancel the schedule.", "pending")
    return _publishing(state, command, context, ArticlePublished)


@decider.on(Schedule)
def _schedule(state: Article, command: Schedule, context: Context) -> list[Event]:
    working(state)
    if moment(command.public_from, "public_from") <= context.now:
        raise Refused("This moment has passed. Publish the article now, or choose a later one.", "public_from")
    pending = state.pending(context.now)
    if pending and command.pending == "keep":
        raise Refused("Only one publication can wait at a time. Cancel the one that is scheduled.", "pending")
    if not state.changed(context.now):
        if pending is None:
            raise Refused("Nothing in this article has changed since it was published: there is nothing to schedule.")
        if pending.public_from == command.public_from:
            return []
    return _publishing(state, command, context, ArticleScheduled)


@decider.on(Update)
def _update(state: Article, command: Update, context: Context) -> list[Event]:
    _public(state, context.now)
    note = prose(command.note, "note", 1000)
    if command.clarifies:
        if command.silent:
            raise Refused("What is made clearer is told to readers. It cannot be a silent fix.", "silent")
        required(command.note, "note", "Tell readers what is clearer now.", 1000)
    if not (note or state.changed(context.now) or state.pending(context.now)):
        return []
    told = {"note": note, "silent": command.silent, "clarifies": command.clarifies}
    return _publishing(state, command, context, ArticleUpdated, **told)


@decider.on(Correct)
def _correct(state: Article, command: Correct, context: Context) -> list[Event]:
    _public(state, context.now)
    note = required(command.note, "note", "Tell readers what was wrong and what is right.", 1000)
    return _publishing(state, command, context, ArticleCorrected, note=note)


@decider.on(CancelSchedule)
def _cancel_schedule(state: Article, command: CancelSchedule, context: Context) -> list[Event]:
    pending = known(state).pending(context.now)
    if pending is None:
        raise Refused("Nothing is scheduled.")
    return [_cancelled(pending, prose(command.why, "why", 1000))]


@decider.on(Withdraw)
def _withdraw(state: Article, command: Withdraw, context: Context) -> list[Event]:
    if not known(state).issues and state.former:
        return []
    if not state.newest(context.now):
        raise Refused(_NOTHING_PUBLIC)
    reason = required(command.reason, "reason", "Say why it is withdrawn.", 1000)
    return [*_without_pending(state, context.now, "withdrawn"), ArticleWithdrawn(reason=reason)]


@decider.on(Retract)
def _retract(state: Article, command: Retract, context: Context) -> list[Event]:
    if known(state).retracted:
        return []
    if not state.newest(context.now):
        raise Refused(_NOTHING_PUBLIC)
    notice = required(command.notice, "notice", "A retraction needs the notice that readers will see.", 2000)
    return [*_without_pending(state, context.now, "retracted"), ArticleRetracted(notice=notice)]


_NOTHING_PUBLIC = "Nothing of this article is public."


def _public(state: Article, now: Instant) -> None:
    if not working(state).newest(now):
        raise Refused(f"{_NOTHING_PUBLIC} Publish it first.")


def _publishing(
    state: Article, command: Publishing, context: Context, kind: type[P], **more: object
) -> list[Event]:
    """The publication, after the cancellation of the one that waits where that is wished."""
    pending = state.pending(context.now)
    said: Pending | None = command.pending
    if pending and said not in ("keep", "cancel"):
        raise Refused("Another publication is scheduled. Say whether it is kept or cancelled.", "pending")
    if command.reviewed is not None:
        same_words(state, command.reviewed)
    _complete(state, context)
    unapproved = _unapproved(state, command, context)
    happened: list[Event] = []
    if pending and said == "cancel":
        replaced = "rescheduled" if kind is ArticleScheduled else "published at once instead"
        happened = [_cancelled(pending, replaced)]
        state = decider.fold(state, happened)
    public_from = command.public_from if isinstance(command, Schedule) else _at_once(state, context.now)
    _past_embargo(state, public_from)
    happened.append(_exact_words(state, command.stream, context, kind, public_from, unapproved, more))
    return happened


def _at_once(state: Article, now: Instant) -> Instant:
    """Now, or just after what is public: of two publications the later one is always the one that readers have."""
    newest = state.newest(now)
    return max(now, newest.public_from + 1) if newest else now


def _unapproved(state: Article, command: Publishing, context: Context) -> str | None:
    """Why nobody else approved these words; None where somebody did."""
    if state.stage == "approved":
        return None
    if not state.changed(context.now):
        return state.issues[-1].without_approval  # the very words that readers have, or were to have later
    reason = prose(command.without_approval or "", "without_approval", 500)
    if not reason:
        raise Refused("Nobody has approved these words yet.", "without_approval")
    if context.actor.role not in ("chief", "administrator") and context.actor.face != "import":
        raise Refused("Only a chief editor may publish what nobody else has approved.", "without_approval")
    return reason


def _complete(state: Article, context: Context) -> None:
    content = state.content
    if not content.headline:
        raise Refused("An article needs a headline before readers can have it.", "headline")
    if content.kind != "brief" and content.body.empty:
        raise Refused("There are no words in the body. Only a brief may be a headline alone.", "body")
    if content.section is not None and not (state.issues or state.former):
        section.usable(context, content.section, "section")
    if content.lead is not None:
        image.usable(context, content.lead.image, "lead")
    for id in content.body.images:
        image.usable(context, id, "body")


def _past_embargo(state: Article, public_from: Instant) -> None:
    if state.embargo is not None and public_from < state.embargo:
        raise Refused("This article is under an embargo that ends after that. Schedule it for then, or lift it.")


def _address(state: Article, owner: str, context: Context, public_from: Instant) -> str:
    """Where it stands: the date of the first time, and the slug that was chosen, had, or made of the headline."""
    day = to_datetime(public_from).astimezone(context.zone)
    prefix = state.date(context.now) or f"/{day.year:04}/{day.month:02}/{day.day:02}/"
    if state.content.slug:
        return prefix + state.content.slug  # if it is another's, claiming it is refused
    newest = state.newest(context.now)
    last = newest.path if newest else state.former[-1] if state.former else None
    if last:
        return last
    slug = derived_slug(state.content.headline, f"story-{owner[-8:]}")
    return path.unused(context, owner, prefix, slug)


def _exact_words(
    state: Article,
    owner: str,
    context: Context,
    kind: type[P],
    public_from: Instant,
    unapproved: str | None,
    more: dict[str, object],
) -> P:
    content = state.content
    return kind(
        number=state.numbers + 1,
        public_from=public_from,
        path=_address(state, owner, context, public_from),
        kicker=content.kicker,
        headline=content.headline,
        standfirst=content.standfirst,
        kind=content.kind,
        language=content.language,
        section=content.section,
        bylines=list(content.bylines),
        tags=list(content.tags),
        lead=content.lead,
        related=list(content.related),
        document_schema=document.SCHEMA,
        body=msgspec.Raw(content.body.published_raw),
        words=content.body.words,
        images=list(content.body.images),
        without_approval=unapproved,
        **more,
    )


def _cancelled(pending: Issue, why: str) -> ArticleScheduleCancelled:
    return ArticleScheduleCancelled(number=pending.number, why=why)


def _without_pending(state: Article, now: Instant, why: str) -> list[Event]:
    pending = state.pending(now)
    return [_cancelled(pending, why)] if pending else []
