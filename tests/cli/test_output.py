"""How operators' commands speak to people and to machines."""

import json

import click
import pytest
from click.testing import CliRunner

from cms.cli.output import Failed, Lines, Output, duration, speaks


@click.command()
@click.option("--fail", is_flag=True)
@click.option("--bad", is_flag=True)
@speaks
def count(out: Output, fail: bool, bad: bool) -> None:
    with out.progress("Counting", total=3, unit="sheep") as progress:
        for _ in range(3):
            progress.advance()
    if fail:
        raise Failed("The third sheep is a goat.", {"goat": 3})
    out.done({"sheep": 3}, "3 sheep.", ok=not bad)


def test_people_get_words_and_progress_stays_off_standard_output() -> None:
    result = CliRunner().invoke(count)
    assert result.exit_code == 0
    assert result.stdout == "3 sheep.\n"
    assert result.stderr.startswith("Counting: 3 of 3 (100%) sheep, ")


def test_one_is_not_said_as_many(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines("Living", None, "moments")
    for said in ("Living: 1 moment, ", "Living: 2 moments, "):
        lines.advance()
        lines.end()
        assert capsys.readouterr().err.startswith(said)


def test_machines_get_one_object() -> None:
    result = CliRunner().invoke(count, ["--json"])
    assert json.loads(result.stdout) == {"ok": True, "sheep": 3}
    assert "Counting" in result.stderr


def test_a_promise_that_does_not_hold_is_exit_1() -> None:
    result = CliRunner().invoke(count, ["--json", "--bad"])
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"ok": False, "sheep": 3}


def test_a_failure_is_told_to_both() -> None:
    result = CliRunner().invoke(count, ["--json", "--fail"])
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"ok": False, "error": "The third sheep is a goat.", "goat": 3}
    assert "The third sheep is a goat." in result.stderr
    assert CliRunner().invoke(count, ["--fail"]).stdout == ""


def test_bad_usage_is_exit_2() -> None:
    assert CliRunner().invoke(count, ["--sheep"]).exit_code == 2


def test_lines_of_progress_come_seldom_with_rate_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    moment = 0.0
    lines = Lines("Importing", 1000, "articles", clock=lambda: moment)
    for _ in range(10):
        moment += 1.0
        lines.advance(50)
    lines.end()
    assert capsys.readouterr().err.splitlines() == [
        "Importing: 250 of 1,000 (25%) articles, 50/s, about 15 s left",
        "Importing: 500 of 1,000 (50%) articles, 50/s, about 10 s left",
        "Importing: 500 of 1,000 (50%) articles, 50/s, 10 s",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.44, "0.4 s"), (12, "12 s"), (185, "3 min 05 s"), (7801, "2 h 10 min")]
)
def test_durations_are_for_people(seconds: float, words: str) -> None:
    assert duration(seconds) == words
