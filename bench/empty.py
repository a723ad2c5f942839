"""How long an empty database takes to get its tables; and whether they are those that Django alone would make."""

import time

from duty import migrating

from .figures import load

LIMIT_SECONDS = 20
DESCRIBED = """
SELECT 'column', table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length, numeric_precision, numeric_scale,
       is_nullable, column_default, is_identity, is_generated) FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'sequence', sequencename, concat_ws(' ', data_type, start_value, increment_by) FROM pg_sequences WHERE schemaname = 'public'
UNION ALL SELECT 'migration', app || '.' || name, '' FROM django_migrations
"""


def empty_database(ground, sheet) -> None:
    seconds, tables = _made(ground, "quick")
    migrating.draw_all()
    try:
        plain, same = _made(ground, "plain")
    finally:
        migrating.draw_little()
    differ = sorted({row[:2] for row in tables ^ same})
    sheet.add(
        "empty_database_filled", seconds, "s", LIMIT_SECONDS, holds=not differ and bool(same), by_django_alone=plain,
        ratio=seconds / plain, compared=len(same), differ=differ[:10], load=load(), sql=DESCRIBED,
    )  # fmt: skip


def _made(ground, database: str) -> tuple[float, set[tuple]]:
    began = time.monotonic()
    ground.migrate(database)
    seconds = time.monotonic() - began
    plain = ground.connect(database)
    with plain.cursor() as cursor:
        cursor.execute(DESCRIBED)
        described = set(cursor.fetchall())
    plain.close()
    return seconds, described
