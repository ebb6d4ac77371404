"""What an operator can set, and how a typing error is told."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cms.operating.work import environ_of
from cms.settings import Settings, SettingsError, known_settings, load_settings


def load(dotenv: Path | None = None, **environ: str) -> Settings:
    return load_settings(environ, dotenv)


def refused(dotenv: Path | None = None, **environ: str) -> str:
    with pytest.raises(SettingsError) as error:
        load_settings(environ, dotenv)
    return str(error.value)


def test_nothing_has_to_be_set() -> None:
    settings = load()
    assert settings.var == Path("var").absolute()
    assert (settings.host, settings.port) == ("127.0.0.1", 5000)
    assert settings.site_url == "http://127.0.0.1:5000"
    assert settings.timezone == settings.zone.key == "Europe/London"
    assert not settings.secure


def test_every_place_follows_from_var_unless_it_is_set_by_itself(tmp_path: Path) -> None:
    settings = load(DAYBOOK_VAR=str(tmp_path / "v"), DAYBOOK_MEDIA=str(tmp_path / "pictures"))
    assert settings.events == tmp_path / "v" / "events.db"
    assert settings.accounts == tmp_path / "v" / "accounts.db"
    assert settings.keys == tmp_path / "v" / "keys.db"
    assert settings.views == tmp_path / "v" / "views.db"
    assert settings.index == tmp_path / "v" / "index"
    assert settings.snapshots == tmp_path / "v" / "snapshots"
    assert settings.renditions == tmp_path / "v" / "renditions"
    assert settings.media == tmp_path / "pictures"


def test_views_are_where_the_log_is_unless_one_of_their_settings_is_set(tmp_path: Path) -> None:
    log, other = "postgresql+psycopg://a@b/log", "postgresql+psycopg://a@b/views"
    assert load().views_url == "" and load(DAYBOOK_VIEWS_URL=other).views_url == other
    assert load(DAYBOOK_EVENTS_URL=log).views_url == log
    assert load(DAYBOOK_EVENTS_URL=log, DAYBOOK_VIEWS_URL=other).views_url == other
    files = load(DAYBOOK_EVENTS_URL=log, DAYBOOK_VIEWS=str(tmp_path / "v.db"))
    assert (files.views, files.views_url) == (tmp_path / "v.db", "")
    assert "both say where the views are" in refused(DAYBOOK_VIEWS="v.db", DAYBOOK_VIEWS_URL=other)
    for settings in (load(DAYBOOK_EVENTS_URL=log), load(DAYBOOK_VIEWS_URL=other), files):
        assert load_settings(environ_of(settings), dotenv=None) == settings


def test_the_site_is_where_the_server_listens_unless_set() -> None:
    assert load(PORT="8080").site_url == "http://127.0.0.1:8080"
    assert load(DAYBOOK_HOST="0.0.0.0").site_url == "http://127.0.0.1:5000"
    assert load(DAYBOOK_HOST="::1").site_url == "http://[::1]:5000"
    public = load(DAYBOOK_SITE_URL="https://news.example.org/")
    assert public.site_url == "https://news.example.org"
    assert public.secure


def test_an_unknown_name_is_an_error_with_the_nearest_known_one() -> None:
    said = refused(DAYBOOK_TIMEZNE="Europe/Paris")
    assert "DAYBOOK_TIMEZNE is not a setting" in said
    assert "DAYBOOK_TIMEZONE" in said


def test_every_problem_is_told_at_once() -> None:
    said = refused(DAYBOOK_COLOUR="red", DAYBOOK_TIMEZONE="Europe/Atlantis", PORT="http")
    assert len(said.splitlines()) == 3
    assert "DAYBOOK_COLOUR" in said and "DAYBOOK_TIMEZONE" in said and "PORT" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "५०००"),
        ("DAYBOOK_THREADS", "0"),
        ("DAYBOOK_THREADS", "many"),
        ("DAYBOOK_SITE_URL", "news.example.org"),
        ("DAYBOOK_SITE_URL", "ftp://news.example.org"),
        ("DAYBOOK_SITE_URL", "https://example.org/news"),
        ("DAYBOOK_TIMEZONE", "../etc/passwd"),
        ("DAYBOOK_TIMEZONE", "Europe"),
        ("DAYBOOK_HOST", "here there"),
        ("DAYBOOK_PASSWORD_MEMORY", "1"),
        ("DAYBOOK_SESSION_HOURS", "1.5"),
    ],
)
def test_a_malformed_value_is_named_with_what_would_do(name: str, value: str) -> None:
    said = refused(None, **{name: value})
    assert said.startswith(f"{name} ")
    assert repr(value) in said
    assert "Leave it out" in said


def test_an_empty_value_means_the_default() -> None:
    assert load(PORT="", DAYBOOK_TIMEZONE=" ") == load()


def test_the_environment_stands_over_the_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("DAYBOOK_TIMEZONE=Europe/Oslo\nPORT=7000 # ours\nOTHER=1\n")
    settings = load(dotenv, PORT="7001")
    assert (settings.timezone, settings.port) == ("Europe/Oslo", 7001)


def test_the_file_is_held_to_the_same_rules(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("DAYBOOK_THREAD=4\n")
    assert "Did you mean DAYBOOK_THREADS?" in refused(dotenv)
    dotenv.write_text("PORT=5000\nwhat is this = 'no end\n")
    assert "line 2" in refused(dotenv)
    dotenv.write_bytes(b"DAYBOOK_VAR=\xff\xfe\n")
    assert "UTF-8" in refused(dotenv)


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = load(DAYBOOK_VAR=str(tmp_path / "var"))
    secret = settings.secret()
    assert len(secret) >= 32
    assert load(DAYBOOK_VAR=str(tmp_path / "var")).secret() == secret
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    settings = load(DAYBOOK_VAR=str(tmp_path))
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: settings.secret(), range(8)))) == 1


def test_the_log_is_a_file_or_in_a_database(tmp_path: Path) -> None:
    assert load(DAYBOOK_EVENTS=str(tmp_path / "log")).log == tmp_path / "log"
    url = "postgresql+psycopg://anna:s3cret@db.example.org/daybook?sslmode=require"
    assert load(DAYBOOK_EVENTS_URL=url).log == url
    assert load(DAYBOOK_EVENTS_URL=url.replace("+psycopg", "")).log == url


@pytest.mark.parametrize(
    "url", ["mysql://anna:s3cret@db/daybook", "postgresql://anna:s3cret@db", "anna:s3cret", "postgresql://a:s3cret@h:x/d"]
)
def test_an_address_of_a_database_that_cannot_be_meant_is_told_without_its_password(url: str) -> None:
    said = refused(DAYBOOK_EVENTS_URL=url)
    assert "DAYBOOK_EVENTS_URL must be an address such as" in said and "s3cret" not in said


def test_the_log_cannot_be_in_two_places() -> None:
    said = refused(DAYBOOK_EVENTS="log", DAYBOOK_EVENTS_URL="postgresql://anna:s3cret@db/daybook")
    assert "both say where the log is" in said and "s3cret" not in said


def test_a_password_of_a_database_is_not_in_what_is_printed_of_the_settings() -> None:
    assert "s3cret" not in repr(load(DAYBOOK_EVENTS_URL="postgresql://anna:s3cret@db/daybook"))


def test_a_secret_that_is_set_is_used_and_never_shown() -> None:
    settings = load(DAYBOOK_SECRET_KEY="s" * 40)
    assert settings.secret() == "s" * 40
    assert "s" * 40 not in repr(settings)
    said = refused(DAYBOOK_SECRET_KEY="hunter2")
    assert "too short" in said and "hunter2" not in said


def test_every_setting_explains_itself() -> None:
    for setting in known_settings().values():
        assert setting.name == "PORT" or setting.name.startswith("DAYBOOK_")
        assert setting.help.endswith((".", "g")) and len(setting.help) > 20


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"DAYBOOK_SECOND_STEP": "chief,administrator", "DAYBOOK_COMPONENTS": "yes", "PORT": "5009"},
        {"DAYBOOK_VAR": "/a b", "DAYBOOK_HOST": "::", "DAYBOOK_SECRET_KEY": "s" * 40, "DAYBOOK_SITE_URL": "https://a.b"},
    ],
)
def test_another_process_is_given_the_same_settings(given: dict[str, str]) -> None:
    settings = load_settings(given, dotenv=None)
    assert load_settings(environ_of(settings), dotenv=None) == settings
