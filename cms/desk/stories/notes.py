"""Notes to the desk about a story as a whole: read and left beside it, by those who may leave one.

Their words lie sealed in the log, each under a key of its own, so that one can be forgotten and no other.
"""

from typing import NamedTuple

from flask import abort, request
from werkzeug.wrappers import Response

from cms import article as a
from cms.article import Article
from cms.desk import panels, states
from cms.desk.asking import perform
from cms.desk.forms import Answer
from cms.desk.house import house
from cms.desk.page import now, render
from cms.desk.session import HOME, person
from cms.desk.stories.article_actions import actions
from cms.roles import may
from events.article import ArticleNoteAdded
from events.envelope import open_envelope
from events.instant import Instant


class Left(NamedTuple):
    """A note. text: None where its words were erased."""

    id: str
    text: str | None
    by: str
    at: Instant


def register() -> None:
    """The panel."""
    panels.add("notes", "Notes", "message-square", _panel)


def of(id: str) -> list[Left]:
    """The notes of a story, the newest first."""
    names, keys = states.account_names(), house().keys
    found = [
        Left(
            recorded.event.note, open_envelope(recorded.event.text, keys),
            names.get(recorded.meta.actor or "", "Somebody"), recorded.recorded_at,
        )
        for recorded in house().store.read_stream(f"article-{id}")
        if isinstance(recorded.event, ArticleNoteAdded)
    ]  # fmt: skip
    return found[::-1]


def _panel(id: str, article: Article) -> Response:
    if not may(person().role, a.AddNote):
        abort(403)
    answer, said = Answer(), ""
    offered = [action for action in actions(id, article, now(), person()) if action.name == "note"]
    if request.method == "POST":
        done = perform(offered, "note", f"{HOME}/articles/{id}")
        answer, said = (done, "") if isinstance(done, Answer) else (Answer(), "The desk can read it now.")
    return render(
        "panel_notes.html", 422 if answer.errors else 200, id=id, notes=of(id), answer=answer, done=said,
        leave=offered[0] if offered else None,
    )  # fmt: skip
