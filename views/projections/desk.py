"""The desk: how each event changes an article's standing in the newsroom."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

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
    Publication,
)
from events.document import EMPTY, digest
from events.event import Event, Recorded
from events.instant import Instant
from views.batch import Batch
from views.projection import Projection
from views.projections.stories import (
    INVOLVED,
    STORY,
    USE,
    DeskRow,
    InvolvedRow,
    UsageRow,
    credits_of,
    folded,
    ids_of,
    letters,
)

DESK = Projection("desk", 6, [STORY, INVOLVED])
USAGE = Projection("usage", 1, [USE])

Edit = Callable[[Batch, DeskRow, Any], None]
_encoder = msgspec.json.Encoder()
_NOTHING = digest(EMPTY)


@DESK.on(ArticleDrafted)
def _drafted(batch: Batch, recorded: Recorded, event: ArticleDrafted) -> None:
    at, by, found = recorded.occurred_at, recorded.meta.actor, folded(event.headline)
    batch[STORY].put(DeskRow(
        article=recorded.id, version=recorded.version, stage="draft", stage_since=at, headline=event.headline,
        kicker="", standfirst="", slug="", kind=event.kind, language=event.language, section=None, bylines="[]",
        tags="[]", lead=None, words=0, images="[]",
        body_hash=_NOTHING, readers_hash=_NOTHING, assigned=None, drafted_at=at, drafted_by=by, changed_at=at,
        changed_by=by, change=batch.said, note="", due=None, embargo_until=None, path="", number=0, public_from=None,
        published_at=None, scheduled_for=None, scheduled_number=None, waits_approved=0, unpublished=0, corrections=0,
        withdrawn_at=None, retracted_at=None, trashed_at=None, shelf="", found=found,
        letters=letters(found),
    ))  # fmt: skip
    _involve(batch, recorded, recorded.id, by)


def _row(batch: Batch, recorded: Recorded) -> DeskRow:
    article, by = recorded.id, recorded.meta.actor
    row = batch[STORY].change(article)
    row.version, row.change = recorded.version, batch.said
    row.changed_at, row.changed_by = recorded.occurred_at, by
    _involve(batch, recorded, article, by)
    return row


def _involve(batch: Batch, recorded: Recorded, article: str, account: str | None) -> None:
    if account is not None:
        batch[INVOLVED].put(InvolvedRow(account, article, recorded.occurred_at))


@DESK.on(
    ArticleHeadlineChanged, ArticleKickerChanged, ArticleStandfirstChanged, ArticleSlugChanged, ArticleSectionChanged,
    ArticleKindChanged, ArticleLanguageChanged, ArticleBodyEdited, ArticleBylinesAssigned, ArticleTagsChanged,
    ArticleLeadImageSet, ArticleRelatedChanged,
)  # fmt: skip
def _edited(batch: Batch, recorded: Recorded, event: Event) -> None:
    row = _row(batch, recorded)
    if isinstance(event, ArticleBodyEdited) and _notes_only(row, event):
        return
    row.unpublished, row.waits_approved = int(row.number > 0), 0
    if row.stage in ("approved", "published"):
        row.stage, row.stage_since = "draft", recorded.occurred_at
    _EDITS[type(event)](batch, row, event)


def _notes_only(row: DeskRow, event: ArticleBodyEdited) -> bool:
    """Whether nothing changed but notes to the desk, which need no new approval; what the body is now is noted."""
    before = row.body_hash, row.readers_hash
    row.body_hash, row.readers_hash = event.body_hash, event.readers_hash or event.body_hash
    return row.readers_hash == before[1] and row.body_hash != before[0]


def _body(batch: Batch, row: DeskRow, event: ArticleBodyEdited) -> None:
    row.words = event.words
    images = _encoder.encode(event.images).decode()
    if images != row.images:
        _use(batch, row, "body", "image", ids_of(row.images), event.images)
        row.images = images


def _bylines(batch: Batch, row: DeskRow, event: ArticleBylinesAssigned) -> None:
    before = [credit.byline for credit in credits_of(row)]
    _use(batch, row, "byline", "byline", before, [credit.byline for credit in event.bylines])
    row.bylines = _encoder.encode(event.bylines).decode()


def _tags(batch: Batch, row: DeskRow, event: ArticleTagsChanged) -> None:
    _use(batch, row, "tag", "tag", ids_of(row.tags), event.tags)
    row.tags = _encoder.encode(event.tags).decode()


def _section(batch: Batch, row: DeskRow, event: ArticleSectionChanged) -> None:
    _use(batch, row, "section", "section", filter(None, [row.section]), filter(None, [event.section]))
    row.section = event.section


def _lead(batch: Batch, row: DeskRow, event: ArticleLeadImageSet) -> None:
    lead = event.lead.image if event.lead else None
    _use(batch, row, "lead", "image", filter(None, [row.lead]), filter(None, [lead]))
    row.lead = lead


def _use(batch: Batch, row: DeskRow, how: str, kind: str, before: Iterable[str], now: Iterable[str]) -> None:
    had, has = set(before), set(now)
    for id in had - has:
        batch[USE].remove(f"{kind}-{id}", row.article, how)
    for id in has - had:
        batch[USE].put(UsageRow(f"{kind}-{id}", row.article, how))


def _field(name: str) -> Edit:
    def edit(_batch: Batch, row: DeskRow, event: Event) -> None:
        setattr(row, name, getattr(event, name))
        row.found = folded(f"{row.headline} {row.kicker} {row.slug}")
        row.letters = letters(row.found)

    return edit


_EDITS: dict[type[Event], Edit] = {
    ArticleHeadlineChanged: _field("headline"), ArticleKickerChanged: _field("kicker"),
    ArticleStandfirstChanged: _field("standfirst"), ArticleSlugChanged: _field("slug"),
    ArticleKindChanged: _field("kind"), ArticleLanguageChanged: _field("language"),
    ArticleSectionChanged: _section, ArticleBodyEdited: _body, ArticleBylinesAssigned: _bylines,
    ArticleTagsChanged: _tags, ArticleLeadImageSet: _lead, ArticleRelatedChanged: lambda *_: None,
}  # fmt: skip


@DESK.on(ArticleNoteAdded, ArticleAssigned, ArticleDueSet, ArticleEmbargoed, ArticleTrashed, ArticleRecovered)
def _noted(batch: Batch, recorded: Recorded, event: Event) -> None:
    row = _row(batch, recorded)
    match event:
        case ArticleAssigned():
            row.assigned = event.account
            _involve(batch, recorded, row.article, event.account)
        case ArticleDueSet():
            row.due = event.due
        case ArticleEmbargoed():
            row.embargo_until = event.until
        case ArticleTrashed():
            row.trashed_at = recorded.occurred_at
        case ArticleRecovered():
            row.trashed_at = None


@DESK.on(ArticleSubmitted, ArticleTakenBack, ArticleReturned, ArticleApproved)
def _reviewed(batch: Batch, recorded: Recorded, event: Event) -> None:
    row = _row(batch, recorded)
    row.stage_since = recorded.occurred_at
    match event:
        case ArticleSubmitted():
            row.stage = "submitted"
        case ArticleApproved():
            row.stage = "approved"
        case ArticleTakenBack():
            row.stage, row.note = "draft", ""
        case ArticleReturned():
            row.stage, row.note = "draft", event.note


@DESK.on(ArticlePublished, ArticleUpdated, ArticleCorrected, ArticleScheduled)
def _published(batch: Batch, recorded: Recorded, event: Publication) -> None:
    row = _row(batch, recorded)
    at = recorded.occurred_at
    row.stage, row.stage_since, row.published_at = "published", at, at
    row.path, row.number, row.unpublished, row.note = event.path, event.number, 0, ""
    row.corrections += isinstance(event, ArticleCorrected)
    row.waits_approved = int(isinstance(event, ArticleScheduled) and event.without_approval is None)
    row.withdrawn_at = row.retracted_at = None
    if row.scheduled_for is not None and row.scheduled_for <= at:
        _public(row, row.scheduled_for)
        row.scheduled_for = row.scheduled_number = None
    if isinstance(event, ArticleScheduled):
        row.scheduled_for, row.scheduled_number = event.public_from, event.number
    else:
        _public(row, event.public_from)


def _public(row: DeskRow, since: Instant) -> None:
    row.public_from = since if row.public_from is None else min(since, row.public_from)


@DESK.on(ArticleScheduleCancelled)
def _cancelled(batch: Batch, recorded: Recorded, event: ArticleScheduleCancelled) -> None:
    """The words that were to go out are the working copy's alone again; they are approved still if they were."""
    row = _row(batch, recorded)
    if row.scheduled_number == event.number:
        row.scheduled_for = row.scheduled_number = None
        if row.stage == "published" and row.number == event.number:
            row.stage, row.stage_since = "approved" if row.waits_approved else "draft", recorded.occurred_at
            row.unpublished, row.waits_approved = 1, 0


@DESK.on(ArticleWithdrawn, ArticleRetracted)
def _ended(batch: Batch, recorded: Recorded, event: Event) -> None:
    row = _row(batch, recorded)
    row.scheduled_for = row.scheduled_number = None
    if isinstance(event, ArticleWithdrawn):
        row.stage, row.withdrawn_at, row.public_from = "draft", recorded.occurred_at, None
    else:
        row.retracted_at = recorded.occurred_at
