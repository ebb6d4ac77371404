"""The PostgreSQL that tests are given is real, theirs alone, and gone when the run has ended."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url, text

from tests.postgres import CONFIGURED, address

ROOT = Path(__file__).parents[1]


def test_a_test_has_a_database_of_its_own(postgres: str) -> None:
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE here (n int)"))
        assert int(connection.execute(text("SHOW server_version_num")).scalar_one()) >= 150000
    engine.dispose()


def test_another_finds_nothing_in_it(postgres: str) -> None:
    with psycopg.connect(address(postgres)) as connection:
        assert connection.execute("SELECT to_regclass('here')").fetchone() == (None,)


INNER = """
import os, signal
def test_it(postgres, tmp_path_factory):
    print(postgres, file=open(os.environ["TELL"], "w"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_server_stops_with_the_run_even_if_that_is_killed(tmp_path: Path) -> None:
    if CONFIGURED:
        return  # that one is not ours to stop
    inner, told = tmp_path / "test_inner.py", tmp_path / "told"
    inner.write_text(INNER)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.postgres", "-p", "no:cacheprovider", str(inner)],
        cwd=ROOT, env=os.environ | {"TELL": str(told)}, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    folder = Path(str(make_url(told.read_text().strip()).query["host"]))
    deadline = time.monotonic() + 60
    while folder.exists():
        assert time.monotonic() < deadline, "the server is still there"
        time.sleep(0.1)
