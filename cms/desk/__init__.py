"""The desk: where journalists work. Pages and forms that need no script, and scripts that make them quicker."""

from flask import Blueprint, Flask

from cms.desk.house import House
from cms.desk.session import HOME


def register(app: Flask, house: House) -> None:
    """Put the desk's routes into the app, under /desk."""
    from cms.desk import components, session
    from cms.desk.accounts import own_account, people, sign
    from cms.desk.faults import install
    from cms.desk.history import screen as history
    from cms.desk.library import choosing, entities, images, ordering
    from cms.desk.publishing import dialog as publishing
    from cms.desk.publishing import preview
    from cms.desk.rooms import activity, corrections, redirects, system
    from cms.desk.stories import articles, editing, listing, notes, palette, rail
    from cms.desk.writing import screen as writing

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
