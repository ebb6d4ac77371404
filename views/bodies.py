"""Rendered bodies: drawn from the log when somebody asks for them, and the last ones remembered.

A publication never changes, and its body looks different only when its pictures do, or when a court has all of its
words removed: so what was drawn once is right for as long as pictures and words are the same. Readers who travel in
time turn the pages of few articles many times.
"""

import threading
from collections import OrderedDict

from events.store import EventStore
from views import feed, render
from views.lookup import Lookup
from views.projections.publications import Content, RevisionRow
from views.render import Body
from views.shapes import ImageView

KEPT = 256
NONE = Body("", "", "")  # of what was withdrawn or retracted

Key = tuple[int, Content, tuple[ImageView | None, ...]]


class Bodies:
    """Safe to use from many threads."""

    def __init__(self, store: EventStore, kept: int = KEPT) -> None:
        self._store, self._kept = store, kept
        self._drawn: OrderedDict[Key, Body] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, row: RevisionRow, content: Content, lookup: Lookup) -> Body:
        """The body of a publication, with its pictures as the lookup has them. Raises DocumentError."""
        if row.hidden:
            return NONE
        key = (row.position, content, tuple(lookup.image(id) for id in content.images))
        with self._lock:
            known = self._drawn.get(key)
            if known is not None:
                self._drawn.move_to_end(key)
                return known
        schema, raw = feed.body(self._store, row.position)
        drawn = render.body(raw, schema, lookup)
        if self._kept:
            with self._lock:
                self._drawn[key] = drawn
                while len(self._drawn) > self._kept:
                    self._drawn.popitem(last=False)
        return drawn
