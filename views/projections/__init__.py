"""Every view there is, in the order in which they take an event: `history` looks at how things stood before it."""

from events.event import Event
from views.projection import Handler, Projection
from views.projections.desk import DESK, USAGE
from views.projections.entities import ENTITIES, SITES
from views.projections.history import HISTORY
from views.projections.images import IMAGES
from views.projections.paths import PATHS
from views.projections.people import BYLINES
from views.projections.published import PUBLISHED, REVISIONS
from views.projections.subjects import SECTIONS, TAGS

PROJECTIONS: tuple[Projection, ...] = (
    HISTORY, PUBLISHED, REVISIONS, DESK, USAGE, IMAGES, BYLINES, SECTIONS, TAGS, PATHS, SITES, ENTITIES,
)  # fmt: skip
SHEETS = tuple(sheet for projection in PROJECTIONS for sheet in projection.sheets)
TABLES = tuple(table for projection in PROJECTIONS for table in projection.tables)


def handlers() -> dict[type[Event], tuple[tuple[str, Handler], ...]]:
    """For each type of event, who heeds it: the view's name and its handler."""
    found: dict[type[Event], tuple[tuple[str, Handler], ...]] = {}
    for projection in PROJECTIONS:
        for cls, handler in projection.handlers.items():
            found[cls] = (*found.get(cls, ()), (projection.name, handler))
    return found
