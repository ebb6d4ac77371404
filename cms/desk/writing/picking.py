"""What the writing screen picks from: the newsroom's pictures, and its own stories to link to."""

from typing import Any
from uuid import uuid5

from flask import Blueprint, request
from werkzeug.wrappers import Response

from cms.decider import Denied, Refused
from cms.desk import reading, states
from cms.desk.asking import command_id
from cms.desk.house import house
from cms.desk.library import arriving
from cms.desk.session import HOME, actor
from cms.desk.tracing import traced
from cms.desk.writing.commands_api import answer, problem
from cms.pictures import PictureRefused
from views.desk_shapes import Filter

AT_ONCE = 24


def install(api: Blueprint) -> None:
    """The routes."""
    api.add_url_rule("/images", "images", images)
    api.add_url_rule("/images", "upload", upload, methods=["POST"])
    api.add_url_rule("/images/<uuid:id>", "image", lambda id: answer(image_told(str(id))))
    api.add_url_rule("/stories", "stories", stories)


def images() -> Response:
    """The latest pictures, or those whose words hold ``q``."""
    found = reading.desk().library.images(AT_ONCE, request.args.get("before"), text=request.args.get("q", ""))
    told = [image_told(one.view.id) for one in found.items if not one.taken_down]
    return answer({"images": told, "next": found.next_cursor})


def image_told(id: str) -> dict[str, Any]:
    """One picture as the screen draws it; ``gone`` where it was taken down or never was."""
    view = states.image_view(id)
    if view is None:
        return {"id": id, "gone": True}
    return {
        "id": id, "src": f"{HOME}/pictures/{id}/960.jpg", "small": f"{HOME}/pictures/{id}/320.jpg",
        "width": view.width, "height": view.height, "alt": view.alt, "caption": view.caption, "credit": view.credit,
        "filename": states.image(id).filename,
    }  # fmt: skip


def upload() -> Response:
    """Take in one file, or give the picture that has it. The same ``command_id`` again gives the same picture."""
    file = request.files.get("file")
    if file is None:
        return problem(422, "refused", "No file arrived.")
    command = command_id()
    id = str(uuid5(command, "image 0"))
    if states.image(id).version:
        return answer(image_told(id))
    try:
        facts = arriving.taken(file)
        if known := arriving.already(facts, id):
            down = states.image(known).taken_down
            return problem(422, "refused", arriving.TAKEN_DOWN) if down else answer(image_told(known))
        house().newsroom.handle(arriving.upload(id, file, facts), actor(), command, origin=traced())
    except PictureRefused as refused:
        return problem(422, "refused", refused.reason)
    except Denied as denied:
        return problem(403, "denied", denied.message)
    except Refused as refused:
        return problem(422, "refused", refused.message, field=refused.field)
    return answer(image_told(id))


def stories() -> Response:
    """Our own stories whose headline holds ``q``, to link to: the public ones first."""
    text = request.args.get("q", "").strip()
    found = reading.desk().stories(Filter(text=text, list="live"), 8)
    told = [
        {
            "id": one.article, "headline": one.headline, "path": one.path,
            "section": one.section.name if one.section else "", "at": (one.public_from or one.changed_at) // 1000,
        }
        for one in found.items if one.path
    ]  # fmt: skip
    return answer({"stories": told})
