"""A picture's file on its way into the library, whichever screen it was given to."""

from pathlib import Path

from werkzeug.datastructures import FileStorage

from cms import image as i
from cms.desk import reading
from cms.desk.house import house
from cms.pictures import TakenIn, take_in

TAKEN_DOWN = "This picture is in the library and was taken down: it may not be shown."


def name_of(file: FileStorage) -> str:
    """What it was called where it came from, without its folders."""
    return Path((file.filename or "picture").replace("\\", "/")).name[:200]


def taken(file: FileStorage) -> TakenIn:
    """The file, looked at and kept. Raises PictureRefused."""
    settings = house().settings
    return take_in(
        house().media, file.stream, megabytes=settings.upload_megabytes, megapixels=settings.picture_megapixels
    )


def already(facts: TakenIn, id: str) -> str | None:
    """The picture, other than ``id``, that has this very file."""
    return next((one for one in reading.desk().library.same_file(facts.picture.sha256) if one != id), None)


def upload(id: str, file: FileStorage, facts: TakenIn) -> i.Upload:
    """The command that makes a picture of it, with the words that stood in the file."""
    words = facts.words
    return i.Upload(
        id, facts.picture, name_of(file), words.caption, words.alt, words.credit, words.copyright, words.taken_at
    )
