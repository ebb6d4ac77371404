"""Putting small segments together, beside whatever else is written to the index.

However large they are, nobody waits for it: the new segment is written to a folder of its own without the lock, which
is taken only to move its files in and to commit. What was deleted meanwhile is deleted in the new segment; where one of
the old ones is gone by then, all of it is forgotten.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from time import sleep

from search import commits
from search.building import Segment
from search.codec import NewsSegment
from search.commits import LOCK, MERGING, Commit
from search.snapshot import Snapshot, View
from search.writing import ripe

TRIES, PAUSE = 500, 0.02  # looks at the lock, and seconds between two

Place = tuple[str, int]  # a segment's id, a document's number in it


def merge(folder: Path, current: Callable[[], Snapshot], pause: Callable[[], object]) -> int:
    """See ``Index.merge``."""
    snapshot = current()
    views = ripe(snapshot.views)
    if not views or snapshot.folder != folder or snapshot.commit.outdated:
        return 0
    aside = folder / MERGING
    aside.mkdir(exist_ok=True)
    with commits.locked(aside / LOCK) as mine:
        if not mine:
            return 0
        try:
            return len(views) if _commit(folder, current, _build(aside, views, pause), aside) else 0
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _build(aside: Path, views: list[View], pause: Callable[[], object]) -> list[tuple[NewsSegment, list[Place]]]:
    """What is left of these segments, as new ones, with the place where each document comes from."""
    for path in aside.iterdir():  # what somebody left who was killed at it
        if path.name != LOCK:
            path.unlink(missing_ok=True)
    made: list[tuple[NewsSegment, list[Place]]] = []
    building, places = Segment(aside), list[Place]()
    for view in views:
        for number in range(view.part.count):
            if number in view.deleted:
                continue
            pause()
            building.add(view.part.document(number))
            places.append((view.part.segment_id, number))
            if building.full:
                made.append((building.finish(), places))
                building, places = Segment(aside), []
    if places:
        made.append((building.finish(), places))
    return made


def _commit(
    folder: Path, current: Callable[[], Snapshot], made: list[tuple[NewsSegment, list[Place]]], aside: Path
) -> bool:
    """Make the new segments take the place of the old ones, as those are by now."""
    for _ in range(TRIES):
        with commits.locked(folder / LOCK) as mine:
            if mine:
                return _replace(current(), folder, made, aside)
        sleep(PAUSE)
    return False


def _replace(now: Snapshot, folder: Path, made: list[tuple[NewsSegment, list[Place]]], aside: Path) -> bool:
    deleted = {view.part.segment_id: view.deleted for view in now.views}
    old = {segment for _, places in made for segment, _ in places}
    if now.folder != folder or not old <= deleted.keys():
        return False
    fresh = []
    for segment, places in made:
        for name in segment.sizes:
            os.replace(aside / name, folder / name)
        gone = {place for place, (one, number) in enumerate(places) if number in deleted[one]}
        fresh.append(segment.without(gone))
    before = now.commit
    kept = [one for one in before.segments if one.ident not in old]
    kept += [one for one in fresh if one.count > len(one.deleted)]
    commits.write(folder, Commit(before.number + 1, before.position, before.analysis, kept))
    return True
