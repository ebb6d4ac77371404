"""The site on the newsroom in memory."""
from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cms.site import register
from tests.site.fake_reader import FakeDaybook, Newsroom, small_newsroom


@pytest.fixture
def newsroom() -> Newsroom:
    return small_newsroom()


@pytest.fixture
def daybook(newsroom: Newsroom, tmp_path: Path) -> FakeDaybook:
    return FakeDaybook(newsroom, tmp_path)


@pytest.fixture
def app(daybook: FakeDaybook) -> Flask:
    app = Flask("site", static_folder=None)
    app.testing = True
    register(app, daybook)
    return app


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """Somebody with a browser."""
    return app.test_client()
