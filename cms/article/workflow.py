"""Rules of a story's way through the desk: who may approve it, what holds it back, the bin."""

from cms.article.commands import Approve, Assign, Embargo, Recover, Return, SetDue, Submit, TakeBack, Trash
from cms.article.editing import known, working
from cms.article.state import Article, decider
from cms.decider import Context, Moved, Refused, moment, required
from events.article import (
    ArticleApproved,
    ArticleAssigned,
    ArticleDueSet,
    ArticleEmbargoed,
    ArticleRecovered,
    ArticleReturned,
    ArticleSubmitted,
    ArticleTakenBack,
    ArticleTrashed,
)
from events.event import Event


@decider.on(Assign)
def _assign(state: Article, command: Assign, _: Context) -> list[Event]:
    return [] if command.account == working(state).assigned else [ArticleAssigned(account=command.account)]


@decider.on(SetDue)
def _set_due(state: Article, command: SetDue, context: Context) -> list[Event]:
    if command.due == working(state).due:
        return []
    if command.due is not None and moment(command.due, "due") <= context.now:
        raise Refused("This moment has passed. Say by when it can be done.", "due")
    return [ArticleDueSet(due=command.due)]


@decider.on(Submit)
def _submit(state: Article, _: Submit, context: Context) -> list[Event]:
    if working(state).stage != "draft":
        return []
    if not state.changed(context.now):
        raise Refused("Nothing in this article has changed since it was last published or scheduled.")
    return [ArticleSubmitted()]


@decider.on(TakeBack)
def _take_back(state: Article, _: TakeBack, context: Context) -> list[Event]:
    if working(state).stage == "draft":
        raise Refused("This article is being worked on already: it was not submitted.")
    if context.actor.account != state.submitted_by and context.actor.account not in state.editors:
        raise Refused("Only who submitted it or wrote in it can take it back. An editor sends it back with a note.")
    if state.stage == "approved":
        raise Refused("This article is approved already. Write in it: what is new is read again.")
    return [ArticleTakenBack()]


@decider.on(Return)
def _return(state: Article, command: Return, _: Context) -> list[Event]:
    if working(state).stage == "draft":
        raise Refused("This article is being worked on already: it was not submitted.")
    return [ArticleReturned(note=required(command.note, "note", "Say what should be done to it."))]


@decider.on(Approve)
def _approve(state: Article, command: Approve, context: Context) -> list[Event]:
    if working(state).stage == "draft":
        raise Refused("This article was not submitted yet.")
    same_words(state, command.reviewed)
    if own(state, context.actor.account):
        raise Refused("This is your own story. Somebody else has to approve it.")
    return [] if state.stage == "approved" else [ArticleApproved(reviewed=command.reviewed)]


@decider.on(Embargo)
def _embargo(state: Article, command: Embargo, context: Context) -> list[Event]:
    if command.until == working(state).embargo:
        return []
    if command.until is not None:
        if moment(command.until, "until") <= context.now:
            raise Refused("This moment has passed. An embargo ends in the future.", "until")
        pending = state.pending(context.now)
        if pending and pending.public_from < command.until:
            raise Refused("It is scheduled for a moment before that. Cancel or move the schedule first.", "until")
    return [ArticleEmbargoed(until=command.until)]


@decider.on(Trash)
def _trash(state: Article, _: Trash, context: Context) -> list[Event]:
    if known(state).trashed:
        return []
    if state.pending(context.now):
        raise Refused("This article is scheduled. Cancel the schedule first.")
    if state.issues or state.former:
        raise Refused("This article has been public. It can be withdrawn, but not put in the bin.")
    return [ArticleTrashed()]


@decider.on(Recover)
def _recover(state: Article, _: Recover, __: Context) -> list[Event]:
    return [ArticleRecovered()] if known(state).trashed else []


def own(state: Article, account: str | None) -> bool:
    """Whether it is this person's own story, which somebody else has to approve."""
    return account == state.submitted_by or state.editors == {account}


def same_words(state: Article, reviewed: int) -> None:
    """Refused where the content changed after version ``reviewed``, or where that has not come to be."""
    if reviewed > state.version:
        raise Refused(f"This article has no version {reviewed} yet.", "reviewed")
    if state.edited > reviewed:
        raise Moved("This article has changed since you read it. Read what is new, then try again.", since=reviewed)
