"""In the stream of whatever it happened to: words that a court ordered removed from the log itself."""

import msgspec

from events.event import Event, event


class Tombstone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event whose words are gone. digest: SHA-256 of what stands in their place (events/redaction.py), hex."""

    position: int
    digest: str


@event("words.removed")
class WordsRemoved(Event, frozen=True):
    """The words of earlier events of this stream were destroyed. Their hashes stay, and so does the chain."""

    order: str  # which court, when, its file number
    why: str
    tombstones: list[Tombstone]
