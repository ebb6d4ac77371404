"""Lines of a history in words, with the names and the moments that only the face can say."""

from collections.abc import Mapping

from cms.desk.page import moment
from views.desk_shapes import Line


def who(actor: str | None, names: Mapping[str, str]) -> str:
    """Whose doing it was."""
    return names.get(actor, "Somebody") if actor else "Daybook"


def sentence(line: Line, names: Mapping[str, str]) -> str:
    """What was done."""
    more = [names.get(line.account, "somebody")] if line.account else []
    return " ".join([line.sentence, *more, *([moment(line.moment)] if line.moment is not None else [])])
