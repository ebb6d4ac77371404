"""Operators' commands: ``flask …``."""

from flask import Flask

from cms.cli.backup import backup, restore
from cms.cli.demo import demo
from cms.cli.following import follow
from cms.cli.importing import import_
from cms.cli.log import log
from cms.cli.rebuild import rebuild_index_
from cms.cli.serve import end_with_parent, serve
from cms.cli.user import user
from cms.cli.views import views
from cms.cli.work import work_

__all__ = ["end_with_parent", "register"]


def register(app: Flask) -> None:
    """Give the app its commands."""
    for command in (backup, demo, follow, import_, log, rebuild_index_, restore, serve, user, views, work_):
        app.cli.add_command(command)
