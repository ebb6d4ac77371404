"""What an operator can set: ``DAYBOOK_*`` and ``PORT``, from the environment and the file ``.env``.

Everything follows from ``DAYBOOK_VAR`` unless it is set by itself. A name that nothing knows or a value that
cannot be meant stops the start and says so: a typing error must never quietly mean the default.
"""

import dataclasses
import difflib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from zoneinfo import ZoneInfo

import click
from dotenv import dotenv_values
from dotenv.parser import parse_stream

from cms import meaning
from cms.roles import Role

PREFIX = "DAYBOOK_"


class SettingsError(click.UsageError, ValueError):
    """A setting that cannot be meant. The message names it, says what is wrong and what would do."""


_NEVER_SHOWN = (meaning.secret, meaning.database)  # what holds, or may hold, a password


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as the documentation tells of it. In a default, ``<var>``, ``<host>`` and ``<port>``
    stand for what those settings say. ``parse`` raises ValueError with what is wrong."""

    name: str
    parse: Callable[[str], Any]
    default: str
    help: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Every setting, parsed. Paths are absolute."""

    var: Annotated[Path, Setting("DAYBOOK_VAR", meaning.path, "var",
        "The folder of everything that Daybook keeps.")]
    port: Annotated[int, Setting("PORT", meaning.whole(0, 65535), "5000",
        "The port that the server listens on.")]
    host: Annotated[str, Setting("DAYBOOK_HOST", meaning.host, "127.0.0.1",
        "The address that the server listens on; 0.0.0.0 for all of the machine's addresses.")]
    events: Annotated[Path, Setting("DAYBOOK_EVENTS", meaning.path, "<var>/events.db",
        "The log: everything that ever happened. Back it up.")]
    events_url: Annotated[str, Setting("DAYBOOK_EVENTS_URL", meaning.database, "",
        "The log in PostgreSQL instead of a file, such as postgresql+psycopg://user:password@host/database."
    )] = dataclasses.field(repr=False)
    accounts: Annotated[Path, Setting("DAYBOOK_ACCOUNTS", meaning.path, "<var>/accounts.db",
        "People, their roles, passwords (hashed) and sessions. Back it up.")]
    keys: Annotated[Path, Setting("DAYBOOK_KEYS", meaning.path, "<var>/keys.db",
        "The keys of personal words in the log; without its key such words cannot be read. Back it up.")]
    media: Annotated[Path, Setting("DAYBOOK_MEDIA", meaning.path, "<var>/media",
        "The folder of the pictures as they were taken in. Back it up.")]
    views: Annotated[Path, Setting("DAYBOOK_VIEWS", meaning.path, "<var>/views.db",
        "The pointer to the tables that pages are read from. Made from the log; may be deleted.")]
    views_url: Annotated[str, Setting("DAYBOOK_VIEWS_URL", meaning.database, "",
        "Those tables in PostgreSQL instead of files. Unless one of the two is set, they are where the log is."
    )] = dataclasses.field(repr=False)
    index: Annotated[Path, Setting("DAYBOOK_INDEX", meaning.path, "<var>/index",
        "The folder of the search index. Made from the log; may be deleted.")]
    desk_index: Annotated[Path, Setting("DAYBOOK_DESK_INDEX", meaning.path, "<var>/desk-index",
        "The folder of the desk's own search index, which has drafts in it. Made from the log; may be deleted.")]
    snapshots: Annotated[Path, Setting("DAYBOOK_SNAPSHOTS", meaning.path, "<var>/snapshots",
        "The folder of folded states of long streams. Made from the log; may be deleted.")]
    renditions: Annotated[Path, Setting("DAYBOOK_RENDITIONS", meaning.path, "<var>/renditions",
        "The folder of scaled pictures. Made from the media; may be deleted.")]
    seals: Annotated[Path, Setting("DAYBOOK_SEALS", meaning.path, "<var>/seals",
        "The folder of the log's Merkle tree and signed heads, best on another disk. Back it up.")]
    seal_key: Annotated[Path | None, Setting("DAYBOOK_SEAL_KEY", meaning.optional_path, "",
        "The file of the key that heads are signed with, outside <var>; flask log key --make makes it.")]
    seal_events: Annotated[int, Setting("DAYBOOK_SEAL_EVENTS", meaning.whole(1, 10**9), "10000",
        "After how many new events a follower seals the log by itself, where there is a key.")]
    seal_seconds: Annotated[int, Setting("DAYBOOK_SEAL_SECONDS", meaning.whole(1, 10**7), "600",
        "After how many seconds it does so at the latest, where anything is new.")]
    anchor_url: Annotated[str, Setting("DAYBOOK_ANCHOR_URL", meaning.web_address, "",
        "The address (http or https) that each new head is posted to, so that it is kept elsewhere.")]
    site_url: Annotated[str, Setting("DAYBOOK_SITE_URL", meaning.site_url, "http://<host>:<port>",
        "The address that readers know, used in feeds, sitemaps and links: https://news.example.org")]
    timezone: Annotated[str, Setting("DAYBOOK_TIMEZONE", meaning.time_zone, "Europe/London",
        "The newsroom's time zone: of every date shown, and of the date in an article's address.")]
    secret_key: Annotated[str, Setting("DAYBOOK_SECRET_KEY", meaning.secret, "",
        "What forms and links are signed with, and secrets of second steps sealed. Unless set, it is made once "
        "and kept in <var>/secret."
    )] = dataclasses.field(repr=False)
    threads: Annotated[int, Setting("DAYBOOK_THREADS", meaning.whole(1, 256), "8",
        "How many requests the server answers at the same time.")]
    session_hours: Annotated[int, Setting("DAYBOOK_SESSION_HOURS", meaning.whole(1, 24 * 365), "24",
        "After how many idle hours a person has to sign in to the desk again.")]
    second_step: Annotated[frozenset[Role], Setting("DAYBOOK_SECOND_STEP", meaning.roles, "",
        "The roles that need a second step of signing in before anything else, such as administrator,chief.")]
    components: Annotated[bool, Setting("DAYBOOK_COMPONENTS", meaning.yes_or_no, "no",
        "yes: the desk shows a page of all of its components, for whoever works on Daybook.")]
    upload_megabytes: Annotated[int, Setting("DAYBOOK_UPLOAD_MEGABYTES", meaning.whole(1, 1024), "40",
        "The largest picture file taken in, in megabytes.")]
    picture_megapixels: Annotated[int, Setting("DAYBOOK_PICTURE_MEGAPIXELS", meaning.whole(1, 1000), "80",
        "The largest picture taken in, in millions of pixels; reading one needs about 4 bytes a pixel.")]
    password_memory: Annotated[int, Setting("DAYBOOK_PASSWORD_MEMORY", meaning.whole(32, 4 * 1024 * 1024), "65536",
        "The memory that hashing one password takes, in KiB. Less makes stolen hashes easier to break.")]

    nightly: Annotated[str, Setting("DAYBOOK_NIGHTLY", meaning.minute, "04:10",
        "When everything is folded again from the log and compared, on the newsroom's clock; never, for not at all.")]
    heal: Annotated[bool, Setting("DAYBOOK_HEAL", meaning.yes_or_no, "yes",
        "no: files of the views and the index that are gone or damaged wait for an operator's flask rebuild-index.")]

    @property
    def zone(self) -> ZoneInfo:
        """The newsroom's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def secure(self) -> bool:
        """Whether readers come by https, so that cookies may demand it."""
        return self.site_url.startswith("https://")

    @property
    def log(self) -> Path | str:
        """Where the log is: a file, or the URL of a database."""
        return self.events_url or self.events

    def secret(self) -> str:
        """The key that forms and links are signed with; made and kept in ``<var>/secret`` once."""
        return self.secret_key or _kept_secret(self.var / "secret")


def known_settings() -> dict[str, Setting]:
    """Every setting by its field in Settings, in the order of the documentation."""
    hints = get_type_hints(Settings, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in dataclasses.fields(Settings)}


def load_settings(environ: Mapping[str, str] | None = None, dotenv: Path | None = Path(".env")) -> Settings:
    """The settings of this process: ``environ`` (the process's own by default) over the file ``dotenv``.

    Raises SettingsError, which names every setting that is unknown or malformed, each on a line.
    """
    given = {**_from_file(dotenv), **(os.environ if environ is None else environ)}
    known = known_settings()
    names = [setting.name for setting in known.values()]
    problems = [_unknown(name, names) for name in given if name.startswith(PREFIX) and name not in names]
    values: dict[str, Any] = {}
    for field, setting in known.items():
        default = _filled_in(setting.default, values)
        text = given.get(setting.name, "").strip() or default
        try:
            values[field] = setting.parse(text)
        except ValueError as error:
            shown = "" if setting.parse in _NEVER_SHOWN else f"; it is {text!r}"
            problems.append(f"{setting.name} {error}{shown}. {_advice(setting)}")
            values[field] = setting.parse(default)
    for field, what in (("events", "the log is"), ("views", "the views are")):
        name, url = known[field].name, known[f"{field}_url"].name
        if given.get(name, "").strip() and values[f"{field}_url"]:
            problems.append(f"{name} and {url} both say where {what}. Leave one of them out.")
    if not given.get("DAYBOOK_VIEWS", "").strip():
        values["views_url"] = values["views_url"] or values["events_url"]
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)


def _from_file(path: Path | None) -> dict[str, str]:
    if path is None or not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8") as file:
            for line in parse_stream(file):
                if line.error:
                    raise SettingsError(
                        f"{path}, line {line.original.line}: cannot be read. Write NAME=value."
                    )
        return {name: value or "" for name, value in dotenv_values(path).items()}
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text: save it again as UTF-8.") from None


def _filled_in(default: str, values: Mapping[str, Any]) -> str:
    host = values.get("host", "")
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    default = default.replace("<host>", f"[{host}]" if ":" in host else host)
    return default.replace("<var>", str(values.get("var"))).replace("<port>", str(values.get("port")))


def _advice(setting: Setting) -> str:
    if setting.default:
        return f"Leave it out for {setting.default}."
    return "Leave it out and one is made here." if setting.parse is meaning.secret else "Leave it out for none."


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"{name} is not a setting of Daybook." + (f" Did you mean {near[0]}?" if near else "")


def _kept_secret(path: Path) -> str:
    """Read or make the secret file. Two processes that start together agree: the first link wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text().strip()
