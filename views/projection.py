"""What a projection is: a name, a version, its tables, and a pure handler for each type of event that it heeds.

Handlers set, they never add; they take time from the event and never read a clock. So the same log always makes
the same rows, in one go or in a thousand pieces.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, Table

from events.event import Event, Recorded
from views.batch import Batch, Sheet
from views.shapes import ViewsMissing
from views.tables import Number, Text, metadata

Handler = Callable[[Batch, Recorded, Any], None]
_F = TypeVar("_F", bound=Handler)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("projection", Text, primary_key=True),
    Column("version", Number, nullable=False),  # of its code: another one on disk means rebuild
    Column("position", Number, nullable=False),  # of the last event folded in
    Column("chain_hash", Text, nullable=False),  # of the log up to there, hex: another one means another log
    Column("recorded_at", Number, nullable=False),  # when that event was recorded
    sqlite_strict=True,
)
stamps = Table(
    "stamps",
    metadata,
    Column("name", Text, primary_key=True),
    # shape: of the tables, as the code that made them knew them
    # public: position of the last event that readers may see a difference by
    # at_once: public_from of the newest publication that was not scheduled: it is public, whatever a clock says
    Column("value", Number, nullable=False),
    sqlite_strict=True,
)


class ProjectionStopped(Exception):
    """An event could not be folded in. The rows stand as they were before it; nothing is skipped.

    Once the code is mended the projector goes on from there; a rebuild is not needed.
    """

    def __init__(self, projection: str, position: int, type: str, reason: str) -> None:
        super().__init__(f"the view {projection!r} stopped before position {position} ({type}): {reason}")
        self.projection, self.position, self.type, self.reason = projection, position, type, reason


OTHER = "the views on disk were made by another version of Daybook"


class RebuildNeeded(ViewsMissing):
    """These views do not belong to this log or to this code: ``flask views rebuild`` makes them again."""


class Projection:
    """See the module. Raise ``version`` whenever the same events would make other rows."""

    def __init__(self, name: str, version: int, sheets: Sequence[Sheet[Any]], extra: Sequence[Table] = ()) -> None:
        """``extra``: tables that are not written row by row."""
        self.name, self.version, self.sheets = name, version, tuple(sheets)
        self.tables = (*(sheet.table for sheet in sheets), *extra)
        self.handlers: dict[type[Event], Handler] = {}

    def on(self, *types: type[Event]) -> Callable[[_F], _F]:
        """Declare what to do with events of these types."""

        def enter(handler: _F) -> _F:
            for cls in types:
                if cls in self.handlers:
                    raise ValueError(f"{self.name} has two handlers of {cls.__name__}")
                self.handlers[cls] = handler
            return handler

        return enter
