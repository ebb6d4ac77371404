"""A story's history by sittings: what one person did without a long pause; publications stand between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from events.instant import MINUTE, Instant
from views.desk_shapes import Line

PAUSE = 30 * MINUTE
MARKS = {
    "article.published": "Published", "article.updated": "Updated", "article.corrected": "Corrected",
    "article.scheduled": "Scheduled", "article.schedule_cancelled": "Schedule cancelled",
    "article.withdrawn": "Withdrawn", "article.retracted": "Retracted",
}  # fmt: skip


@dataclass(frozen=True)
class Sitting:
    """Its lines, newest first. mark: what kind of publication it is, '' for work."""

    lines: Sequence[Line]
    mark: str = ""

    @property
    def last(self) -> Line:
        """What was done last."""
        return self.lines[0]

    @property
    def version(self) -> int:
        """Of the stream, when it was over."""
        return self.last.version

    @property
    def first(self) -> int:
        """The version of its first change."""
        return self.lines[-1].version - self.lines[-1].changes + 1

    @property
    def began(self) -> Instant:
        """When it began."""
        return self.lines[-1].began

    @property
    def changes(self) -> int:
        """How many events it has."""
        return sum(line.changes for line in self.lines)


def sittings(lines: Iterable[Line]) -> list[Sitting]:
    """Of a history, newest first as it is."""
    found: list[list[Line]] = []
    for line in lines:
        if found and _together(found[-1][-1], line):
            found[-1].append(line)
        else:
            found.append([line])
    return [Sitting(some, MARKS.get(some[0].type, "")) for some in found]


def _together(later: Line, earlier: Line) -> bool:
    marked = later.type in MARKS or earlier.type in MARKS
    return not marked and later.actor == earlier.actor and later.began - earlier.at < PAUSE
