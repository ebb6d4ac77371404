"""The publish dialog: what readers will see change, where, when and as what; and a button that says what it does.

What it says of the address and of what stands in the way is found out by the newsroom's own rules, asked for the same
command without anything being written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, request
from werkzeug.wrappers import Response

from cms import article as a
from cms.article import Article, Content, Issue
from cms.decider import Actor, Command, Refused
from cms.desk import reading, states
from cms.desk.asking import ask, command_id
from cms.desk.checks import Check, checks
from cms.desk.forms import Answer, Errors, Field, Typed, local_value, read
from cms.desk.frames import blueprint
from cms.desk.history.comparing import Comparison, compared
from cms.desk.history.moments import live, moments
from cms.desk.house import house
from cms.desk.onward import SKIPS, approvers, can_approve, listed, publishers
from cms.desk.page import Faults, now, render, town
from cms.desk.publishing.receipt import Receipts, receipts
from cms.desk.session import HOME, person, see
from cms.desk.stories.article_actions import actions
from cms.roles import may
from cms.units import Conflict, Work
from events.article import ArticleRetracted, Publication
from events.event import Event
from events.instant import Instant

WHENS = ("now", "later", "embargo")
CHANGES = ("silent", "update", "clarification", "correction", "retraction")
REVIEW = ("submit", "approve", "return", "take-back")  # what brings a story nearer to its publication
ONLY_NOW = ("silent", "clarification", "correction", "retraction")
_NOTES = {
    "clarification": "Tell readers what is clearer now.",
    "correction": "Tell readers what was wrong and what is right.",
    "retraction": "Write the notice that stands in its place.",
}
_TITLES = {"correction": "Correct the story", "update": "Update the story", "retraction": "Retract the story"}
_NOTHING = "Readers have these words already: say what is new, or there is nothing to do."


@dataclass(frozen=True)
class Dialog:
    """What the screen shows. since: what moved while the person looked, where something did."""

    id: str
    article: Article
    live: Content | None
    issue: Issue | None  # what readers have
    pending: Issue | None
    difference: Comparison | None
    checks: list[Check]
    path: str
    approved: bool
    changed: bool
    typed: Typed
    errors: Errors
    since: Comparison | None = None
    withdrawn_at: Instant | None = None  # until when readers had it, where they do not have it any more

    @property
    def moves(self) -> bool:
        """Whether what readers have gets another address."""
        return self.issue is not None and bool(self.path) and self.path != self.issue.path

    @property
    def nothing(self) -> bool:
        """Whether readers have these words already, and none wait: then something can only be told of them."""
        return self.issue is not None and not self.changed and self.pending is None

    @property
    def title(self) -> str:
        """What is done here."""
        if self.issue is None:
            return "Publish"
        if self.typed.get("change") in _TITLES:
            return _TITLES[self.typed["change"]]
        return "Tell readers something" if self.nothing else "Publish the changes"

    @property
    def stopped(self) -> bool:
        """Whether it cannot go out as it is."""
        return any(check.stops for check in self.checks)


def register(app: Flask) -> None:
    """The routes."""
    pages = blueprint("publishing")
    pages.add_url_rule("/articles/<uuid:id>/publish", "publish", publish)
    pages.add_url_rule("/articles/<uuid:id>/publish", "publish_now", publish_now, methods=["POST"])
    pages.add_url_rule("/articles/<uuid:id>/receipt/<int:version>", "receipt", Receipts.page)
    pages.add_url_rule("/articles/<uuid:id>/receipt/<int:version>.json", "receipt_status", Receipts.status)
    app.register_blueprint(pages)


def publish(id: object) -> Response:
    """The dialog; ``change``: what kind of change is chosen already."""
    chosen = request.args.get("change", "")
    return _shown(str(id), states.known_article(id), Typed({"change": chosen} if chosen in CHANGES else ()), {})


def publish_now(id: object) -> Response:
    """Do what it says."""
    article, typed = states.known_article(id), request.form
    if (done_before := _done(str(id))) is not None:
        return done_before
    values, errors = _read(typed, article)
    if errors:
        return _shown(str(id), article, typed, errors, 422)
    command = _command(str(id), values, article)
    try:
        done = ask(command)
    except Refused as refused:
        field = {"public_from": "at", "until": "until", "notice": "note"}.get(refused.field or "", refused.field or "")
        asked = {"at", "until", "note", "without_approval", "pending", "change"}
        return _shown(str(id), article, typed, {field if field in asked else "": refused.message}, 422)
    except Conflict:
        words = "Nothing was published: the story has changed since you looked. What is new is shown here."
        return _shown(str(id), states.known_article(id), typed, {"": words}, 409)
    if isinstance(command, a.Embargo):
        return see(f"{HOME}/articles/{id}/publish", "The embargo is set. Nothing of it goes out before it ends.")
    version = done.versions.get(f"article-{id}")
    if version is None:
        return see(f"{HOME}/articles/{id}/publish", "Readers have these words already: nothing had to be done.", "")
    receipts().measure(str(id), version)
    return see(f"{HOME}/articles/{id}/receipt/{version}")


def _done(id: str) -> Response | None:
    """Where the same form led when it was sent before."""
    found = house().store.outcome(command_id())
    if found is None:
        return None
    for recorded in house().store.read_all(found.first_position - 1, found.position):
        if recorded.stream == f"article-{id}" and isinstance(recorded.event, Publication | ArticleRetracted):
            return see(f"{HOME}/articles/{id}/receipt/{recorded.version}")
    return see(f"{HOME}/articles/{id}/publish", "This was done already.")


def dialog(id: str, article: Article, typed: Typed, errors: Errors) -> Dialog:
    """Everything on the screen."""
    at = now()
    content, before, newest = article.content, live(id, article, at), article.newest(at)
    found, path = checks(article, at), ""
    try:
        path = address(id, article) or (newest.path if newest else "")
    except Refused as refused:
        if not any(check.stops for check in found):
            found = [Check(refused.message, stops=True), *found]
    reviewed = typed.get("reviewed", article.version, type=int)
    looked = moments().at(id, reviewed) if reviewed < article.version else None
    story = reading.desk().story(id) if article.former else None
    since = compared(looked.article.content, content) if looked and article.edited > reviewed else None
    return Dialog(
        id, article, before, newest, article.pending(at),
        compared(before, content, notes=False) if before else None,
        found, path, article.stage == "approved" or not article.changed(at), article.changed(at), typed, errors, since,
        story.withdrawn_at if story else None,
    )  # fmt: skip


def address(id: str, article: Article) -> str:
    """Where it would stand if it went out now. Raises Refused for whatever stands in its way, approval apart."""
    why, at = "asked for its address", now()
    command: Command
    if article.newest(at):
        command = a.Update(id, silent=True, without_approval=why, pending="cancel")
    else:
        command = a.Publish(id, without_approval=why, pending="cancel")
    if article.embargo is not None and article.embargo > at and not article.newest(at):
        command = a.Schedule(id, article.embargo, without_approval=why, pending="cancel")
    return next((event.path for event in tried(command) if isinstance(event, Publication)), "")


def tried(command: Command) -> tuple[Event, ...]:
    """What the newsroom would decide just now, for somebody who may do everything. Nothing is written."""
    work = Work(states.states().current)
    house().newsroom.decide(work, [command], Actor(None, "administrator"), None)
    return work.events()


def _read(typed: Typed, article: Article) -> tuple[dict[str, Any], Errors]:
    """What was chosen and filled in; only what the choice asks for is looked at."""
    public = article.newest(now()) is not None
    when, change = typed.get("when", "now"), typed.get("change", "") if public else ""
    fields = []
    if when == "later":
        fields.append(Field("at", kind="moment", required=True))
    elif when == "embargo":
        fields.append(Field("until", kind="moment", required=True))
    note = f"note_{change}"  # each kind of change has its own, so that nothing typed is lost by trying another
    needs = {*_NOTES, *(("update",) if not article.changed(now()) and not article.pending(now()) else ())}
    if public and when == "now" and change in CHANGES:
        fields.append(Field(note, required=change in needs))
    fields += [Field("without_approval"), Field("pending")]
    values, wrong = read(fields, typed, house().settings.zone)
    errors = dict(wrong)
    if when not in WHENS:
        errors["when"] = "Say when it goes out."
    if public and when == "now" and change not in CHANGES:
        errors["change"] = "Say what kind of change it is: readers are told accordingly."
    elif when == "later" and change in ONLY_NOW:
        errors["change"] = "That goes out at once. Choose ‘now’, or make it an update."
    elif note in errors:
        del errors[note]
        errors["note"] = _NOTES.get(change, _NOTHING)
    told = {"note": values.get(note, ""), "when": when, "change": change, "reviewed": typed.get("reviewed", type=int)}
    return values | told, errors


def _command(id: str, values: Mapping[str, Any], article: Article) -> Command:
    at = now()
    reviewed, why = values["reviewed"], values["without_approval"] or None
    pending = cast(Any, values["pending"] if values["pending"] in ("keep", "cancel") else None)
    note, change = values["note"], values["change"]
    if values["when"] == "embargo":
        return a.Embargo(id, values["until"])
    if values["when"] == "later":
        return a.Schedule(id, values["at"], reviewed, why, "cancel")
    if article.newest(at) is None:
        return a.Publish(id, reviewed, why, "cancel")
    if change == "retraction":
        return a.Retract(id, note)
    if change == "correction":
        return a.Correct(id, note, reviewed, why, pending)
    silent = change == "silent"
    return a.Update(id, "" if silent else note, silent, change == "clarification", reviewed, why, pending)


def _shown(id: str, article: Article, typed: Typed, errors: Errors, status: int = 200) -> Response:
    me, zone = person(), house().settings.zone
    return render(
        "publish.html", status, faults=_faults(typed, errors),
        d=dialog(id, article, typed, errors), may_publish=may(me.role, a.Publish),
        may_retract=may(me.role, a.Retract), may_skip=me.role in SKIPS,
        site=house().settings.site_url, zone=town(),
        embargo=_ahead(article.embargo), ends=local_value(article.embargo, zone),
        actions=[one for one in actions(id, article, now(), me) if one.name in REVIEW], answer=Answer(),
        can_approve=can_approve(article, me), approvers=listed(approvers(article, me), "Nobody else here"),
        publishers=listed(publishers(article), "Nobody here"),
    )  # fmt: skip


def _faults(typed: Typed, errors: Errors) -> Faults:
    """What is wrong, and the id of the field in which it is."""
    first = {"when": "when-now", "change": "change-update", "pending": "pending-cancel"}  # of several to choose from
    first["note"] = f"note-{typed.get('change')}"
    asked = {"at": "At what time? ", "until": "Until when? "}
    return [(first.get(field, field), asked.get(field, "") + words) for field, words in errors.items()]


def _ahead(until: Instant | None) -> bool:
    return until is not None and until > now()
