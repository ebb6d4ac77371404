"""What may be written into a story."""

import pytest

from cms import article
from cms.decider import Actor, Moved
from events import document
from events.article import (
    ArticleApproved,
    ArticleBodyEdited,
    ArticleBylinesAssigned,
    ArticleDrafted,
    ArticleHeadlineChanged,
    ArticleLeadImageSet,
    ArticleNoteAdded,
    ArticleRelatedChanged,
    ArticleReturned,
    ArticleSectionChanged,
    ArticleSlugChanged,
    ArticleStandfirstChanged,
    ArticleSubmitted,
    ArticleTagsChanged,
    ArticleTakenBack,
    Credit,
    Lead,
)
from events.byline import BylineCreated, BylineMerged, BylineRetired
from events.document import Doc
from events.document.schema import Figure, FigureAttrs, Paragraph
from events.envelope import Envelope
from events.image import ImageTakenDown
from events.section import SectionClosed, SectionOpened
from events.tag import TagCreated, TagMerged
from tests.newsroom.spec import (
    ANNA,
    APPROVED,
    BEN,
    BODY,
    BRIDGES,
    CHIEF,
    DRAFT,
    EDITOR,
    HARBOUR,
    KNOWN,
    LONGER,
    OTHER_STORY,
    PHOTO,
    POLITICS,
    PUBLISHED,
    STORY,
    SUBMITTED,
    WRITER,
    by,
    given,
    some_id,
    written,
)

NOBODY = some_id("nobody")
PICTURED = Doc(content=(*BODY.content, Figure(attrs=FigureAttrs(image=PHOTO))))


def test_a_story_begins_with_a_draft() -> None:
    given().when(article.Draft(STORY, "  Bridge\n closed ", kind="analysis", language="en-GB")).then(
        ArticleDrafted(headline="Bridge closed", kind="analysis", language="en-GB")
    )


def test_a_story_needs_a_proper_id() -> None:
    given().when(article.Draft("the-bridge", "Bridge closed")).refused("must be a UUID", "id")


@pytest.mark.parametrize("language", ["", "english language", "e", "en_GB", "<b>"])
def test_a_language_that_is_none_is_refused(language: str) -> None:
    given(*DRAFT).when(article.ChangeLanguage(STORY, language)).refused("not a language tag", "language")


def test_saying_what_is_so_already_changes_nothing() -> None:
    story = given(*DRAFT)
    for command in (
        article.ChangeHeadline(STORY, "Bridge closed "),
        article.ChangeKicker(STORY, ""),
        article.ChangeStandfirst(STORY, " "),
        article.ChangeSlug(STORY, ""),
        article.ChangeSection(STORY, None),
        article.ChangeKind(STORY, "news"),
        article.ChangeLanguage(STORY, "en"),
        article.ReplaceBody(STORY, BODY),
        article.EditBody(STORY, 1, []),
        article.AssignBylines(STORY, ()),
        article.ChangeTags(STORY, ()),
        article.SetLeadImage(STORY, None),
        article.ChangeRelated(STORY, ()),
        article.Assign(STORY, None),
        article.Embargo(STORY, None),
    ):
        story.when(command).nothing()


def test_control_characters_never_reach_the_log() -> None:
    given(*DRAFT).when(article.ChangeHeadline(STORY, "Bridge\x00\x1b[2J \ud800closed\u2028")).then(
        ArticleHeadlineChanged(headline="Bridge [2J closed")
    )
    given(*DRAFT).when(article.ChangeStandfirst(STORY, "One.\r\nTwo.\x00\n")).then(
        ArticleStandfirstChanged(standfirst="One.\nTwo.")
    )


def test_a_headline_has_a_limit() -> None:
    given(*DRAFT).when(article.ChangeHeadline(STORY, "x" * 301)).refused("301 characters", "headline")


@pytest.mark.parametrize("slug", ["Bridge", "a b", "-a", "a--b", "a/b", "é", "x" * 151, "../etc"])
def test_a_slug_that_could_not_stand_in_an_address_is_refused(slug: str) -> None:
    given(*DRAFT).when(article.ChangeSlug(STORY, slug)).refused("only the letters a to z", "slug")


def test_a_slug_is_chosen_and_left_to_the_headline_again() -> None:
    given(*DRAFT).when(article.ChangeSlug(STORY, "bridge"), article.ChangeSlug(STORY, "")).then(
        ArticleSlugChanged(slug="bridge"), ArticleSlugChanged(slug="")
    )


# --- the body


def test_steps_edit_the_body_and_their_outcome_is_told_with_them() -> None:
    steps = document.replacing(BODY, LONGER)
    given(*DRAFT).when(article.EditBody(STORY, 1, steps)).then(
        ArticleBodyEdited(
            document_schema=document.SCHEMA, base=1, steps=steps, body_hash=document.digest(LONGER), words=11,
            images=[], readers_hash="",
        )
    )  # fmt: skip


def test_each_step_counts_one_version_of_the_body() -> None:
    one, two = document.replacing(BODY, LONGER), document.replacing(LONGER, BODY)
    story = given(*DRAFT).when(article.EditBody(STORY, 1, one + two)).then(ArticleBodyEdited)
    after = given(*DRAFT, *story.events).state(f"article-{STORY}")
    assert after.content.body.version == 3
    assert after.content.body.doc == BODY


def test_steps_made_upon_an_older_body_are_told_that_it_moved() -> None:
    refused = given(*DRAFT).when(article.EditBody(STORY, 0, [])).refused("Somebody else has edited the body")
    assert isinstance(refused, Moved)
    assert refused.base == 0


def test_steps_upon_a_body_that_is_not_there_yet_are_refused() -> None:
    given(*DRAFT).when(article.EditBody(STORY, 2, [])).refused("no version 2 yet", "base")


def test_steps_that_do_not_fit_are_refused() -> None:
    far = [{"stepType": "replace", "from": 5000, "to": 5001}]
    given(*DRAFT).when(article.EditBody(STORY, 1, far)).refused("does not fit the body", "steps")


def test_replacing_the_body_is_recorded_as_steps() -> None:
    given(*DRAFT).when(article.ReplaceBody(STORY, LONGER)).then(written(LONGER, BODY, base=1))


def test_replacing_a_body_that_moved_is_refused_where_its_version_was_named() -> None:
    given(*DRAFT).when(article.ReplaceBody(STORY, LONGER, base=0)).refused("Somebody else has edited the body")


def test_a_body_that_no_schema_allows_is_refused() -> None:
    bold_twice = document.from_paragraphs(["x"])
    hollow = Doc(content=(*bold_twice.content, Paragraph(content=(document.schema.Text("a\x00b"),))))
    given(*DRAFT).when(article.ReplaceBody(STORY, hollow)).refused("cannot be a body", "document")


def test_a_body_may_only_show_images_that_are_there() -> None:
    given(*DRAFT).when(article.ReplaceBody(STORY, PICTURED)).then(written(PICTURED, BODY, base=1))
    gone = given(*DRAFT).knowing(f"image-{PHOTO}", *KNOWN[f"image-{PHOTO}"], ImageTakenDown(reason="Rights."))
    gone.when(article.ReplaceBody(STORY, PICTURED)).refused("was taken down", "body")
    given(*DRAFT).knowing(f"image-{PHOTO}").when(article.ReplaceBody(STORY, PICTURED)).refused("There is no picture")


def test_an_image_taken_down_does_not_stop_the_writing_around_it() -> None:
    gone = given(*DRAFT, written(PICTURED, BODY, base=1)).knowing(
        f"image-{PHOTO}", *KNOWN[f"image-{PHOTO}"], ImageTakenDown(reason="Rights.")
    )
    longer = Doc(content=(*LONGER.content, *PICTURED.content[-1:]))
    gone.when(article.ReplaceBody(STORY, longer)).then(ArticleBodyEdited)


# --- what it refers to


def test_bylines_are_assigned_in_order_with_their_roles() -> None:
    signed = (Credit(BEN), Credit(ANNA, "photographs"), Credit(ANNA))
    given(*DRAFT).when(article.AssignBylines(STORY, signed)).then(ArticleBylinesAssigned(bylines=list(signed)))


def test_the_same_byline_in_the_same_role_stands_once() -> None:
    given(*DRAFT).when(article.AssignBylines(STORY, (Credit(BEN), Credit(BEN)))).refused("stands in this list twice")


def test_a_byline_that_is_unknown_retired_or_merged_signs_nothing_new() -> None:
    sign = article.AssignBylines(STORY, (Credit(ANNA),))
    anna = BylineCreated(name="Anna Brandt", slug="anna-brandt")
    given(*DRAFT).when(article.AssignBylines(STORY, (Credit(NOBODY),))).refused("There is no byline", "bylines")
    given(*DRAFT).knowing(f"byline-{ANNA}", anna, BylineRetired()).when(sign).refused("is retired", "bylines")
    given(*DRAFT).knowing(f"byline-{ANNA}", anna, BylineMerged(into=BEN)).when(sign).refused("was merged", "bylines")


def test_who_signed_before_retiring_stays_when_another_joins() -> None:
    anna = BylineCreated(name="Anna Brandt", slug="anna-brandt")
    story = given(*DRAFT, ArticleBylinesAssigned(bylines=[Credit(ANNA)]))
    story.knowing(f"byline-{ANNA}", anna, BylineRetired()).when(
        article.AssignBylines(STORY, (Credit(ANNA), Credit(BEN)))
    ).then(ArticleBylinesAssigned(bylines=[Credit(ANNA), Credit(BEN)]))


def test_tags_must_exist_and_stand_for_themselves() -> None:
    given(*DRAFT).when(article.ChangeTags(STORY, (HARBOUR, BRIDGES))).then(ArticleTagsChanged(tags=[HARBOUR, BRIDGES]))
    given(*DRAFT).when(article.ChangeTags(STORY, (NOBODY,))).refused("There is no tag", "tags")
    merged = given(*DRAFT).knowing(f"tag-{HARBOUR}", TagCreated(name="Harbour", slug="h"), TagMerged(into=BRIDGES))
    merged.when(article.ChangeTags(STORY, (HARBOUR,))).refused("was merged", "tags")


def test_a_section_must_be_open() -> None:
    given(*DRAFT).when(article.ChangeSection(STORY, POLITICS)).then(ArticleSectionChanged(section=POLITICS))
    given(*DRAFT).when(article.ChangeSection(STORY, NOBODY)).refused("There is no section", "section")
    closed = given(*DRAFT).knowing(
        f"section-{POLITICS}", SectionOpened(name="Politics", slug="politics"), SectionClosed()
    )
    closed.when(article.ChangeSection(STORY, POLITICS)).refused("Politics is closed", "section")


def test_a_lead_image_may_have_other_words_here() -> None:
    lead = Lead(PHOTO, caption="The bridge on Monday")
    given(*DRAFT).when(article.SetLeadImage(STORY, lead)).then(ArticleLeadImageSet(lead=lead))
    given(*DRAFT).when(article.SetLeadImage(STORY, Lead(NOBODY))).refused("There is no picture", "lead")
    given(*DRAFT).when(article.SetLeadImage(STORY, Lead(PHOTO, "x" * 5001))).refused("5,001 characters", "caption")
    given(*DRAFT).when(article.SetLeadImage(STORY, Lead(PHOTO, credit="x" * 1001))).refused("characters", "credit")


def test_related_stories_exist_and_are_others() -> None:
    given(*DRAFT).when(article.ChangeRelated(STORY, (OTHER_STORY,))).then(
        ArticleRelatedChanged(related=[OTHER_STORY])
    )
    given(*DRAFT).when(article.ChangeRelated(STORY, (NOBODY,))).refused("There is no article", "related")
    given().when(article.Draft(STORY, "x"), article.ChangeRelated(STORY, (STORY,))).refused("not related to itself")


# --- its way through the desk


def test_a_note_is_kept_sealed() -> None:
    sealed = Envelope("writer", "bm9uY2U=", "Li4u")
    given(*DRAFT).when(article.AddNote(STORY, some_id("note"), sealed)).then(
        ArticleNoteAdded(note=some_id("note"), text=sealed)
    )


def test_nobody_approves_their_own_words() -> None:
    given(*SUBMITTED).when(article.Approve(STORY, 3), actor=WRITER).refused("Somebody else has to approve")
    given(*SUBMITTED).when(article.Approve(STORY, 3), actor=EDITOR).then(ArticleApproved(reviewed=3))


def test_an_editor_may_work_on_another_s_story_and_approve_it() -> None:
    touched = given(*SUBMITTED, by("editor", ArticleHeadlineChanged(headline="Bridge shut")))
    touched.when(article.Approve(STORY, 4), actor=EDITOR).then(ArticleApproved(reviewed=4))


def test_what_one_person_alone_has_worked_on_is_theirs_whoever_submitted_it() -> None:
    alone = given(by("editor", ArticleDrafted(headline="Bridge shut")), ArticleSubmitted())
    alone.when(article.Approve(STORY, 2), actor=EDITOR).refused("your own story")
    alone.when(article.Approve(STORY, 2), actor=CHIEF).then(ArticleApproved(reviewed=2))


def test_whose_words_were_published_may_approve_what_others_write_next() -> None:
    story = given(*PUBLISHED, by("editor", ArticleHeadlineChanged(headline="Open again"), ArticleSubmitted()))
    story.when(article.Approve(STORY, 7), actor=WRITER).then(ArticleApproved(reviewed=7))


def test_approval_is_of_the_words_that_were_read() -> None:
    edited = given(*SUBMITTED, ArticleHeadlineChanged(headline="Bridge shut"))
    refused = edited.when(article.Approve(STORY, 3), actor=EDITOR).refused("has changed since you read it")
    assert isinstance(refused, Moved)
    assert refused.since == 3
    edited.when(article.Approve(STORY, 9), actor=EDITOR).refused("no version 9 yet", "reviewed")


def test_a_note_does_not_void_what_was_read() -> None:
    noted = given(*SUBMITTED, ArticleNoteAdded(note=some_id("note"), text=Envelope("writer", "", "")))
    noted.when(article.Approve(STORY, 3), actor=EDITOR).then(ArticleApproved(reviewed=3))


@pytest.mark.parametrize(
    "edit",
    [
        article.ChangeHeadline(STORY, "Bridge shut"), article.ChangeKicker(STORY, "Transport"),
        article.ChangeStandfirst(STORY, "In short."), article.ChangeSlug(STORY, "bridge"),
        article.ChangeSection(STORY, POLITICS), article.ChangeKind(STORY, "analysis"),
        article.ChangeLanguage(STORY, "cy"), article.ReplaceBody(STORY, LONGER),
        article.AssignBylines(STORY, (Credit(ANNA),)), article.ChangeTags(STORY, (HARBOUR,)),
        article.SetLeadImage(STORY, Lead(PHOTO)), article.ChangeRelated(STORY, (OTHER_STORY,)),
    ],
    ids=lambda edit: type(edit).__name__,
)  # fmt: skip
def test_any_edit_voids_the_approval(edit: article.Draft) -> None:
    story = given(*APPROVED)
    happened = story.when(edit).events
    after = given(*APPROVED, *happened)
    assert after.state(f"article-{STORY}").stage == "draft"
    after.when(article.Publish(STORY), actor=EDITOR).refused("Nobody has approved these words")


def test_a_submitted_story_stays_submitted_while_an_editor_works_on_it() -> None:
    story = given(*SUBMITTED, by("editor", ArticleHeadlineChanged(headline="Bridge shut")))
    assert story.state(f"article-{STORY}").stage == "submitted"


@pytest.mark.parametrize("who", [WRITER, Actor("second", "reporter")], ids=["who submitted it", "who wrote in it"])
def test_a_submission_is_taken_back_by_whose_it_is(who: Actor) -> None:
    story = given(*SUBMITTED, by("second", ArticleHeadlineChanged(headline="Bridge shut")))
    story.when(article.TakeBack(STORY), actor=who).then(ArticleTakenBack())
    after = given(*story.past, ArticleTakenBack())
    assert after.state(f"article-{STORY}").stage == "draft"
    after.when(article.Submit(STORY)).then(ArticleSubmitted())


def test_a_submission_is_not_taken_back_by_others_nor_after_it_was_read() -> None:
    given(*SUBMITTED).when(article.TakeBack(STORY), actor=EDITOR).refused("An editor sends it back with a note.")
    given(*APPROVED).when(article.TakeBack(STORY)).refused("approved already")
    given(*DRAFT).when(article.TakeBack(STORY)).refused("it was not submitted")


def test_a_story_is_returned_with_a_note() -> None:
    given(*SUBMITTED).when(article.Return(STORY, "Who says so?"), actor=EDITOR).then(
        ArticleReturned(note="Who says so?")
    )
    given(*SUBMITTED).when(article.Return(STORY, " "), actor=EDITOR).refused("Say what should be done", "note")
