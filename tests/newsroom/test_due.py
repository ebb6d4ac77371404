"""By when a story is wanted: set ahead, taken off again, and no reason for a new approval."""

from cms import article
from events.article import ArticleDueSet
from events.instant import HOUR
from tests.newsroom.spec import APPROVED, DRAFT, EDITOR, NOW, STORY, TOMORROW, fold, given

DUE = ArticleDueSet(due=TOMORROW)


def test_it_is_set_moved_and_taken_off() -> None:
    given(*DRAFT).when(article.SetDue(STORY, TOMORROW), actor=EDITOR).then(DUE)
    given(*DRAFT, DUE).when(article.SetDue(STORY, TOMORROW), actor=EDITOR).nothing()
    given(*DRAFT, DUE).when(article.SetDue(STORY, None), actor=EDITOR).then(ArticleDueSet(due=None))
    given(*DRAFT).when(article.SetDue(STORY, None), actor=EDITOR).nothing()


def test_it_lies_ahead_when_it_is_set() -> None:
    given(*DRAFT).when(article.SetDue(STORY, NOW - HOUR), actor=EDITOR).refused("This moment has passed", "due")
    late = given(*DRAFT, DUE).at(TOMORROW + HOUR)
    late.when(article.SetDue(STORY, TOMORROW), actor=EDITOR).nothing()


def test_it_changes_no_words() -> None:
    state = fold(f"article-{STORY}", [*APPROVED, DUE])
    assert isinstance(state, article.Article)
    assert (state.due, state.stage) == (TOMORROW, "approved")
