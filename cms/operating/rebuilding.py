"""Rebuilding the indexes, and proving that they hold what the views publish and what the desk works on."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import msgspec

from cms.house import House
from cms.indexing import Published
from events.generations import NothingBefore
from search.index import Index
from search.rebuilding import Rebuilt

NAMED = 10  # differences that are told in full
TRIES = 3  # the newsroom goes on meanwhile: what moved is looked at again


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


class Difference(msgspec.Struct, frozen=True):
    """A document that is not what the views publish. key: article and the moment it is public from."""

    key: str
    what: str


class IndexVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the index in use equals one built aside at the same position."""

    ok: bool
    position: int
    documents: int
    digest: str
    differing: int
    differences: list[Difference]


def rebuild_index(house: House, jobs: int, progress: Callable[[int], None]) -> Rebuilt:
    """A new generation of readers' index, from the views, then one of the desk's; the old ones serve until then."""
    built = house.index.rebuild(house.documents, jobs, progress)
    house.desk_index.rebuild(house.everything, jobs, lambda done: progress(built.documents + done))
    return built


def rollback_index(house: House) -> str:
    """Go back to the generations from before the last rebuild; the name of readers'. Raises as Index.rollback does."""
    generation = house.index.rollback(house.documents)
    with suppress(NothingBefore):  # it was made for the first time then
        house.desk_index.rollback(house.everything)
    return generation


def verify_index(house: House, progress: Callable[[int], None] = lambda _: None) -> IndexVerdict:
    """Build each index aside and compare it, document by document: what is stored, and a digest of its terms.

    Figures and digest are of readers' index; differences are of both.
    """
    verdict = _verify(house, house.index, house.documents, progress)
    if not house.desk_index.status().usable:  # it is no truth of anybody's: whoever follows the log makes it
        return verdict
    desk = _verify(house, house.desk_index, house.everything, lambda done: progress(verdict.documents + done))
    differences = [Difference(one.key, f"{one.what} (in the desk's index)") for one in desk.differences]
    return msgspec.structs.replace(
        verdict, ok=verdict.ok and desk.ok, differing=verdict.differing + desk.differing,
        differences=[*verdict.differences, *differences][:NAMED],
    )  # fmt: skip


def _verify(house: House, live: Index, source: Published, progress: Callable[[int], None]) -> IndexVerdict:
    folder = Path(tempfile.mkdtemp(prefix="verify-", dir=live.generations.folder.parent))
    try:
        aside = Index(folder, house.settings.zone)
        aside.rebuild(source, progress=progress)
        for attempt in range(1, TRIES + 1):
            live.catch_up(source)
            aside.catch_up(source)
            standing, fresh = live.status(), aside.status()
            digest = sha256()
            found = list(_compare(house, live, aside, digest))
            if not found or standing.position == fresh.position or attempt == TRIES:
                break
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return IndexVerdict(
        ok=not found, position=standing.position, documents=standing.documents, digest=digest.hexdigest(),
        differing=len(found), differences=found[:NAMED],
    )  # fmt: skip


def _compare(house: House, index: Index, aside: Index, digest: "_Hash") -> Iterator[Difference]:
    """What differs; the digest is fed with what a rebuild has."""
    now = house.now()
    live = {key: (stored, terms) for key, stored, terms in index.digests(now)}
    for key, stored, terms in aside.digests(now):
        digest.update(f"{key} {stored} {terms}\n".encode())
        found = live.pop(key, None)
        if found is None:
            yield Difference(key, "it is missing from the index")
        elif found[0] != stored:
            yield Difference(key, "what is stored of it is not what is published")
        elif found[1] != terms:
            yield Difference(key, "its words are not the published ones")
    yield from (Difference(key, "the index has it, the views do not") for key in live)
