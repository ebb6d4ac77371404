"""An article's page: its words, where it stands, what can be done and what was done."""

from collections.abc import Iterator
from contextlib import suppress

from flask import Blueprint, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from cms.article.commands import AssignBylines, ChangeSection, Draft
from cms.decider import Command, Refused
from cms.desk import reading, states, wording
from cms.desk.asking import ask, made_id, perform
from cms.desk.checks import checks
from cms.desk.forms import Answer
from cms.desk.house import house
from cms.desk.onward import onward, withdrawers
from cms.desk.page import now, render
from cms.desk.panels import LANGUAGES
from cms.desk.session import HOME, person, see
from cms.desk.stories import listing
from cms.desk.stories.article_actions import HANDLING, actions, foremost
from cms.roles import may
from events import document
from events.article import Credit
from events.document import Figure
from views.shapes import ViewsMissing

HISTORY = 30  # lines on the article's own page


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/articles", "draft", draft, methods=["POST"])
    desk.add_url_rule("/articles/<uuid:id>", "article", show)
    desk.add_url_rule("/articles/<uuid:id>/do/<name>", "article_do", do, methods=["POST"])


def draft() -> Response:
    """Begin a story."""
    id = made_id("article")
    try:
        ask([Draft(id, headline=request.form.get("headline", "")), *_proposed(id)])
    except Refused as refused:
        return listing.page(refused.message, 422, request.form.get("headline", ""))
    return see(f"{HOME}/articles/{id}/{'write' if request.form.get('screen') == 'write' else 'edit'}")


def _proposed(id: str) -> Iterator[Command]:
    """What a new story begins with: the byline of who begins it, where one has their name, and their own section."""
    me, byline = person(), None
    with suppress(ViewsMissing):  # a story can be begun without them
        byline = reading.desk().library.called("byline", me.name)
    if byline and may(me.role, AssignBylines):
        signs = states.byline(byline)
        if not (signs.retired or signs.merged):
            yield AssignBylines(id, (Credit(byline),))
    section = house().accounts.saved.section(me.id)
    if section and may(me.role, ChangeSection) and not states.section(section).closed:
        yield ChangeSection(id, section)


def show(id: object) -> Response:
    """The article."""
    return _page(str(id), Answer())


def do(id: object, name: str) -> Response:
    """One of its buttons."""
    known = states.known_article(id)
    back = f"{HOME}/articles/{id}" + ("/publish" if request.form.get("from") == "publish" else "")
    answer = perform(actions(str(id), known, now(), person()), name, back)
    return _page(str(id), answer, 422) if isinstance(answer, Answer) else answer


def _page(id: str, answer: Answer, status: int = 200) -> Response:
    article = states.known_article(id)
    content = article.content
    marks, note = listing.marks_of(id)
    return render(
        "article.html", status, id=id, article=article, content=content, answer=answer,
        lead=wording.lead(content), body=document.to_html(content.body.doc, _figure, notes=True),
        credited=wording.credited(content.bylines),
        section=states.section(content.section) if content.section else None, tag=states.tag,
        checks=checks(article, now()), actions=actions(id, article, now(), person()), account=states.account_names(),
        lines=reading.desk().history(f"article-{id}", HISTORY),
        newest=article.newest(now()), changed=article.changed(now()), marks=marks, first=foremost(article),
        handling=HANDLING, languages=dict(LANGUAGES),
        onward=onward(id, article, now(), person(), note), withdrawers=withdrawers(article, now(), person()),
        at=f"{HOME}/articles/{id}/do", site=house().settings.site_url,
    )  # fmt: skip


def _figure(figure: Figure) -> Markup:
    image = wording.figure(figure)
    if image is None:
        return Markup('<p class="notice bad">A picture stood here that was taken down.</p>')
    return Markup(
        '<figure><img src="{}/pictures/{}/960.jpg" alt="{}" loading="lazy"><figcaption>{} <span class="meta">{}</span>'
        "</figcaption></figure>"
    ).format(HOME, image.id, image.alt, image.caption, image.credit)
