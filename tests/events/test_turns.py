"""Threads that have something to write share a turn, and none is forgotten, whatever happens to the one that writes."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from events import turns
from events.turns import AT_ONCE, Turns

PATIENCE = 60.0


class Stopped(BaseException):
    """A thread is told to stop, as by KeyboardInterrupt."""


class Desk:
    """Writes down what it is given; the first time not before it may, and then as it is told to."""

    def __init__(self, first: Callable[[], None] = lambda: None) -> None:
        self.written: list[list[int]] = []
        self.busy, self.go = threading.Event(), threading.Event()
        self._first: Callable[[], None] | None = first
        self.turns: Turns[int, int] = Turns(self._write)

    def _write(self, asked: list[int]) -> list[int]:
        first, self._first = self._first, None
        if first:
            self.busy.set()
            assert self.go.wait(PATIENCE)
            first()
        self.written.append(asked)
        return [-number for number in asked]

    def queued(self, pool: ThreadPoolExecutor, requests: list[list[int]]) -> list[Future[list[int]]]:
        """The first has the pen, and the others wait for it, in order; then it may write."""
        asked = [pool.submit(self.turns.take, requests[0])]
        assert self.busy.wait(PATIENCE)
        for number, request in enumerate(requests[1:], 1):
            asked.append(pool.submit(self.turns.take, request))
            while len(self.turns._waiting) < number:
                time.sleep(0.001)
        self.go.set()
        return asked


@pytest.fixture
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8)


def test_all_who_come_meanwhile_are_written_down_together(pool: ThreadPoolExecutor) -> None:
    desk = Desk()
    asked = desk.queued(pool, [[1], [2, 3], [4], [5]])
    assert [one.result(PATIENCE) for one in asked] == [[-1], [-2, -3], [-4], [-5]]
    assert desk.written == [[1], [2, 3, 4, 5]]
    assert desk.turns.take([6]) == [-6]


def test_a_turn_has_its_limit_and_the_pen_goes_on_to_who_is_left(pool: ThreadPoolExecutor) -> None:
    desk = Desk()
    many = [*range(AT_ONCE - 1)]
    asked = desk.queued(pool, [[1], many, [2], [3, 4], [5]])
    assert [len(one.result(PATIENCE)) for one in asked] == [1, len(many), 1, 2, 1]
    assert desk.written == [[1], [*many, 2], [3, 4, 5]]


def test_an_error_is_raised_by_all_who_shared_the_turn_and_by_nobody_else(pool: ThreadPoolExecutor) -> None:
    def fail() -> None:
        desk._first = full

    def full() -> None:
        raise OSError("full")

    desk = Desk(fail)
    asked = desk.queued(pool, [[1], [2], [3]])
    assert asked[0].result(PATIENCE) == [-1]
    for one in asked[1:]:
        with pytest.raises(OSError, match="full"):
            one.result(PATIENCE)
    assert desk.turns.take([4]) == [-4]


def test_who_is_told_to_stop_with_the_pen_in_its_hand_leaves_it_to_the_next(pool: ThreadPoolExecutor) -> None:
    def stop() -> None:
        raise Stopped

    desk = Desk(stop)
    asked = desk.queued(pool, [[1], [2], [3]])
    with pytest.raises(Stopped):
        asked[0].result(PATIENCE)
    assert [one.result(PATIENCE) for one in asked[1:]] == [[-2], [-3]]
    assert desk.written == [[2, 3]]


def test_who_is_told_to_stop_while_it_waits_is_not_waited_for(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted:
        """A lock that somebody is told to stop at who waits for it."""

        def __init__(self) -> None:
            self._held = False

        def acquire(self) -> None:
            if self._held:
                raise Stopped
            self._held = True

    desk = Desk()
    first = pool.submit(desk.turns.take, [1])
    assert desk.busy.wait(PATIENCE)
    with monkeypatch.context() as patched:
        patched.setattr(turns, "threading", SimpleNamespace(Lock=Interrupted))
        with pytest.raises(Stopped):
            desk.turns.take([2])
    desk.go.set()
    assert first.result(PATIENCE) == [-1]
    assert desk.turns.take([3]) == [-3]
    assert desk.written == [[1], [3]]
