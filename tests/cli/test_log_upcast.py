"""``flask log upcast --check``: whether today's code can read everything, from the outside."""

import json
from types import SimpleNamespace

from click.testing import Result
from flask import Flask

from cms.cli.log import log as command
from events.event import Event, event
from events.reading import retired
from events.store import EventStore
from tests.events.conftest import drafted, log, place, unit
from tests.events.declaring import declaring, store_as

__all__ = ["declaring", "log", "place"]


def check(store: EventStore, *arguments: str) -> Result:
    app = Flask("newsroom")
    app.extensions["daybook"] = SimpleNamespace(store=store)
    with app.app_context():
        return app.test_cli_runner().invoke(command, ["upcast", "--check", *arguments])


def test_every_shape_is_counted_and_all_is_well(log: EventStore, declaring: None) -> None:
    log.append(unit("article-1", 0, drafted()))
    retired("press.rinsed", 1)
    store_as(log, "press-1", ("press.rinsed", 1, {"water": True}))
    said = check(log)
    assert said.exit_code == 0
    assert "1  article.drafted (1)\n" in said.stdout and "1  press.rinsed (1) → nothing" in said.stdout
    assert said.stdout.endswith("2 events, every one can be read.\n")


def test_what_cannot_be_read_is_named_and_the_rest_is_read_on(log: EventStore, declaring: None) -> None:
    @event("press.sent")
    class Sent(Event, frozen=True):
        to: str

    store_as(log, "press-1", ("press.dreamt", 4, {"of": "ink"}), ("press.sent", 1, {"to": "x"}), ("press.sent", 1, {}))
    assert check(log).exit_code == 1
    found = json.loads(check(log, "--json").stdout)
    assert not found["ok"] and found["events"] == 3
    assert [(bad["type"], bad["schema"], bad["positions"]) for bad in found["unreadable"]] == [
        ("press.dreamt", 4, [1]), ("press.sent", 1, [3]),
    ]  # fmt: skip
    assert {shape["type"]: shape["read_as"] for shape in found["shapes"]}["press.sent"] == {"press.sent": 1}
