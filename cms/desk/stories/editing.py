"""The words of an article in one form, without a script.

The form knows the version that it was made of. What somebody left as it was is not sent to the newsroom; what they
changed is, unless somebody else has changed the same thing since: then both texts are shown and the person chooses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from flask import Blueprint, request
from werkzeug.wrappers import Response

from cms import article as a
from cms.article import Article
from cms.decider import Command, Refused
from cms.desk import reading, states, wording
from cms.desk.asking import LATE, ask
from cms.desk.forms import Errors, Typed
from cms.desk.history.moments import moments
from cms.desk.house import house
from cms.desk.page import now, render
from cms.desk.session import HOME, see
from cms.desk.stories.markdown import from_text, to_markdown
from cms.units import Conflict
from events.article import BylineRole, Credit, Kind, Lead
from events.document import Doc, DocumentError

ATTEMPTS = 3
KINDS: tuple[str, ...] = get_args(Kind)
LABELS = {
    "kicker": "Kicker", "headline": "Headline", "standfirst": "Standfirst", "body": "Body", "slug": "Slug",
    "section": "Section", "kind": "Kind", "bylines": "Bylines", "tags": "Tags", "lead": "Lead picture",
}  # fmt: skip


@dataclass(frozen=True)
class Clash:
    """Two texts for one thing: what somebody else made of it, and who."""

    theirs: str
    who: str


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/articles/<uuid:id>/edit", "edit", edit)
    desk.add_url_rule("/articles/<uuid:id>/edit", "save", save, methods=["POST"])


def edit(id: object) -> Response:
    """The form with the words as they are."""
    article = states.known_article(id)
    return _form(str(id), article, values(article), article.version)


def save(id: object) -> Response:
    """Take over what was changed."""
    stream = str(id)
    for _ in range(ATTEMPTS):
        try:
            return _save(stream, states.known_article(id), normal(request.form))
        except Conflict:
            continue  # somebody was quicker: look again at what they did
    busy = {"": "Others are changing this article at the same time. What you typed is here: save again."}
    article = states.known_article(id)
    return _form(stream, article, normal(request.form), _version(article), busy, status=409)


def _save(id: str, article: Article, typed: dict[str, str]) -> Response:
    version = _version(article)
    before = None if version == article.version else moments().at(id, version)
    was, is_now = values(before.article if before else article), values(article)
    wanted = [name for name in LABELS if typed[name] != was[name] and request.form.get(f"choose_{name}") != "theirs"]
    moved = [name for name in wanted if is_now[name] not in (was[name], typed[name])]
    if moved:
        clashes = {name: Clash(shown(name, article), _who(id, version)) for name in moved}
        return _form(id, article, typed, article.version, clashes=clashes, status=409)
    try:
        commands = [command for name in wanted for command in COMMANDS[name](id, typed, article)]
        if not commands:
            return see(f"{HOME}/articles/{id}", "Nothing was changed.", "")
        done = ask(commands, expected=article.version)
    except Refused as refused:
        field = FIELDS.get(refused.field or "", refused.field or "")
        return _form(id, article, typed, version, {field if field in LABELS else "": refused.message}, status=422)
    except DocumentError as error:
        return _form(id, article, typed, version, {"body": f"{error}."}, status=422)
    return see(f"{HOME}/articles/{id}", "Saved." + ("" if done.caught_up else LATE))


def _version(article: Article) -> int:
    """The version that the form was made of."""
    return max(1, min(request.form.get("version", article.version, type=int), article.version))


def values(article: Article) -> dict[str, str]:
    """Each field as the form shows it: text, one line for each of several."""
    content = article.content
    return {
        "kicker": _line(content.kicker),
        "headline": _line(content.headline),
        "standfirst": _lines(content.standfirst),
        "body": _lines(to_markdown(content.body.doc)),
        "slug": content.slug,
        "section": content.section or "",
        "kind": content.kind,
        "bylines": "\n".join(f"{credit.byline} {credit.role}" for credit in content.bylines),
        "tags": "\n".join(sorted(content.tags)),
        "lead": content.lead.image if content.lead else "",
    }


def normal(form: Typed) -> dict[str, str]:
    """What was typed, in the same shape as ``values``."""
    bylines = zip(form.getlist("byline"), form.getlist("byline_role"), strict=False)
    return {
        **{name: _line(form.get(name, "")) for name in LABELS},
        "standfirst": _lines(form.get("standfirst", "")),
        "body": _lines(form.get("body", "")),
        "bylines": "\n".join(f"{id} {role}" for id, role in bylines if id),
        "tags": "\n".join(sorted({id for id in form.getlist("tag") if id})),
    }


def shown(name: str, article: Article) -> str:
    """What stands in a field now, for people: names instead of ids."""
    content = article.content
    match name:
        case "bylines":
            return wording.byline(content.bylines) or wording.NO_BYLINE.lower()
        case "tags":
            return ", ".join(states.tag(id).name for id in content.tags)
        case "section":
            return states.section(content.section).name if content.section else "no section"
        case "lead":
            return wording.picture(content.lead.image) if content.lead else "no lead picture"
        case _:
            return values(article)[name]


def _line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").strip()


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip().strip("\n")


def _who(id: str, since: int) -> str:
    """Who was here since a version, by name."""
    names = states.account_names()
    actors: dict[str | None, None] = {}
    for recorded in house().store.read_stream(f"article-{id}", after=since):
        actors[recorded.meta.actor] = None
    return ", ".join(names.get(actor or "", "Somebody") for actor in actors) or "Somebody"


def _form(
    id: str, article: Article, typed: Mapping[str, str], version: int, errors: Errors | None = None,
    clashes: Mapping[str, Clash] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    bylines = [line.split(" ", 1) for line in typed["bylines"].splitlines()]
    chosen = [part[0] for part in bylines] + typed["tags"].splitlines() + [typed["section"], typed["lead"]]
    return render(
        "edit.html", status, faults=list((errors or {}).items()), id=id, article=article, typed=typed,
        version=version, errors=errors or {},
        clashes=clashes or {}, labels=LABELS, kinds=KINDS, roles=wording.ROLES, bylines=[*bylines, *[["", "by"]] * 2],
        tags=typed["tags"].splitlines(), choices=reading.choices(chosen), state=states, moment_now=now(),
    )  # fmt: skip


# --- commands of the fields

Build = Callable[[str, Mapping[str, str], Article], list[Command]]
FIELDS = {"document": "body", "steps": "body", "base": "body"}  # what rules call a field → what the form calls it


def _plain(command: Callable[[str, Any], Command], name: str) -> Build:
    return lambda id, typed, _: [command(id, typed[name])]


def _body(id: str, typed: Mapping[str, str], article: Article) -> list[Command]:
    doc: Doc = from_text(typed["body"], article.content.body.doc)
    return [a.ReplaceBody(id, doc, article.content.body.version)]


def _bylines(id: str, typed: Mapping[str, str], __: Article) -> list[Command]:
    signed = []
    for line in typed["bylines"].splitlines():
        byline, _, role = line.partition(" ")
        if role not in wording.ROLES:
            raise Refused("There is no such role for a byline.", "bylines")
        signed.append(Credit(byline, cast(BylineRole, role)))
    return [a.AssignBylines(id, tuple(signed))]


def _tags(id: str, typed: Mapping[str, str], article: Article) -> list[Command]:
    """Boxes are ticked in no order: the tags it has keep theirs, new ones follow."""
    ticked, before = typed["tags"].splitlines(), article.content.tags
    kept = [tag for tag in before if tag in ticked]
    return [a.ChangeTags(id, (*kept, *(tag for tag in ticked if tag not in before)))]


def _lead(id: str, typed: Mapping[str, str], _: Article) -> list[Command]:
    return [a.SetLeadImage(id, Lead(typed["lead"]) if typed["lead"] else None)]


def _kind(id: str, typed: Mapping[str, str], _: Article) -> list[Command]:
    if typed["kind"] not in KINDS:
        raise Refused("There is no such kind of story.", "kind")
    return [a.ChangeKind(id, cast(Kind, typed["kind"]))]


COMMANDS: dict[str, Build] = {
    "kicker": _plain(a.ChangeKicker, "kicker"),
    "headline": _plain(a.ChangeHeadline, "headline"),
    "standfirst": _plain(a.ChangeStandfirst, "standfirst"),
    "slug": _plain(a.ChangeSlug, "slug"),
    "kind": _kind,
    "body": _body,
    "section": lambda id, typed, _: [a.ChangeSection(id, typed["section"] or None)],
    "bylines": _bylines,
    "tags": _tags,
    "lead": _lead,
}
