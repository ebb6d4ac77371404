"""``flask import edits``: the whole history of an article a record, revision by revision. See docs/import-format.md."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from marshmallow import fields, validate

from cms import article
from cms.decider import Actor, Command
from cms.importing.articles import FORMATS, before_readers, body, kind_of, plain, slugged, wiring
from cms.importing.names import Look, Names
from cms.importing.records import (
    BadRecord,
    Moment,
    Place,
    Record,
    fingerprint,
    id_of,
    lines,
    loaded,
    parsed,
    texts,
    words,
)
from cms.importing.taking import Item, unreadable
from cms.units import Origin
from events.instant import Instant

OPS = ("create", "edit", "delete", "restore")


class History(Record):
    """An article and everything that was done to it."""

    article_id = fields.String(required=True, validate=validate.Length(1, 200))
    body_format = fields.String(load_default="markdown", validate=validate.OneOf(FORMATS))
    lang = fields.String(load_default="en")
    revisions = fields.List(fields.Dict(), required=True, validate=validate.Length(1))


class Revision(Record):
    """One thing that was done: by whom, when, and how the article stood then."""

    seq = fields.Integer(required=True, strict=True, validate=validate.Range(0))
    op = fields.String(required=True, validate=validate.OneOf(OPS))
    author = fields.String(required=True, validate=validate.Length(1))
    at_effective = Moment(required=True)
    commit = words()
    headline, summary, deck, kicker = words(), words(), words(), words()
    body, slug, source_url = words(), words(), words()
    bylines, topics, tags = texts(), texts(), texts()
    published_at = Moment(load_default=None)
    draft = fields.Boolean(load_default=False)


_history, _revision = History(), Revision()
Told = tuple[Place, dict[str, Any] | str]  # a revision, or why it is none


def groups(paths: Iterable[Path]) -> Iterator[list[Item]]:
    """The revisions of some files, those of an article together. Raises BadFile."""
    for path in paths:
        for place, line in lines(path):
            try:
                history = loaded(_history, parsed(line))
            except BadRecord as error:
                yield [unreadable(place, error)]
            else:
                yield _items(place, history)


def account_of(editor: str) -> str:
    """The account that stands for an editor of the source. Who that was is not in the log."""
    return f"import:{id_of('editor', editor)}"


def _items(place: Place, history: dict[str, Any]) -> list[Item]:
    items: list[Item] = []
    for number, told in enumerate(history["revisions"], 1):
        where = place._replace(part=f"revision {told.get('seq', number)}")
        try:
            revision = loaded(_revision, told)
        except BadRecord as error:
            items.append(unreadable(where, error))
        else:
            items.append(_item(where, history, revision))
    return items


def _item(place: Place, history: dict[str, Any], revision: dict[str, Any]) -> Item:
    source = history["article_id"]
    id = str(id_of("history", source))
    actor = Actor(account_of(revision["author"]), "administrator", "import")
    at: Instant = revision["at_effective"]
    origin = Origin(name=f"import.{revision['op']}", correlation=revision["commit"] or None, source_time=at)

    def build(look: Look, slug: bool) -> list[Command]:
        return commands(id, history, revision, look, slug)

    return Item(place, f"edit:{source}:{revision['seq']}", fingerprint(revision), actor, origin, at, build)


def commands(
    id: str, history: dict[str, Any], revision: dict[str, Any], look: Look, slug: bool
) -> list[Command]:
    """What a revision asks for. Most of it is as it was: the rules see that it changes nothing."""
    state = look(f"article-{id}")
    assert isinstance(state, article.Article)
    if revision["op"] == "delete":
        return _deleting(id, state, revision["at_effective"])
    asked = _words(id, history, revision, state, Names(look))
    asked += slugged(id, revision["slug"] if slug else "", state)
    return asked + _readers(id, state, revision)


def _deleting(id: str, state: article.Article, at: Instant) -> list[Command]:
    if state.newest(at):
        return [article.Withdraw(id, "Deleted at the source.")]
    if state.pending(at):
        return [article.CancelSchedule(id, "Deleted at the source."), article.Trash(id)]
    return [] if state.former else [article.Trash(id)]


def _words(
    id: str, history: dict[str, Any], revision: dict[str, Any], state: article.Article, names: Names
) -> list[Command]:
    headline = plain(revision["headline"], markup=True)
    doc = body((revision["body"],), history["body_format"], link=revision["source_url"])
    asked: list[Command] = [] if state.version else [article.Draft(id, headline, language=history["lang"])]
    if state.trashed:
        asked.append(article.Recover(id))
    asked += [
        article.ChangeHeadline(id, headline),
        article.ChangeKicker(id, plain(revision["kicker"], markup=True)),
        article.ChangeStandfirst(id, plain(revision["deck"] or revision["summary"], markup=True)),
        article.ReplaceBody(id, doc),
        article.ChangeKind(id, kind_of("news", doc)),
    ]
    return asked + wiring(id, names, "", revision["bylines"], [*revision["topics"], *revision["tags"]])


def _readers(id: str, state: article.Article, revision: dict[str, Any]) -> list[Command]:
    """What becomes of it before the readers: a draft is theirs no longer, what is dated ahead is theirs later."""
    at: Instant = revision["at_effective"]
    if revision["draft"]:
        if state.newest(at):
            return [article.Withdraw(id, "Made a draft again at the source.")]
        return [article.CancelSchedule(id, "Made a draft again at the source.")] if state.pending(at) else []
    if state.former and not state.issues and revision["op"] == "edit":
        return []  # withdrawn here in the meantime: an edit does not bring it back
    if not revision["headline"].strip():
        return []  # the beginnings of a story
    return [before_readers(id, state, at, revision["published_at"] or at, "imported history")]
