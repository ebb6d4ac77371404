"""What is left of an approval when the publication that was scheduled with it is cancelled."""

from cms import article
from events.article import (
    ArticleHeadlineChanged,
    ArticleScheduleCancelled,
    ArticleScheduled,
    ArticleSubmitted,
    ArticleUpdated,
)
from tests.newsroom.spec import DRAFT, EDITOR, NOW, SCHEDULED, STORY, TOMORROW, WAITING, by, given, issued

PATH = "/2026/11/23/bridge-closed"


def test_who_wrote_what_was_scheduled_may_not_approve_it_after_the_schedule_is_cancelled() -> None:
    back = (ArticleScheduleCancelled(number=1, why=""), ArticleHeadlineChanged(headline="New"), ArticleSubmitted())
    given(*SCHEDULED, by("editor", *back)).when(article.Approve(STORY, 8), actor=EDITOR).refused("your own story")


def test_a_cancelled_schedule_leaves_the_approval_of_its_words() -> None:
    cancelled = ArticleScheduleCancelled(number=1, why="")
    again = given(*SCHEDULED, cancelled)
    assert again.state(f"article-{STORY}").stage == "approved"
    again.when(article.Publish(STORY)).then(issued(number=2, public_from=NOW, path=PATH))
    again.when(article.Schedule(STORY, TOMORROW)).then(ArticleScheduled)
    for other in (
        given(*SCHEDULED, ArticleHeadlineChanged(headline="New"), cancelled),
        given(*SCHEDULED, cancelled, ArticleHeadlineChanged(headline="New")),
        given(*DRAFT, issued(ArticleScheduled, public_from=TOMORROW, without_approval="Now"), cancelled),
        given(*WAITING, issued(ArticleUpdated, 3, NOW), ArticleScheduleCancelled(number=2, why="")),
    ):
        assert other.state(f"article-{STORY}").stage == "draft"
