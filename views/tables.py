"""What all tables of the views share: their metadata, how moments are kept, and when a publication is public.

One generation of views is one database, or one schema, that holds them all. The tables themselves stand with the
projections that fold them (views/projections/), as SQLAlchemy Core tables; what their engines have different names
for is here.
"""

import sqlalchemy
from sqlalchemy import BigInteger, ColumnElement, Double, Integer, MetaData, and_, bindparam
from sqlalchemy.sql.selectable import FromClause
from sqlalchemy.types import TypeEngine

from events.instant import Instant

metadata = MetaData()

BEGINNING: Instant = -(2**62)  # "since ever": before every instant that there is
FOREVER: Instant = 2**62  # "until further notice": after every instant that there is

Number = Integer().with_variant(BigInteger(), "postgresql")  # positions and Instants need 64 bits
Real: TypeEngine[float] = Double().with_variant(sqlalchemy.REAL(), "sqlite")
Text = sqlalchemy.Text().with_variant(sqlalchemy.Text(collation="C"), "postgresql")  # ordered as Python and SQLite do
SQLITE, POSTGRESQL = {"engine": "sqlite"}, {"engine": "postgresql"}  # ``info`` of an index that only one of them has
TRIGRAMS = {**POSTGRESQL, "extension": "pg_trgm"}


def public_at(table: FromClause, now: str = "now") -> ColumnElement[bool]:
    """Whether a publication is public at the instant bound as ``now``: the one place that says so."""
    instant = bindparam(now, type_=Number)
    return and_(table.c.public_from <= instant, table.c.public_until > instant)


def until(value: Instant) -> Instant | None:
    """``public_until`` as the rest of Daybook says it: None where it is until further notice."""
    return None if value == FOREVER else value
