"""What the rules know of an article, and how each event changes that."""

from typing import Literal

import msgspec
from msgspec.structs import replace

from cms.article.body import EMPTY, Body
from cms.decider import Addresses, Decider, State, Status
from events.article import (
    ArticleApproved,
    ArticleAssigned,
    ArticleBodyEdited,
    ArticleBylinesAssigned,
    ArticleCorrected,
    ArticleDrafted,
    ArticleDueSet,
    ArticleEmbargoed,
    ArticleHeadlineChanged,
    ArticleKickerChanged,
    ArticleKindChanged,
    ArticleLanguageChanged,
    ArticleLeadImageSet,
    ArticleNoteAdded,
    ArticlePublished,
    ArticleRecovered,
    ArticleRelatedChanged,
    ArticleRetracted,
    ArticleReturned,
    ArticleScheduleCancelled,
    ArticleScheduled,
    ArticleSectionChanged,
    ArticleSlugChanged,
    ArticleStandfirstChanged,
    ArticleSubmitted,
    ArticleTagsChanged,
    ArticleTakenBack,
    ArticleTrashed,
    ArticleUpdated,
    ArticleWithdrawn,
    Credit,
    Kind,
    Lead,
    Publication,
)
from events.instant import Instant

Stage = Literal["draft", "submitted", "approved"]


class Content(msgspec.Struct, frozen=True):
    """Everything that a publication would carry."""

    kicker: str = ""
    headline: str = ""
    standfirst: str = ""
    slug: str = ""  # '' where nobody chose one
    section: str | None = None
    kind: Kind = "news"
    language: str = "en"
    bylines: tuple[Credit, ...] = ()
    tags: tuple[str, ...] = ()
    lead: Lead | None = None
    related: tuple[str, ...] = ()
    body: Body = EMPTY


class Issue(msgspec.Struct, frozen=True):
    """A publication that stands: neither cancelled nor ended by a withdrawal."""

    number: int
    public_from: Instant
    path: str
    scheduled: bool
    without_approval: str | None

    def pending(self, now: Instant) -> bool:
        """Whether its moment lies ahead. What was published at once is public, whatever a clock says."""
        return self.scheduled and self.public_from > now


class Article(State, frozen=True):
    """An article's working copy, and what stands before the readers.

    edited: the version of the stream at which its content last changed. editors: who changed it since the last
    publication; submitted_by: whose story it is. An editor who works on another's story may approve it all the same,
    as editors do all day long: two people have read every story, if not every comma. issued: what the newest
    publication holds, None where there is none.
    former: every address under which it was public before it was withdrawn.
    """

    content: Content = Content()
    stage: Stage = "draft"
    edited: int = 0
    editors: frozenset[str] = frozenset()
    editors_before: frozenset[str] = frozenset()  # those of the words that are scheduled
    submitted_by: str | None = None
    assigned: str | None = None
    due: Instant | None = None
    embargo: Instant | None = None
    waits_approved: bool = False  # the words that are scheduled were approved, and stand as they were
    numbers: int = 0  # publications ever made
    issues: tuple[Issue, ...] = ()
    issued: Content | None = None
    former: tuple[str, ...] = ()
    retracted: bool = False
    trashed: bool = False

    def pending(self, now: Instant) -> Issue | None:
        """The publication whose moment lies ahead. There is never more than one."""
        return next((issue for issue in self.issues if issue.pending(now)), None)

    def newest(self, now: Instant) -> Issue | None:
        """The publication that readers have now; None where nothing is public."""
        public = [issue for issue in self.issues if not issue.pending(now)]
        return max(public, key=lambda issue: (issue.public_from, issue.number), default=None)

    def date(self, now: Instant) -> str | None:
        """``/YYYY/MM/DD/`` of its address, fixed once it was public; None before that."""
        path = self.former[0] if self.former else None
        path = path or next((issue.path for issue in self.issues if not issue.pending(now)), None)
        return path[: path.rindex("/") + 1] if path else None

    def changed(self, now: Instant) -> bool:
        """Whether the working copy differs from what readers have, or will have at the moment that is scheduled."""
        last = self.issues[-1] if self.issues else None
        if last is None or not (last.pending(now) or last is self.newest(now)):
            return True
        return self.content != self.issued


def addresses(state: Article) -> Addresses:
    """Where it is and where it will be, what leads there, and what it left for good.

    No clock is asked: where a publication that was scheduled has gone live in the meantime, the address before it
    is still claimed, and readers are led on by whoever knows the time.
    """
    known: dict[str, Status] = dict.fromkeys(state.former, "gone")
    known.update((issue.path, "redirected") for issue in state.issues)
    at_once = [issue for issue in state.issues if not issue.scheduled][-1:]
    later = [issue for issue in state.issues if issue.scheduled]
    if at_once:
        later = [issue for issue in later if issue.public_from > at_once[0].public_from]
    known.update((issue.path, "claimed") for issue in at_once + later)
    return known


decider = Decider("article", Article(), addresses)


def _edit(state: Article, actor: str | None, **changes: object) -> Article:
    """The working copy was changed: nobody has approved these words, and ``actor`` may not."""
    return replace(
        state,
        content=replace(state.content, **changes),
        stage="draft" if state.stage == "approved" else state.stage,
        edited=state.version + 1,
        waits_approved=False,
        editors=state.editors if actor is None else state.editors | {actor},
    )


Plain = (
    ArticleDrafted | ArticleKickerChanged | ArticleHeadlineChanged | ArticleStandfirstChanged | ArticleSlugChanged
    | ArticleSectionChanged | ArticleKindChanged | ArticleLanguageChanged | ArticleLeadImageSet
)  # fmt: skip


@decider.after(
    ArticleDrafted, ArticleKickerChanged, ArticleHeadlineChanged, ArticleStandfirstChanged, ArticleSlugChanged,
    ArticleSectionChanged, ArticleKindChanged, ArticleLanguageChanged, ArticleLeadImageSet,
)  # fmt: skip
def _plain(state: Article, event: Plain, actor: str | None) -> Article:
    return _edit(state, actor, **{name: getattr(event, name) for name in event.__struct_fields__})


@decider.after(ArticleBylinesAssigned, ArticleTagsChanged, ArticleRelatedChanged)
def _listed(
    state: Article, event: ArticleBylinesAssigned | ArticleTagsChanged | ArticleRelatedChanged, actor: str | None
) -> Article:
    return _edit(state, actor, **{name: tuple(getattr(event, name)) for name in event.__struct_fields__})


@decider.after(ArticleBodyEdited)
def _body_edited(state: Article, event: ArticleBodyEdited, actor: str | None) -> Article:
    before = state.content.body
    body = before.edited(event)
    if body == before and body.digest != before.digest:  # notes to the desk: the words are the ones that were approved
        return replace(state, content=replace(state.content, body=body))
    return _edit(state, actor, body=body)


@decider.after(ArticleNoteAdded)
def _noted(state: Article, _: ArticleNoteAdded, __: str | None) -> Article:
    return state


@decider.after(ArticleAssigned)
def _assigned(state: Article, event: ArticleAssigned, _: str | None) -> Article:
    return replace(state, assigned=event.account)


@decider.after(ArticleDueSet)
def _due_set(state: Article, event: ArticleDueSet, _: str | None) -> Article:
    return replace(state, due=event.due)


@decider.after(ArticleSubmitted)
def _submitted(state: Article, _: ArticleSubmitted, actor: str | None) -> Article:
    return replace(state, stage="submitted", submitted_by=actor)


@decider.after(ArticleReturned, ArticleTakenBack)
def _returned(state: Article, _: ArticleReturned | ArticleTakenBack, __: str | None) -> Article:
    return replace(state, stage="draft")


@decider.after(ArticleApproved)
def _approved(state: Article, _: ArticleApproved, __: str | None) -> Article:
    return replace(state, stage="approved")


@decider.after(ArticleEmbargoed)
def _embargoed(state: Article, event: ArticleEmbargoed, _: str | None) -> Article:
    return replace(state, embargo=event.until)


@decider.after(ArticleTrashed)
def _trashed(state: Article, _: ArticleTrashed, __: str | None) -> Article:
    return replace(state, trashed=True)


@decider.after(ArticleRecovered)
def _recovered(state: Article, _: ArticleRecovered, __: str | None) -> Article:
    return replace(state, trashed=False)


@decider.after(ArticlePublished, ArticleUpdated, ArticleCorrected, ArticleScheduled)
def _published(state: Article, event: Publication, _: str | None) -> Article:
    scheduled = isinstance(event, ArticleScheduled)
    issue = Issue(event.number, event.public_from, event.path, scheduled, event.without_approval)
    content = replace(state.content, body=state.content.body.published(bytes(event.body)))
    return replace(
        state,
        content=content,
        issued=content,
        stage="draft",
        submitted_by=None,
        editors=frozenset(),
        editors_before=state.editors if scheduled else frozenset(),
        waits_approved=scheduled and event.without_approval is None,
        numbers=event.number,
        issues=(*state.issues, issue),
    )


@decider.after(ArticleScheduleCancelled)
def _schedule_cancelled(state: Article, event: ArticleScheduleCancelled, _: str | None) -> Article:
    """An approval is of words, and nothing happened to them: what was approved when it was scheduled still is."""
    return replace(
        state,
        stage="approved" if state.waits_approved else state.stage,
        waits_approved=False,
        issues=tuple(issue for issue in state.issues if issue.number != event.number),
        issued=None,
        editors=state.editors | state.editors_before,
        editors_before=frozenset(),
    )


@decider.after(ArticleWithdrawn)
def _withdrawn(state: Article, _: ArticleWithdrawn, __: str | None) -> Article:
    former = dict.fromkeys((*state.former, *(issue.path for issue in state.issues)))
    return replace(state, issues=(), issued=None, former=tuple(former), stage="draft")


@decider.after(ArticleRetracted)
def _retracted(state: Article, _: ArticleRetracted, __: str | None) -> Article:
    return replace(state, retracted=True)


