"""Whatever is done to the log, in whatever order, it behaves as a plain list would."""

import itertools
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from events.event import Event
from events.instant import DAY, now
from events.moving.importing import take
from events.moving.transfer import export
from events.seal.holding import hold
from events.seal.sealing import seal
from events.seal.seals import Seals
from events.store import Appended, CommandReused, EventStore, Unit, VersionConflict, Write
from tests.events.conftest import META, Place, headline

STREAMS = st.sampled_from(["article-1", "article-2", "path-1", "site"])
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
WORDS = st.lists(st.text(max_size=20), max_size=3)


class LogMachine(RuleBasedStateMachine):
    """The model: one list of (stream, version, event), and what each command was told."""

    commands = Bundle("commands")

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.log = place.open()
        self.model: list[tuple[str, int, Event]] = []
        self.told: dict[UUID, Appended] = {}
        self.folder = Path(mkdtemp())
        self.copy = EventStore(self.folder / "copy.db")
        self.seals = Seals(self.folder / "seals")

    def version(self, stream: str) -> int:
        return sum(1 for written in self.model if written[0] == stream)

    @rule(
        target=commands,
        writes=st.lists(st.tuples(STREAMS, WORDS), min_size=1, max_size=3, unique_by=lambda write: write[0]),
        off=st.integers(-1, 1),
        ago=st.none() | st.integers(0, 10**4 * DAY),
    )
    def append(self, writes: list[tuple[str, list[str]]], off: int, ago: int | None) -> Unit:
        made = [
            Write(s, self.version(s) + (off if n == 0 else 0), [headline(w) for w in ws])
            for n, (s, ws) in enumerate(writes)
        ]
        unit = Unit(command_id=uuid4(), writes=made, meta=META, occurred_at=None if ago is None else now() - ago)
        [verdict] = self.log.append_many([unit])
        if off:
            assert isinstance(verdict, VersionConflict) and verdict.actual == self.version(made[0].stream)
        else:
            self.expect(unit, verdict)
        return unit

    def expect(self, unit: Unit, verdict: object) -> None:
        first = len(self.model) + 1
        for write in unit.writes:
            for number, event in enumerate(write.events, start=1):
                self.model.append((write.stream, write.expected_version + number, event))
        assert verdict == Appended(first_position=first, position=len(self.model))
        if len(self.model) >= first:
            self.told[unit.command_id] = verdict

    @rule(unit=commands)
    def send_again(self, unit: Unit) -> None:
        if unit.command_id in self.told:
            told = self.told[unit.command_id]
            again = self.log.append(unit)
            assert (again.first_position, again.position, again.repeated) == (told.first_position, told.position, True)

    @rule(unit=commands)
    def use_an_id_for_something_else(self, unit: Unit) -> None:
        if unit.command_id in self.told:
            other = Unit(command_id=unit.command_id, meta=META, writes=[Write("other", 0, [headline("other")])])
            assert isinstance(self.log.append_many([other])[0], CommandReused)

    @rule()
    def open_it_again(self) -> None:
        self.log.close()
        self.log = self.place.open()

    @rule(from_the_beginning=st.booleans())
    def bring_a_copy_up_to_date(self, from_the_beginning: bool) -> None:
        after = 0 if from_the_beginning else self.copy.head().position
        take(self.copy, export(self.log, after, self.log.head().position))
        assert list(self.copy.rows()) == list(self.log.rows()) and self.copy.commands() == self.log.commands()

    @rule()
    def seal_it(self) -> None:
        before = self.seals.latest()
        head = seal(self.log, self.seals, KEY, now())
        assert (head.size if head else before.size if before else 0) == len(self.model)

    @invariant()
    def it_holds_what_the_model_holds(self) -> None:
        stored = list(self.log.read_all())
        assert [(r.stream, r.version, r.event) for r in stored] == self.model
        assert [r.position for r in stored] == list(range(1, len(stored) + 1))
        assert all(a.recorded_at <= b.recorded_at for a, b in itertools.pairwise(stored))
        for stream in {r.stream for r in stored}:
            own = list(self.log.read_stream(stream))
            assert own == [r for r in stored if r.stream == stream]
            assert all(a.occurred_at <= b.occurred_at for a, b in itertools.pairwise(own))

    def teardown(self) -> None:
        heads = [list(self.seals.heads())]
        assert hold(self.place.open, self.seals.tree, heads).ok
        take(self.copy, export(self.log, self.copy.head().position, self.log.head().position))
        assert hold(partial(EventStore, self.folder / "copy.db"), self.seals.tree, heads).ok, "and so the copy"
        self.copy.close()
        self.log.close()
        shutil.rmtree(self.folder)


def test_whatever_is_done_to_it_the_log_behaves_as_a_plain_list_would(places: Callable[[], Place]) -> None:
    quick = settings(suppress_health_check=list(HealthCheck), stateful_step_count=25)
    run_state_machine_as_test(lambda: LogMachine(places()), settings=quick)
