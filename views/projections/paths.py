"""Addresses: what each one leads to. A redirect names its owner, never another address: there are no chains."""

import msgspec
from sqlalchemy import Column, Index, Table

from events.event import Recorded
from events.instant import Instant
from events.path import PathClaimed, PathClosed, PathPointed, PathRedirected, PathReleased, PathUnpointed
from views.batch import Batch, Sheet
from views.projection import Projection
from views.tables import Number, Text, metadata


class PathRow(msgspec.Struct, gc=False):
    path: str
    owner: str
    state: str
    at: Instant
    leads_to: str = ""


paths = Table(
    "paths",
    metadata,
    Column("path", Text, primary_key=True),
    Column("owner", Text, nullable=False),  # a stream: 'article-<id>', 'byline-<id>', …
    Column("state", Text, nullable=False),  # claimed, redirected, closed; pointed: led elsewhere by hand, owner is ''
    Column("at", Number, nullable=False),
    Column("leads_to", Text, nullable=False),  # where, if it is pointed
    Index("paths_by_owner", "owner"),
    sqlite_strict=True,
)

PATH = Sheet(paths, PathRow)
PATHS = Projection("paths", 2, [PATH])


_STATES = {PathClaimed: "claimed", PathRedirected: "redirected", PathClosed: "closed"}


@PATHS.on(*_STATES)
def _owned(batch: Batch, recorded: Recorded, event: PathClaimed | PathRedirected | PathClosed) -> None:
    batch[PATH].put(PathRow(event.path, event.owner, _STATES[type(event)], recorded.occurred_at))
    batch.public = recorded.position


@PATHS.on(PathPointed)
def _pointed(batch: Batch, recorded: Recorded, event: PathPointed) -> None:
    batch[PATH].put(PathRow(event.path, "", "pointed", recorded.occurred_at, event.to))
    batch.public = recorded.position


@PATHS.on(PathReleased, PathUnpointed)
def _released(batch: Batch, recorded: Recorded, event: PathReleased | PathUnpointed) -> None:
    batch[PATH].remove(event.path)
    batch.public = recorded.position
