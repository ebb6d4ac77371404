"""The working body of an article, unfolded only when somebody looks at it.

A story may have thousands of edits, and most commands do not look at its words. So folding an edit only notes its
steps, and they are applied when the document is asked for: from the last publication on, which holds every word.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from events import document
from events.article import ArticleBodyEdited
from events.document import Doc
from events.document.schema import Paragraph
from events.redaction import REMOVED_DIGEST, REMOVED_RAW

Step = dict[str, object]
KEPT = 256  # documents at hand: those that were just made or looked at


class _Recent:
    """The documents used last, by their digest. What a digest names never changes, so nothing here can be stale."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._documents: OrderedDict[str, tuple[Doc, bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: str) -> tuple[Doc, bytes] | None:
        with self._lock:
            found = self._documents.get(digest)
            if found:
                self._documents.move_to_end(digest)
            return found

    def put(self, digest: str, doc: Doc, raw: bytes) -> None:
        with self._lock:
            self._documents[digest] = (doc, raw)
            self._documents.move_to_end(digest)
            if len(self._documents) > self._size:
                self._documents.popitem(last=False)


_recent = _Recent(KEPT)


class Body:
    """A document by its digest, with its outline at hand. Bodies are equal where readers would get the same of them.

    version: the steps since the empty body; words, images: as in ``ArticleBodyEdited``; shown: the digest of what
    readers would get, which is another where there are notes to the desk.
    """

    __slots__ = ("_before", "_raw", "_steps", "digest", "images", "shown", "version", "words")

    def __init__(self, version: int, digest: str, words: int, images: tuple[str, ...], shown: str = "") -> None:
        self.version, self.digest, self.words, self.images = version, digest, words, images
        self.shown = shown or digest
        self._raw: bytes | None = None
        self._before: Body | None = None
        self._steps: Sequence[Step] = ()

    def edited(self, event: ArticleBodyEdited) -> "Body":
        """The body after these steps, whose outline is known from their event."""
        if event.document_schema not in document.READABLE:
            raise document.DocumentError("$", f"Edits of schema {event.document_schema} are not known here")
        version = self.version + len(event.steps)
        after = Body(version, event.body_hash, event.words, tuple(event.images), event.readers_hash)
        after._before, after._steps = self, event.steps
        if event.body_hash == REMOVED_DIGEST:  # its steps are gone (events/redaction.py), its text is known
            after._raw = REMOVED_RAW
        return after

    def published(self, raw: bytes) -> "Body":
        """The same body, of which a publication holds every word: what came before it need not be kept.

        Where notes to the desk stand in it, the publication holds less.
        """
        if self.digest == REMOVED_DIGEST and raw != REMOVED_RAW:  # the edits are gone, the publication is not
            doc = document.decode(raw)
            same = Body(self.version, document.digest(doc), document.words(doc), tuple(document.images(doc)))
            same._raw = raw
            return same
        if self.shown != self.digest or (raw == REMOVED_RAW and self.digest != REMOVED_DIGEST):
            return self  # of a publication that is gone the edits are still here
        same = Body(self.version, self.digest, self.words, self.images)
        same._raw = raw
        return same

    @property
    def doc(self) -> Doc:
        """The document."""
        return self._opened()[0]

    @property
    def raw(self) -> bytes:
        """The document in canonical JSON."""
        return self._opened()[1]

    @property
    def for_readers(self) -> Doc:
        """The document as readers may have it: without the notes to the desk."""
        return self.doc if self.shown == self.digest else document.for_readers(self.doc)

    @property
    def published_raw(self) -> bytes:
        """What a publication holds of it, in canonical JSON."""
        return self.raw if self.shown == self.digest else document.encode(self.for_readers)

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it to read or to look at."""
        return self.shown == EMPTY.digest or not (self.words or self.images or _has_things(self.for_readers))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Body) and self.shown == other.shown

    def __hash__(self) -> int:
        return hash(self.shown)

    def __repr__(self) -> str:
        return f"<body {self.version}, {self.words} words, {self.digest[:8]}>"

    def _opened(self) -> tuple[Doc, bytes]:
        found = _recent.get(self.digest)
        if found is None:
            found = self._unfolded()
            _recent.put(self.digest, *found)
        return found

    def _unfolded(self) -> tuple[Doc, bytes]:
        later: list[Sequence[Step]] = []
        body: Body = self
        known: tuple[Doc, bytes] | None = None
        while known is None and body._raw is None and body._before is not None:
            later.append(body._steps)
            body = body._before
            known = _recent.get(body.digest)
        doc = known[0] if known else document.EMPTY if body._raw is None else document.decode(body._raw)
        steps = [step for some in reversed(later) for step in some]
        doc = document.apply(doc, steps) if steps else doc
        return doc, document.encode(doc)


def remember(doc: Doc) -> str:
    """Keep a document at hand that a decision has just made. Returns its digest."""
    raw = document.encode(doc)
    digest = document.digest(doc)
    _recent.put(digest, doc, raw)
    return digest


def _has_things(doc: Doc) -> bool:
    """Whether any block is more than an empty paragraph: an embed, a rule."""
    return any(not isinstance(block, Paragraph) or block.content for block in doc.content)


EMPTY = Body(0, document.digest(document.EMPTY), 0, ())
