"""Pictures: taken in, with their words, what uses them, and what taking one down would touch."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import shorten
from typing import Any, cast

import msgspec
from flask import Blueprint, abort, g, request, send_file
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from cms import image as i
from cms.decider import Refused
from cms.desk import reading, states
from cms.desk.asking import ask, made_id, perform
from cms.desk.forms import Action, Answer, Field, local_value
from cms.desk.house import house
from cms.desk.library.arriving import TAKEN_DOWN, already, name_of, taken
from cms.desk.library.arriving import upload as upload_of
from cms.desk.page import now, render
from cms.desk.session import HOME, person, see
from cms.desk.using import pages, places, touched, touched_live
from cms.desk.wording import depicted
from cms.image import Image
from cms.pictures import PictureRefused, TakenIn
from cms.roles import may
from cms.site.renditions import Rendition, Renditions, Unreadable, named
from cms.site.words import names
from events.instant import DAY
from views.library import Shelf

Values = Mapping[str, Any]
PAGE = 60  # pictures
TITLE = 90  # characters of its words that stand for a picture
SOON = 30 * DAY  # rights that end within it are expiring
CROPS = ("16:9", "4:3", "1:1", "3:4")  # that are made by hand
SHELVES = {
    "": "All",
    "needs-alt": "Need alt text",
    "unused": "Unused",
    "expiring": "Rights ending",
    "taken-down": "Taken down",
}
_encode = msgspec.json.Encoder().encode


class Came(msgspec.Struct, frozen=True):
    """What became of a file that was sent. id: of its picture; here: it was in the library before; facts: of it."""

    name: str = ""
    id: str = ""
    here: bool = False
    refused: str = ""
    facts: TakenIn | None = None


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/images", "images", library)
    desk.add_url_rule("/images", "upload", upload, methods=["POST"])
    desk.add_url_rule("/images/<uuid:id>", "image", show)
    desk.add_url_rule("/images/<uuid:id>/do/<name>", "image_do", do, methods=["POST"])
    desk.add_url_rule("/images/<uuid:id>/replace", "image_replace", replace, methods=["POST"])
    desk.add_url_rule("/pictures/<uuid:id>/<name>", "picture", picture)


def library() -> Response:
    """The latest pictures; those on one shelf, and whose words match."""
    return _library([])


def upload() -> Response:
    """Take in one or several files; each is taken, found to be here already, or refused by itself.

    A script sends one at a time and asks for JSON.
    """
    files = [file for file in request.files.getlist("file") if file.filename]
    came = [_came(file, number) for number, file in enumerate(files)]
    refused = [one for one in came if one.refused] if files else [Came(refused="Choose one or more pictures first.")]
    if request.accept_mimetypes.best == "application/json":
        told = refused[0] if refused else came[0]
        return Response(_encode(told), 422 if refused else 200, content_type="application/json")
    if refused or len(came) > 1:
        return _library(refused, came, 422 if refused else 200)
    if came[0].here:
        return see(f"{HOME}/images/{came[0].id}", "This file is here already: nothing was uploaded.", "warn")
    return see(f"{HOME}/images/{came[0].id}", "Uploaded. Look at its words.")


def show(id: object) -> Response:
    """One picture."""
    return _page(str(id), Answer())


def do(id: object, name: str) -> Response:
    """One of its buttons."""
    answer = perform(actions(str(id), _known(str(id))), name, f"{HOME}/images/{id}")
    return _page(str(id), answer, 422) if isinstance(answer, Answer) else answer


def replace(id: object) -> Response:
    """Another file in its place, everywhere."""
    back = f"{HOME}/images/{id}"
    _known(str(id))
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise PictureRefused("Choose a file first.")
        ask(i.Replace(str(id), taken(file).picture, request.form.get("reason", "")))
    except (PictureRefused, Refused) as error:
        words = error.reason if isinstance(error, PictureRefused) else error.message
        return _page(str(id), Answer("replace", request.form, {"file": words}, [Field("file", "New file")]), 422)
    return see(back, "Replaced: every story shows the new file.")


def picture(id: object, name: str) -> Response:
    """The picture itself, scaled: also one that is not public."""
    image, rendition = _known(str(id)), named(name)
    if image.picture is None or rendition is None or rendition.shape:
        abort(404)
    sha256 = image.picture.sha256
    try:
        file = Renditions(house().settings.renditions).file(
            house().media.path(sha256), sha256, Rendition(rendition.width, rendition.format)
        )
    except Unreadable:
        abort(404)
    return send_file(file)


def actions(id: str, image: Image) -> list[Action]:
    """What this person may ask for."""
    return [action for command, action in _offered(id, image) if may(person().role, command)]


def _offered(id: str, image: Image) -> Iterator[tuple[Any, Action]]:
    words = [
        Field("caption", "Caption", "area", value=image.caption),
        Field("alt", "Alt text", "area", value=image.alt, hint="What one sees, for those who do not."),
        Field("credit", "Credit", value=image.credit, hint="As printed: Ina Voss/Tern Pictures"),
    ]
    yield i.ChangeCaption, Action(
        "words", "Change its words",
        lambda v: [i.ChangeCaption(id, v["caption"]), i.ChangeAlt(id, v["alt"]), i.ChangeCredit(id, v["credit"])],
        "Saved: every story that follows the picture shows it.", words, "primary",
    )  # fmt: skip
    if not image.taken_down:
        yield from _shapes(id, image)
    rights = [
        Field("rights", "What may we do with it?", "area", value=image.rights),
        Field("expires", "Until when?", "moment", value=local_value(image.expires, house().settings.zone)),
    ]
    yield (
        i.ChangeRights,
        Action(
            "rights", "Rights", lambda v: i.ChangeRights(id, v["rights"], v["expires"]), "The rights are kept.", rights
        ),
    )
    reason = Field("reason", "Why?", "area", required=True, hint="Kept in the history.")
    if image.taken_down:
        yield (
            i.Reinstate,
            Action(
                "reinstate", "Show it again", lambda v: i.Reinstate(id, v["reason"]), "It is shown again.", [reason]
            ),
        )
    else:
        yield i.TakeDown, Action(
            "take-down", "Take down", lambda v: i.TakeDown(id, v["reason"]),
            "Taken down: it is shown nowhere any more.", [reason], "danger", _touches(id),
        )  # fmt: skip


def _shapes(id: str, image: Image) -> Iterator[tuple[Any, Action]]:
    x, y = (str(round(part * 100)) for part in image.focus)
    yield i.SetFocus, Action(
        "focus", "Set the focal point", lambda v: i.SetFocus(id, v["x"] / 100, v["y"] / 100),
        "Every crop keeps this point now.",
        [Field("x", "Percent from the left", "number", required=True, value=x),
         Field("y", "Percent from the top", "number", required=True, value=y)],
        why="The point that every crop keeps in sight.",
    )  # fmt: skip
    shape = Field("name", "Shape", "select", required=True, options=[(one, one) for one in CROPS])
    sides = [
        Field(name, f"{label}, in pixels", "number", required=True)
        for name, label in (
            ("left", "From the left"),
            ("upper", "From the top"),
            ("width", "Width"),
            ("height", "Height"),
        )
    ]
    yield i.SetCrop, Action(
        "crop", "Crop by hand", lambda v: i.SetCrop(id, v["name"], (v["left"], v["upper"], v["width"], v["height"])),
        "Cropped: readers see it like this in that shape.", [shape, *sides],
    )  # fmt: skip
    if image.crops:
        made = Field("name", "Shape", "select", required=True, options=[(one, one) for one, _ in image.crops])
        yield i.SetCrop, Action(
            "uncrop", "Take a crop away", lambda v: i.SetCrop(id, v["name"], None),
            "It is cut around the focal point again.", [made],
        )  # fmt: skip


def _touches(id: str) -> str:
    uses, worn = reading.desk().usage(f"image-{id}"), reading.desk().library.portraits([id]).get(id, ())
    whose = f" It is the portrait of {names([name for _, name in worn])}." if worn else ""
    if not uses:
        return f"No story uses it. It disappears everywhere, also from the past.{whose}"
    where = f"At once, and from the past too, it disappears from {touched(uses)}. The stories stay without it."
    return where + pages(uses) + whose


def _came(file: FileStorage, number: int) -> Came:
    name, id = name_of(file), made_id(f"image {number}")
    try:
        facts = taken(file)
        if known := already(facts, id):
            down = states.image(known).taken_down
            return Came(name=name, id=known, here=True, refused=TAKEN_DOWN if down else "", facts=facts)
        ask(upload_of(id, file, facts), part=f"upload {number}")
        g.pop("desk_views", None)  # the next file may be the same one: look again
    except (PictureRefused, Refused) as error:
        return Came(name=name, refused=error.reason if isinstance(error, PictureRefused) else error.message)
    return Came(name=name, id=id, facts=facts)


def _known(id: str) -> Image:
    image = states.image(id)
    if not image.version:
        abort(404)
    return image


def _library(refused: Sequence[Came], came: Sequence[Came] = (), status: int = 200) -> Response:
    text, shelf = request.args.get("text", ""), request.args.get("shelf", "")
    if shelf not in SHELVES:
        abort(404)
    library = reading.desk().library
    found = library.images(
        PAGE, request.args.get("before"), text=text, shelf=cast(Shelf, shelf), soon=now() + SOON
    )  # fmt: skip
    ids = [one.view.id for one in found.items]
    return render(
        "images.html", status, refused=refused, already=[one for one in came if one.here and not one.refused],
        taken=[one for one in came if not one.here and not one.refused], text=text, shelf=shelf, shelves=SHELVES,
        found=found, uses=library.uses(ids), worn=library.portraits(ids), soon=now() + SOON,
        live=reading.desk().live([f"image-{id}" for id in ids]),
        limit=house().settings.upload_megabytes, may_upload=may(person().role, i.Upload),
    )  # fmt: skip


def _page(id: str, answer: Answer, status: int = 200) -> Response:
    image, uses, library = _known(id), reading.desk().usage(f"image-{id}"), reading.desk().library
    words, nameless = depicted(image.caption, image.alt, image.filename)
    return render(
        "image.html", status, id=id, image=image, answer=answer, shapes=CROPS, used=touched_live(uses),
        title=words if nameless else shorten(words, TITLE, placeholder=" …"), nameless=nameless,
        crops=_encode(dict(image.crops)).decode(), may_shape=may(person().role, i.SetCrop), actions=actions(id, image),
        uses=uses, places=places(uses), kept=library.image(id), worn=library.portraits([id]).get(id, ()),
        lines=reading.desk().history(f"image-{id}", 50), account=states.account_names(), at=f"{HOME}/images/{id}/do",
        may_replace=may(person().role, i.Replace),
    )  # fmt: skip
