"""Panels beside the writing screen: what can be done with the story, and what is to be looked at."""

from flask import request
from werkzeug.wrappers import Response

from cms.article import Article
from cms.desk import panels, states
from cms.desk.asking import perform
from cms.desk.checks import checks
from cms.desk.forms import Action, Answer
from cms.desk.onward import onward
from cms.desk.page import now, render
from cms.desk.session import HOME, person
from cms.desk.stories import findable, listing
from cms.desk.stories.article_actions import actions, foremost

# Publishing has a screen of its own, notes a panel; what takes a story away is on the story's page.
OFFERED = ("submit", "take-back", "approve", "return", "cancel-schedule", "assign", "due", "embargo", "recover")


def register() -> None:
    """Offer them."""
    panels.add("workflow", "Workflow", "send", _workflow)
    panels.add("search", "Search and social", "share-2", findable.panel)
    panels.add("checks", "Checks", "circle-check", _checks)


def _workflow(id: str, article: Article) -> Response:
    answer, said = Answer(), ""
    if request.method == "POST":
        answer, said = _done(id, article)
        article = states.article(id)
    marks, note = listing.marks_of(id)
    return render(
        "panel_workflow.html", 422 if answer.errors else 200, id=id, article=article, answer=answer,
        done=said, actions=_offered(id, article), marks=marks,
        onward=onward(id, article, now(), person(), note), first=foremost(article),
    )  # fmt: skip


def _offered(id: str, article: Article) -> list[Action]:
    return [action for action in actions(id, article, now(), person()) if action.name in OFFERED]


def _done(id: str, article: Article) -> tuple[Answer, str]:
    """What came of a form of the panel: what is to be mended in it, or what is said of it."""
    offered, name = _offered(id, article), request.form.get("do", "")
    answer = perform(offered, name, f"{HOME}/articles/{id}")
    if isinstance(answer, Answer):
        return answer, ""
    return Answer(), next((action.said for action in offered if action.name == name), "This was done already.")


def _checks(id: str, article: Article) -> Response:
    return render("panel_checks.html", id=id, checks=checks(article, now()), words=article.content.body.words)
