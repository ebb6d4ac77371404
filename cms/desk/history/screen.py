"""A story's history: who did what, what differs between any two moments, the story as it was, and putting it back."""

from typing import NamedTuple

from flask import Flask, abort, request
from werkzeug.wrappers import Response

from cms import article as a
from cms.article import Article
from cms.decider import Refused
from cms.desk import panels, reading, states
from cms.desk.asking import LATE, ask, command_id
from cms.desk.frames import blueprint
from cms.desk.history.comparing import Comparison, compared
from cms.desk.history.drawing import drawn, path_of, picture
from cms.desk.history.moments import Moment, moments
from cms.desk.history.restoring import LABELS, moved, restored
from cms.desk.history.sittings import sittings
from cms.desk.house import house
from cms.desk.lines import sentence, who
from cms.desk.page import moment as in_words
from cms.desk.page import now, render
from cms.desk.session import HOME, person, see
from cms.roles import may
from cms.units import Conflict, Origin
from events.instant import to_iso
from views import cursors

PAGE = 120  # lines of the history on a page
IN_RAIL = 40
FEW = 6  # lines of a sitting that are shown at once
ATTEMPTS = 5


class Then(NamedTuple):
    """A moment of the story, as the pages name it."""

    version: int
    moment: Moment
    said: str  # what was done last
    who: str


def register(app: Flask) -> None:
    """The routes, and the panel."""
    pages = blueprint("history")
    pages.add_url_rule("/articles/<uuid:id>/history", "history", history)
    pages.add_url_rule("/articles/<uuid:id>/history/compare", "compare", compare)
    pages.add_url_rule("/articles/<uuid:id>/history/<int:version>", "as_it_was", as_it_was)
    pages.add_url_rule("/articles/<uuid:id>/history/<int:version>/page", "as_it_was_page", as_it_was_page)
    pages.add_url_rule("/articles/<uuid:id>/restore", "restore", restore, methods=["POST"])
    pages.add_url_rule("/articles/<uuid:id>/media/<uuid:image>/<sha256>/<name>", "media", media)
    app.register_blueprint(pages)
    panels.add("history", "History", "history", _panel)


def history(id: object) -> Response:
    """Who did what, by sittings. ``?every=1``: each change of the body by itself."""
    article, every = states.known_article(id), "every" in request.args
    before = request.args.get("before")
    lines = reading.desk().history(f"article-{id}", PAGE, before, grouped=not every)
    return render(
        "history.html", id=str(id), article=article, sittings=sittings(lines.items), next=lines.next_cursor,
        account=states.account_names(), every=every, few=FEW, first_page=before is None,
    )  # fmt: skip


def compare(id: object) -> Response:
    """What differs between two moments, the earlier one first whichever was picked as which."""
    article = states.known_article(id)
    picked = [request.args.get(name, default, type=int) for name, default in (("then", 1), ("now", article.version))]
    one, other = (then(str(id), version) for version in sorted(picked))
    difference = compared(one.moment.article.content, other.moment.article.content)
    return _compared(str(id), article, one, other, difference)


def as_it_was(id: object, version: int) -> Response:
    """The story at a moment, in a frame."""
    article, found = states.known_article(id), then(str(id), version)
    was = found.moment.article
    issue = was.newest(found.moment.at)
    public = issue is not None and found.moment.at < now()
    return render(
        "moment.html", id=str(id), article=article, found=found, latest=article.version,
        reader=f"/at/{to_iso(found.moment.at)}{issue.path}" if issue and public else "",
        changed=was.changed(found.moment.at), may_restore=_may_restore(article), labels=LABELS,
    )  # fmt: skip


def as_it_was_page(id: object, version: int) -> Response:
    """The page in that frame: with that day's captions and bylines."""
    states.known_article(id)
    found = then(str(id), version)
    was, at = found.moment.article, found.moment.at
    return drawn(str(id), was.content, path_of(str(id), was, at), f"{HOME}/articles/{id}/media", at=at)


def media(id: object, image: object, sha256: str, name: str) -> Response:
    """A picture of such a page, public or not."""
    states.known_article(id)
    return picture(str(image), sha256, name)


def restore(id: object) -> Response:
    """Put a part, or all of it, back as it was."""
    article, found = states.known_article(id), then(str(id), request.form.get("version", 0, type=int))
    part, seen = request.form.get("part", ""), request.form.get("seen", 0, type=int)
    if house().store.known_commands([command_id()]):
        return see(f"{HOME}/articles/{id}/history", "This was done already.")
    looked = moments().at(str(id), seen) or Moment(article, now(), None)
    if others := moved(looked.article.content, article.content, part):
        words = f"Nothing was put back. Meanwhile somebody has changed: {', '.join(others)}. This is how it stands now."
        return _again(str(id), article, found, words, 409)
    try:
        for attempt in range(1, ATTEMPTS + 1):
            commands = restored(str(id), found.moment.article.content, article.content, part)
            if not commands:
                return see(f"{HOME}/articles/{id}/history", "It is like that already: nothing had to be done.", "")
            try:
                done = ask(commands, expected=article.version, origin=Origin(name="article.restore"))
                break
            except Conflict:  # somebody typed in the same second: look again where it belongs
                article = states.known_article(id)
                if attempt == ATTEMPTS or moved(looked.article.content, article.content, part):
                    raise
    except Refused as refused:
        field = f"{LABELS[refused.field]}: " if refused.field in LABELS else ""
        words = f"Nothing was put back. {field}{refused.message}"
        if part == "all":
            words += " Put the other parts back one by one."
        return _again(str(id), article, found, words, 422)
    except Conflict:
        words = "Nothing was put back: others are writing in it at this moment. Try again."
        return _again(str(id), article, found, words, 409)
    what = "Everything" if part == "all" else LABELS.get(part, "The paragraph")
    said = f"{what} is as it was on {in_words(found.moment.at)}. What stood there before is kept in the history."
    return see(f"{HOME}/articles/{id}/history", said + ("" if done.caught_up else LATE))


def then(id: str, version: int) -> Then:
    """The story at a version; 404 where it has none such."""
    found = moments().at(id, version)
    if found is None:
        abort(404)
    last = next(iter(house().store.read_stream(f"article-{id}", after=version - 1, until=version)))
    line = reading.desk().history(f"article-{id}", 1, cursors.encode(last.position + 1, "stream"), grouped=False).items
    names = states.account_names()
    lines = [one for one in line if one.version == version]  # the lists may be a moment behind the log
    return Then(version, found, sentence(lines[0], names) if lines else "changed it", who(found.actor, names))


def _may_restore(article: Article) -> bool:
    return not article.trashed and not article.retracted and may(person().role, a.ReplaceBody)


def _again(id: str, article: Article, found: Then, fault: str, status: int) -> Response:
    present = then(id, article.version)
    difference = compared(found.moment.article.content, article.content)
    return _compared(id, article, found, present, difference, fault, status)


def _compared(
    id: str, article: Article, one: Then, other: Then, difference: Comparison, fault: str = "", status: int = 200
) -> Response:
    return render(
        "compare.html", status, faults=[("", fault)] if fault else [], id=id, article=article, then=one, now_=other,
        difference=difference, may_restore=_may_restore(article), latest=article.version,
    )  # fmt: skip


def _panel(id: str, article: Article) -> Response:
    lines = reading.desk().history(f"article-{id}", IN_RAIL)
    return render(
        "panel_history.html", id=id, article=article, sittings=sittings(lines.items), few=2,
        more=lines.next_cursor is not None, account=states.account_names(),
    )  # fmt: skip
