"""Editing without a script: only what was changed is sent, and nobody's words are written over."""

from cms import article as a
from cms import byline as b
from cms import section as s
from cms import tag as t
from cms.desk.stories.editing import values
from events.article import ArticleTagsChanged, Credit
from tests.desk.conftest import Browser, Newsroom
from tests.desk.test_desk import written

ANNA, BEN = "0193aaaa-0000-7000-8000-0000000000b1", "0193aaaa-0000-7000-8000-0000000000b2"
POLITICS, HARBOUR = "0193aaaa-0000-7000-8000-0000000000c1", "0193aaaa-0000-7000-8000-0000000000d1"


def state(newsroom: Newsroom, story: str) -> object:
    return newsroom.house.newsroom._streams.current(f"article-{story.rpartition('/')[2]}").state


def events(newsroom: Newsroom, story: str) -> list[str]:
    return [recorded.type for recorded in newsroom.house.store.read_stream(f"article-{story.rpartition('/')[2]}")]


def furnished(newsroom: Newsroom) -> None:
    newsroom.do(b.Create(ANNA, "Anna Brandt"), b.Create(BEN, "Ben Carr"), s.Open(POLITICS, "Politics"))
    newsroom.do(t.Create(HARBOUR, "Harbour"))


def open_(newsroom: Newsroom, who: str, story: str) -> Browser:
    return newsroom.browser(who).go(f"{story}/edit")


def test_a_form_that_nobody_touched_changes_nothing(newsroom: Newsroom) -> None:
    story = written(newsroom)
    before = events(newsroom, story)
    rita = open_(newsroom, "rita", story).send(f"{story}/edit")
    assert "Nothing was changed." in rita.text
    assert events(newsroom, story) == before


def test_every_field_is_saved_as_its_own_event(newsroom: Newsroom) -> None:
    furnished(newsroom)
    story = written(newsroom)
    before = len(events(newsroom, story))
    rita = open_(newsroom, "rita", story)
    rita.send(
        f"{story}/edit", kicker="Harwick", headline="Bridge shut", standfirst="Why\r\nand when", slug="bridge-shut",
        section=POLITICS, kind="analysis", byline=[ANNA, BEN, ""], byline_role=["by", "photographs", "by"],
        tag=[HARBOUR], body="New words.",
    )  # fmt: skip
    assert "Saved." in rita.text
    assert set(events(newsroom, story)[before:]) == {
        "article.kicker_changed", "article.headline_changed", "article.standfirst_changed", "article.slug_changed",
        "article.section_changed", "article.kind_changed", "article.bylines_assigned", "article.tags_changed",
        "article.body_edited",
    }  # fmt: skip
    content = state(newsroom, story).content  # type: ignore[attr-defined]
    assert content.bylines == (Credit(ANNA, "by"), Credit(BEN, "photographs"))
    assert values(state(newsroom, story))["standfirst"] == "Why\nand when"  # type: ignore[arg-type]
    assert rita.go(f"{story}/edit").form(f"{story}/edit")["byline"][:2] == [ANNA, BEN]


def test_tags_keep_their_order(newsroom: Newsroom) -> None:
    furnished(newsroom)
    newsroom.do(t.Create(ANNA, "Zebras"), t.Create(BEN, "Apples"))
    story = written(newsroom)
    newsroom.do(a.ChangeTags(story.rpartition("/")[2], (HARBOUR, ANNA)))
    before = len(events(newsroom, story))
    rita = open_(newsroom, "rita", story).send(f"{story}/edit")
    assert len(events(newsroom, story)) == before
    rita.go(f"{story}/edit").send(f"{story}/edit", tag=[BEN, HARBOUR])
    *_, last = newsroom.house.store.read_stream(f"article-{story.rpartition('/')[2]}")
    assert last.event == ArticleTagsChanged(tags=[HARBOUR, BEN])


def test_two_people_in_different_fields_both_keep_their_words(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita, ed = open_(newsroom, "rita", story), open_(newsroom, "ed", story)
    rita.send(f"{story}/edit", headline="Rita's headline")
    ed.send(f"{story}/edit", standfirst="Ed's standfirst")
    text = ed.go(story).text
    assert "Rita's headline" in text
    assert "Ed's standfirst" in text


def test_two_people_in_one_field_are_told_with_both_texts(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita, ed = open_(newsroom, "rita", story), open_(newsroom, "ed", story)
    rita.send(f"{story}/edit", headline="Rita's headline")
    ed.send(f"{story}/edit", 409, headline="Ed's headline", standfirst="Ed's standfirst")
    assert "Rita Okafor changed this while you wrote." in ed.text
    assert "Rita's headline" in ed.text
    assert ed.form(f"{story}/edit")["headline"] == "Ed's headline"
    assert ed.form(f"{story}/edit")["standfirst"] == "Ed's standfirst"
    assert "Rita's headline" in newsroom.browser("rita").go(story).text
    ed.send(f"{story}/edit")
    assert "Ed's headline" in ed.text
    assert "Ed's standfirst" in ed.text


def test_one_may_leave_theirs_and_still_save_the_rest(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita, ed = open_(newsroom, "rita", story), open_(newsroom, "ed", story)
    rita.send(f"{story}/edit", body="Rita's words.")
    ed.send(f"{story}/edit", 409, body="Ed's words.", kicker="Harwick")
    ed.send(f"{story}/edit", choose_body="theirs")
    assert "Rita's words." in ed.text
    assert "Ed's words." not in ed.text
    assert "Harwick" in ed.text


def test_the_same_change_by_two_people_is_no_conflict(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita, ed = open_(newsroom, "rita", story), open_(newsroom, "ed", story)
    rita.send(f"{story}/edit", headline="The same", body="The same words.")
    ed.send(f"{story}/edit", headline="The same", body="The same words.")
    assert events(newsroom, story).count("article.headline_changed") == 1


def test_a_conflict_over_bylines_shows_names(newsroom: Newsroom) -> None:
    furnished(newsroom)
    story = written(newsroom)
    rita, ed = open_(newsroom, "rita", story), open_(newsroom, "ed", story)
    rita.send(f"{story}/edit", byline=[ANNA, ""], byline_role=["by", "by"])
    ed.send(f"{story}/edit", 409, byline=[BEN, ""], byline_role=["by", "by"])
    assert "By Anna Brandt" in ed.text
    ed.send(f"{story}/edit")
    assert "By Ben Carr" in ed.text


def test_what_is_refused_keeps_everything_typed(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita = open_(newsroom, "rita", story)
    rita.send(f"{story}/edit", 422, headline="x" * 301, body="Long work.\n\nNot to be lost.", slug="ok")
    assert "The headline is 301 characters long" in rita.text
    form = rita.form(f"{story}/edit")
    assert form["headline"] == "x" * 301
    assert form["body"] == "Long work.\n\nNot to be lost."
    rita.send(f"{story}/edit", headline="Shorter")
    assert "Not to be lost." in rita.text


def test_a_picture_that_is_not_there_cannot_be_placed(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita = open_(newsroom, "rita", story)
    rita.send(f"{story}/edit", 422, body=f"One.\n\n![](image:{ANNA})")
    assert "There is no picture" in rita.text
    rita.send(f"{story}/edit", 422, body="One.", byline=[POLITICS], byline_role=["by"])
    assert "There is no byline" in rita.text
    rita.send(f"{story}/edit", 422, byline=[ANNA], byline_role=["king"])
    rita.send(f"{story}/edit", 422, kind="gossip", byline=[], byline_role=[])


def test_an_article_in_the_bin_is_not_edited(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita = open_(newsroom, "rita", story)
    newsroom.browser("rita").go(story).send(f"{story}/do/trash")
    rita.send(f"{story}/edit", 422, headline="Too late")
    assert "in the bin" in rita.text
    assert rita.form(f"{story}/edit")["headline"] == "Too late"


def test_a_strange_version_is_taken_as_the_newest_or_the_first(newsroom: Newsroom) -> None:
    story = written(newsroom)
    rita = open_(newsroom, "rita", story)
    for version in ("99999", "-1", "0", "x", ""):
        status = 409 if version in ("-1", "0") else 303
        rita.go(f"{story}/edit").send(f"{story}/edit", status, version=version, headline=f"V{version}")
