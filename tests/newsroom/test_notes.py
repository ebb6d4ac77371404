"""Notes to the desk in the body: in the log for the desk, in no publication, and nothing that needs an approval."""

import msgspec

from cms import article
from events import document
from events.article import ArticleApproved, ArticleBodyEdited, ArticleSubmitted, ArticleUpdated
from events.document import Doc
from tests.newsroom.spec import (
    BODY,
    CHIEF,
    DRAFT,
    EDITOR,
    LONGER,
    NOW,
    PUBLISHED,
    STORY,
    WRITER,
    By,
    by,
    fold,
    given,
    issued,
    written,
)

NOTED = {"type": "text", "text": " check with legal", "marks": [{"type": "note", "attrs": {"by": "editor"}}]}


def with_note(doc: Doc, place: int = 0) -> Doc:
    """The document with a note at the end of a paragraph."""
    raw = msgspec.json.decode(document.encode(doc))
    raw["content"][place]["content"].append(NOTED)
    return document.decode(raw)


NOTE = written(with_note(BODY), BODY, base=1)
APPROVED = (*DRAFT, ArticleSubmitted(), by("editor", ArticleApproved(reviewed=len(DRAFT) + 1)))


def test_an_edit_says_what_readers_would_get_of_it() -> None:
    steps = document.replacing(BODY, with_note(BODY))
    happened = given(*DRAFT).when(article.EditBody(STORY, 1, steps)).events[0]
    assert isinstance(happened, ArticleBodyEdited)
    assert happened.body_hash == document.digest(with_note(BODY))
    assert happened.readers_hash == document.digest(BODY)
    assert happened.words == document.words(BODY)


def test_a_publication_holds_no_note() -> None:
    published = given(*APPROVED, by("editor", NOTE)).when(article.Publish(STORY), actor=EDITOR)
    published.then(issued(public_from=NOW, path="/2026/11/23/bridge-closed"))
    assert b"legal" not in bytes(published.publication.body)


def test_the_working_copy_keeps_its_notes_when_it_is_published() -> None:
    state = fold(f"article-{STORY}", [*APPROVED, by("editor", NOTE), issued()])
    assert isinstance(state, article.Article)
    assert state.content.body.doc == with_note(BODY)
    assert state.content.body.for_readers == BODY
    assert state.issued == state.content


def test_a_note_needs_no_new_approval_and_makes_nobody_an_author() -> None:
    noted: tuple[By, ...] = (by("editor", NOTE), by("editor", written(BODY, with_note(BODY), base=2)))
    for past in ((*APPROVED, noted[0]), (*APPROVED, *noted)):
        state = fold(f"article-{STORY}", past)
        assert isinstance(state, article.Article)
        assert (state.stage, state.edited) == ("approved", len(DRAFT))
        given(*past).when(article.Publish(STORY, reviewed=len(APPROVED)), actor=EDITOR).publication  # noqa: B018


def test_words_changed_along_with_a_note_need_it() -> None:
    longer = written(with_note(LONGER), BODY, base=1)
    given(*APPROVED, by("writer", longer)).when(article.Publish(STORY), actor=EDITOR).refused("Nobody has approved")


def test_nothing_but_a_note_is_nothing_to_submit_or_to_update() -> None:
    past = (*PUBLISHED, by("writer", NOTE))
    given(*past).when(article.Submit(STORY), actor=WRITER).refused("Nothing in this article has changed")
    given(*past).when(article.Update(STORY), actor=EDITOR).nothing()
    corrected = given(*past).when(article.Correct(STORY, "It is closed."), actor=EDITOR).publication
    assert b"legal" not in bytes(corrected.body)


def test_a_story_of_notes_alone_has_no_words_in_its_body() -> None:
    only = document.decode({"type": "doc", "content": [{"type": "paragraph", "content": [NOTED]}]})
    publish = article.Publish(STORY, without_approval="Urgent")
    given(DRAFT[0], written(only)).when(publish, actor=CHIEF).refused("no words in the body", "body")


def test_notes_stay_through_what_is_written_after_a_publication() -> None:
    after = written(with_note(LONGER), with_note(BODY), base=2)
    past = (*APPROVED, by("editor", NOTE), issued(), by("writer", after))
    state = fold(f"article-{STORY}", past)
    assert isinstance(state, article.Article) and state.content.body.doc == with_note(LONGER)
    updated = given(*past).when(article.Update(STORY, without_approval="Urgent"), actor=CHIEF).publication
    assert isinstance(updated, ArticleUpdated) and bytes(updated.body) == document.encode(LONGER)
