"""Stream ``article-<id>``: the life of one article, from the first draft to its last correction.

A *publication* event carries the article's own exact words, and only the ids of what it refers to: bylines,
images, section and tags have lives of their own, and what happens to them reaches every article at once.
"""

from typing import Literal

import msgspec

from events.envelope import Envelope
from events.event import Event, Payload, event, upcast
from events.instant import Instant

BylineRole = Literal["by", "photographs", "contributing"]
Kind = Literal[
    "news", "analysis", "feature", "interview", "opinion", "obituary", "review", "explainer", "recipe", "report",
    "live", "brief",
]  # fmt: skip


class Credit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name under the headline: a byline's id, and what that person did here."""

    byline: str
    role: BylineRole = "by"


class Lead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The picture at the top: an image's id, and words that stand in for the image's own (None follows it)."""

    image: str
    caption: str | None = None
    alt: str | None = None
    credit: str | None = None


# --- the work on it


@event("article.drafted")
class ArticleDrafted(Event, frozen=True):
    """Somebody began a story."""

    headline: str
    kind: Kind = "news"
    language: str = "en"  # BCP 47


@event("article.kicker_changed")
class ArticleKickerChanged(Event, frozen=True):
    """The words above the headline were changed."""

    kicker: str


@event("article.headline_changed")
class ArticleHeadlineChanged(Event, frozen=True):
    """The headline was changed."""

    headline: str


@event("article.standfirst_changed")
class ArticleStandfirstChanged(Event, frozen=True):
    """The standfirst (the summary under the headline) was changed."""

    standfirst: str


@event("article.slug_changed")
class ArticleSlugChanged(Event, frozen=True):
    """The last part of the address was chosen by hand."""

    slug: str  # lower case letters, digits and hyphens; '' leaves it to be made from the headline


@event("article.section_changed")
class ArticleSectionChanged(Event, frozen=True):
    """The story moved to another section, or out of all of them."""

    section: str | None  # section id


@event("article.kind_changed")
class ArticleKindChanged(Event, frozen=True):
    """News became analysis, say."""

    kind: Kind


@event("article.language_changed")
class ArticleLanguageChanged(Event, frozen=True):
    """The language it is written in was set."""

    language: str  # BCP 47


@event("article.body_edited", schema=2)
class ArticleBodyEdited(Event, frozen=True):
    """The body was edited: ProseMirror steps upon the body's version ``base``.

    Each step counts one body version. Old steps are applied under the document schema that they were made
    for; what they resulted in is told with them, so that no reader has to apply them to know its outline.
    """

    document_schema: int
    base: int  # the body version that the first step applies to, counted in steps from 0 (the empty body)
    steps: list[dict[str, object]]
    body_hash: str  # SHA-256 of the canonical JSON of the result, hex
    words: int  # of the result, for readers
    images: list[str]  # ids of the images in the result, in reading order, each once
    readers_hash: str = ""  # as body_hash, of what readers would get; '' where that is all: no notes to the desk in it


@upcast(ArticleBodyEdited, 1)
def _without_notes(payload: Payload) -> Payload:
    return {**payload, "readers_hash": ""}


@event("article.bylines_assigned")
class ArticleBylinesAssigned(Event, frozen=True):
    """Who it is by, in order. The whole list each time."""

    bylines: list[Credit]


@event("article.tags_changed")
class ArticleTagsChanged(Event, frozen=True):
    """What it is about. The whole list each time."""

    tags: list[str]  # tag ids


@event("article.lead_image_set")
class ArticleLeadImageSet(Event, frozen=True):
    """The picture at the top was chosen, given other words here, or taken away."""

    lead: Lead | None


@event("article.related_changed")
class ArticleRelatedChanged(Event, frozen=True):
    """The stories to read next were chosen. The whole list each time."""

    related: list[str]  # article ids


@event("article.note_added")
class ArticleNoteAdded(Event, frozen=True):
    """A note for the desk's eyes. It may name a source, so its words are under a key that can be destroyed."""

    note: str  # note id
    text: Envelope


# --- the way through the desk


@event("article.assigned")
class ArticleAssigned(Event, frozen=True):
    """The story was given to somebody, or to nobody."""

    account: str | None


@event("article.due_set")
class ArticleDueSet(Event, frozen=True):
    """It is wanted by a moment; None: there is no hurry."""

    due: Instant | None


@event("article.submitted")
class ArticleSubmitted(Event, frozen=True):
    """The writer says that it is ready to be read by an editor."""


@event("article.taken_back")
class ArticleTakenBack(Event, frozen=True):
    """Its writer took it back before anybody had approved it: there is something to be done to it still."""


@event("article.returned")
class ArticleReturned(Event, frozen=True):
    """An editor sent it back to be worked on."""

    note: str


@event("article.approved")
class ArticleApproved(Event, frozen=True):
    """An editor approved these words: the ones at version ``reviewed`` of this stream."""

    reviewed: int


@event("article.embargoed")
class ArticleEmbargoed(Event, frozen=True):
    """It must not be public before a moment; None lifts the embargo."""

    until: Instant | None


@event("article.trashed")
class ArticleTrashed(Event, frozen=True):
    """A story that was never public was put in the bin."""


@event("article.recovered")
class ArticleRecovered(Event, frozen=True):
    """It was taken out of the bin again."""


# --- before the readers


class Publication(Event, frozen=True, kw_only=True):
    """What readers get, word for word, from ``public_from`` on until the next publication or a withdrawal.

    The article's own content only; ids of everything that has a life of its own.
    """

    number: int  # 1 for the first publication of this article, then 2, 3, …
    public_from: Instant
    path: str  # /YYYY/MM/DD/slug
    kicker: str
    headline: str
    standfirst: str
    kind: Kind
    language: str
    section: str | None
    bylines: list[Credit]
    tags: list[str]
    lead: Lead | None
    related: list[str]
    document_schema: int
    body: msgspec.Raw  # the document, canonical JSON
    words: int
    images: list[str]  # in the body, as in ArticleBodyEdited
    without_approval: str | None = None  # why nobody else approved these words, where nobody did


@event("article.published")
class ArticlePublished(Publication, frozen=True, kw_only=True):
    """Readers could read it for the first time (or again, after it had been withdrawn and reworked)."""


@event("article.updated", schema=2)
class ArticleUpdated(Publication, frozen=True, kw_only=True):
    """Its words were replaced by newer ones.

    silent: too small a thing to tell readers of. clarifies: nothing was wrong, but it could be misread.
    """

    note: str = ""  # what is new or clearer, for readers; may be empty
    silent: bool = False
    clarifies: bool = False


@upcast(ArticleUpdated, 1)
def _clarifies_nothing(payload: Payload) -> Payload:
    return {**payload, "clarifies": False}


@event("article.corrected")
class ArticleCorrected(Publication, frozen=True, kw_only=True):
    """Something published was wrong, is put right, and readers are told what."""

    note: str


@event("article.scheduled")
class ArticleScheduled(Publication, frozen=True, kw_only=True):
    """A publication whose moment lies ahead. Nothing has to happen at that moment: its words are here."""


@event("article.schedule_cancelled")
class ArticleScheduleCancelled(Event, frozen=True):
    """The publication that was waiting will not happen."""

    number: int
    why: str


@event("article.withdrawn")
class ArticleWithdrawn(Event, frozen=True):
    """It is no longer public, at no time and in no form; its address says so (410)."""

    reason: str


@event("article.retracted")
class ArticleRetracted(Event, frozen=True):
    """The newsroom no longer stands by it: the words are gone, the address keeps a notice."""

    notice: str  # readers see it
