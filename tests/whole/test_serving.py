"""``flask serve`` and its processes: they end with it, however it ends, and the next one finds the port free."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.whole.conftest import ROOT, environment, flask

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in Linux’s /proc")
PATIENCE = 60.0  # seconds


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A newsroom at work: the server, its worker and its follower."""
    environ = environment(tmp_path / "var", PORT=str(port))
    made = subprocess.Popen(flask("serve"), env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    started: set[int] = set()
    try:
        until(lambda: answers(port) and len(offspring(made.pid)) >= 2, "worker and follower are at work")
        started = offspring(made.pid)
        yield made
    finally:
        for pid in (made.pid, *started):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        made.wait()


def until(what: Callable[[], bool], said: str) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, f"never came true: {said}"
        time.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def offspring(pid: int) -> set[int]:
    """Every living process that this one started, and those that they started."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(stat.parent.name)] = int(parent)
    found, more = set[int](), {pid}
    while more:
        more = {child for child, parent in parents.items() if parent in more}
        found |= more
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_worker_and_follower_end_with_the_server(server: subprocess.Popen[bytes], port: int, how: int) -> None:
    started = offspring(server.pid)
    server.send_signal(how)
    assert server.wait(PATIENCE) in (0, -how)
    until(lambda: not any(map(alive, started)), "worker and follower have ended")
    assert not answers(port)


def test_a_follower_that_was_killed_is_started_again(server: subprocess.Popen[bytes], port: int) -> None:
    (follower,) = [pid for pid in offspring(server.pid) if b"follow" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(follower, signal.SIGKILL)
    until(
        lambda: any(b"follow" in _said(pid) for pid in offspring(server.pid) - {follower}), "there is another follower"
    )
    assert answers(port)


def _said(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
