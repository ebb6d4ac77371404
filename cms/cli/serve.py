"""``flask serve``: Daybook at work on one machine.

Two processes: one answers readers and editors with threads, the other follows the log (index, what a byline's
rename left to render), so that indexing never takes the interpreter from a request. Neither needs the other to be
correct: whoever appends brings the tables forward itself.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import click
from granian.constants import Interfaces
from granian.server import Server

from cms.cli.demo import words
from cms.cli.output import Failed
from cms.demo.loader import remembered
from cms.house import house
from cms.settings import Settings

PARENT = "SERVED_BY"  # in the environment of a worker: the process that started it
_RESTART_AFTER = 2.0  # seconds, when the follower died
_log = logging.getLogger("daybook")


@click.command()
def serve() -> None:
    """Serve the site and the desk, and follow the log. Ctrl-C stops it."""
    settings = house().settings
    _refuse_taken_port(settings)
    house().prepare(click.echo)
    house().close()
    follower = _Follower()
    server = Server(
        "app:create_worker",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.threads,
        backlog=1024,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    server.on_startup(lambda: _greet(settings))
    os.environ[PARENT] = str(os.getpid())
    follower.start()
    try:
        server.serve()
    finally:
        follower.stop()
        click.echo("Stopped. Everything acknowledged is on the disk.")


def end_with_parent() -> None:
    """Let this process end when the server that started it does, however that ended: it would hold the port."""
    parent = int(os.environ.get(PARENT, "0"))

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os.kill(os.getpid(), signal.SIGKILL)  # what was acknowledged is on the disk; nobody is left to stop it kindly

    if parent:
        threading.Thread(target=watch, name="parent", daemon=True).start()


class _Follower:
    """The following process; started again should it ever die."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """It is there when this returns: a worker that is forked while it is being started would keep open the pipe
        on which its start is told, and nobody would ever learn that it has ended."""
        self._process = self._begun()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
        self._thread.join(timeout=15)

    def _run(self) -> None:
        while self._process is not None:
            status = self._process.wait()
            if not self._stopping.is_set() and status != -signal.SIGINT:
                _log.warning("The follower stopped (status %s); starting it again.", status)
            self._process = None if self._stopping.wait(_RESTART_AFTER) else self._begun()

    def _begun(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask", "--app", "app", "follow", "--parent", str(os.getpid())]
        # a session of its own: Ctrl-C is this process's to hear, which then stops it in good order
        return subprocess.Popen(command, start_new_session=True)


def _greet(settings: Settings) -> None:
    signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))  # the terminal is gone: so is the server
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
    base = f"http://{host}:{settings.port}"
    click.echo(f"\n  The site   {base}/\n  The desk   {base}/desk\n")
    if demo := remembered(settings):
        click.echo(words(demo))
    click.echo("  Ctrl-C stops it.\n")


def _refuse_taken_port(settings: Settings) -> None:
    """A clear word instead of a server that dies in its own process."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Failed(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). Is Daybook running? "
                f"PORT={settings.port + 1} flask serve takes another one."
            ) from error
