"""What is said when something is not a document."""

from __future__ import annotations


class DocumentError(ValueError):
    """A body, or an edit to one, breaks the document's rules. Nothing was changed.

    `path` says where, as a JSON path from the thing that was handed in ('$.content[3].attrs.href', 'steps[1]');
    `message` says what, in a sentence without a full stop.
    """

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{message} (at {path})")
        self.path = path
        self.message = message
