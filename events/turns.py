"""Many threads, one pen: whoever has it writes down what all who wait for it have to say, and hands it on.

A commit costs the disk as much for fifty appends as for one, so a busy process becomes faster instead of slower. The
pen goes straight to somebody whose words are not written yet. Were it a lock that all wait for, each whose words are
written would have to wake up and hold it for a moment before the next could: then they come back one by one, and a
commit is for two or three.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

AT_ONCE = 500  # units in one transaction, unless a single request has more
_Asked = TypeVar("_Asked")
_Told = TypeVar("_Told")


class _Request(Generic[_Asked, _Told]):
    def __init__(self, asked: list[_Asked]) -> None:
        self.asked = asked
        self.told: list[_Told] | None = None
        self.error: Exception | None = None
        self.turn = threading.Lock()  # released when its words are written, or it has the pen
        self.turn.acquire()

    @property
    def done(self) -> bool:
        return self.told is not None or self.error is not None


class Turns(Generic[_Asked, _Told]):
    """Hands lists of units to a function that takes one list at a time, and each its own verdicts back."""

    def __init__(self, write: Callable[[list[_Asked]], list[_Told]]) -> None:
        self._write = write
        self._guard = threading.Lock()  # of what follows; held for moments
        self._pen: _Request[_Asked, _Told] | None = None  # whose it is; nobody waits while it is nobody's
        self._waiting: deque[_Request[_Asked, _Told]] = deque()

    def take(self, asked: list[_Asked]) -> list[_Told]:
        """The verdict on each. Raises what writing raised, as everybody does who shared the turn."""
        request: _Request[_Asked, _Told] = _Request(asked)
        try:
            with self._guard:
                self._waiting.append(request)
                self._hand_on()
            request.turn.acquire()
            if not request.done:
                self._write_down(self._gather())
        finally:
            self._leave(request)
        if request.error:
            raise request.error
        assert request.told is not None
        return request.told

    def _hand_on(self) -> None:
        if self._pen is None and self._waiting:
            self._pen = self._waiting[0]
            self._pen.turn.release()

    def _leave(self, request: _Request[_Asked, _Told]) -> None:
        with self._guard:
            if not request.done and request in self._waiting:  # its thread is told to stop
                self._waiting.remove(request)
            if self._pen is request:
                self._pen = None
                self._hand_on()

    def _gather(self) -> list[_Request[_Asked, _Told]]:
        with self._guard:
            together = [self._waiting.popleft()]
            units = len(together[0].asked)
            while self._waiting and units + len(self._waiting[0].asked) <= AT_ONCE:
                together.append(self._waiting.popleft())
                units += len(together[-1].asked)
        return together

    def _write_down(self, together: list[_Request[_Asked, _Told]]) -> None:
        try:
            told = self._write([unit for request in together for unit in request.asked])
        except Exception as error:  # noqa: BLE001 - each who waits raises it
            for request in together:
                request.error = error
        except BaseException:  # this thread is told to stop: the others' words are for the next to write
            with self._guard:
                self._waiting.extendleft(reversed(together))
            raise
        else:
            for request in together:
                request.told, told = told[: len(request.asked)], told[len(request.asked) :]
        for request in together:
            request.turn.release()
