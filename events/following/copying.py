"""A ledger carried elsewhere: into a backup, out of one, from one engine to the other."""

from sqlalchemy import delete, insert, select

from events.following.ledger import Ledger, decisions, metadata


def copy(source: Ledger, target: Ledger) -> None:
    """Put what one ledger knows in the place of what another does, on whichever engines they are."""
    told = []
    with source.reading() as connection:
        for table in metadata.sorted_tables:
            kept = [column for column in table.columns if column is not decisions.c.number]  # counted anew, in order
            rows = connection.execute(select(*kept).order_by(*table.primary_key)).all()
            told.append((table, [dict(row._mapping) for row in rows]))
    with target.writing() as connection:
        for table, values in told:
            connection.execute(delete(table))
            if values:
                connection.execute(insert(table), values)
