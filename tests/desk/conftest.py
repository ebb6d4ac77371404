"""A newsroom with people, and browsers in which they are signed in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app import create_app
from cms import desk as desks
from cms.decider import Actor, Command
from cms.house import House
from cms.people.accounts import Accounts
from cms.settings import load_settings
from events.instant import SECOND, Instant, from_iso
from tests.desk.writing_room import room, shared_room

__all__ = ["room", "shared_room"]  # fixtures

PASSWORD = "seven quiet harbours"
PEOPLE = {
    "rita": ("Rita Okafor", "reporter"),
    "ed": ("Ed Lindqvist", "editor"),
    "cora": ("Cora Hale", "chief"),
    "pia": ("Pia Novak", "photo_editor"),
    "ada": ("Ada Morrow", "administrator"),
}


class Clock:
    def __init__(self) -> None:
        self.at: Instant = from_iso("2026-11-23T09:00:00Z")

    def __call__(self) -> Instant:
        self.at += SECOND // 100
        return self.at


class Browser:
    """Somebody's browser: goes to pages, fills in their forms, follows where they lead."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: TestResponse = client.get("/desk")

    @property
    def text(self) -> str:
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.page.text)))

    def go(self, path: str, status: int = 200) -> "Browser":
        self.page = self.client.get(path)
        assert self.page.status_code == status, self.text
        return self

    def form(self, action: str) -> dict[str, Any]:
        """The fields of the form with this action, as they are filled in now."""
        found = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', self.page.text, re.DOTALL)
        assert found, f"no form {action} on the page: {self.text}"
        return fields_of(found[0])

    def send(self, action: str, status: int = 303, **typed: Any) -> "Browser":
        """Fill in and send a form of this page."""
        self.page = self.client.post(action, data={**self.form(action), **typed})
        assert self.page.status_code == status, f"{self.page.status_code}: {self.text}"
        if status == 303:
            self.page = self.client.get(self.page.headers["Location"], follow_redirects=True)
            assert self.page.status_code == 200, self.text
        return self


def fields_of(html: str) -> dict[str, Any]:
    """What a browser would send of this HTML, untouched."""
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", html):
        one = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        ticked = one.get("type") not in ("checkbox", "radio") or re.search(r"\bchecked\b", tag)
        if "name" in one and one.get("type") != "file" and ticked:
            _put(fields, one["name"], unescape(one.get("value", "")))
    for name, value in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        _put(fields, name, unescape(value))
    for tag, options in re.findall(r"<select ([^>]*)>(.*?)</select>", html, re.DOTALL):
        values = re.findall(r'<option value="([^"]*)"( selected)?', options)
        chosen = [value for value, selected in values if selected] or [values[0][0]]
        _put(fields, re.findall(r'name="(\w+)"', tag)[0], unescape(chosen[0]))
    return fields


def _put(fields: dict[str, Any], name: str, value: str) -> None:
    if name in fields:
        before = fields[name] if isinstance(fields[name], list) else [fields[name]]
        fields[name] = [*before, value]
    else:
        fields[name] = value


class Rooms(House):
    """The house, with a clock that the test sets."""

    @cached_property
    def accounts(self) -> Accounts:
        settings = self.settings
        return Accounts(
            settings.accounts, secret=settings.secret(), password_memory=settings.password_memory, clock=self.clock
        )


class Newsroom:
    """The house with its people, and the app."""

    def __init__(self, folder: Path) -> None:
        environ = {"DAYBOOK_VAR": str(folder), "DAYBOOK_PASSWORD_MEMORY": "32", "DAYBOOK_SECRET_KEY": "s" * 40}
        self.clock = Clock()
        self.house = Rooms(load_settings(environ, None), self.clock)
        self.house.views.rebuild()
        self.house.index.rebuild(self.house.documents)
        self.app = Flask("daybook", static_folder=None)
        self.app.config.update(SECRET_KEY=self.house.settings.secret(), TESTING=True)
        desks.register(self.app, self.house)
        self.people = {
            key: self.house.accounts.add(f"{key}@example.org", name, role, PASSWORD)
            for key, (name, role) in PEOPLE.items()
        }

    def browser(self, key: str) -> Browser:
        """This person's browser, signed in."""
        browser = Browser(self.app.test_client())
        browser.go("/desk/sign-in")
        return browser.send("/desk/sign-in", email=f"{key}@example.org", password=PASSWORD)

    @contextmanager
    def reader(self) -> Iterator[FlaskClient]:
        """Somebody who reads the site, which is not in this app."""
        app = create_app(self.house.settings, self.clock)
        try:
            yield app.test_client()
        finally:
            app.extensions["daybook"].close()

    def reads(self, path: str) -> tuple[int, str]:
        """What a reader gets there: the status, and where it leads."""
        with self.reader() as reader:
            answer = reader.get(path)
            return answer.status_code, answer.headers.get("Location", "")

    def do(self, *commands: Command, who: str = "ada", id: UUID | None = None) -> None:
        """Commands, through the newsroom's door."""
        person = self.people[who]
        self.house.newsroom.handle(list(commands), Actor(person.id, person.role), id or uuid7())


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    newsroom = Newsroom(tmp_path / "var")
    yield newsroom
    newsroom.house.close()
