"""The log's tables in SQLite and the guards around them.

The database itself refuses to change what was written. Triggers refuse UPDATE and DELETE from anyone, and an
INSERT that is not the next position and the next version of its stream (which is how INSERT OR REPLACE would
get past them). On our own connections an authorizer refuses to drop those triggers. The one change that they let
pass is a payload that becomes a tombstone, where an event of the log says so (events/redaction.py).
"""

import sqlite3

from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from events.database import metadata

_GUARDS = """
CREATE TRIGGER IF NOT EXISTS events_are_appended BEFORE INSERT ON events BEGIN
  SELECT raise(ABORT, 'the log is append-only: the next position is one after the last')
   WHERE NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events);
  SELECT raise(ABORT, 'the log is append-only: the next version is one after the last of its stream')
   WHERE NEW.version IS NOT (SELECT coalesce(max(version), 0) + 1 FROM events WHERE stream = NEW.stream);
END;
CREATE TRIGGER IF NOT EXISTS events_are_not_updated BEFORE UPDATE ON events BEGIN
  SELECT raise(ABORT, 'the log is append-only: an event is never changed')
   WHERE (NEW.position, NEW.stream, NEW.version, NEW.type, NEW.schema, NEW.meta) IS NOT
         (OLD.position, OLD.stream, OLD.version, OLD.type, OLD.schema, OLD.meta)
      OR (NEW.occurred_at, NEW.recorded_at, NEW.content_hash, NEW.chain_hash) IS NOT
         (OLD.occurred_at, OLD.recorded_at, OLD.content_hash, OLD.chain_hash)
      OR length(OLD.salt) <> 16 OR length(NEW.salt) <> 32 OR NEW.data NOT GLOB '{"kept":*'
      OR NOT EXISTS (
         SELECT 1 FROM events AS fact, json_each(fact.data, '$.tombstones') AS tombstone
          WHERE fact.position = json_extract(NEW.data, '$.said_at')
            AND fact.type = 'words.removed' AND fact.stream = OLD.stream
            AND json_extract(tombstone.value, '$.position') = OLD.position);
END;
CREATE TRIGGER IF NOT EXISTS events_are_not_deleted BEFORE DELETE ON events BEGIN
  SELECT raise(ABORT, 'the log is append-only: an event is never deleted');
END;
CREATE TRIGGER IF NOT EXISTS commands_are_appended BEFORE INSERT ON commands BEGIN
  SELECT raise(ABORT, 'the log is append-only: this command id was used before')
   WHERE EXISTS (SELECT 1 FROM commands WHERE command_id = NEW.command_id);
END;
CREATE TRIGGER IF NOT EXISTS commands_are_not_updated BEFORE UPDATE ON commands BEGIN
  SELECT raise(ABORT, 'the log is append-only: a command is never changed')
   WHERE (NEW.command_id, NEW.first_position, NEW.last_position) IS NOT
         (OLD.command_id, OLD.first_position, OLD.last_position)
      OR NEW.fingerprint IS NOT zeroblob(32)
      OR NOT EXISTS (
         SELECT 1 FROM events WHERE position BETWEEN OLD.first_position AND OLD.last_position AND length(salt) = 32);
END;
CREATE TRIGGER IF NOT EXISTS commands_are_not_deleted BEFORE DELETE ON commands BEGIN
  SELECT raise(ABORT, 'the log is append-only: a command is never deleted');
END;
"""

_GUARDED = {"events", "commands"}
_FORBIDDEN = {
    sqlite3.SQLITE_UPDATE,
    sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_ALTER_TABLE,
}


def create(connection: sqlite3.Connection) -> None:
    """Make the tables and guards that are not there, and guards anew that an older version made."""
    speech = dialect.dialect()
    connection.execute("BEGIN IMMEDIATE")  # several processes may start at once
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table, if_not_exists=True).compile(dialect=speech)))
        for index in table.indexes:
            connection.execute(str(CreateIndex(index, if_not_exists=True).compile(dialect=speech)))
    guards = [f"{statement.strip()}\nEND" for statement in _GUARDS.split("END;") if statement.strip()]
    known = {row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")}
    for guard in guards:
        if guard.replace("IF NOT EXISTS ", "") not in known:  # none, or one of an older version
            connection.execute(f"DROP TRIGGER IF EXISTS {guard.split()[5]}")
            connection.execute(guard)
    connection.execute("COMMIT")


def authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """What our own connections may not even ask for."""
    if action in _FORBIDDEN and (first in _GUARDED or second in _GUARDED):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_DROP_TRIGGER:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK
