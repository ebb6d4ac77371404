"""Every change, in plain words: what a person did, as a sentence that begins with a verb and lacks only the name.

It is written when the event is folded in, from how things stood before it, so that old sentences keep the names
that things had then. Times and account names are left to the faces: ``moment`` and ``account`` follow the sentence.
"""

import msgspec
from sqlalchemy import Column, Index, Table

from events.event import Event, Recorded
from events.instant import Instant
from views.batch import Batch, Sheet
from views.projection import Projection
from views.projections.changes import CHANGE_OF
from views.projections.sentences import SENTENCES, Said
from views.tables import Number, Text, metadata


class HistoryRow(msgspec.Struct, gc=False):
    position: int
    stream: str
    version: int
    at: Instant
    recorded_at: Instant
    actor: str | None
    face: str
    type: str
    thing: str
    change: str
    sentence: str
    words: int | None
    account: str | None
    moment: Instant | None


history = Table(
    "history",
    metadata,
    Column("position", Number, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("version", Number, nullable=False),
    Column("at", Number, nullable=False),  # when it happened
    Column("recorded_at", Number, nullable=False),
    Column("actor", Text),  # account id
    Column("face", Text, nullable=False),  # desk, api, cli, import, system
    Column("type", Text, nullable=False),  # of the event
    Column("thing", Text, nullable=False),  # what it happened to: article, image, byline, section, tag, site
    Column("change", Text, nullable=False),  # which kind of change: see changes.py
    Column("sentence", Text, nullable=False),
    Column("words", Number),  # how many words the body grew by
    Column("account", Text),  # the sentence goes on with this account's name
    Column("moment", Number),  # the sentence goes on with this time
    Index("history_by_stream", "stream", "position"),
    # the activity is read from one of these alone, whichever fewest lines meet (views/activity.py)
    Index("history_by_time", "at", "position", "actor", "thing", "change"),
    Index("history_by_actor", "actor", "at", "position", "thing", "change"),
    Index("history_by_thing", "thing", "at", "position", "actor", "change"),
    Index("history_by_change", "change", "at", "position", "actor", "thing"),
    sqlite_strict=True,
)

LINE = Sheet(history, HistoryRow)
HISTORY = Projection("history", 3, [LINE])


@HISTORY.on(*CHANGE_OF)
def _happened(batch: Batch, recorded: Recorded, event: Event) -> None:
    said = SENTENCES[type(event)](batch, recorded, event)
    if isinstance(said, str):
        said = Said(said)
    if recorded.part and (before := batch[LINE].get(recorded.position)):  # one event, read as several: one line
        said = msgspec.structs.replace(said, sentence=f"{before.sentence}, and {said.sentence}")
    batch.said = said.sentence
    meta = recorded.meta
    batch[LINE].put(HistoryRow(
        recorded.position, recorded.stream, recorded.version, recorded.occurred_at, recorded.recorded_at, meta.actor,
        meta.face, recorded.type, recorded.category, CHANGE_OF[type(event)], said.sentence, said.words, said.account,
        said.moment,
    ))  # fmt: skip
