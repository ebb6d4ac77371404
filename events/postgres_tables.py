"""The log's tables in PostgreSQL and the guards around them, made once, by whoever owns them.

The database itself makes writers take turns, whoever they are: an INSERT takes the same lock as our own appends, and
must follow on what is there. It refuses UPDATE, DELETE and TRUNCATE, also to a replica's session (ENABLE ALWAYS).
The one change that it lets pass is a payload that becomes a tombstone, where an event of the log says so
(events/redaction.py).
"""

import psycopg
from psycopg import sql
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateIndex, CreateTable

from events.database import Values, metadata

LOCK_CLASS = 0x4C4F47  # the first half of the advisory lock's key; the second is the table's own number
_MAKING = 0x4C4F47_00000000  # the lock under which the tables are made
_KEY = f"""
    SELECT ({LOCK_CLASS}::bigint << 32) + to_regclass('events')::oid::bigint WHERE to_regclass('commands') IS NOT NULL
"""
_GUARDS = """
CREATE FUNCTION {schema}.log_takes_turns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(({lock_class}::bigint << 32) + TG_RELID::bigint);
  RETURN NULL;
END $$;

CREATE FUNCTION {schema}.log_follows_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE odd record;
BEGIN
  SELECT position, stream, version INTO odd FROM (
    SELECT position, stream, version, lag(position) OVER (ORDER BY position) AS before,
           lag(version) OVER (PARTITION BY stream ORDER BY position) AS older FROM added) AS n
   WHERE position <> 1 + coalesce(before, (SELECT max(e.position) FROM {schema}.events e
                                            WHERE e.position < n.position), 0)
      OR version <> 1 + coalesce(older, (SELECT max(e.version) FROM {schema}.events e
                                          WHERE e.stream = n.stream AND e.version < n.version), 0)
   ORDER BY position LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the log is append-only: position %, % version %, does not follow on the last',
      odd.position, odd.stream, odd.version USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION {schema}.event_keeps_all_but_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.position, NEW.stream, NEW.version, NEW.type, NEW.schema, NEW.meta)
       IS DISTINCT FROM (OLD.position, OLD.stream, OLD.version, OLD.type, OLD.schema, OLD.meta)
     OR (NEW.occurred_at, NEW.recorded_at, NEW.content_hash, NEW.chain_hash)
       IS DISTINCT FROM (OLD.occurred_at, OLD.recorded_at, OLD.content_hash, OLD.chain_hash)
     OR length(OLD.salt) <> 16 OR NEW.salt IS DISTINCT FROM sha256(OLD.salt || convert_to(OLD.data, 'UTF8'))
     OR NOT starts_with(NEW.data, '{{"kept":')
     OR NOT EXISTS (
       SELECT 1 FROM {schema}.events AS fact, jsonb_array_elements(fact.data::jsonb -> 'tombstones') AS tombstone
        WHERE fact.position = (NEW.data::jsonb ->> 'said_at')::bigint
          AND fact.type = 'words.removed' AND fact.stream = OLD.stream
          AND (tombstone ->> 'position')::bigint = OLD.position) THEN
    RAISE EXCEPTION 'the log is append-only: an event is never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION {schema}.command_keeps_all_but_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.command_id, NEW.first_position, NEW.last_position)
       IS DISTINCT FROM (OLD.command_id, OLD.first_position, OLD.last_position)
     OR NEW.fingerprint IS DISTINCT FROM decode(repeat('00', 32), 'hex')
     OR NOT EXISTS (
       SELECT 1 FROM {schema}.events
        WHERE position BETWEEN OLD.first_position AND OLD.last_position AND length(salt) = 32) THEN
    RAISE EXCEPTION 'the log is append-only: a command is never changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION {schema}.log_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only: nothing in % is ever changed or removed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER events_take_turns BEFORE INSERT ON {schema}.events
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_takes_turns();
CREATE TRIGGER events_follow_on AFTER INSERT ON {schema}.events REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_follows_on();
CREATE TRIGGER events_are_not_changed BEFORE DELETE OR TRUNCATE ON {schema}.events
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_is_never_changed();
CREATE TRIGGER events_keep_all_but_words BEFORE UPDATE ON {schema}.events
  FOR EACH ROW EXECUTE FUNCTION {schema}.event_keeps_all_but_words();
CREATE TRIGGER commands_are_not_changed BEFORE DELETE OR TRUNCATE ON {schema}.commands
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_is_never_changed();
CREATE TRIGGER commands_keep_all_but_words BEFORE UPDATE ON {schema}.commands
  FOR EACH ROW EXECUTE FUNCTION {schema}.command_keeps_all_but_words();

ALTER TABLE {schema}.events ENABLE ALWAYS TRIGGER events_take_turns;
ALTER TABLE {schema}.events ENABLE ALWAYS TRIGGER events_follow_on;
ALTER TABLE {schema}.events ENABLE ALWAYS TRIGGER events_are_not_changed;
ALTER TABLE {schema}.events ENABLE ALWAYS TRIGGER events_keep_all_but_words;
ALTER TABLE {schema}.commands ENABLE ALWAYS TRIGGER commands_are_not_changed;
ALTER TABLE {schema}.commands ENABLE ALWAYS TRIGGER commands_keep_all_but_words;
"""


def create(connection: psycopg.Connection[Values]) -> int:
    """Make the tables and their guards where there are none. The key of the lock that appenders take turns by."""
    if (found := _key(connection)) is None:
        with connection.transaction():
            connection.execute(b"SELECT pg_advisory_xact_lock(%s)", (_MAKING,))  # several processes may start at once
            if _key(connection) is None:
                _create(connection)
        found = _key(connection)
    assert found is not None
    return found


def _key(connection: psycopg.Connection[Values]) -> int | None:
    row = connection.execute(_KEY.encode()).fetchone()
    return int(row[0]) if row else None


def _create(connection: psycopg.Connection[Values]) -> None:
    speech = registry.load("postgresql")()
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=speech)).encode())
        for index in table.indexes:
            connection.execute(str(CreateIndex(index).compile(dialect=speech)).encode())
    [(schema,)] = connection.execute(b"SELECT current_schema()").fetchall()
    names = {"schema": sql.Identifier(schema), "lock_class": sql.Literal(LOCK_CLASS)}
    connection.execute(sql.SQL(_GUARDS).format(**names))
