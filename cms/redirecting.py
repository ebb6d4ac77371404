"""Many redirects at once, from a file: each line is taken, is there already, or is refused with a reason."""

import csv
import io
from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec
from msgspec import MsgspecError

from cms.decider import Actor, Denied, Refused
from cms.newsroom import Newsroom
from cms.redirect import Point, address
from cms.units import Conflict, Origin

_HEADS = {"from", "path", "old", "source"}  # what a first line calls its first column, where it is no redirect


class Line(NamedTuple):
    """One redirect as it stands in the file. wrong: why it cannot be read."""

    number: int
    old: str
    new: str
    wrong: str = ""


class Outcome(NamedTuple):
    """What became of a line."""

    line: Line
    what: Literal["taken", "known", "refused"]
    reason: str = ""


class _Record(msgspec.Struct):
    old: str = msgspec.field(name="from")
    to: str


_decoder = msgspec.json.Decoder(_Record)


def lines(text: str) -> Iterator[Line]:
    """The redirects of a file: CSV (from, to; a head line is left out), or one JSON object with from and to a line."""
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("{"):
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                try:
                    record = _decoder.decode(line)
                    yield Line(number, record.old, record.to)
                except MsgspecError as error:
                    yield Line(number, "", "", f"this is no JSON object with from and to ({error})")
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(reader.line_num, "", "", f"this is no line of CSV ({error})")
            continue
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (reader.line_num == 1 and cells[0].casefold() in _HEADS):
            continue
        if len(cells) < 2:
            yield Line(reader.line_num, cells[0], "", "a line needs two columns: the old address and the new one")
        else:
            yield Line(reader.line_num, cells[0], cells[1])


def take(
    newsroom: Newsroom, actor: Actor, asked: Iterator[Line], origin: Origin, most: int | None = None
) -> Iterator[Outcome]:
    """Each in turn, up to line ``most``; the views follow at the end of it. Raises Denied where this actor may not.

    origin: the same for all, since they are of one file.

    The same lines again change nothing: what leads to a part of a chain arrives at its end already, and of two
    lines that lead one address to different places only the first is taken.
    """
    position = 0
    led: dict[str, tuple[str, int]] = {}  # address → where it leads, and the line that said so
    for line in asked:
        if line.wrong:
            yield Outcome(line, "refused", line.wrong)
            continue
        try:
            if most is not None and line.number > most:
                raise Refused(f"Of one file {most:,} lines are taken here: send the rest in another one.")
            path, to = address(line.old, "path"), address(line.new, "to")
            before, number = led.get(path, (to, 0))
            if before != to:
                raise Refused(f"Line {number} leads {path} elsewhere: one of the two has to go.")
            done = newsroom.handle(Point(path, to), actor, origin=origin, follow=False)
        except Denied:
            raise
        except (Refused, Conflict) as refused:
            yield Outcome(line, "refused", refused.message)
            continue
        led.setdefault(path, (to, line.number))
        position = max(position, done.position if done.events else 0)
        yield Outcome(line, "taken" if done.events else "known")
    if position:
        newsroom.caught_up(position)
