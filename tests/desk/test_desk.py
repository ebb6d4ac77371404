"""The desk: signing in, the list, an article's life by its buttons."""

from tests.desk.conftest import Newsroom


def test_nobody_sees_the_desk_without_signing_in(newsroom: Newsroom) -> None:
    page = newsroom.app.test_client().get("/desk/articles/0193?x=1")
    assert (page.status_code, page.headers["Location"]) == (303, "/desk/sign-in?next=/desk/articles/0193%3Fx%3D1")


def test_the_life_of_a_story_by_its_buttons(newsroom: Newsroom) -> None:
    rita = newsroom.browser("rita")
    rita.send("/desk/articles", headline="Harbour bridge closed")
    assert "Harbour bridge closed" in rita.text
