"""Rebuilding the index, and proving that it holds what the views publish."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import msgspec

from cms.house import House
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
    """A new generation of the index, from the views; the old one serves until it is whole."""
    return house.index.rebuild(house.documents, jobs, progress)


def verify_index(house: House, progress: Callable[[int], None] = lambda _: None) -> IndexVerdict:
    """Build the index aside and compare it, document by document: what is stored, and a digest of its terms."""
    folder = Path(tempfile.mkdtemp(prefix="verify-", dir=house.settings.index.parent))
    try:
        aside = Index(folder, house.settings.zone)
        aside.rebuild(house.documents, progress=progress)
        for attempt in range(1, TRIES + 1):
            house.index.catch_up(house.documents)
            aside.catch_up(house.documents)
            live, fresh = house.index.status(), aside.status()
            digest = sha256()
            found = list(_compare(house, aside, digest))
            if not found or live.position == fresh.position or attempt == TRIES:
                break
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return IndexVerdict(
        ok=not found,
        position=live.position,
        documents=live.documents,
        digest=digest.hexdigest(),
        differing=len(found),
        differences=found[:NAMED],
    )


def _compare(house: House, aside: Index, digest: "_Hash") -> Iterator[Difference]:
    """What differs; the digest is fed with what a rebuild has."""
    now = house.now()
    live = {key: (stored, terms) for key, stored, terms in house.index.digests(now)}
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
