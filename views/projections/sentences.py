"""What each event is called in the newsroom's words. A sentence begins with a verb; who did it stands before it."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec

from events import article as a
from events import byline as b
from events import image as i
from events import section as s
from events import tag as t
from events.event import Event, Recorded
from events.instant import Instant
from events.path import PathPointed, PathUnpointed
from events.site import SiteTitled
from events.subject import SubjectForgotten
from events.words import WordsRemoved
from views.batch import Batch
from views.projections.images import IMAGE
from views.projections.people import BYLINE
from views.projections.stories import STORY, DeskRow, credits_of, ids_of
from views.projections.subjects import SECTION, TAG

LONGEST = 160  # characters of a quotation


class Said(msgspec.Struct):
    """A sentence, and what it goes on with. words: how many words the body grew by."""

    sentence: str
    words: int | None = None
    account: str | None = None
    moment: Instant | None = None


Sentence = Callable[[Batch, Recorded, Any], str | Said]


@lru_cache(4096)  # names come again and again
def quote(text: str) -> str:
    """The text in quotation marks, cut where it is long."""
    text = " ".join(text.split())
    return f"“{text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + '…'}”"


def listed(names: Iterable[str]) -> str:
    """'A', 'A and B', 'A, B and C'."""
    all_ = list(names)
    return " and ".join(filter(None, [", ".join(all_[:-1]), all_[-1]])) if all_ else ""


def changed(what: str, before: str, now: str) -> str:
    """One text replaced another."""
    if not now:
        return f"removed the {what} {quote(before)}" if before else f"left the {what} empty"
    if not before:
        return f"set the {what} to {quote(now)}"
    return f"changed the {what} from {quote(before)} to {quote(now)}"


def _says(make: Callable[[Any], str | Said]) -> Sentence:
    """A sentence that the event itself tells whole."""
    return lambda _batch, _recorded, event: make(event)


def _story(batch: Batch, recorded: Recorded) -> DeskRow:
    row = batch[STORY].get(recorded.id)
    if row is None:
        raise ValueError("the story was never begun")
    return row


def _text(what: str, field: str) -> Sentence:
    return lambda batch, recorded, event: changed(
        what, getattr(_story(batch, recorded), field), getattr(event, field)
    )


def _name(batch: Batch, sheet: Any, id: str, field: str = "name") -> str:
    row = batch[sheet].get(id)
    return getattr(row, field) if row else "an unknown one"


def _drafted(event: a.ArticleDrafted) -> str:
    return f"began the story {quote(event.headline)}" if event.headline else "began a story"


def _section(batch: Batch, recorded: Recorded, event: a.ArticleSectionChanged) -> str:
    before = _story(batch, recorded).section
    if event.section is not None:
        return f"moved it to {_name(batch, SECTION, event.section)}"
    return f"took it out of {_name(batch, SECTION, before)}" if before else "left it without a section"


def _body(batch: Batch, recorded: Recorded, event: a.ArticleBodyEdited) -> Said:
    grown = event.words - _story(batch, recorded).words
    told = f"+{grown:,}" if grown > 0 else f"−{-grown:,}"
    unit = "word" if abs(grown) == 1 else "words"
    return Said(f"edited the body ({told} {unit})" if grown else "edited the body", words=grown)


_ROLES = {"by": "", "photographs": " (photographs)", "contributing": " (contributing)"}


def _bylines(batch: Batch, recorded: Recorded, event: a.ArticleBylinesAssigned) -> str:
    if not event.bylines:
        return "took the byline away" if credits_of(_story(batch, recorded)) else "left it without a byline"
    return "gave it the byline " + listed(_name(batch, BYLINE, c.byline) + _ROLES[c.role] for c in event.bylines)


def _tags(batch: Batch, recorded: Recorded, event: a.ArticleTagsChanged) -> str:
    before = ids_of(_story(batch, recorded).tags)
    said = [
        f"{verb} the {'tag' if len(ids) == 1 else 'tags'} {listed(_name(batch, TAG, id) for id in ids)}"
        for verb, ids in (
            ("added", [id for id in event.tags if id not in before]),
            ("removed", [id for id in before if id not in event.tags]),
        )
        if ids
    ]
    return listed(said) or "put the tags in another order"


def _lead(batch: Batch, recorded: Recorded, event: a.ArticleLeadImageSet) -> str:
    before = _story(batch, recorded).lead
    if event.lead is None:
        return "took the lead picture away"
    if event.lead.image == before:
        return "changed the words with the lead picture"
    return f"chose the lead picture {quote(_picture(batch, event.lead.image))}"


def _picture(batch: Batch, id: str) -> str:
    row = batch[IMAGE].get(id)
    return (row.caption or row.filename) if row else "an unknown one"


def _related(event: a.ArticleRelatedChanged) -> str:
    count = len(event.related)
    return f"chose {count} related {'story' if count == 1 else 'stories'}" if count else "removed the related stories"


def _updated(event: a.ArticleUpdated) -> str:
    return "clarified" if event.clarifies else "updated"


def _unseen(sentence: str, event: a.Publication) -> str:
    return f"{sentence}, unapproved: {quote(event.without_approval)}" if event.without_approval else sentence


def _with(sentence: str, note: str) -> str:
    return f"{sentence}: {quote(note)}" if note else sentence


def _due(event: a.ArticleDueSet) -> Said:
    return Said("wants it by", moment=event.due) if event.due else Said("took the date off it")


def _embargoed(event: a.ArticleEmbargoed) -> Said:
    return Said("put it under embargo until", moment=event.until) if event.until else Said("lifted the embargo")


def _assigned(event: a.ArticleAssigned) -> Said:
    return Said("assigned it to", account=event.account) if event.account else Said("assigned it to nobody")


def _scheduled(event: a.ArticleScheduled) -> Said:
    return Said(_unseen("scheduled it", event) + " for", moment=event.public_from)


def _rights(event: i.ImageRightsChanged) -> Said:
    rights = f"set the rights to {quote(event.rights)}" if event.rights else "cleared the rights"
    return Said(f"{rights}, until" if event.expires else rights, moment=event.expires)


def _entity(sheet: Any, what: str, field: str) -> Sentence:
    def sentence(batch: Batch, recorded: Recorded, event: Event) -> str:
        row = batch[sheet].get(recorded.id)
        return changed(what, getattr(row, field) if row else "", getattr(event, field))

    return sentence


def _portrait(batch: Batch, _recorded: Recorded, event: b.BylinePortraitSet) -> str:
    return f"chose the portrait {quote(_picture(batch, event.image))}" if event.image else "took the portrait away"


def _crop(event: i.ImageCropSet) -> str:
    return f"cropped it by hand for {event.name}" if event.box else f"removed the crop for {event.name}"


def _removed(event: WordsRemoved) -> str:
    count = len(event.tombstones)
    what = "the words of one event" if count == 1 else f"the words of {count:,} events"
    return _with(f"removed {what} by order ({event.order})", event.why)


SENTENCES: dict[type[Event], Sentence] = {
    a.ArticleDrafted: _says(_drafted),
    a.ArticleKickerChanged: _text("kicker", "kicker"),
    a.ArticleHeadlineChanged: _text("headline", "headline"),
    a.ArticleStandfirstChanged: _text("standfirst", "standfirst"),
    a.ArticleSlugChanged: _says(lambda e: f"chose {quote(e.slug)} for its address"),
    a.ArticleSectionChanged: _section,
    a.ArticleKindChanged: _says(lambda e: f"filed it under {e.kind}"),
    a.ArticleLanguageChanged: _says(lambda e: f"set its language to {e.language}"),
    a.ArticleBodyEdited: _body,
    a.ArticleBylinesAssigned: _bylines,
    a.ArticleTagsChanged: _tags,
    a.ArticleLeadImageSet: _lead,
    a.ArticleRelatedChanged: _says(_related),
    a.ArticleNoteAdded: _says(lambda _: "added a note"),
    a.ArticleAssigned: _says(_assigned),
    a.ArticleSubmitted: _says(lambda _: "submitted it for review"),
    a.ArticleTakenBack: _says(lambda _: "took it back"),
    a.ArticleReturned: _says(lambda e: _with("sent it back", e.note)),
    a.ArticleApproved: _says(lambda _: "approved it"),
    a.ArticleDueSet: _says(_due),
    a.ArticleEmbargoed: _says(_embargoed),
    a.ArticleTrashed: _says(lambda _: "put it in the bin"),
    a.ArticleRecovered: _says(lambda _: "took it out of the bin"),
    a.ArticlePublished: _says(lambda e: _unseen("published it", e)),
    a.ArticleUpdated: _says(lambda e: _unseen(_with(f"{_updated(e)} the published story", e.note), e)),
    a.ArticleCorrected: _says(lambda e: _unseen(_with("corrected the published story", e.note), e)),
    a.ArticleScheduled: _says(_scheduled),
    a.ArticleScheduleCancelled: _says(lambda e: _with("cancelled its scheduled publication", e.why)),
    a.ArticleWithdrawn: _says(lambda e: _with("withdrew it", e.reason)),
    a.ArticleRetracted: _says(lambda e: _with("retracted it", e.notice)),
    i.ImageUploaded: _says(lambda e: f"uploaded {quote(e.filename)}"),
    i.ImageCaptionChanged: _entity(IMAGE, "caption", "caption"),
    i.ImageAltChanged: _entity(IMAGE, "alt text", "alt"),
    i.ImageCreditChanged: _entity(IMAGE, "credit", "credit"),
    i.ImageRightsChanged: _says(_rights),
    i.ImageFocusSet: _says(lambda e: f"set the focal point to {e.x:.0%} from the left, {e.y:.0%} from the top"),
    i.ImageCropSet: _says(_crop),
    i.ImageReplaced: _says(lambda e: _with("replaced the file", e.reason)),
    i.ImageTakenDown: _says(lambda e: _with("took it down", e.reason)),
    i.ImageReinstated: _says(lambda e: _with("reinstated it", e.reason)),
    b.BylineCreated: _says(lambda e: f"created the byline {quote(e.name)}"),
    b.BylineRenamed: _entity(BYLINE, "name", "name"),
    b.BylineSlugChanged: _entity(BYLINE, "address", "slug"),
    b.BylineTitleChanged: _entity(BYLINE, "title", "title"),
    b.BylineBioChanged: _entity(BYLINE, "biography", "bio"),
    b.BylinePortraitSet: _portrait,
    b.BylineRetired: _says(lambda _: "retired it"),
    b.BylineMerged: lambda batch, _, e: f"merged it into {quote(_name(batch, BYLINE, e.into))}",
    s.SectionOpened: _says(lambda e: f"opened the section {quote(e.name)}"),
    s.SectionRenamed: _entity(SECTION, "name", "name"),
    s.SectionSlugChanged: _entity(SECTION, "address", "slug"),
    s.SectionDescribed: _entity(SECTION, "description", "description"),
    s.SectionMoved: _says(lambda e: f"moved it to place {e.order} in the menu"),
    s.SectionClosed: _says(lambda _: "closed it"),
    t.TagCreated: _says(lambda e: f"created the tag {quote(e.name)}"),
    t.TagRenamed: _entity(TAG, "name", "name"),
    t.TagSlugChanged: _entity(TAG, "address", "slug"),
    t.TagMerged: lambda batch, _, e: f"merged it into {quote(_name(batch, TAG, e.into))}",
    PathPointed: _says(lambda e: f"led {quote(e.path)} to {quote(e.to)}"),
    PathUnpointed: _says(lambda e: f"led {quote(e.path)} nowhere any more"),
    SubjectForgotten: _says(lambda e: _with("forgot it: nobody can read its words any more", e.why)),
    WordsRemoved: _says(_removed),
    SiteTitled: _says(lambda e: _with(f"titled the site {quote(e.title)}", e.tagline)),
}
