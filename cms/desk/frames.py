"""Pages of the desk that hold other pages in them, and run the desk's own scripts."""

from flask import Blueprint, Response, abort

from cms.article import Article
from cms.desk import session, states
from cms.desk.faults import handle
from cms.desk.session import HOME

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; img-src 'self' data:; "
    "frame-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def blueprint(name: str) -> Blueprint:
    """For those who are signed in, as all of the desk."""
    made = Blueprint(name, __name__, url_prefix=HOME)
    made.before_request(session.guard)
    made.after_request(_seal)
    handle(made)
    return made


def known(id: object) -> Article:
    """The article; 404 where there is none."""
    article = states.article(str(id))
    if not article.version:
        abort(404)
    return article


def _seal(answer: Response) -> Response:
    if "Content-Security-Policy" in answer.headers:  # a page of the site, drawn for the desk: it has its own
        return answer
    answer = session.seal(answer)
    answer.headers["Content-Security-Policy"] = CSP
    return answer
