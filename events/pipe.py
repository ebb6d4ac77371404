"""Prepared statements on PostgreSQL, all of a round trip in one packet, straight on libpq.

The driver's own pipeline sends each statement by itself and makes a cursor for it: seven were four fifths of what
an append cost its process. Parameters and answers are binary, of types that never change with the values.
"""

from collections.abc import Callable, Generator, Sequence
from struct import Struct
from typing import Any

import msgspec
import psycopg
from psycopg import pq
from psycopg.errors import error_from_result
from psycopg.waiting import Ready, Wait

from events.database import Values

Connection = psycopg.Connection[Values]
_OIDS = {"int4": 23, "int8": 20, "text": 25, "bytea": 17, "bytea[]": 1001, "text[]": 1009, "int4[]": 1007,
         "int8[]": 1016}  # fmt: skip
_BINARY = pq.Format.BINARY
_LENGTH = Struct(">i").pack
_ARRAY = Struct(">iiiii").pack
_NOTHING = Struct(">iii").pack
_ELEMENTS: dict[str, Callable[[Any], bytes]] = {
    "int4": Struct(">i").pack, "int8": Struct(">q").pack, "text": str.encode, "bytea": bytes,
}  # fmt: skip


class Statement(msgspec.Struct, frozen=True):
    """A statement with ``$1`` for each parameter, and their types."""

    sql: bytes
    types: tuple[str, ...] = ()


Asked = tuple[Statement, Sequence[Any]]


class Pipe:
    """One connection on which statements are prepared when they are first asked. After an error it is of no more use.

    Never used by two threads at once.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._names: dict[bytes, bytes] = {}

    def ask(self, *asked: Asked) -> list[pq.abc.PGresult]:
        """The answer to each. Raises psycopg.Error for the first that fails."""
        pg = self.connection.pgconn
        pg.enter_pipeline_mode()
        prepared = [self._send(pg, statement, values) for statement, values in asked]
        pg.pipeline_sync()  # which sends all of it
        answers = iter(self.connection.wait(_answers(pg)))
        pg.exit_pipeline_mode()
        return [next(answers) if known else (next(answers), next(answers))[1] for known in prepared]

    def copy(self, statement: bytes, types: list[str], rows: list[Values]) -> None:
        """Send many rows by COPY, which has no place in a pipeline."""
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def _send(self, pg: pq.abc.PGconn, statement: Statement, values: Sequence[Any]) -> bool:
        """Whether it was prepared before: else preparing it has an answer of its own."""
        name = self._names.get(statement.sql)
        if not (known := name is not None):
            name = self._names[statement.sql] = b"log_%d" % len(self._names)
            pg.send_prepare(name, statement.sql, [_OIDS[type] for type in statement.types])
        binary = [_encoded(type, value) for type, value in zip(statement.types, values, strict=True)]
        pg.send_query_prepared(name, binary, [_BINARY] * len(binary), result_format=_BINARY)
        return known


def rows_of(answer: pq.abc.PGresult) -> list[list[bytes | None]]:
    """What a SELECT found, as the server sent it."""
    columns = range(answer.nfields)
    return [[answer.get_value(row, column) for column in columns] for row in range(answer.ntuples)]


def number(sent: bytes | None) -> int:
    """An integer as the server sent it."""
    assert sent is not None
    return int.from_bytes(sent, "big", signed=True)


def _encoded(type: str, value: Any) -> bytes:
    if not type.endswith("[]"):
        return _ELEMENTS[type](value)
    element = type[:-2]
    if not value:
        return _NOTHING(0, 0, _OIDS[element])
    encode = _ELEMENTS[element]
    parts = [_ARRAY(1, 0, _OIDS[element], len(value), 1)]
    for item in value:
        sent = encode(item)
        parts.append(_LENGTH(len(sent)))
        parts.append(sent)
    return b"".join(parts)


def _answers(pg: pq.abc.PGconn) -> Generator[Wait, Ready | int, list[pq.abc.PGresult]]:
    """All answers up to the end of the pipeline, without holding up other threads."""
    while pg.flush():  # more than the socket takes at once
        if (yield Wait.RW) & Ready.R:
            pg.consume_input()
    answers: list[pq.abc.PGresult] = []
    while True:
        while pg.is_busy():
            yield Wait.R
            pg.consume_input()
        answer = pg.get_result()
        if answer is None:  # between two statements
            if pg.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError("the connection is closed")
        elif answer.status == pq.ExecStatus.PIPELINE_SYNC:
            return answers
        elif answer.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
            answers.append(answer)
        else:
            raise error_from_result(answer)
