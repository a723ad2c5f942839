"""Tables that carry evidence: every change, bulk or raw, is kept in an event row that nobody can edit."""

import json

import pghistory
import pgtrigger
from django.db import connection


def _never_emptied() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="never_emptied",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'the table % is evidence and is never emptied', TG_TABLE_NAME;",
    )


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers for a table whose rows are written once."""
    return [
        pgtrigger.Protect(name="never_rewritten", operation=pgtrigger.Update | pgtrigger.Delete),
        _never_emptied(),
    ]


def kept() -> list[pgtrigger.Trigger]:
    """Triggers for a table whose rows may move on but never vanish."""
    return [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete), _never_emptied()]


def evidence(**options):
    """Track a model: each insert, update and delete leaves an event with who, which verb and why inside it.

    The context lies in the event itself. pghistory's shared context table can be rewritten unnoticed.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,
        append_only=False,
        meta={"triggers": append_only()},
        **options,
    )


CONTEXT = """
WITH before AS MATERIALIZED (SELECT coalesce(current_setting('pghistory.context_metadata', true), '') AS context)
SELECT before.context, set_config('pghistory.context_metadata', %s, true) FROM before
"""


def set_context(who: int | None, verb: str, reason: str = "") -> str:
    """Say who does what, and why, for every event from now to the end of this transaction.

    Returns what was said before, for `put_back`. A savepoint that is undone undoes this with it.
    """
    return put_back(json.dumps({"who": who, "verb": verb} | ({"reason": reason} if reason else {})))


def put_back(context: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(CONTEXT, [context])
        return cursor.fetchone()[0]
