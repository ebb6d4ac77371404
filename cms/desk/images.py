"""Pictures: taken in, with their words, what uses them, and what taking one down would touch."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, request, send_file
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from cms import image as i
from cms.decider import Refused
from cms.desk import reading, states
from cms.desk.asking import ask, made_id, perform
from cms.desk.forms import Action, Answer, Field, local_value
from cms.desk.house import house
from cms.desk.page import render
from cms.desk.session import HOME, person, see
from cms.image import Image
from cms.pictures import PictureRefused, TakenIn, take_in
from cms.roles import may
from cms.site.renditions import Rendition, Renditions, Unreadable, named
from cms.site.words import count
from views.desk_shapes import Use

Values = Mapping[str, Any]


def install(desk: Blueprint) -> None:
    """The routes."""
    desk.add_url_rule("/images", "images", library)
    desk.add_url_rule("/images", "upload", upload, methods=["POST"])
    desk.add_url_rule("/images/<uuid:id>", "image", show)
    desk.add_url_rule("/images/<uuid:id>/do/<name>", "image_do", do, methods=["POST"])
    desk.add_url_rule("/images/<uuid:id>/replace", "image_replace", replace, methods=["POST"])
    desk.add_url_rule("/pictures/<uuid:id>/<name>", "picture", picture)


def library() -> Response:
    """The latest pictures, or those whose words match."""
    return _library([])


def upload() -> Response:
    """Take in one or several files; each is taken or refused by itself."""
    files = [file for file in request.files.getlist("file") if file.filename]
    refused = [] if files else ["Choose one or more pictures first."]
    taken: list[str] = []
    for number, file in enumerate(files):
        try:
            taken.append(_upload(file, made_id(f"image {number}"), number))
        except (PictureRefused, Refused) as error:
            words = error.reason if isinstance(error, PictureRefused) else error.message
            refused.append(f"{Path(file.filename or '').name}: {words}")
    if refused:
        return _library(refused, taken, 422)
    if len(taken) == 1:
        return see(f"{HOME}/images/{taken[0]}", "Taken in. Look at its words.")
    return see(f"{HOME}/images", f"{len(taken)} pictures were taken in.")


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
        ask(i.Replace(str(id), _taken(file).picture, request.form.get("reason", "")))
    except (PictureRefused, Refused) as error:
        words = error.reason if isinstance(error, PictureRefused) else error.message
        return _page(str(id), Answer("replace", request.form, {"file": words}), 422)
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
    rights = [
        Field("rights", "What may we do with it?", "area", value=image.rights),
        Field("expires", "Until when?", "moment", value=local_value(image.expires, house().settings.zone)),
    ]
    yield i.ChangeRights, Action(
        "rights", "Rights", lambda v: i.ChangeRights(id, v["rights"], v["expires"]), "The rights are kept.", rights
    )
    reason = Field("reason", "Why?", "area", required=True, hint="Kept in the history.")
    if image.taken_down:
        yield i.Reinstate, Action(
            "reinstate", "Show it again", lambda v: i.Reinstate(id, v["reason"]), "It is shown again.", [reason]
        )
    else:
        yield i.TakeDown, Action(
            "take-down", "Take down", lambda v: i.TakeDown(id, v["reason"]),
            "Taken down: it is shown nowhere any more.", [reason], "danger", _touches(id),
        )  # fmt: skip


def touched(uses: Sequence[Use]) -> str:
    """``3 stories (2 of them public)``"""
    public = sum(use.live or use.pending for use in uses)
    return f"{count(len(uses), 'story', 'stories')} ({public} of them public)"


def _touches(id: str) -> str:
    uses = reading.desk().usage(f"image-{id}")
    if not uses:
        return "No story uses it. It disappears everywhere, also from the past."
    return f"At once, and from the past too, it disappears from {touched(uses)}. The stories stay without it."


def _taken(file: FileStorage) -> TakenIn:
    settings = house().settings
    return take_in(
        house().media, file.stream, megabytes=settings.upload_megabytes, megapixels=settings.picture_megapixels
    )


def _upload(file: FileStorage, id: str, number: int) -> str:
    taken = _taken(file)
    words = taken.words
    command = i.Upload(
        id, taken.picture, Path(file.filename or "picture").name[:200], words.caption, words.alt, words.credit,
        words.copyright, words.taken_at,
    )  # fmt: skip
    ask(command, part=f"upload {number}")
    return id


def _known(id: str) -> Image:
    image = states.image(id)
    if not image.version:
        abort(404)
    return image


def _library(refused: list[str], taken: list[str] | None = None, status: int = 200) -> Response:
    text = request.args.get("text", "")
    found = reading.desk().library.images(48, request.args.get("before"), text=text)
    return render(
        "images.html", status, refused=refused, taken=taken or [], text=text, found=found,
        limit=house().settings.upload_megabytes,
    )  # fmt: skip


def _page(id: str, answer: Answer, status: int = 200) -> Response:
    image = _known(id)
    return render(
        "image.html", status, id=id, image=image, answer=answer, actions=actions(id, image),
        uses=reading.desk().usage(f"image-{id}"), lines=reading.desk().history(f"image-{id}", 50),
        account=states.account_names(), at=f"{HOME}/images/{id}/do", may_replace=may(person().role, i.Replace),
    )  # fmt: skip
