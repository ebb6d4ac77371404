"""Pages of the desk that hold other pages in them, and run the desk's own scripts."""

from functools import partial

from flask import Blueprint, Response

from cms.desk import session
from cms.desk.faults import handle
from cms.desk.session import HOME

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; img-src 'self' data:; "
    "frame-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def blueprint(name: str, policy: str = CSP) -> Blueprint:
    """For those who are signed in, as all of the desk. ``policy``: what its pages may load, run and send."""
    made = Blueprint(name, __name__, url_prefix=HOME)
    made.before_request(session.guard)
    made.after_request(partial(_seal, policy=policy))
    handle(made)
    return made


def _seal(answer: Response, policy: str) -> Response:
    if "Content-Security-Policy" in answer.headers:  # a page of the site, drawn for the desk: it has its own
        return answer
    answer = session.seal(answer)
    answer.headers["Content-Security-Policy"] = policy
    return answer
