"""Tables as files: CSV for spreadsheets, NDJSON for programs, written as they are read, however long they are."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from flask import stream_with_context
from werkzeug.wrappers import Response

TYPES = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
SIZE = 32_000  # characters of a piece
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # spreadsheets begin to compute at these
_encoder = msgspec.json.Encoder()


def download(name: str, kind: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The answer: a file ``<name>.<kind>`` of these rows."""
    pieces = as_csv(columns, rows) if kind == "csv" else as_ndjson(columns, rows)
    answer = Response(stream_with_context(pieces), content_type=TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 that spreadsheets know as such. No cell is a formula: what would be one begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        if text.tell() > SIZE:
            yield _taken(text)
    yield _taken(text)


def as_ndjson(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """One JSON object a line."""
    made: list[bytes] = []
    for row in rows:
        made.append(_encoder.encode(dict(zip(columns, row, strict=True))))
        if len(made) == 200:
            yield b"\n".join(made) + b"\n"
            made.clear()
    if made:
        yield b"\n".join(made) + b"\n"


def harmless(cell: str) -> str:
    """The cell as a spreadsheet will take it for words."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _taken(text: io.StringIO) -> bytes:
    piece = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return piece
