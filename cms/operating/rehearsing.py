"""``flask rebuild-index --dry-run``: what readers, and the desk, would see and find after a rebuild and do not now.

The questions are those that readers are likely to ask: the telling words of the newest headlines, and the names of
topics and sections. For each the first ten stories before and after are compared.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import msgspec
from markupsafe import Markup

from cms.house import House
from cms.indexing import Published, text_as_of
from cms.operating.rebuilding import aside, compare
from events.instant import Instant
from search.index import Index
from search.shapes import IndexMissing, Query
from search.words import telling
from views.engine import Progress
from views.rehearsal import PageChange, Rehearsal
from views.shapes import ViewsMissing
from views.still import Still

HEADLINES = 100  # the newest, whose words are asked for
NAMES = 50  # of topics and sections
FIRST = 10  # stories of an answer that are compared
TOLD = 50  # changes that are told one by one

Say = Callable[[int], None]


class SearchChange(msgspec.Struct, frozen=True, kw_only=True):
    """A question that would be answered otherwise. before, after: how many stories; moved: of the first ten."""

    question: str
    before: int
    after: int
    moved: int


class DeskChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What would change in the desk's index. digest: of all that a rebuild would make of it; changed: documents that
    are new, gone or other ones, changes: their streams."""

    documents: int
    digest: str
    changed: int
    changes: tuple[str, ...]


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a rebuild would change. told: why something could not be compared."""

    position: int
    pages: int
    pages_changed: int
    changes: tuple[PageChange, ...]
    documents: int
    questions: int
    answers_changed: int
    searches: tuple[SearchChange, ...]
    told: tuple[str, ...]
    desk: DeskChanges

    @property
    def quiet(self) -> bool:
        """Nobody would notice anything."""
        return not (self.pages_changed or self.answers_changed or self.told or self.desk.changed)


def rehearse(house: House, progress: Progress, say: Say) -> Rehearsed:
    """Build views and index aside, compare them with those in use, and remove them again."""
    told: list[str] = []
    with aside(house.settings.index.parent) as folder, house.views.rehearsal(progress) as built:
        changes = _pages(built, told)
        anew = Index(folder / "readers", house.settings.zone)
        documents = anew.rebuild(Published(built.made.documents), progress=say).documents
        questions = list(_questions(house, anew))
        searches = _searches(house, anew, questions, told)
        desk = _desk(house, built.made, folder / "desk", lambda done: say(documents + done), told)
        return Rehearsed(
            position=built.made.position, pages=built.pages, pages_changed=len(changes),
            changes=tuple(changes[:TOLD]),
            documents=documents, questions=len(questions), answers_changed=len(searches),
            searches=tuple(searches[:TOLD]), told=tuple(told), desk=desk,
        )  # fmt: skip


def _pages(built: Rehearsal, told: list[str]) -> list[PageChange]:
    changes: list[PageChange] = []
    try:
        changes += built.changes()
    except ViewsMissing as error:
        told.append(str(error))
    return changes


def _questions(house: House, aside: Index) -> Iterator[str]:
    now = house.now()
    newest = aside.search(Query(now=now, sort="newest", limit=HEADLINES, facets=False))
    words: dict[str, None] = {}
    for hit in newest.hits:
        terms = telling(Markup(hit.headline_html).unescape())  # noqa: S704 escaped by the index
        words |= dict.fromkeys([" ".join(terms[:2]), *terms[:1]])
    names = aside.search(Query(now=now, limit=0)).facets
    words |= {bucket.name: None for facet in ("section", "tag") for bucket in islice(names[facet], NAMES)}
    yield from filter(None, words)


def _searches(house: House, aside: Index, questions: list[str], told: list[str]) -> list[SearchChange]:
    now, found = house.now(), []
    for question in questions:
        try:
            old, new = (_answer(index, question, now) for index in (house.index, aside))
        except IndexMissing as error:
            told.append(f"the answers in use cannot be compared: {error}")
            break
        if old != new:
            moved = sum(1 for one in new[1] if one not in old[1]) or sum(
                a != b for a, b in zip(old[1], new[1], strict=False)
            )
            found.append(SearchChange(question=question, before=old[0], after=new[0], moved=moved))
    return found


def _desk(house: House, made: Still, folder: Path, say: Say, told: list[str]) -> DeskChanges:
    """The desk's index as it would be, held against the one in use, but for what is written to meanwhile."""
    anew, at, digest = Index(folder, house.settings.zone), house.now(), sha256()
    source = Published(made.working(text_as_of(house.store, made.position)))
    documents = anew.rebuild(source, progress=say).documents
    standing = house.desk_index.status()
    live = house.desk_index.digests(at) if standing.usable else iter(())
    changed = [one.key for one in compare(live, anew.digests(at), digest)]
    if standing.usable:
        moved = {*source.changed(min(standing.position, made.position), house.store.head().position)}
        changed = [key for key in changed if key not in moved]
    else:
        told.append(f"the desk's index in use cannot be compared: {standing.reason}")
    return DeskChanges(
        documents=documents, digest=digest.hexdigest(), changed=len(changed), changes=tuple(changed[:TOLD])
    )


def _answer(index: Index, question: str, now: Instant) -> tuple[int, list[str]]:
    results = index.search(Query(text=question, now=now, limit=FIRST, facets=False))
    return results.total, [hit.article for hit in results.hits]
