"""Asking an app within the process: the WSGI call alone, without a client around it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from werkzeug.test import create_environ

Environ = dict[str, Any]


class Answer(NamedTuple):
    """What came back."""

    status: str
    headers: dict[str, str]
    body: bytes


def request(path: str, query: str = "", **headers: str) -> Environ:
    """A GET, ready to be asked (any number of times): making it is no part of what is measured."""
    return create_environ(path, query_string=query, headers={k.replace("_", "-"): v for k, v in headers.items()})


def ask(app: Any, environ: Environ) -> Answer:
    """One answer, whole."""
    said: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
        said[:] = status, headers

    answer: Iterable[bytes] = app(dict(environ), start_response)
    try:
        body = b"".join(answer)
    finally:
        if close := getattr(answer, "close", None):
            close()
    return Answer(said[0], dict(said[1]), body)


def ask_all(app: Any, environs: Sequence[Environ], status: str = "200") -> int:
    """Ask each in turn; how many that were. Raises AssertionError where an answer is another than expected."""
    for environ in environs:
        answer = ask(app, environ)
        assert answer.status.startswith(status), f"{environ['PATH_INFO']}: {answer.status}"
    return len(environs)
