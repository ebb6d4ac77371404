"""What is left of an event whose words a court ordered destroyed.

In the place of the payload stands what it was without its words (``kept``) and where the log says so (``said_at``);
in the place of the salt the payload's hash, so that the chain of hashes still verifies (events/seal/hashes.py).
Readers get ordinary events: a headline, a note or a body that says REMOVED. Ids, times, addresses and who did it
stay. That it happened, why and by whose order is an event of its own, ``words.removed``, which lists every tombstone;
the database lets no other through, and one that no such fact lists is tampering.
"""

import hashlib
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from events import article as a
from events import byline as b
from events import document, site
from events import image as i
from events import section as s
from events import tag as t
from events.event import Event, encode, kind_of
from events.reading import events_of
from events.seal.hashes import HASH_BYTES, Row, payload_hash
from events.words import Tombstone, WordsRemoved

REMOVED = "Removed by order."
REMOVED_BODY = document.from_paragraphs([REMOVED])
REMOVED_RAW = document.encode(REMOVED_BODY)
REMOVED_DIGEST = document.digest(REMOVED_BODY)
_COUNT = document.words(REMOVED_BODY)

_PUBLISHED = ("kicker", "headline", "standfirst", "without_approval")
WORDS: dict[type[Event], tuple[str, ...]] = {
    a.ArticleDrafted: ("headline",), a.ArticleKickerChanged: ("kicker",), a.ArticleHeadlineChanged: ("headline",),
    a.ArticleStandfirstChanged: ("standfirst",), a.ArticleBodyEdited: (), a.ArticleLeadImageSet: (),
    a.ArticleReturned: ("note",), a.ArticleScheduleCancelled: ("why",), a.ArticleWithdrawn: ("reason",),
    a.ArticleRetracted: ("notice",), a.ArticlePublished: _PUBLISHED, a.ArticleUpdated: (*_PUBLISHED, "note"),
    a.ArticleCorrected: (*_PUBLISHED, "note"), a.ArticleScheduled: _PUBLISHED,
    i.ImageUploaded: ("filename", "caption", "alt", "credit", "copyright"), i.ImageCaptionChanged: ("caption",),
    i.ImageAltChanged: ("alt",), i.ImageCreditChanged: ("credit",), i.ImageRightsChanged: ("rights",),
    i.ImageReplaced: ("reason",), i.ImageTakenDown: ("reason",), i.ImageReinstated: ("reason",),
    b.BylineCreated: ("name",), b.BylineRenamed: ("name",), b.BylineTitleChanged: ("title",),
    b.BylineBioChanged: ("bio",), s.SectionOpened: ("name",), s.SectionRenamed: ("name",),
    s.SectionDescribed: ("description",), t.TagCreated: ("name",), t.TagRenamed: ("name",),
    site.SiteTitled: ("title", "tagline"),
}  # fmt: skip
"""The events that have words, and which of their fields those are. Whatever is not here has none to remove."""


class NoWords(Exception):
    """There is nothing in this event that could be removed."""


class Removal(msgspec.Struct, frozen=True):
    """What takes an event's place: its data, and what stands in its salt's place."""

    position: int
    data: str
    payload_hash: bytes

    @property
    def tombstone(self) -> Tombstone:
        """As the fact lists it."""
        return Tombstone(self.position, digest_of(self.data))


def removal_of(row: Row, said_at: int) -> Removal:
    """What is to take the place of a stored event. said_at: the position of the fact. Raises NoWords, UnknownEvent."""
    if is_removed(row):
        raise NoWords("its words were removed before")
    kept = []
    for event in events_of(row.type, row.schema, row.data):
        left = without_words(event)
        kind = kind_of(left)
        kept.append({"data": msgspec.Raw(encode(left)), "schema": kind.schema, "type": kind.name})
    data = msgspec.json.encode({"kept": kept, "said_at": said_at}, order="sorted").decode()
    return Removal(row.position, data, payload_hash(row.data.encode(), row.salt))


def without_words(event: Event) -> Event:
    """The event with REMOVED in the place of its words. Raises NoWords."""
    fields = WORDS.get(type(event))
    if fields is None:
        raise NoWords(f"{kind_of(event).name} has no words that could be removed")
    changes: dict[str, object] = {name: REMOVED for name in fields if getattr(event, name)}
    if isinstance(event, a.ArticleBodyEdited):
        # as many steps as before, since those that follow are counted on
        steps: list[dict[str, object]] = [{}] * len(event.steps)
        changes |= {"steps": steps, "body_hash": REMOVED_DIGEST, "words": _COUNT, "images": [], "readers_hash": ""}
    if isinstance(event, a.Publication):
        changes |= {"body": msgspec.Raw(REMOVED_RAW), "words": _COUNT, "images": [], "lead": _bare(event.lead)}
    if isinstance(event, a.ArticleLeadImageSet):
        changes["lead"] = _bare(event.lead)
    return replace(event, **changes)


def is_removed(row: Row) -> bool:
    """Whether a row is a tombstone."""
    return len(row.salt) == HASH_BYTES


def digest_of(data: str) -> str:
    """What a fact says of the data that stands in a payload's place."""
    return hashlib.sha256(data.encode()).hexdigest()


def disagreement(
    removed: Iterable[tuple[int, str, str]], facts: Iterable[tuple[str, WordsRemoved]]
) -> tuple[int, str] | None:
    """The first position where tombstones and facts do not agree, and how; None where they do.

    removed: position, stream and data of every tombstone; facts: each with its stream.
    """
    told = {(one.position, stream): one.digest for stream, fact in facts for one in fact.tombstones}
    found = {(position, stream): digest_of(data) for position, stream, data in removed}
    for place in sorted(told.keys() | found.keys()):
        if place not in told:
            return place[0], "its words were removed, and no event says so"
        if place not in found:
            return place[0], "an event says that its words were removed, and they are there"
        if told[place] != found[place]:
            return place[0], "what stands in the place of its words is not what was put there"
    return None


def _bare(lead: a.Lead | None) -> a.Lead | None:
    return None if lead is None else a.Lead(lead.image)
