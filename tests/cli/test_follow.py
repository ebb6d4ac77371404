"""``flask follow``: what operators see of the log's followers, and what they can decide."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from cms.house import House
from cms.settings import load_settings
from events.following.subscription import Pace, Subscription
from events.store import EventStore, Unit
from tests.events.conftest import drafted, headline, unit

STORY = "article-01890000-0000-7000-8000-000000000001"
AT_ONCE = Pace(first=0.0, longest=0.0, attempts=2)


class Shell:
    """An operator's."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.house: House = app.extensions["daybook"]

    def __call__(self, *arguments: str) -> Result:
        with self.app.app_context():
            return self.app.test_cli_runner().invoke(args=list(arguments))

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json").stdout)

    @property
    def store(self) -> EventStore:
        return self.house.store

    def append(self, unit: Unit) -> None:
        self.store.append(unit)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    settings = load_settings({"DAYBOOK_VAR": str(tmp_path / "var"), "DAYBOOK_PASSWORD_MEMORY": "64"}, dotenv=None)
    shell = Shell(create_app(settings))
    shell.house.prepare(lambda _: None)
    yield shell
    shell.house.close()


def mail(shell: Shell, *poison: int) -> None:
    """A follower that cannot take some events follows until it stops or has nothing to do."""

    def handle(events: Any) -> None:
        if bad := {recorded.position for recorded in events} & set(poison):
            raise ValueError(f"no address in {min(bad)}")

    following = Subscription(shell.store, shell.house.ledger, "mail", handle, pace=AT_ONCE)
    while following.step() not in ("idle", "stopped"):
        pass


def test_every_follower_says_where_it_is(shell: Shell) -> None:
    shell.append(unit(STORY, 0, drafted(), headline("x")))
    shell.house.step()
    mail(shell)
    said = shell("follow", "status")
    assert said.exit_code == 0
    assert [line.split()[:3] for line in said.stdout.splitlines()[1:]] == [
        ["desk-index", "2", "0"], ["index", "2", "0"], ["mail", "2", "0"], ["views", "2", "0"],
    ]  # fmt: skip


def test_one_that_stopped_says_where_and_why_and_what_to_do(shell: Shell) -> None:
    shell.append(unit(STORY, 0, drafted(), headline("x"), headline("y")))
    mail(shell, 2)
    said = shell("follow", "status")
    assert said.exit_code == 1
    assert "! mail stopped before position 2 (article.headline_changed) at" in said.stdout
    assert "ValueError: no address in 2" in said.stdout and 'flask follow park mail 2 --why "…"' in said.stdout
    assert shell.app.test_client().get("/readyz").status_code == 503
    assert shell("follow", "retry", "mail").stdout == "mail tries position 2 again.\n"
    mail(shell)
    assert shell("follow", "status").exit_code == 0


def test_parking_says_why_and_who_and_is_told_ever_after(shell: Shell) -> None:
    shell.append(unit(STORY, 0, drafted(), headline("x"), headline("y")))
    mail(shell, 2)
    said = shell("follow", "park", "mail", "2", "--why", "Nobody lives there any more.")
    assert said.exit_code == 0 and "mail passes over position 2 (“Nobody lives there any more.”, " in said.stdout
    mail(shell, 2)
    found = {one["name"]: one for one in shell.json("follow", "status")["followers"]}["mail"]
    assert found["position"] == 3 and found["failure"] is None
    [parked] = found["parked"]
    assert (parked["position"], parked["why"]) == (2, "Nobody lives there any more.") and "@" in parked["who"]
    assert shell("follow", "unpark", "mail", "2", "--why", "They are back.").exit_code == 0
    assert shell("follow", "reset", "mail", "--why", "Again, from the start.").exit_code == 0
    mail(shell)
    assert [one.what for one in shell.house.ledger.decisions("mail")] == ["parked", "unparked", "reset"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("park", "mail", "1", "--why", "x"), "has come past position 1 already"),
        (("park", "mail", "99", "--why", "x"), "There is no event at position 99"),
        (("park", "mail", "3", "--why", " "), "Say why"),
        (("park", "post", "3", "--why", "x"), "There are: desk-index, index, mail, views."),
        (("park", "index", "3", "--why", "x"), "park the event for the views"),
        (("unpark", "mail", "3", "--why", "x"), "is not parked"),
        (("reset", "views", "--why", "x"), "flask rebuild-index"),
        (("reset", "mail", "--to", "99", "--why", "x"), "There is no position 99"),
        (("retry", "post"), "Nothing that follows the log is called 'post'"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(shell: Shell, arguments: tuple[str, ...], words: str) -> None:
    shell.append(unit(STORY, 0, drafted(), headline("x"), headline("y")))
    mail(shell, 2)
    said = shell("follow", *arguments)
    assert said.exit_code == 1 and words in said.stderr
    assert not shell.house.ledger.decisions()


def test_parking_without_a_reason_is_bad_usage(shell: Shell) -> None:
    assert shell("follow", "park", "mail", "2").exit_code == 2


def test_views_that_stop_are_told_of_by_everybody(shell: Shell) -> None:
    shell.append(unit(STORY, 0, headline("of a story that nobody began")))
    with pytest.raises(Exception, match="stopped before position 1"):
        shell.house.step()
    assert "! views stopped before position 1 (article.headline_changed)" in shell("follow", "status").stdout
    assert "! views stopped before position 1" in shell("views", "status").stdout
    faults = shell.app.test_client().get("/readyz").json["faults"]
    assert any("views: stopped before position 1" in fault for fault in faults)


def test_what_the_views_were_told_to_pass_over_a_rebuild_passes_over_too(shell: Shell) -> None:
    shell.append(unit(STORY, 0, headline("of a story that nobody began")))
    shell.append(unit(STORY.replace("0001", "0002"), 0, drafted("Ferry runs aground")))
    with pytest.raises(Exception, match="stopped before position 1"):
        shell.house.step()
    rebuilt = shell("views", "rebuild")
    assert rebuilt.exit_code == 1 and "stopped before position 1" in rebuilt.stderr
    assert shell("follow", "park", "views", "1", "--why", "An import went wrong.").exit_code == 0
    assert shell.house.step() == 2
    assert "views pass over position 1 (“An import went wrong.”" in shell("views", "status").stdout
    ready = shell.app.test_client().get("/readyz")
    assert ready.status_code == 200
    parked = {one["name"]: one["parked"] for one in ready.json["followers"]}
    assert parked == {"desk-index": [], "index": [], "views": [1]}
    assert shell("views", "rebuild").exit_code == 0 and shell("views", "verify").exit_code == 0
    stories = shell.house.views.desk(shell.house.now()).stories().items
    assert [story.headline for story in stories] == ["Ferry runs aground"]
