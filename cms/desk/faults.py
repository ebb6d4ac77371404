"""What goes wrong at the desk, said so that one knows what is safe and what to do."""

from flask import Blueprint, abort, g, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response

from cms.desk.page import render
from cms.desk.session import HOME, again, see
from views.shapes import BadCursor, ViewsMissing

_WORDS = {
    400: ("That could not be understood", "Nothing was changed. Go back and try again."),
    403: ("This is not for your role", "Nothing was shown or changed. Ask an administrator if you need it."),
    404: ("There is nothing here", "The address may be mistyped, or what stood here was never made."),
    405: ("That cannot be done here", "Nothing was changed. Go back and use the page's own buttons."),
    413: ("That is too large", "Nothing was taken in. Send fewer or smaller files."),
}


def install(desk: Blueprint) -> None:
    """The handlers, and a route for every address under the desk that is none."""
    desk.add_url_rule("/<path:rest>", "nothing", nothing, methods=["GET", "POST"])
    handle(desk)


def handle(desk: Blueprint) -> None:
    """The handlers alone."""
    desk.register_error_handler(HTTPException, _wrong)
    desk.register_error_handler(NotFound, _wrong)  # by its name, for the site has a page of its own for it
    desk.register_error_handler(ViewsMissing, _missing)
    desk.register_error_handler(BadCursor, lambda _: _said(404))


def nothing(rest: str) -> Response:
    """There is nothing at this address; where a form was sent to it, “Back” leads to the page that had the form."""
    page, sent, _ = rest.partition("/do/")
    if request.method != "GET" or not (sent or rest == "articles"):
        abort(404)
    return see(f"{HOME}/{page}" if sent else HOME)


def _wrong(error: HTTPException) -> Response:
    code = error.code or 500
    if code >= 500 and request.form and "desk_session" in g:
        return again(503, "ailing")  # a full disk, perhaps: what was typed is not lost with it
    return _said(code)


def _said(code: int) -> Response:
    title, words = _WORDS.get(code, ("Something went wrong", "It has been noted. What was saved before is safe."))
    return render("message.html", code, title=title, words=words)


def _missing(_: ViewsMissing) -> Response:
    answer = render(
        "message.html", 503, title="The lists are being made anew",
        words="What you saved is safe in the log. Try again in a few seconds.",
    )  # fmt: skip
    answer.headers["Retry-After"] = "5"
    return answer
