"""The desk: where journalists work. Pages and forms that need no script, and scripts that make them quicker."""

from flask import Blueprint, Flask

from cms.desk.house import House
from cms.desk.session import HOME


def register(app: Flask, house: House) -> None:
    """Put the desk's routes into the app, under /desk."""
    from cms.desk import (
        activity,
        articles,
        choosing,
        components,
        corrections,
        editing,
        entities,
        history,
        images,
        listing,
        notes,
        ordering,
        own_account,
        palette,
        people,
        preview,
        publishing,
        rail,
        redirects,
        session,
        sign,
        system,
        writing,
    )
    from cms.desk.faults import install

    desk = Blueprint("desk", __name__, url_prefix=HOME)
    desk.before_request(session.guard)
    desk.after_request(session.seal)
    accounts, stories = (sign, own_account, people), (listing, palette, articles, editing)
    library = (images, entities, choosing, ordering)
    for part in (*accounts, *stories, *library, activity, redirects, corrections, system, components):
        part.install(desk)
    install(desk)
    app.extensions["daybook"] = house
    app.register_blueprint(desk)
    for screen in (writing, history, publishing, preview):
        screen.register(app)
    rail.register()
    notes.register()
