"""Rebuilding the indexes, and proving that they hold what the views publish and what the desk works on."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import msgspec

from cms.house import House
from cms.indexing import Published, text_as_of
from events.generations import NothingBefore
from search.index import Index
from search.rebuilding import Rebuilt
from search.shapes import Source
from views.still import Still

NAMED = 10  # differences that are told in full


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
    verdict = _verify(house, house.index, lambda still: Published(still.documents), progress)
    standing = house.desk_index.status()
    if not standing.usable or standing.outdated:  # it is no truth of anybody's: whoever follows the log makes it
        return verdict
    desk = _verify(
        house, house.desk_index, lambda still: Published(still.working(text_as_of(house.store, still.position))),
        lambda done: progress(verdict.documents + done),
    )  # fmt: skip
    differences = [Difference(one.key, f"{one.what} (in the desk's index)") for one in desk.differences]
    return msgspec.structs.replace(
        verdict, ok=verdict.ok and desk.ok, differing=verdict.differing + desk.differing,
        differences=[*verdict.differences, *differences][:NAMED],
    )  # fmt: skip


def _verify(
    house: House, live: Index, source_of: Callable[[Still], Source], progress: Callable[[int], None]
) -> IndexVerdict:
    """The index and one made aside, both of exactly one moment: the newsroom may go on as it likes.

    Nobody writes to the index when that moment is chosen, so nothing in it is newer; what changed since its last
    commit is folded in as it was then.
    """
    with ExitStack() as held:
        folder = Path(tempfile.mkdtemp(prefix="verify-", dir=live.generations.folder.parent))
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        sources: list[Source] = []

        def freeze() -> Source:
            sources.append(source_of(held.enter_context(house.views.still())))
            return sources[-1]

        settled, aside = live.settle(freeze), Index(folder, house.settings.zone)
        aside.rebuild(sources[-1], progress=progress)
        at, digest = house.now(), sha256()
        found = list(_compare(live.digests(at, settled), aside.digests(at), digest))
        return IndexVerdict(
            ok=not found, position=settled.commit.position, documents=settled.documents, digest=digest.hexdigest(),
            differing=len(found), differences=found[:NAMED],
        )  # fmt: skip


Digests = Iterator[tuple[str, str, str]]


def _compare(index: Digests, aside: Digests, digest: "_Hash") -> Iterator[Difference]:
    """What differs; the digest is fed with what a rebuild has."""
    live = {key: (stored, terms) for key, stored, terms in index}
    for key, stored, terms in aside:
        digest.update(f"{key} {stored} {terms}\n".encode())
        found = live.pop(key, None)
        if found is None:
            yield Difference(key, "it is missing from the index")
        elif found[0] != stored:
            yield Difference(key, "what is stored of it is not what is published")
        elif found[1] != terms:
            yield Difference(key, "its words are not the published ones")
    yield from (Difference(key, "the index has it, the views do not") for key in live)
