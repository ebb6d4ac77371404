"""Looking at the log as an operator does: who did what, found by anything, and how a thing stood at any moment."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from app import create_app
from cms import article
from cms.cli.log import log
from cms.decider import Actor
from cms.house import House
from cms.settings import load_settings
from cms.units import Origin
from events.instant import DAY, HOUR, now, to_iso
from tests.events.conftest import headline, unit
from tests.whole.conftest import environment, flask

STORY = "0193a7c5-0000-7000-8000-000000000001"
STREAM = f"article-{STORY}"


class Desk:
    """A newsroom with one story that somebody wrote three days ago by the clock of what happened."""

    def __init__(self, folder: Path) -> None:
        self.var = folder / "var"
        settings = load_settings({"DAYBOOK_VAR": str(self.var), "DAYBOOK_PASSWORD_MEMORY": "64"}, dotenv=None)
        self.app = create_app(settings)
        self.house: House = self.app.extensions["daybook"]
        self.anna = self.house.accounts.add("anna@news.example", "Anna Reed", "editor")
        self.began = now() - 3 * DAY
        anna, newsroom = Actor(self.anna.id, "editor"), self.house.newsroom
        asked = Origin(request="r-17", correlation="c-4")
        newsroom.handle(article.Draft(STORY, "Ferry runs aground"), anna, origin=asked, occurred_at=self.began)
        newsroom.handle(article.ChangeHeadline(STORY, "Ferry refloated"), anna, occurred_at=self.began + HOUR)
        newsroom.handle(article.ChangeStandfirst(STORY, "All are well"), Actor(None, "administrator", "system"))

    def invoke(self, *words: str, status: int = 0) -> Result:
        with self.app.app_context():
            done = self.app.test_cli_runner().invoke(log, words)
        assert done.exit_code == status, done.output
        return done

    def run(self, *words: str, status: int = 0) -> str:
        return self.invoke(*words, status=status).output

    def answer(self, *words: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.invoke(*words, "--json").stdout)
        return answer

    def positions(self, *words: str) -> list[int]:
        said = self.invoke("find", *words, "--json").stdout
        return [json.loads(line)["position"] for line in said.splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.house.close()


def test_a_line_tells_who_by_name_what_and_where(desk: Desk) -> None:
    first, second, third = desk.run("tail").splitlines()
    assert first.split()[0] == "1" and "Anna Reed" in first and f"{STREAM} v1  article.drafted" in first
    assert 'headline="Ferry refloated"' in second and "(system)" in third
    assert desk.run("tail", "-n", "1") == third + "\n"
    assert "\x1b" not in first, "no colours but on a terminal"
    told = json.loads(desk.run("tail", "-n", "3", "--json").splitlines()[0])
    assert (told["who"], told["meta"]["actor"], told["data"]["headline"]) == (
        "Anna Reed", desk.anna.id, "Ferry runs aground",
    )  # fmt: skip


def test_one_event_is_told_with_command_request_times_and_seal(desk: Desk) -> None:
    said = desk.run("show", "1")
    for words in (
        f"{STREAM}, version 1", "article.drafted, schema 1", f"Anna Reed ({desk.anna.id}), through desk",
        "article.draft ", "positions 1 to 1", "c-4", "r-17", to_iso(desk.began), "not yet", '"Ferry runs aground"',
    ):  # fmt: skip
        assert words in said
    event = desk.answer("show", "1")["events"][0]
    assert event["command"]["id"] == event["meta"]["command_id"]
    assert "There is nothing at 99" in desk.run("show", "99", status=1)


def test_a_stream_is_told_by_its_events(desk: Desk) -> None:
    assert len(desk.run("show", STREAM).splitlines()) == 3
    assert [event["version"] for event in desk.answer("show", STREAM)["events"]] == [1, 2, 3]
    assert "There is nothing at article-none" in desk.run("show", "article-none", status=1)


def test_events_are_found_by_anything(desk: Desk) -> None:
    assert desk.positions() == [1, 2, 3]
    assert desk.positions("--actor", "anna") == desk.positions("--actor", desk.anna.id) == [1, 2]
    assert desk.positions("--type", "article.headline_changed") == [2]
    assert desk.positions("--type", "article", "--stream", "article") == [1, 2, 3]
    assert desk.positions("--stream", STREAM, "-n", "2") == [1, 2]
    assert desk.positions("--text", "REFLOATED") == [2]
    assert desk.positions("--id", "r-17") == desk.positions("--id", "c-4") == [1]
    assert desk.positions("--since", "1h") == [1, 2, 3] == desk.positions("--until", "2999-01-01")
    for nothing in (("--until", "1d"), ("--since", "2999-01-01"), ("--type", "article.head"), ("--stream", "art")):
        assert "No event meets that" in desk.run("find", *nothing, status=1)
    assert "is no moment. Write 2026" in desk.run("find", "--since", "teatime", status=2)


def test_a_thing_is_shown_as_it_stood_at_a_moment(desk: Desk) -> None:
    def shown(*moment: str) -> str:
        found: str = desk.answer("show", STREAM, *moment)["state"]["content"]["headline"]
        return found

    assert shown("--state") == "Ferry refloated"
    assert shown("--as-of-version", "1") == shown("--as-of-position", "1") == "Ferry runs aground"
    assert shown("--at", to_iso(desk.began)) == "Ferry runs aground"
    assert shown("--at", to_iso(desk.began + 2 * HOUR)) == shown("--recorded", "2999-01-01") == "Ferry refloated"
    said = desk.run("show", STREAM, "--occurred", to_iso(desk.began + 2 * HOUR))
    assert "version 2 of 3" in said and "headline  Ferry refloated" in said and "standfirst" not in said
    assert "at that moment" in desk.run("show", STREAM, "--recorded", "1999-01-01", status=1)
    assert "An event has no state" in desk.run("show", "1", "--state", status=2)


def test_what_stands_in_the_log_does_not_steer_a_terminal(desk: Desk) -> None:
    desk.house.store.append(unit("article-2", 0, headline("a\x1b[2J\x07b")))
    for words in (("tail",), ("show", "article-2"), ("show", "4")):
        assert "\x1b" not in desk.run(*words) and "\x07" not in desk.run(*words)


def test_whoever_reads_may_stop_and_nothing_is_said_about_it(desk: Desk) -> None:
    desk.house.store.append(unit("article-3", 0, *[headline(f"{number} " * 30) for number in range(4000)]))
    desk.house.close()
    for words in (["log", "find"], ["log", "show", "article-3"]):
        with subprocess.Popen(
            flask(*words), env=environment(desk.var), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None and process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == ""
