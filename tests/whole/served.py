"""A real server on a newsroom: ``flask serve``, its worker and its follower."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests.whole.conftest import ROOT, environment, flask

PATIENCE = 90.0  # seconds


class Served:
    """What can be asked of it."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body; (0, b"") where nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            return 0, b""
        finally:
            connection.close()

    def search(self, words: str) -> dict[str, Any]:
        """What a search finds; nothing where nobody answers."""
        status, body = self.get(f"/search.json?q={words}")
        found: dict[str, Any] = json.loads(body) if status == 200 else {}
        return found


def until(what: Callable[[], object], said: str) -> None:
    """Wait for a condition."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, f"never came true: {said}"
        time.sleep(0.1)


@contextmanager
def served(var: Path, **settings: str) -> Iterator[Served]:
    """Serve this newsroom; all that it started ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environ = environment(var, PORT=str(port), **settings)
    process = subprocess.Popen(
        flask("serve"), env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        server = Served(process, port)
        until(lambda: server.get("/readyz")[0] == 200, "the server is ready")
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()  # its children watch for that
            process.wait()
