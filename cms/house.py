"""The house: every part of a running Daybook, put together by app.py, for the faces to use.

Parts are opened when they are first needed, so that a command that restores a backup, say, does not first make the
log that it finds to be missing.
"""

import logging
import os
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import cached_property
from typing import cast

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from cms.decider import Refused
from cms.healing import FAULTS, Healer
from cms.indexing import DeskFollower, Everything, Published, synonyms, working_text
from cms.keys import KeyRing
from cms.media import Media
from cms.newsroom import Newsroom
from cms.operating.nightly import watch
from cms.operating.presence import present
from cms.operating.sealer import Sealer
from cms.operating.work import Works, environ_of
from cms.people.accounts import Accounts
from cms.roles import may
from cms.settings import Settings
from cms.snapshots import Snapshots
from events.article import Publication
from events.clock import SteadyClock
from events.document import DocumentError, decode, to_html
from events.following.ledger import Failure, Ledger, beside
from events.following.subscription import Pace
from events.instant import HOUR, Instant, now
from events.seal.seals import Seals
from events.store import EventStore
from search.index import Index
from search.shapes import Completion, IndexMissing, Query, Results
from views import Views
from views.locks import Busy
from views.projection import ProjectionStopped
from views.shapes import Reader, ViewsMissing

CATCH_UP = 2.0  # seconds a command waits for the views; then the page follows
IDLE = 1.0  # seconds a follower sleeps at most
LONGEST = 5.0  # seconds between two tries of a follower that cannot go on
PIECE = 200  # pages that are rendered again between two looks for something new
FOLLOWER = "follower.lock"  # in var: held by whoever follows the log
_log = logging.getLogger("daybook")


class House:
    """One Daybook. Safe to use from many threads."""

    def __init__(self, settings: Settings, clock: Callable[[], Instant] | None = None) -> None:
        self.settings = settings
        self.clock: Callable[[], Instant] = clock or now
        self.steady: Callable[[], Instant] = clock or SteadyClock()  # the pen stops where the clock jumps

    # --- truth

    @cached_property
    def store(self) -> EventStore:
        """The log."""
        return EventStore(self.settings.log, self.steady)

    @cached_property
    def ledger(self) -> Ledger:
        """Where the log's followers stand, and what operators decided about them."""
        return Ledger(beside(self.settings.log))

    @cached_property
    def accounts(self) -> Accounts:
        """People, roles and sessions."""
        settings = self.settings
        return Accounts(
            settings.accounts, secret=settings.secret(), password_memory=settings.password_memory,
            idle=settings.session_hours * HOUR,
        )  # fmt: skip

    @cached_property
    def keys(self) -> KeyRing:
        """Keys of personal words."""
        return KeyRing(self.settings.keys)

    @cached_property
    def media(self) -> Media:
        """Pictures as they were taken in."""
        return Media(self.settings.media)

    @cached_property
    def seals(self) -> Seals:
        """The log's Merkle tree and signed heads."""
        return Seals(self.settings.seals)

    @cached_property
    def works(self) -> Works:
        """Long work that goes on by itself."""
        return Works(self.settings.var / "work", environ_of(self.settings))

    @cached_property
    def newsroom(self) -> Newsroom:
        """The one door to every change."""
        return Newsroom(
            self.store,
            zone=self.settings.zone,
            may=may,
            clock=self.now,
            check_publication=self._can_be_shown,
            catch_up=self._catch_up,
            snapshots=self.snapshots,
        )

    # --- derived

    @cached_property
    def views(self) -> Views:
        """The tables that pages are read from."""
        settings = self.settings
        return Views(settings.views, self.store, settings.views_url, parked=self._parked)

    @cached_property
    def snapshots(self) -> Snapshots:
        """Folded states of long streams."""
        return Snapshots(self.settings.snapshots, self.store)

    @cached_property
    def index(self) -> Index:
        """The search index."""
        return Index(
            self.settings.index, self.settings.zone, synonyms=lambda: synonyms(self.views.documents.other_names())
        )

    @cached_property
    def documents(self) -> Published:
        """What the index is made of: the published view's own words."""
        return Published(self.views.documents)

    @cached_property
    def desk_index(self) -> Index:
        """The desk's own index, of everything in the newsroom. Nothing that readers can reach knows it."""
        return Index(self.settings.desk_index, self.settings.zone)

    @cached_property
    def everything(self) -> Everything:
        """What the desk's index is made of: all there is, as it stands in the newsroom."""
        return Everything(self.views.working(working_text(self.store, self.snapshots)))

    @cached_property
    def desk_follower(self) -> DeskFollower:
        """What keeps the desk's index up to date."""
        return DeskFollower(self.desk_index, self.everything, self.store, self.settings.heal)

    @cached_property
    def healer(self) -> Healer:
        """What sees to files that are gone or damaged."""
        return Healer(self.settings, self.works, self.views, self.index, self.documents)

    def now(self) -> Instant:
        """This moment: never behind the log's last event, so that what was just published is public."""
        return max(self.clock(), self.store.head().recorded_at)

    def reader(self, at: Instant | None = None) -> Reader:
        """The public site now, or as it was at an instant. Raises ViewsMissing."""
        return self.views.reader(self.clock(), at)

    def search(self, query: Query) -> Results:
        """Raises IndexMissing while there is no index."""
        return self.index.search(query, self.now)

    def complete(self, text: str, now: Instant) -> list[Completion]:
        """What a reader who types this may be about to ask for. Raises IndexMissing."""
        return self.index.complete(text, now)

    def related(self, article: str, now: Instant) -> list[str]:
        """The public articles that are most like one; none while there is no index."""
        with suppress(IndexMissing):
            return self.index.related(article, now)
        return []

    # --- at work

    def prepare(self, say: Callable[[str], None]) -> None:
        """Before serving: build what is missing or was built by other code."""
        anew = not self.views.status(rows=False).usable
        head = self.store.head().position
        tell = say if head else str  # of an empty newsroom there is nothing to say
        if anew:
            tell("Building the views from the log.")
            self.views.rebuild()
        index = self.index.status()
        if anew or not index.usable or index.outdated or index.position > head:
            tell("Building the search index from the views.")
            self.index.rebuild(self.documents)
        if self.desk_index.status().position > head:  # else whoever follows makes it
            self.desk_index.rebuild(self.everything)

    def follow(self, stopping: threading.Event, parent: int | None = None) -> None:
        """Bring views and index up to date as the log grows, until told to stop or ``parent`` has died."""
        with present(self.settings.var / FOLLOWER):
            if self.settings.seal_key is not None:
                _beside("sealer", Sealer(self.store, self.seals, self.settings, self.clock).run, stopping)
            _beside("nightly", watch, self.works, self.settings, self.clock, stopping)
            _beside("desk index", self.desk_follower.run, stopping)
            _beside("index", self._tend, stopping)
            self._follow(stopping, parent)

    def _follow(self, stopping: threading.Event, parent: int | None) -> None:
        position, faults, troubles, pace = 0, "", 0, Pace(longest=LONGEST)
        while not stopping.is_set() and (parent is None or os.getppid() == parent):
            try:
                self.healer.look()
                with self.everything.giving_way():
                    position, said, troubles = self._step(), "", 0
            except FAULTS as fault:
                said, troubles = str(fault), troubles + 1
            if said and said != faults:
                _log.warning("Following waits: %s", said)
            faults = said
            if said:
                stopping.wait(pace.pause(troubles))
            elif not self.store.wait(position, IDLE):
                with suppress(*FAULTS):
                    self.views.tidy()

    def _tend(self, stopping: threading.Event) -> None:
        """Put small segments together and look at files, until told to stop; what readers wait for goes first."""
        while not stopping.wait(IDLE):
            with suppress(*FAULTS):
                self.index.merge(self.everything.give_way)
                self.index.inspect()

    def step(self) -> int:
        """Everything that followers do, once: the position of the log that all of it has reached."""
        position = self._fold()
        self.views.drain()
        return min(position, self.index.catch_up(self.documents).position, self.desk_follower.step())

    def _step(self) -> int:
        """What readers wait for, single publications first."""
        position = min(self._fold(), self.index.keep_up(self.documents).position)
        return position if self.views.drain(PIECE) < PIECE else position - 1  # more waits: come again at once

    def close(self) -> None:
        """Let go of every file that was opened."""
        for part in ("snapshots", "store", "ledger", "accounts", "views"):
            if part in self.__dict__:
                self.__dict__.pop(part).close()

    def _catch_up(self, position: int) -> bool:
        try:
            return self._fold(position, CATCH_UP) >= position
        except (ViewsMissing, ProjectionStopped):
            return False

    def _parked(self) -> Collection[int]:
        """What the views were told to pass over."""
        try:
            return self.ledger.parked("views")
        except SQLAlchemyError as error:
            raise Busy(f"what the views were told to pass over cannot be read ({error}): they will follow") from error

    def _fold(self, until: int | None = None, timeout: float = 30.0) -> int:
        """Bring the views forward; what stops them is said beside the log, for whoever looks after them."""
        try:
            return self.views.catch_up(until, timeout)
        except ProjectionStopped as stopped:
            with suppress(OSError, SQLAlchemyError):  # what cannot be written down is still raised
                note_stop(self.ledger, stopped)
            raise

    def _can_be_shown(self, publication: Publication) -> None:
        """Raises Refused for what could not be rendered: it would stop every reader of the log."""
        try:
            to_html(decode(bytes(publication.body), publication.document_schema), lambda _: None)
        except (DocumentError, RecursionError) as error:
            raise Refused(f"These words cannot be shown as a page: {error}", "body") from error


def _beside(name: str, work: Callable[..., None], *given: object) -> None:
    """Do something in a thread of its own: what readers wait for waits for none of it."""
    threading.Thread(target=work, args=given, name=name, daemon=True).start()


def note_stop(ledger: Ledger, stopped: ProjectionStopped) -> None:
    """Keep beside the log what the views cannot take, unless it is known."""
    known = ledger.standing("views").failure
    if known is None or known.position != stopped.position:
        why = f"the view {stopped.projection!r}: {stopped.reason}"
        ledger.fail("views", Failure(
            position=stopped.position, type=stopped.type, reason=why, attempts=1, since=now(), stopped=True
        ))  # fmt: skip


def house() -> House:
    """The house of the running app."""
    return cast(House, current_app.extensions["daybook"])
