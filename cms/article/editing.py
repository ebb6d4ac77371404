"""Rules of the working copy: what may be written."""

import re
from collections.abc import Iterable

from cms import byline, image, section, tag
from cms.article import body as bodies
from cms.article.commands import (
    AddNote,
    AssignBylines,
    ChangeHeadline,
    ChangeKicker,
    ChangeKind,
    ChangeLanguage,
    ChangeRelated,
    ChangeSection,
    ChangeSlug,
    ChangeStandfirst,
    ChangeTags,
    Draft,
    EditBody,
    ReplaceBody,
    SetLeadImage,
)
from cms.article.state import Article, decider
from cms.decider import Context, Moved, Refused, chosen_slug, line, new_id, prose
from events import document
from events.article import (
    ArticleBodyEdited,
    ArticleBylinesAssigned,
    ArticleDrafted,
    ArticleHeadlineChanged,
    ArticleKickerChanged,
    ArticleKindChanged,
    ArticleLanguageChanged,
    ArticleLeadImageSet,
    ArticleNoteAdded,
    ArticleRelatedChanged,
    ArticleSectionChanged,
    ArticleSlugChanged,
    ArticleStandfirstChanged,
    ArticleTagsChanged,
)
from events.document import Doc, DocumentError
from events.document.codec import checked
from events.event import Event

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # the shape of a BCP 47 tag
MOST = {"bylines": 50, "tags": 200, "related": 20}


def known(state: Article) -> Article:
    """The article. Refused where there is none."""
    if not state.version:
        raise Refused("There is no such article.")
    return state


def working(state: Article) -> Article:
    """The article, for something that changes its working copy. Refused where that is over."""
    if known(state).retracted:
        raise Refused("This article was retracted: its words are gone, and only its notice stands.")
    if state.trashed:
        raise Refused("This article is in the bin. Recover it first.")
    return state


@decider.on(Draft)
def _draft(state: Article, command: Draft, _: Context) -> list[Event]:
    if state.version:
        raise Refused("There is already an article with this id.", "id")
    new_id(command.id)
    headline = line(command.headline, "headline")
    return [ArticleDrafted(headline=headline, kind=command.kind, language=_language(command.language))]


@decider.on(ChangeKicker)
def _change_kicker(state: Article, command: ChangeKicker, _: Context) -> list[Event]:
    kicker = line(command.kicker, "kicker", 100)
    return [] if kicker == working(state).content.kicker else [ArticleKickerChanged(kicker=kicker)]


@decider.on(ChangeHeadline)
def _change_headline(state: Article, command: ChangeHeadline, _: Context) -> list[Event]:
    headline = line(command.headline, "headline")
    return [] if headline == working(state).content.headline else [ArticleHeadlineChanged(headline=headline)]


@decider.on(ChangeStandfirst)
def _change_standfirst(state: Article, command: ChangeStandfirst, _: Context) -> list[Event]:
    standfirst = prose(command.standfirst, "standfirst", 2000)
    if standfirst == working(state).content.standfirst:
        return []
    return [ArticleStandfirstChanged(standfirst=standfirst)]


@decider.on(ChangeSlug)
def _change_slug(state: Article, command: ChangeSlug, _: Context) -> list[Event]:
    slug = chosen_slug(command.slug) if command.slug else ""
    return [] if slug == working(state).content.slug else [ArticleSlugChanged(slug=slug)]


@decider.on(ChangeSection)
def _change_section(state: Article, command: ChangeSection, context: Context) -> list[Event]:
    if command.section == working(state).content.section:
        return []
    if command.section is not None:
        section.usable(context, command.section, "section")
    return [ArticleSectionChanged(section=command.section)]


@decider.on(ChangeKind)
def _change_kind(state: Article, command: ChangeKind, _: Context) -> list[Event]:
    return [] if command.kind == working(state).content.kind else [ArticleKindChanged(kind=command.kind)]


@decider.on(ChangeLanguage)
def _change_language(state: Article, command: ChangeLanguage, _: Context) -> list[Event]:
    language = _language(command.language)
    return [] if language == working(state).content.language else [ArticleLanguageChanged(language=language)]


@decider.on(AssignBylines)
def _assign_bylines(state: Article, command: AssignBylines, context: Context) -> list[Event]:
    if command.bylines == working(state).content.bylines:
        return []
    _listed(((credit.byline, credit.role) for credit in command.bylines), "bylines")
    already = {credit.byline for credit in state.content.bylines}
    for credit in command.bylines:
        if credit.byline not in already:
            byline.usable(context, credit.byline, "bylines")
    return [ArticleBylinesAssigned(bylines=list(command.bylines))]


@decider.on(ChangeTags)
def _change_tags(state: Article, command: ChangeTags, context: Context) -> list[Event]:
    if command.tags == working(state).content.tags:
        return []
    _listed(command.tags, "tags")
    for id in set(command.tags) - set(state.content.tags):
        tag.usable(context, id, "tags")
    return [ArticleTagsChanged(tags=list(command.tags))]


@decider.on(SetLeadImage)
def _set_lead_image(state: Article, command: SetLeadImage, context: Context) -> list[Event]:
    lead, before = command.lead, working(state).content.lead
    if lead == before:
        return []
    if lead is not None:
        if before is None or lead.image != before.image:
            image.usable(context, lead.image, "lead")
        for field, limit in (("caption", 5000), ("alt", 1000), ("credit", 1000)):
            prose(getattr(lead, field) or "", field, limit)
    return [ArticleLeadImageSet(lead=lead)]


@decider.on(ChangeRelated)
def _change_related(state: Article, command: ChangeRelated, context: Context) -> list[Event]:
    if command.related == working(state).content.related:
        return []
    _listed(command.related, "related")
    for id in set(command.related) - set(state.content.related):
        other = context.states[f"article-{id}"]
        if not other.version:
            raise Refused(f"There is no article {id}.", "related")
        if id == command.id:
            raise Refused("A story is not related to itself.", "related")
    return [ArticleRelatedChanged(related=list(command.related))]


@decider.on(EditBody)
def _edit_body(state: Article, command: EditBody, context: Context) -> list[Event]:
    _same_body(working(state), command.base)
    if not command.steps:
        return []
    try:
        doc = document.apply(state.content.body.doc, command.steps)
    except DocumentError as error:
        raise Refused(f"This edit does not fit the body: {error}.", "steps") from None
    return [_edited(state, command.steps, doc, context)]


@decider.on(ReplaceBody)
def _replace_body(state: Article, command: ReplaceBody, context: Context) -> list[Event]:
    if command.base is not None:
        _same_body(working(state), command.base)
    try:
        doc = checked(command.document)
    except DocumentError as error:
        raise Refused(f"This cannot be a body: {error}.", "document") from None
    steps = document.replacing(working(state).content.body.doc, doc)
    return [_edited(state, steps, doc, context)] if steps else []


@decider.on(AddNote)
def _add_note(state: Article, command: AddNote, _: Context) -> list[Event]:
    known(state)
    return [ArticleNoteAdded(note=new_id(command.note), text=command.text)]


def _same_body(state: Article, base: int) -> None:
    version = state.content.body.version
    if base > version:
        raise Refused(f"The body has no version {base} yet.", "base")
    if base < version:
        raise Moved("Somebody else has edited the body in the meantime.", base=base)


def _edited(state: Article, steps: list[dict[str, object]], doc: Doc, context: Context) -> ArticleBodyEdited:
    shown = document.images(doc)
    for id in set(shown) - set(state.content.body.images):
        image.usable(context, id, "body")
    readers = document.for_readers(doc)
    return ArticleBodyEdited(
        document_schema=document.SCHEMA,
        base=state.content.body.version,
        steps=steps,
        body_hash=bodies.remember(doc),
        words=document.words(doc),
        images=list(shown),
        readers_hash="" if readers is doc else document.digest(readers),
    )


def _listed(things: Iterable[object], field: str) -> None:
    once = list(things)
    if len(once) != len(set(once)):
        raise Refused("The same one stands in this list twice.", field)
    if len(once) > MOST[field]:
        raise Refused(f"{len(once)} are too many: {MOST[field]} is the most.", field)


def _language(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        raise Refused(f"{language!r} is not a language tag such as en, en-GB or zh-Hans.", "language")
    return language
