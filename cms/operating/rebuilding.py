"""Rebuilding the indexes, and proving that they hold what the views publish and what the desk works on."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import msgspec

from cms.article import decider
from cms.house import House
from cms.indexing import Published, text_as_of
from cms.operating.following import DESK_INDEX, INDEX
from cms.operating.resuming import Unfinished, served
from cms.snapshots import code_of
from search import commits
from search.index import Index
from search.rebuilding import Rebuilt
from search.resuming import Origin
from search.shapes import Source
from views.still import Still

HELD = "held"  # locked in a folder as long as somebody works in it
NAMED = 10  # differences that are told in full


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


class Difference(msgspec.Struct, frozen=True):
    """A document that is not what the views publish. key: article and the moment it is public from."""

    key: str
    what: str


class IndexVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the indexes in use equal ones built aside. Figures are of readers' index, unless they say otherwise;
    differences are of both. desk_digest: empty where there is no index of the desk to be compared."""

    ok: bool
    position: int
    documents: int
    digest: str
    differing: int
    differences: list[Difference]
    desk_documents: int = 0
    desk_differing: int = 0
    desk_digest: str = ""


def rebuild_index(
    house: House, jobs: int, progress: Callable[[int], None], unfinished: Unfinished | None = None, resume: bool = False
) -> dict[str, Rebuilt]:
    """A new generation of readers' index, from the views, then one of the desk's; the old ones serve until then.

    What is done is written down in ``unfinished``. ``resume``: go on with what is left of an earlier rebuild, as far as
    that is safe; what it had done is left as it is.
    """
    origin = house.views.origin
    folding = code_of(decider)  # a story's words are folded by the newsroom's own code
    parts: dict[str, tuple[Index, Published, Origin]] = {
        INDEX: (house.index, house.documents, origin),
        DESK_INDEX: (house.desk_index, house.everything, lambda position: f"{origin(position)} {folding}"),
    }
    made: dict[str, Rebuilt] = {}
    for name, (index, source, of) in parts.items():
        before = sum(built.documents for built in made.values())
        standing = served(index)
        if resume and standing and unfinished and unfinished.has(name, standing.generation.name):
            made[name] = standing
            continue
        told = partial(_beyond, progress, before)
        made[name] = index.rebuild(source, jobs, told, origin=of, resume=resume)
        if unfinished:
            unfinished.did(name, made[name].generation.name)
    return made


def _beyond(progress: Callable[[int], None], before: int, done: int) -> None:
    progress(before + done)


def verify_index(house: House, progress: Callable[[int], None] = lambda _: None) -> IndexVerdict:
    """Build each index aside and compare it, document by document: what is stored, and a digest of its terms."""
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
        differences=[*verdict.differences, *differences][:NAMED], desk_documents=desk.documents,
        desk_differing=desk.differing, desk_digest=desk.digest,
    )  # fmt: skip


def _verify(
    house: House, live: Index, source_of: Callable[[Still], Source], progress: Callable[[int], None]
) -> IndexVerdict:
    """The index and one made aside, both of exactly one moment: the newsroom may go on as it likes.

    Nobody writes to the index when that moment is chosen, so nothing in it is newer; what changed since its last
    commit is folded in as it was then.
    """
    with ExitStack() as held:
        folder = held.enter_context(aside(live.generations.folder.parent))
        sources: list[Source] = []

        def freeze() -> Source:
            sources.append(source_of(held.enter_context(house.views.still())))
            return sources[-1]

        settled, anew = live.settle(freeze), Index(folder, house.settings.zone)
        anew.rebuild(sources[-1], progress=progress)
        at, digest = house.now(), sha256()
        found = list(compare(live.digests(at, settled), anew.digests(at), digest))
        return IndexVerdict(
            ok=not found, position=settled.commit.position, documents=settled.documents, digest=digest.hexdigest(),
            differing=len(found), differences=found[:NAMED],
        )  # fmt: skip


@contextmanager
def aside(parent: Path) -> Iterator[Path]:
    """A folder for what is only compared and then removed. What was left of others, whose process died, goes first."""
    for left in parent.glob("verify-*"):
        with suppress(FileNotFoundError), commits.locked(left / HELD) as abandoned:
            if abandoned:
                shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="verify-", dir=parent))
    try:
        with commits.locked(folder / HELD):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


Digests = Iterator[tuple[str, str, str]]


def compare(index: Digests, anew: Digests, digest: "_Hash") -> Iterator[Difference]:
    """What differs; the digest is fed with what a rebuild has."""
    live = {key: (stored, terms) for key, stored, terms in index}
    for key, stored, terms in anew:
        digest.update(f"{key} {stored} {terms}\n".encode())
        found = live.pop(key, None)
        if found is None:
            yield Difference(key, "it is missing from the index")
        elif found[0] != stored:
            yield Difference(key, "what is stored of it is not what is published")
        elif found[1] != terms:
            yield Difference(key, "its words are not the published ones")
    yield from (Difference(key, "the index has it, the views do not") for key in live)
