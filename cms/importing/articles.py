"""``flask import articles``: one article a record, as it stood last. See docs/import-format.md."""

import html
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from marshmallow import fields, validate

from cms import article
from cms.decider import SLUG, SLUG_LENGTH, Command
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
from cms.importing.taking import IMPORTER, Item, unreadable
from cms.units import Origin
from events import document
from events.article import Credit, Kind
from events.document import Doc
from events.instant import Instant

FORMATS = ("plain", "markdown", "html")
KINDS: tuple[str, ...] = get_args(Kind)


class Paragraphs(fields.Field[list[str]]):
    """A text, or a list of texts."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        found: list[str] = fields.List(fields.String()).deserialize(value, attr, data, **kwargs)
        return found


class ArticleRecord(Record):
    """One article as it stood last."""

    id = fields.String(required=True, validate=validate.Length(1, 200))
    headline = fields.String(required=True, validate=validate.Length(1))
    published_at = Moment(required=True)
    body = Paragraphs(load_default=list)
    body_format = fields.String(load_default="plain", validate=validate.OneOf(FORMATS))
    summary, kicker, dateline = words(), words(), words()
    slug, section, source, source_url = words(), words(), words(), words()
    bylines, tags = texts(), texts()
    kind = fields.String(load_default="news")
    lang = fields.String(load_default="en")


_schema = ArticleRecord()
_INLINE = "\u2060"  # a line that begins with this (a word joiner) is no heading, list or link definition, but a line


def groups(paths: Iterable[Path], now: Callable[[], Instant]) -> Iterator[list[Item]]:
    """The records of some files, each a group of its own. Raises BadFile."""
    for path in paths:
        for place, line in lines(path):
            yield [_item(place, line, now)]


def _item(place: Place, line: bytes, now: Callable[[], Instant]) -> Item:
    try:
        record = loaded(_schema, parsed(line))
    except BadRecord as error:
        return unreadable(place, error)
    origin = Origin(name="import.article", source_time=record["published_at"])
    then = min(record["published_at"], now())  # what is to be public later is scheduled now

    def build(look: Look, slug: bool) -> list[Command]:
        return commands(record, look, then, now(), slug)

    return Item(place, f"article:{record['id']}", fingerprint(record), IMPORTER, origin, then, build)


def commands(record: dict[str, Any], look: Look, then: Instant, now: Instant, slug: bool) -> list[Command]:
    """What a record asks for: an article that is made, or one that is there already brought to these words."""
    id = str(id_of("article", record["id"]))
    state = look(f"article-{id}")
    assert isinstance(state, article.Article)
    markup = record["body_format"] != "plain"
    doc = body(tuple(record["body"]), record["body_format"], record["dateline"], record["source_url"])
    kind = kind_of(record["kind"], doc)
    headline = plain(record["headline"], markup)
    asked: list[Command] = [] if state.version else [article.Draft(id, headline, kind, record["lang"])]
    asked += [
        article.ChangeHeadline(id, headline),
        article.ChangeKind(id, kind),
        article.ChangeLanguage(id, record["lang"]),
        article.ChangeKicker(id, plain(record["kicker"], markup)),
        article.ChangeStandfirst(id, plain(record["summary"], markup)),
        article.ReplaceBody(id, doc),
    ]
    asked += wiring(id, Names(look), record["section"], record["bylines"], record["tags"])
    asked += slugged(id, record["slug"] if slug else "", state)
    why = f"imported from {record['source']}" if record["source"] else "imported"
    if state.former and not state.issues:
        raise BadRecord("this article was withdrawn here; it is not brought back by an import")
    return [*asked, before_readers(id, state, now if state.version else then, record["published_at"], why)]


def before_readers(id: str, state: article.Article, now: Instant, public_from: Instant, why: str) -> Command:
    """What brings these words before readers at that moment, or now where they have older ones."""
    pending: article.commands.Pending | None = "cancel" if state.pending(now) else None
    if state.newest(now):
        return article.Update(id, silent=True, without_approval=why, pending=pending)
    if public_from > now:
        return article.Schedule(id, public_from, without_approval=why, pending=pending)
    return article.Publish(id, without_approval=why, pending=pending)


def wiring(id: str, names: Names, section: str, bylines: list[str], tags: list[str]) -> list[Command]:
    """The commands that make what an article refers to, and those that refer to it."""
    signed = tuple(Credit(byline) for byline in names.bylines(bylines))
    refer: list[Command] = [
        article.AssignBylines(id, signed),
        article.ChangeTags(id, names.tags(tags)),
        article.ChangeSection(id, names.section(section)),
    ]
    return names.commands + refer


def slugged(id: str, slug: str, state: article.Article) -> list[Command]:
    """The slug, where it is one and says something that the headline would not."""
    usable = len(slug) <= SLUG_LENGTH and SLUG.fullmatch(slug)
    return [article.ChangeSlug(id, slug)] if usable and not state.issues and not state.former else []


@lru_cache(16)  # the next revision of an article often has the same body
def body(paragraphs: tuple[str, ...], format: str, dateline: str = "", link: str = "") -> Doc:
    """The document of a body; a link alone where there is none."""
    if dateline and paragraphs and format != "html":
        paragraphs = (f"{dateline} — {paragraphs[0]}", *paragraphs[1:])
    if not any(paragraph.strip() for paragraph in paragraphs) and link:
        return document.from_markdown(f"<{link}>")
    if format == "plain":
        return document.from_paragraphs(paragraphs)
    text = "\n\n".join(paragraphs)
    return document.from_markdown(text) if format == "markdown" else document.from_html(text)


@lru_cache(64)
def plain(text: str, markup: bool) -> str:
    """A line of text without the markup and the entities that its source wrote it with."""
    if not markup or not text:
        return text
    if any(sign in text for sign in "<*_`["):
        line = _INLINE + " ".join(text.split())
        text = document.to_text(document.from_markdown(line)).strip().removeprefix(_INLINE)
    return html.unescape(text)


def kind_of(kind: str, doc: Doc) -> Kind:
    """The kind of story: what the source says if we know it; a brief where there are no words."""
    if doc == document.EMPTY:
        return "brief"
    return kind if kind in KINDS else "news"  # type: ignore[return-value]
