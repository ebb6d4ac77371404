"""What is public from when to when: publications, cancellations, withdrawals and retractions."""

import msgspec

from events.article import (
    ArticleCorrected,
    ArticleDrafted,
    ArticlePublished,
    ArticleRetracted,
    ArticleScheduleCancelled,
    ArticleScheduled,
    ArticleUpdated,
    ArticleWithdrawn,
    Publication,
)
from events.event import Recorded
from events.instant import SECOND, Instant
from views.batch import Batch
from views.projection import Projection
from views.projections.publications import (
    ARTICLE,
    CONTENT,
    REVISION,
    ArticleRow,
    Content,
    ContentRow,
    RevisionRow,
    decode_content,
    published,
    refs,
)
from views.projections.settling import chain
from views.tables import FOREVER

PUBLISHED = Projection("published", 3, [ARTICLE], [published])
REVISIONS = Projection("revisions", 1, [REVISION, CONTENT], [refs])

_encoder = msgspec.json.Encoder()
_KINDS = {ArticleUpdated: "updated", ArticleCorrected: "corrected"}


def _kind(event: Publication) -> str:
    if isinstance(event, ArticleUpdated) and event.clarifies:
        return "clarified"
    return _KINDS.get(type(event), "published")


@REVISIONS.on(ArticleDrafted)
def _drafted(batch: Batch, recorded: Recorded, _event: ArticleDrafted) -> None:
    batch[REVISION].born(recorded.id)


@REVISIONS.on(ArticlePublished, ArticleUpdated, ArticleCorrected, ArticleScheduled)
def _published(batch: Batch, recorded: Recorded, event: Publication) -> None:
    article = recorded.id
    content = Content(
        kicker=event.kicker, headline=event.headline, standfirst=event.standfirst, kind=event.kind,
        language=event.language, section=event.section, bylines=tuple(event.bylines), tags=tuple(event.tags),
        lead=event.lead, related=tuple(event.related), words=event.words, images=tuple(event.images),
    )  # fmt: skip
    row = RevisionRow(
        article, event.number, recorded.position, _kind(event),
        getattr(event, "note", ""), int(getattr(event, "silent", False)),
        int(isinstance(event, ArticleScheduled)), event.path, event.public_from, FOREVER,
        event.public_from, None, 0, "", 0, _encoder.encode(sorted(content.refs())).decode(),
    )  # fmt: skip
    _opened(batch, article)
    batch[REVISION].put(row)
    _tells(batch, row, content)
    if not row.scheduled and event.public_from <= recorded.recorded_at + SECOND:
        batch.at_once = max(batch.at_once, event.public_from)
    _settle(batch, recorded, None, None)


@REVISIONS.on(ArticleScheduleCancelled)
def _cancelled(batch: Batch, recorded: Recorded, event: ArticleScheduleCancelled) -> None:
    _opened(batch, recorded.id)
    _drop(batch, recorded.id, event.number)
    known = batch[ARTICLE].change(recorded.id)
    _settle(batch, recorded, known.withdrawn_at, known.retracted_at)


@REVISIONS.on(ArticleWithdrawn)
def _withdrawn(batch: Batch, recorded: Recorded, _event: ArticleWithdrawn) -> None:
    for row in _end(batch, recorded):
        if row.hidden != "withdrawn":
            row.hidden = "withdrawn"
            row.public_until = max(row.public_from, min(row.public_until, recorded.occurred_at))
            _tells(batch, row, Content(headline=""))
    _settle(batch, recorded, recorded.occurred_at, None)


@REVISIONS.on(ArticleRetracted)
def _retracted(batch: Batch, recorded: Recorded, event: ArticleRetracted) -> None:
    for row in _end(batch, recorded):
        if not row.hidden:
            row.hidden = "retracted"
            known = decode_content(batch[CONTENT].change(row.article, row.number).content)
            notice = Content(
                headline=known.headline, kind=known.kind, language=known.language, retraction=event.notice,
                retracted_at=recorded.occurred_at,
            )  # fmt: skip
            _tells(batch, row, notice)
    _settle(batch, recorded, None, recorded.occurred_at)


def _opened(batch: Batch, article: str) -> None:
    """The first time that an article's publications change in a batch, how they stood is noted."""
    if article not in batch.before:
        rows = batch[REVISION].within(article)
        batch.before[article] = {row.number: msgspec.structs.replace(row) for row in rows}


def _end(batch: Batch, recorded: Recorded) -> list[RevisionRow]:
    """The revisions that readers have met, each until when; those that were still ahead will never be."""
    met = []
    _opened(batch, recorded.id)
    for row in batch[REVISION].within(recorded.id):
        if row.scheduled and row.public_from > recorded.occurred_at and not row.hidden:
            _drop(batch, recorded.id, row.number)
        else:
            met.append(batch[REVISION].change(recorded.id, row.number))
    chain([row for row in met if row.hidden != "withdrawn"])
    return met


def _drop(batch: Batch, article: str, number: int) -> None:
    batch[REVISION].remove(article, number)
    batch[CONTENT].remove(article, number)
    batch.contents.pop((article, number), None)


def _tells(batch: Batch, row: RevisionRow, content: Content) -> None:
    batch[CONTENT].put(ContentRow(row.article, row.number, _encoder.encode(content).decode()))
    batch.contents[row.article, row.number] = content


def _settle(batch: Batch, recorded: Recorded, withdrawn: Instant | None, retracted: Instant | None) -> None:
    batch[ARTICLE].put(ArticleRow(recorded.id, recorded.position, recorded.occurred_at, withdrawn, retracted))
    batch.settle(recorded)
