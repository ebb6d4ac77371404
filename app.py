"""The composition root: the only place that knows every part.

``flask --app app …`` and every WSGI server use ``create_app``.
"""

from collections.abc import Callable

from flask import Flask

from cms import cli, desk, health, site
from cms.house import House
from cms.settings import Settings, SettingsError, load_settings
from events.instant import Instant


def create_app(settings: Settings | None = None, clock: Callable[[], Instant] | None = None) -> Flask:
    """Daybook as a WSGI application. Raises SettingsError where a setting cannot be meant."""
    house = House(settings or load_settings(), clock)
    app = Flask(__name__, static_folder=None)
    try:
        app.config.update(SECRET_KEY=house.settings.secret())
    except OSError as error:
        raise SettingsError(f"DAYBOOK_VAR: {house.settings.var} cannot be used ({error.strerror}).") from error
    site.register(app, house)
    desk.register(app, house)
    health.register(app, house)
    cli.register(app)
    return app


def create_worker() -> Flask:
    """The same, in a process that ``flask serve`` started, and that ends with it."""
    cli.end_with_parent()
    return create_app()
