"""Every event that the desk leads to says which command it is of, which request that came with, and what led to it."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from events.event import Meta
from tests.desk.conftest import Newsroom
from tests.desk.test_writing_api import Script


def meta(newsroom: Newsroom, id: str) -> Meta:
    """Of the newest event of an article."""
    return list(newsroom.house.store.read_stream(f"article-{id}"))[-1].meta


@pytest.fixture
def rita(newsroom: Newsroom) -> Script:
    return Script(newsroom, "rita")


@pytest.mark.parametrize(
    ("given", "kept"), [("edge-7f/3", True), (None, False), ("x" * 101, False), ("two words", False), ("é", False)]
)
def test_the_request_has_the_web_servers_id_or_one_made_here(
    newsroom: Newsroom, rita: Script, given: str | None, kept: bool
) -> None:
    id, command = str(uuid7()), str(uuid7())
    body = {"command_id": command, "commands": [{"do": "article.draft", "id": id, "headline": "Bridge closed"}]}
    headers: dict[str, Any] = {"X-Daybook-Key": rita.key, **({"X-Request-Id": given} if given else {})}
    answer = rita.client.post("/desk/api/commands", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    told = meta(newsroom, id)
    assert told.request == answer.headers["X-Request-Id"] and (told.request == given) is kept
    assert str(told.command_id) == command and (told.face, told.command) == ("desk", "article.draft")
