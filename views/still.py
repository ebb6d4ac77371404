"""The views at one moment, which whatever is appended meanwhile does not move: for comparing what was made of them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from events.store import EventStore
from views import fold
from views.bodies import Bodies
from views.engine import Engine, Handle
from views.generation import Only
from views.indexed import Documents
from views.projector import Projector
from views.verify import snapshot
from views.working import Text, Working


class Still:
    """See the module's own words. For one thread, and only as long as nobody lets go of it."""

    def __init__(self, handle: Handle, store: EventStore) -> None:
        self._readers, self._store = Only(handle), store
        self.position = fold.checkpoint(handle.db).position
        self.documents = Documents(self._readers, Bodies(store, kept=0))

    def working(self, text: Text) -> Working:
        """What the desk's index is made of; ``text`` gives words as they were at this position."""
        return Working(self._readers, self._store, text)


@contextmanager
def still(store: EventStore, engine: Engine, projector: Projector) -> Iterator[Still]:
    """The views as they are once everything is in that the log has now.

    Raises ViewsMissing, RebuildNeeded, Busy, ProjectionStopped.
    """
    with closing(snapshot(engine, projector)) as handle:
        yield Still(handle, store)
