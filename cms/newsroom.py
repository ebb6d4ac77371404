"""The one door: every change to the newsroom is a command that comes through here.

may? → seen before? → load → decide → append → catch up. Nothing is decided on a read model: what a rule knows of the
world is folded from the log, and each stream that a decision looked at must still be at that version when its events
are appended, or it is decided anew.
"""

import logging
from collections.abc import Callable, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from cms import path
from cms.batch import Batch
from cms.decider import Actor, Command, Context, Denied, Moved, Status, Unwritten
from cms.decider import moment as dated
from cms.roles import Role
from cms.snapshots import Snapshots
from cms.streams import Streams, decider_of
from cms.units import NOWHERE, Conflict, Done, Origin, Work, fingerprint_of, meta_of
from events.article import ArticleBodyEdited, Publication
from events.clock import ClockJumped
from events.event import Event
from events.instant import Instant, now
from events.store import CommandReused, EventStore, LogUnavailable, Unit, VersionConflict

log = logging.getLogger(__name__)

ATTEMPTS = 5
AT_HAND = 2000  # streams


class Newsroom:
    """Takes commands, answers with what happened. Safe to use from many threads."""

    def __init__(
        self,
        store: EventStore,
        *,
        zone: ZoneInfo,
        may: Callable[[Role, type[Command]], bool],
        clock: Callable[[], Instant] = now,
        check_publication: Callable[[Publication], None] = lambda _: None,
        catch_up: Callable[[int], bool] = lambda _: True,
        snapshots: Snapshots | None = None,
    ) -> None:
        """check_publication raises Refused for what could not be shown; catch_up(position) brings the read models
        there and says whether they are; whatever goes wrong in it, the command has succeeded.
        """
        self._store, self._zone, self._may, self._clock = store, zone, may, clock
        self._check_publication, self._catch_up = check_publication, catch_up
        self._streams = Streams(store, AT_HAND, snapshots)

    def handle(
        self,
        commands: Command | Sequence[Command],
        actor: Actor,
        command_id: UUID | None = None,
        *,
        expected: int | None = None,
        occurred_at: Instant | None = None,
        origin: Origin = NOWHERE,
        fingerprint: bytes | None = None,
        follow: bool = True,
    ) -> Done:
        """Do it: all of these commands, in order, or nothing.

        command_id: the same id with the same commands is done once, however often it comes.
        fingerprint: 32 bytes that stand for what was asked, where they are not to be made from the commands.
        follow: whether the read models are brought there before the answer; what is typed, second by second, leaves
        them to whoever follows the log.
        expected: the version at which the caller saw the first command's stream; only if it is still that.
        Raises Refused (Denied, Moved), Conflict, CommandReused; and whatever keeps the log from being written.
        """
        asked = [commands] if isinstance(commands, Command) else list(commands)
        self.permit(asked, actor)
        fingerprint = fingerprint or fingerprint_of(asked)
        if command_id is not None and (repeated := self._repeated(command_id, fingerprint)):
            return repeated
        for attempt in range(1, ATTEMPTS + 1):
            work = Work(self._streams.current)
            try:
                if expected is not None and work[asked[0].stream].version != expected:
                    raise Moved(
                        "Somebody else has changed this in the meantime.", stream=asked[0].stream, since=expected
                    )
                moment = self.decide(work, asked, actor, occurred_at)
                if not work.writes():
                    return Done(position=self._store.head().position)
                unit = Unit(
                    command_id=command_id or uuid7(),
                    writes=work.writes() + work.checks(),
                    meta=meta_of(asked, actor, origin),
                    occurred_at=moment,
                    fingerprint=fingerprint,
                )
                return self._append(unit, work, follow=follow)
            except Moved as moved:
                raise self._conflict(moved) from None
            except (ClockJumped, LogUnavailable, OSError) as ailment:
                log.exception("the log cannot be written")
                raise Unwritten(ailment) from ailment
            except VersionConflict as conflict:
                log.info("decided anew: %s", conflict)
                if attempt == ATTEMPTS:
                    busy = "Others are changing this at the same time. Try again."
                    raise self._conflict(Moved(busy, stream=conflict.stream, since=conflict.expected)) from None
        raise AssertionError("unreachable")

    def batch(self) -> Batch:
        """For imports: thousands of commands in one transaction, each decided on top of those before it."""
        return Batch(self, self._store, self._streams)

    def permit(self, commands: Sequence[Command], actor: Actor) -> None:
        """Raises Denied where the actor's role does not allow one of these."""
        for command in commands:
            if not self._may(actor.role, type(command)):
                raise Denied("Your role does not allow you to do this. Ask a chief editor.")

    def decide(
        self, work: Work, commands: Sequence[Command], actor: Actor, occurred_at: Instant | None
    ) -> Instant:
        """Decide these on top of the work, and note there what happens. Nothing is appended.

        Returns the moment for which it was decided, which is never before what its streams already know.
        """
        moment = self._clock() if occurred_at is None else dated(occurred_at, "occurred_at")
        moment = max([moment, *(work.entry(command.stream).occurred_at for command in commands)])
        context = Context(moment, actor, self._zone, work)
        for command in commands:
            self._decide_one(work, command, context)
        return moment

    def _decide_one(self, work: Work, command: Command, context: Context) -> None:
        stream = command.stream
        decider, before = decider_of(stream), work[stream]
        try:
            events = decider.decide(before, command, context)
        except Moved as moved:
            moved.stream = stream
            raise
        if not events:
            return
        for event in events:
            if isinstance(event, Publication):
                self._check_publication(event)
        after = decider.fold(before, events, context.actor.account)
        work.happened(stream, after, events, context.now)
        for address, status in path.changes(decider.addresses(before), decider.addresses(after)):
            _readdress(work, address, stream, status, context.now)

    def caught_up(self, position: int) -> bool:
        """Bring the read models to a position. False where they are late or ill: that is not the command's fault."""
        try:
            return self._catch_up(position)
        except Exception:
            log.exception("the read models did not catch up with position %d", position)
            return False

    def _append(self, unit: Unit, work: Work, *, follow: bool) -> Done:
        appended = self._store.append(unit)
        if appended.repeated:
            return self._earlier(appended.first_position, appended.position)
        self._streams.keep(work.decided().items())
        return Done(
            position=appended.position,
            events=work.events(),
            versions={stream: entry.state.version for stream, entry in work.decided().items()},
            addresses=path.told(work.events()),
            caught_up=follow and self.caught_up(appended.position),
        )

    def _repeated(self, command_id: UUID, fingerprint: bytes) -> Done | None:
        known = self._store.known_commands([command_id]).get(command_id)
        if known is None:
            return None
        if known != fingerprint:
            raise CommandReused(f"command {command_id} was used before, for something else")
        found = self._store.outcome(command_id)
        assert found is not None
        return self._earlier(found.first_position, found.position)

    def _earlier(self, first: int, last: int) -> Done:
        happened = list(self._store.read_all(first - 1, last))
        events = tuple(recorded.event for recorded in happened)
        return Done(
            position=last,
            events=events,
            versions={recorded.stream: recorded.version for recorded in happened},
            addresses=path.told(events),
            repeated=True,
            caught_up=self.caught_up(last),
        )

    def _conflict(self, moved: Moved) -> Conflict:
        """What the caller has to know in order to try again."""
        since = list(self._store.read_stream(moved.stream, after=moved.since or 0))
        if moved.base is not None:
            since = [recorded for recorded in since if _after(moved.base, recorded.event)]
        return Conflict(moved.message, moved.stream, since)


def _readdress(work: Work, address: str, owner: str, status: Status, moment: Instant) -> None:
    stream = path.stream_of(address)
    state = work[stream]
    assert isinstance(state, path.Path)
    if events := path.decide(state, address, owner, status):
        work.happened(stream, path.decider.fold(state, events), events, moment)


def _after(base: int, event: Event) -> bool:
    return isinstance(event, ArticleBodyEdited) and event.base + len(event.steps) > base
