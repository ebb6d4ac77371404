"""Going back to what served before the last rebuild: all parts that are asked for, or none."""

from collections.abc import Callable
from typing import NamedTuple

from cms.house import House
from cms.operating.following import DESK_INDEX, INDEX, VIEWS
from cms.operating.resuming import Only
from events.generations import NothingBefore
from search.rebuilding import before
from search.shapes import IndexMissing
from views.shapes import ViewsMissing


class _Part(NamedTuple):
    look: Callable[[], object]
    back: Callable[[], str]


class CannotGoBack(Exception):
    """A part cannot, so nothing was touched. why: part → reason. able: the parts that can."""

    def __init__(self, why: dict[str, str], able: list[str]) -> None:
        super().__init__("; ".join(why.values()))
        self.why, self.able = why, able

    def half(self) -> Only | None:
        """The half of it that can go back alone."""
        if VIEWS in self.able:
            return "views"
        return "index" if INDEX in self.able and DESK_INDEX not in self.why else None


def go_back(house: House, only: Only | None) -> dict[str, str]:
    """Part → the generation that serves now, brought up to the log's head.

    The desk's index stays where the last rebuild was its first. Raises CannotGoBack; RebuildNeeded where another
    Daybook made the views, which come first: nothing was touched then either.
    """
    parts: dict[str, _Part] = {}
    if only != "index":
        parts[VIEWS] = _Part(house.views.before, house.views.rollback)
    if only != "views":
        parts[INDEX] = _Part(lambda: before(house.index.generations), lambda: house.index.rollback(house.documents))
        desk = house.desk_index
        if desk.generations.previous() is not None:
            parts[DESK_INDEX] = _Part(lambda: before(desk.generations), lambda: desk.rollback(house.everything))
    why: dict[str, str] = {}
    for name, part in parts.items():
        try:
            part.look()
        except (NothingBefore, ViewsMissing, IndexMissing) as reason:
            why[name] = str(reason)
    if why:
        raise CannotGoBack(why, [name for name in parts if name not in why])
    return {name: part.back() for name, part in parts.items()}
