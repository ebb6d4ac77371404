"""What comes before the readers, when, and at which address."""

from typing import Any

import pytest

from cms import article
from cms.article.commands import Publishing
from cms.decider import Actor, Moved
from events import document
from events.article import (
    ArticleApproved,
    ArticleBylinesAssigned,
    ArticleCorrected,
    ArticleDrafted,
    ArticleEmbargoed,
    ArticleHeadlineChanged,
    ArticleLeadImageSet,
    ArticlePublished,
    ArticleRetracted,
    ArticleScheduleCancelled,
    ArticleScheduled,
    ArticleSectionChanged,
    ArticleSlugChanged,
    ArticleSubmitted,
    ArticleUpdated,
    ArticleWithdrawn,
    Credit,
    Lead,
)
from events.document import Doc
from events.document.schema import Embed, EmbedAttrs, Figure, FigureAttrs
from events.event import Event
from events.image import ImageRightsChanged, ImageTakenDown
from events.instant import DAY, HOUR, MINUTE, from_iso
from events.path import PathClaimed, PathClosed, PathRedirected, PathReleased, stream_of
from events.section import SectionClosed, SectionOpened
from tests.newsroom.spec import (
    ANNA,
    APPROVED,
    BODY,
    CHIEF,
    DRAFT,
    EDITED,
    EDITOR,
    KNOWN,
    NOW,
    OTHER_STORY,
    PHOTO,
    POLITICS,
    PUBLISHED,
    REAPPROVED,
    RETRACTED,
    SCHEDULED,
    STORY,
    TOMORROW,
    TRASHED,
    WAITING,
    WITHDRAWN,
    By,
    Given,
    by,
    given,
    issued,
    written,
)

PATH = "/2026/11/23/bridge-closed"
THEIRS = f"article-{OTHER_STORY}"


def approved(*events: Event | By) -> Given:
    """A story with these edits, approved by an editor."""
    past = (*DRAFT, *events, ArticleSubmitted())
    version = sum(len(one.events) if isinstance(one, By) else 1 for one in past)
    return given(*past, by("editor", ArticleApproved(reviewed=version)))


# --- the words


def test_a_publication_carries_the_exact_words() -> None:
    story = approved(
        ArticleBylinesAssigned(bylines=[Credit(ANNA)]), ArticleLeadImageSet(lead=Lead(PHOTO, caption="Monday"))
    )
    story.when(article.Publish(STORY), actor=EDITOR).then(
        issued(public_from=NOW, path=PATH, bylines=[Credit(ANNA)], lead=Lead(PHOTO, caption="Monday"))
    )


def test_publications_are_numbered_from_one_without_gaps() -> None:
    assert given(*APPROVED).when(article.Publish(STORY)).publication.number == 1
    assert given(*REAPPROVED).when(article.Update(STORY)).publication.number == 2
    waiting = given(*WAITING).when(article.Correct(STORY, "It opened.", pending="keep"))
    assert waiting.publication.number == 3


def test_an_update_says_what_is_new() -> None:
    update = given(*REAPPROVED).when(article.Update(STORY, "The bridge opened.", silent=True)).publication
    assert isinstance(update, ArticleUpdated)
    assert (update.note, update.silent, update.headline) == ("The bridge opened.", True, "Bridge open")


def test_a_clarification_says_what_could_be_misread_and_is_never_silent() -> None:
    given(*REAPPROVED).when(article.Update(STORY, clarifies=True)).refused("what is clearer now", "note")
    clarified = given(*REAPPROVED).when(article.Update(STORY, "The upper one.", clarifies=True)).publication
    assert isinstance(clarified, ArticleUpdated)
    assert (clarified.clarifies, clarified.silent, clarified.note) == (True, False, "The upper one.")
    given(*REAPPROVED).when(article.Update(STORY, "So.", silent=True, clarifies=True)).refused("silent fix", "silent")


def test_an_update_of_nothing_does_nothing() -> None:
    given(*PUBLISHED).when(article.Update(STORY)).nothing()


def test_a_correction_tells_readers_what_was_wrong() -> None:
    given(*REAPPROVED).when(article.Correct(STORY, " ")).refused("Tell readers what was wrong", "note")
    corrected = given(*REAPPROVED).when(article.Correct(STORY, "It is open.")).publication
    assert isinstance(corrected, ArticleCorrected)
    assert corrected.note == "It is open."


def test_words_that_readers_have_already_need_no_approval_to_be_explained() -> None:
    given(*PUBLISHED).when(article.Correct(STORY, "The mayor's name was wrong in our e-mail."), actor=EDITOR).then(
        ArticleCorrected
    )


def test_a_story_without_words_is_not_published() -> None:
    begun = given(ArticleDrafted(headline="Bridge closed"))
    begun.when(article.Publish(STORY, without_approval="Urgent"), actor=CHIEF).refused("no words in the body", "body")
    hollow = document.from_paragraphs(["x"])
    blank = given(*begun.past, written(hollow), written(document.EMPTY, hollow, base=1))
    blank.when(article.Publish(STORY, without_approval="Urgent"), actor=CHIEF).refused("no words in the body", "body")


def test_a_brief_may_be_a_headline_alone() -> None:
    brief = given(ArticleDrafted(headline="Bridge closed", kind="brief"))
    brief.when(article.Publish(STORY, without_approval="Urgent"), actor=CHIEF).then(ArticlePublished)


def test_a_video_alone_is_a_story() -> None:
    video = Embed(attrs=EmbedAttrs(provider="youtube", url="https://www.youtube.com/watch?v=dQw4w9WgXcQ"))
    story = given(ArticleDrafted(headline="Watch"), written(Doc(content=(video,))))
    story.when(article.Publish(STORY, without_approval="Urgent"), actor=CHIEF).then(ArticlePublished)


def test_a_story_needs_a_headline() -> None:
    nameless = given(ArticleDrafted(headline=""), written())
    nameless.when(article.Publish(STORY, without_approval="Urgent"), actor=CHIEF).refused("headline", "headline")


def test_a_picture_that_was_taken_down_is_not_published() -> None:
    down = (*KNOWN[f"image-{PHOTO}"], ImageTakenDown(reason="Rights."))
    lead = approved(ArticleLeadImageSet(lead=Lead(PHOTO))).knowing(f"image-{PHOTO}", *down)
    lead.when(article.Publish(STORY)).refused("was taken down", "lead")
    pictured = Doc(content=(*BODY.content, Figure(attrs=FigureAttrs(image=PHOTO))))
    body = approved(written(pictured, BODY, base=1)).knowing(f"image-{PHOTO}", *down)
    body.when(article.Publish(STORY)).refused("was taken down", "body")


def test_a_picture_whose_rights_have_ended_is_not_published() -> None:
    ended = (*KNOWN[f"image-{PHOTO}"], ImageRightsChanged(rights="One week", expires=NOW))
    story = approved(ArticleLeadImageSet(lead=Lead(PHOTO))).knowing(f"image-{PHOTO}", *ended)
    story.when(article.Publish(STORY)).refused("rights to the image bridge.jpg have ended", "lead")
    story.at(NOW - 1).when(article.Publish(STORY)).then(ArticlePublished)


def test_no_new_story_goes_into_a_closed_section_but_those_in_it_live_on() -> None:
    closed = (SectionOpened(name="Politics", slug="politics"), SectionClosed())
    story = approved(ArticleSectionChanged(section=POLITICS)).knowing(f"section-{POLITICS}", *closed)
    story.when(article.Publish(STORY)).refused("Politics is closed", "section")
    public = given(ArticleDrafted(headline="x"), ArticleSectionChanged(section=POLITICS), written(), issued())
    public.knowing(f"section-{POLITICS}", *closed).when(article.Correct(STORY, "So.")).then(ArticleCorrected)


# --- approval


def test_words_that_nobody_approved_need_a_chief_and_a_reason() -> None:
    publish = article.Publish(STORY, without_approval="The sea wall is giving way.")
    given(*DRAFT).when(article.Publish(STORY), actor=CHIEF).refused("Nobody has approved these words")
    given(*DRAFT).when(publish, actor=EDITOR).refused("Only a chief editor", "without_approval")
    done = given(*DRAFT).when(publish, actor=CHIEF).publication
    assert done.without_approval == "The sea wall is giving way."


def test_an_import_says_why_nobody_approved() -> None:
    imported = article.Publish(STORY, without_approval="imported")
    given(*DRAFT).when(imported, actor=Actor(None, "editor", "import")).then(ArticlePublished)


def test_approved_words_need_no_reason() -> None:
    done = given(*APPROVED).when(article.Publish(STORY, without_approval="Hurry"), actor=CHIEF)
    assert done.publication.without_approval is None


@pytest.mark.parametrize(
    "publish",
    [
        article.Publish(STORY, reviewed=3), article.Schedule(STORY, TOMORROW, reviewed=3),
    ],
    ids=["publish", "schedule"],
)  # fmt: skip
def test_who_publishes_says_which_words_they_looked_at(publish: Publishing) -> None:
    given(*APPROVED).when(publish).then(*[ArticlePublished if type(publish) is article.Publish else ArticleScheduled])
    edited = (*DRAFT, ArticleSubmitted(), ArticleHeadlineChanged(headline="New"), ArticleSubmitted())
    moved = given(*edited, by("editor", ArticleApproved(reviewed=5))).when(publish)
    assert isinstance(moved.refused("has changed since you read it"), Moved)


# --- when


def test_a_schedule_lies_ahead() -> None:
    given(*APPROVED).when(article.Schedule(STORY, NOW)).refused("This moment has passed", "public_from")
    given(*APPROVED).when(article.Schedule(STORY, 2**60)).refused("outside the years", "public_from")
    soon = issued(ArticleScheduled, public_from=NOW + 1, path=PATH)
    given(*APPROVED).when(article.Schedule(STORY, NOW + 1)).then(soon)


def test_what_is_scheduled_is_public_at_its_moment_and_not_before() -> None:
    given(*SCHEDULED).when(article.Withdraw(STORY, "No.")).refused("Nothing of this article is public")
    given(*SCHEDULED).at(TOMORROW).when(article.Withdraw(STORY, "No.")).then(ArticleWithdrawn(reason="No."))
    given(*SCHEDULED).at(TOMORROW).when(article.CancelSchedule(STORY)).refused("Nothing is scheduled")


def test_publishing_now_what_is_scheduled_replaces_the_schedule_and_needs_no_second_approval() -> None:
    given(*SCHEDULED).when(article.Publish(STORY)).refused("kept or cancelled", "pending")
    given(*SCHEDULED).when(article.Publish(STORY, pending="replace")).refused("kept or cancelled", "pending")  # type: ignore[arg-type]
    given(*SCHEDULED).when(article.Publish(STORY, pending="keep")).refused("Cancel the schedule", "pending")
    given(*SCHEDULED).when(article.Publish(STORY, pending="cancel")).then(
        ArticleScheduleCancelled(number=1, why="published at once instead"),
        issued(number=2, public_from=NOW, path=PATH),
    )


def test_moving_a_schedule_is_cancelling_it_and_scheduling_again() -> None:
    later = article.Schedule(STORY, TOMORROW + DAY, pending="cancel")
    given(*SCHEDULED).when(later).then(
        ArticleScheduleCancelled(number=1, why="rescheduled"),
        issued(ArticleScheduled, number=2, public_from=TOMORROW + DAY, path="/2026/11/25/bridge-closed"),
    )
    given(*SCHEDULED).when(article.Schedule(STORY, TOMORROW)).nothing()
    given(*SCHEDULED).when(article.Schedule(STORY, TOMORROW + 1, pending="keep")).refused("Only one", "pending")


def test_words_edited_after_scheduling_stay_private_until_they_are_scheduled_again() -> None:
    edited = given(*SCHEDULED, ArticleHeadlineChanged(headline="Bridge gone"))
    edited.when(article.Schedule(STORY, TOMORROW, pending="cancel")).refused("Nobody has approved")
    assert edited.state(f"article-{STORY}").pending(NOW).number == 1


@pytest.mark.parametrize("command", [article.Update, article.Correct])
def test_while_an_update_waits_another_says_what_becomes_of_it(command: Any) -> None:
    given(*WAITING).when(command(STORY, "So.")).refused("kept or cancelled", "pending")
    kept = given(*WAITING).when(command(STORY, "So.", pending="keep"), actor=EDITOR)
    assert [type(event) for event in kept.events] == [type(kept.publication)]
    cancelled = given(*WAITING).when(command(STORY, "So.", pending="cancel"), actor=EDITOR)
    assert cancelled.events[0] == ArticleScheduleCancelled(number=2, why="published at once instead")
    assert cancelled.publication.number == 3


def test_an_older_publication_that_was_kept_brings_its_words_back_at_its_moment() -> None:
    past = (*WAITING, ArticleHeadlineChanged(headline="Newer"), issued(ArticleUpdated, 3, NOW, headline="Newer"))
    given(*past).at(TOMORROW).when(article.Update(STORY, without_approval="Newer is right"), actor=CHIEF).then(
        ArticleUpdated
    )


def test_a_schedule_is_cancelled() -> None:
    given(*SCHEDULED).when(article.CancelSchedule(STORY, "The mayor asked.")).then(
        ArticleScheduleCancelled(number=1, why="The mayor asked.")
    )


def test_nothing_is_public_under_an_embargo() -> None:
    held = approved(ArticleEmbargoed(until=NOW + HOUR))
    held.when(article.Publish(STORY)).refused("under an embargo")
    held.when(article.Schedule(STORY, NOW + HOUR - 1)).refused("under an embargo")
    held.when(article.Schedule(STORY, NOW + HOUR)).then(ArticleScheduled)
    held.at(NOW + HOUR).when(article.Publish(STORY)).then(ArticlePublished)


def test_an_embargo_ends_in_the_future_and_not_after_what_is_scheduled() -> None:
    given(*DRAFT).when(article.Embargo(STORY, NOW)).refused("This moment has passed", "until")
    given(*SCHEDULED).when(article.Embargo(STORY, TOMORROW + 1)).refused("scheduled for a moment before", "until")
    given(*SCHEDULED).when(article.Embargo(STORY, TOMORROW)).then(ArticleEmbargoed(until=TOMORROW))
    given(*SCHEDULED, ArticleEmbargoed(until=TOMORROW)).when(article.Embargo(STORY, None)).then(
        ArticleEmbargoed(until=None)
    )


def test_of_two_publications_in_the_same_instant_the_second_comes_after_the_first() -> None:
    same_instant = given(*REAPPROVED).at(NOW - DAY).when(article.Update(STORY)).publication
    assert same_instant.public_from == NOW - DAY + 1


def test_a_clock_behind_the_last_publication_does_not_reorder_history() -> None:
    assert given(*REAPPROVED).at(NOW - 2 * DAY).when(article.Update(STORY)).publication.public_from == NOW - DAY + 1


# --- where


@pytest.mark.parametrize(
    ("instant", "path"),
    [
        ("2026-07-01T22:59:59Z", "/2026/07/01/bridge-closed"),
        ("2026-07-01T23:00:00Z", "/2026/07/02/bridge-closed"),  # midnight in London, in summer
        ("1851-09-18T05:00:00Z", "/1851/09/18/bridge-closed"),
        ("0802-01-02T05:00:00Z", "/0802/01/02/bridge-closed"),
    ],
)
def test_the_date_in_the_address_is_the_newsrooms_own(instant: str, path: str) -> None:
    assert given(*APPROVED).at(from_iso(instant)).when(article.Publish(STORY)).publication.path == path


def test_the_date_in_the_address_is_that_of_the_first_time_for_ever() -> None:
    much_later = given(*REAPPROVED).at(NOW + 90 * DAY)
    assert much_later.when(article.Update(STORY)).publication.path == "/2026/11/22/bridge-closed"


def test_the_address_does_not_follow_the_headline_once_it_is_public() -> None:
    update = given(*REAPPROVED).when(article.Update(STORY)).publication
    assert (update.headline, update.path) == ("Bridge open", "/2026/11/22/bridge-closed")


def test_a_headline_without_letters_still_has_an_address() -> None:
    wordless = approved(ArticleHeadlineChanged(headline="!?"))
    assert wordless.when(article.Publish(STORY)).publication.path == f"/2026/11/23/story-{STORY[-8:]}"


def test_a_derived_slug_makes_way() -> None:
    second = given(*APPROVED).knowing(stream_of(PATH), PathClaimed(path=PATH, owner=THEIRS))
    assert second.when(article.Publish(STORY)).publication.path == PATH + "-2"
    third = second.knowing(stream_of(PATH + "-2"), PathClosed(path=PATH + "-2", owner=THEIRS))
    assert third.when(article.Publish(STORY)).publication.path == PATH + "-3"


def test_an_address_that_was_freed_may_be_used() -> None:
    freed = (PathClaimed(path=PATH, owner=THEIRS), PathReleased(path=PATH, owner=THEIRS))
    assert given(*APPROVED).knowing(stream_of(PATH), *freed).when(article.Publish(STORY)).publication.path == PATH


def test_an_address_that_leads_elsewhere_is_taken() -> None:
    moved = (PathClaimed(path=PATH, owner=THEIRS), PathRedirected(path=PATH, owner=THEIRS))
    story = given(*APPROVED).knowing(stream_of(PATH), *moved)
    assert story.when(article.Publish(STORY)).publication.path == PATH + "-2"


def test_a_chosen_slug_stands_as_it_was_chosen() -> None:
    story = approved(ArticleSlugChanged(slug="the-bridge"))
    assert story.when(article.Publish(STORY)).publication.path == "/2026/11/23/the-bridge"


def test_a_new_slug_keeps_the_date() -> None:
    moved = given(*PUBLISHED, ArticleSlugChanged(slug="the-bridge"))
    update = moved.when(article.Update(STORY, without_approval="Address"), actor=CHIEF).publication
    assert update.path == "/2026/11/22/the-bridge"


# --- away from the readers


def test_a_withdrawal_needs_a_reason() -> None:
    given(*PUBLISHED).when(article.Withdraw(STORY, "")).refused("Say why", "reason")


def test_withdrawing_cancels_what_waits() -> None:
    given(*WAITING).when(article.Withdraw(STORY, "Legal advice.")).then(
        ArticleScheduleCancelled(number=2, why="withdrawn"), ArticleWithdrawn(reason="Legal advice.")
    )


def test_a_withdrawn_story_may_be_reworked_and_published_again_where_it_was() -> None:
    again = given(*WITHDRAWN, ArticleSubmitted(), by("editor", ArticleApproved(reviewed=6)))
    publication = again.when(article.Publish(STORY)).publication
    assert (publication.number, publication.path) == (2, "/2026/11/22/bridge-closed")


def test_a_retraction_leaves_a_notice_and_is_the_end_of_the_words() -> None:
    given(*WAITING).when(article.Retract(STORY, "We do not stand by this.")).then(
        ArticleScheduleCancelled(number=2, why="retracted"), ArticleRetracted(notice="We do not stand by this.")
    )
    given(*PUBLISHED).when(article.Retract(STORY, " ")).refused("needs the notice", "notice")
    given(*RETRACTED).when(article.ChangeHeadline(STORY, "x")).refused("was retracted")
    still = given(*RETRACTED).when(article.Withdraw(STORY, "A court says so.")).then(ArticleWithdrawn)
    given(*RETRACTED, *still.events).when(article.Publish(STORY)).refused("was retracted")


def test_the_bin_is_for_what_was_never_public() -> None:
    given(*PUBLISHED).when(article.Trash(STORY)).refused("has been public")
    given(*WITHDRAWN).when(article.Trash(STORY)).refused("has been public")
    given(*SCHEDULED).when(article.Trash(STORY)).refused("Cancel the schedule first")
    given(*TRASHED).when(article.Publish(STORY)).refused("in the bin")


# --- addresses as the paths' streams hear of them


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (DRAFT, {}),
        (PUBLISHED, {"/2026/11/22/bridge-closed": "claimed"}),
        (SCHEDULED, {"/2026/11/24/bridge-closed": "claimed"}),
        ((*SCHEDULED, ArticleScheduleCancelled(number=1, why="")), {}),
        (
            (*PUBLISHED, issued(ArticleUpdated, 2, NOW, path="/2026/11/22/b")),
            {"/2026/11/22/bridge-closed": "redirected", "/2026/11/22/b": "claimed"},
        ),
        (
            (*PUBLISHED, issued(ArticleScheduled, 2, TOMORROW, path="/2026/11/22/b")),  # both are its own until then
            {"/2026/11/22/bridge-closed": "claimed", "/2026/11/22/b": "claimed"},
        ),
        (
            (*PUBLISHED, issued(ArticleUpdated, 2, NOW, path="/2026/11/22/b"), ArticleWithdrawn(reason="")),
            {"/2026/11/22/bridge-closed": "gone", "/2026/11/22/b": "gone"},
        ),
        (
            (*WITHDRAWN, issued(number=2, public_from=NOW, path="/2026/11/22/b")),
            {"/2026/11/22/bridge-closed": "gone", "/2026/11/22/b": "claimed"},
        ),
        (RETRACTED, {"/2026/11/22/bridge-closed": "claimed"}),
        (EDITED, {"/2026/11/22/bridge-closed": "claimed"}),
    ],
)
def test_the_addresses_of_a_story(past: tuple[Event | By, ...], expected: dict[str, str]) -> None:
    assert article.addresses(given(*past).state(f"article-{STORY}")) == expected


def test_a_minute_is_a_minute() -> None:
    soon = given(*APPROVED).when(article.Schedule(STORY, NOW + MINUTE)).publication
    assert given(*APPROVED, soon).state(f"article-{STORY}").pending(NOW + MINUTE - 1)
    assert not given(*APPROVED, soon).state(f"article-{STORY}").pending(NOW + MINUTE)
