"""Writing a table set-wise: the columns that matter are named, what else must not be empty gets its type's nothing."""

NOTHING = {
    "text": "''", "character varying": "''", "boolean": "false", "smallint": "0", "integer": "0", "bigint": "0",
    "jsonb": "'{}'", "timestamp with time zone": "duty_now()",
}  # fmt: skip
REQUIRED = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
"""
SEQUENCE = """
SELECT setval(pg_get_serial_sequence('{table}', '{key}'), greatest(coalesce(max({key}), 0), 1)) FROM {table}
"""


def write(cursor, table: str, source: str, values: dict | None = None, **columns: str) -> int:
    """INSERT INTO table SELECT columns FROM source; each column is given as an SQL expression."""
    cursor.execute(REQUIRED, [table])
    more = {name: NOTHING[kind] for name, kind in cursor.fetchall() if name not in columns}
    every = columns | more
    names, expressions = ", ".join(f'"{name}"' for name in every), ", ".join(every.values())
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {expressions} FROM {source}", values)
    return cursor.rowcount


def last_id(cursor, table: str, key: str = "id") -> int:
    cursor.execute(f"SELECT coalesce(max({key}), 0) FROM {table}")
    return cursor.fetchone()[0]


def go_on_counting(cursor, *tables: str) -> None:
    """Rows were given their ids here; the next one the product makes comes after them."""
    for table in tables:
        cursor.execute(SEQUENCE.format(table=table, key="id"))
