"""Views in PostgreSQL: the same answers and the same digests as in files, and what only a server can do to them."""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, get_args

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, make_url

from events import article as a
from events import byline as b
from tests.postgres import NO_SYNC, Server, address, database
from tests.views.conftest import House, words
from tests.views.histories import Scribe, histories
from tests.views.test_histories import at_most, everything, told
from tests.views.test_public import FERRY, story
from views import Views, schemas
from views.activity import Which
from views.desk import Desk
from views.desk_shapes import Filter, List
from views.projection import RebuildNeeded
from views.shapes import ViewsMissing

NAMES = ["Zoë", "aaron", "Éric", "_x", "B%c", "ba c", "Ähm", "Aaron", "10", "9", "ß", "é"]
_numbers = count()


@pytest.fixture
def house(tmp_path: Path, postgres: str) -> Iterator[House]:
    made = House(tmp_path, postgres)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared_database(postgres_server: URL) -> Iterator[str]:
    with database(postgres_server) as url:
        with psycopg.connect(address(url), autocommit=True) as raw:
            raw.execute("CREATE EXTENSION pg_trgm")
        yield url


def newsroom_of_its_own(url: str) -> str:
    """An address of the same database for another newsroom."""
    name = f"paper{next(_numbers)}"
    with psycopg.connect(address(url), autocommit=True) as raw:
        raw.execute(f"CREATE SCHEMA {name}".encode())
    return make_url(url).update_query_dict({"options": f"-csearch_path={name}"}).render_as_string(hide_password=False)


def at_the_desk(desk: Desk, scribe: Scribe) -> dict[str, Any]:
    """Every list and every count."""
    library = desk.library
    return {
        "counts": desk.counts(), "ahead": desk.ahead(),
        "lists": {name: desk.stories(Filter(list=name)) for name in get_args(List)},
        "found": {word: desk.stories(Filter(text=word)) for word in ("word1", "body", "x 2", "%", "_")},
        "mine": desk.stories(Filter(mine="anna")),
        "things": {
            kind: {id: (desk.usage(f"{kind}-{id}"), desk.reach(f"{kind}-{id}")) for id in ids}
            for kind, ids in scribe.known.items()
        },
        "history": [desk.history(f"article-{one.id}") for one in scribe.stories],
        "activity": [desk.activity.lines(which) for which in (Which(), Which(actor="anna", thing="article"))],
        "images": [library.images(), library.images(text="WORD"), library.images(shelf="unused")],
        "library": (library.bylines(), library.sections(), library.tags(), library.menu()),
        "named": [library.named(kind, text, 9) for kind in ("byline", "tag") for text in ("WORD", "%", "1")],
    }  # fmt: skip


@given(histories, st.integers(1, 7), st.sampled_from([0, 1, 300]))
def test_both_engines_give_every_answer_alike(
    shared_database: str, history: list[Any], batch: int, inline: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, at_most(batch, inline):
        house = House(Path(folder))
        scribe = Scribe(house, fold=False)
        views = Views(Path(folder) / "other" / "views.db", house.store, newsroom_of_its_own(shared_database))
        try:
            views.catch_up()
            for number, op in enumerate(history):
                scribe.play(op)
                if number % batch == 0:
                    house.views.catch_up()
                    views.catch_up()
            house.views.catch_up(), views.catch_up()
            house.hour += 1
            now = house.at(house.hour)
            assert everything(views.reader(now), scribe) == everything(house.read(), scribe)
            then = house.at(house.hour / 2)
            assert everything(views.reader(now, then), scribe) == everything(house.read(house.hour / 2), scribe)
            assert at_the_desk(views.desk(now), scribe) == at_the_desk(house.desk(), scribe)
            assert list(views.documents.all()) == list(house.views.documents.all())
            assert views.digests() == house.views.digests()
            verified = views.verify()
            assert not told(verified) and verified.ok
        finally:
            views.close()
            house.close()


def test_names_stand_in_one_order_and_are_found_by_the_same_letters(house: House, tmp_path: Path) -> None:
    for n, name in enumerate(NAMES):
        house.tell(f"byline-{n}", b.BylineCreated(name=name, slug=f"b{n}"))
        house.tell(f"article-{n}", a.ArticleDrafted(headline=name))
    files = Views(tmp_path / "files" / "views.db", house.store)
    files.catch_up()
    mine, theirs = house.desk(), files.desk(house.at(0))
    assert [person.view.name for person in mine.library.bylines()] == sorted(NAMES)
    for text in ["aa", "AA", "É", "é", "ß", "SS", "%", "_", "\\", "1"]:
        assert mine.library.named("byline", text, 20) == theirs.library.named("byline", text, 20)
        assert mine.stories(Filter(text=text)).items == theirs.stories(Filter(text=text)).items
    files.close()


def test_a_letter_that_postgresql_does_not_have_is_replaced_and_changes_no_proof(house: House, tmp_path: Path) -> None:
    house.tell("article-x", a.ArticleDrafted(headline="Ferry\0sails"))
    shown = house.desk().story("x")
    assert shown is not None and shown.headline == "Ferry\ufffdsails"
    files = Views(tmp_path / "files" / "views.db", house.store)
    files.catch_up()
    assert files.digests() == house.views.digests() and house.views.verify().ok and files.verify().ok
    house.views.rebuild()
    assert files.digests() == house.views.digests() and house.views.verify().ok
    files.close()


def test_headlines_longer_than_an_entry_of_an_index_are_kept_and_found(house: House) -> None:
    long = " ".join(f"word{n}" for n in range(2000))
    story(house, headline=long, standfirst=long)
    house.tell("article-y", a.ArticleDrafted(headline=long))
    assert [one.article for one in house.desk().stories(Filter(text="word1999")).items] == ["y"]
    house.views.rebuild()
    assert house.views.verify().ok


def test_where_there_are_trigrams_the_desk_searches_by_them(house: House) -> None:
    index = "SELECT indexdef FROM pg_indexes WHERE indexname = 'desk_found' AND schemaname = current_schema()"
    assert not house.rows(index)
    with psycopg.connect(address(house.url), autocommit=True) as raw:
        raw.execute("CREATE SCHEMA tools")
        raw.execute("CREATE EXTENSION pg_trgm SCHEMA tools")
    house.views.rebuild()
    assert "tools.gin_trgm_ops" in house.rows(index)[0][0]
    house.tell("article-y", a.ArticleDrafted(headline="A 100% back\\slash under_score"))
    for text, found in {"100%": 1, "1_0": 0, "k\\s": 1, "r_s": 1, "r%s": 0, "zz": 0}.items():
        assert len(house.desk().stories(Filter(text=text)).items) == found, text


@pytest.mark.parametrize("there", [False, True])
def test_a_role_that_may_use_no_trigrams_searches_without_and_a_rebuild_says_so(
    tmp_path: Path, postgres: str, there: bool, caplog: pytest.LogCaptureFixture
) -> None:
    role = f"paper_{make_url(postgres).database}"
    with psycopg.connect(address(postgres), autocommit=True) as raw:
        raw.execute(f"CREATE ROLE {role} LOGIN".encode())
        raw.execute(f"GRANT CREATE ON DATABASE {make_url(postgres).database} TO {role}".encode())
        if there:
            raw.execute("CREATE SCHEMA tools")
            raw.execute("CREATE EXTENSION pg_trgm SCHEMA tools")
    house = House(tmp_path, make_url(postgres).set(username=role).render_as_string(hide_password=False))
    try:
        house.tell("article-y", a.ArticleDrafted(headline="Ferry runs aground"))
        caplog.clear()
        house.views.rebuild()
        assert [one.getMessage() for one in caplog.records if "pg_trgm" in one.getMessage()] == [schemas._SLOWER]
        assert [one.article for one in house.desk().stories(Filter(text="aground")).items] == ["y"]
    finally:
        house.close()
        with psycopg.connect(address(postgres), autocommit=True) as raw:
            raw.execute(f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}".encode())


def test_connections_that_are_lost_are_opened_again(house: House) -> None:
    story(house)
    before = house.read()
    end_connections(house.url)
    with pytest.raises(ViewsMissing, match="PostgreSQL"):  # what had begun ends: asked again, it is answered
        before.latest(10)
    assert house.read().page(FERRY) is not None and house.views.status().usable
    end_connections(house.url)
    house.tell("article-y", a.ArticleDrafted(headline="y"))
    assert house.desk().story("y") is not None
    end_connections(house.url)
    assert house.views.verify().ok


def end_connections(url: str) -> None:
    """As when the server is told to restart."""
    with psycopg.connect(address(url)) as raw:
        ended = raw.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'daybook views'"
        ).fetchall()
    assert ended


def test_a_server_that_stands_still_is_missed_and_taken_up_again(tmp_path: Path) -> None:
    server = Server(NO_SYNC)
    try:
        server.start()
        house = House(tmp_path, server.url.render_as_string(hide_password=False))
        story(house)
        server.stop()
        for ask in (house.read, house.desk, house.views.documents.position, house.views.catch_up, house.views.verify):
            with pytest.raises(ViewsMissing):
                ask()
        status = house.views.status()
        assert not status.usable and status.reason and "PostgreSQL" in status.reason
        house.views.tidy()
        house.tell("article-y", a.ArticleDrafted(headline="y"), fold=False)
        server.start()
        house.views.catch_up()
        assert house.desk().story("y") is not None and house.read().page(FERRY) is not None
        assert house.views.verify().ok
        house.close()
    finally:
        server.remove()


def test_what_a_power_cut_takes_of_the_views_is_folded_in_again(tmp_path: Path) -> None:
    server = Server()  # one that syncs
    try:
        server.start()
        house = House(tmp_path, server.url.render_as_string(hide_password=False))
        for n in range(20):
            story(house, f"s{n}", f"/2026/09/21/{n}")
        server.stop()
        server.start()
        house.views.catch_up()
        assert house.views.verify().ok and len(house.read().latest(50).items) == 20
        house.close()
    finally:
        server.remove()


def test_newsrooms_in_one_database_do_not_meet(postgres: str, tmp_path: Path) -> None:
    houses = [House(tmp_path / name, newsroom_of_its_own(postgres)) for name in "ab"]
    story(houses[0])
    assert houses[0].read().page(FERRY) is not None and houses[1].read().page(FERRY) is None
    with houses[0].views._projector.turn.taken(0):
        houses[1].tell("article-y", a.ArticleDrafted(headline="y"))
    assert houses[1].views.rebuild().position == 1 and houses[1].views.verify().ok
    assert houses[0].read().page(FERRY) is not None and houses[0].views.verify().ok
    for house in houses:
        house.close()


def test_a_generation_that_a_backup_reads_is_removed_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "WAIT", "50ms")
    house.views.rebuild()
    with psycopg.connect(address(house.url)) as backup:
        backup.execute("LOCK TABLE views_1.desk IN ACCESS SHARE MODE")
        rebuilt = house.views.rebuild()
        assert not rebuilt.removed and house.generations() == {"views_1", "views_2", "views_3"}
        backup.rollback()
    house.views.tidy()
    assert house.generations() == {"views_2", "views_3"}


def test_a_role_that_may_not_make_schemas_is_told_so(postgres: str, tmp_path: Path) -> None:
    role = f"reader_{make_url(postgres).database}"
    with psycopg.connect(address(postgres), autocommit=True) as raw:
        raw.execute(f"CREATE ROLE {role} LOGIN".encode())
        try:
            url = make_url(postgres).set(username=role).render_as_string(hide_password=False)
            house = House(tmp_path)
            views = Views(tmp_path / "other" / "views.db", house.store, url)
            with pytest.raises(ViewsMissing, match="permission denied"):
                views.catch_up()
            views.close(), house.close()
        finally:
            raw.execute(f"DROP ROLE {role}".encode())


def test_two_processes_never_fold_at_once_even_without_the_lock(house: House) -> None:
    """Rows and checkpoint move in one transaction, and a second one waits for the first."""
    house.tell("article-x", a.ArticleDrafted(headline="x"))
    one, two = house.views._engine.writer(), house.views._engine.writer()
    one.db.begin()
    two.db.execute("SET lock_timeout = '50ms'")
    with pytest.raises(ViewsMissing, match="lock timeout"):
        two.db.begin()
    one.db.execute("ROLLBACK")
    two.db.execute("ROLLBACK")
    two.db.begin()
    two.db.execute("ROLLBACK")
    assert house.desk().story("x") is not None
    one.close(), two.close()
    house.tell("article-x", a.ArticlePublished(**words(1, 0)))


def test_a_table_that_was_dropped_is_said_and_made_anew(house: House) -> None:
    story(house, "ferry", FERRY)
    before = house.views.digests()
    house.rows("DROP TABLE history CASCADE")
    with pytest.raises((RebuildNeeded, ViewsMissing), match="history"):
        house.views.verify()
    assert not house.views.status().usable
    house.views.rebuild()
    assert house.views.verify().ok and house.views.digests() == before
