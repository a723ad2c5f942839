"""Search that knows Chinese, without extensions: two-character words by a GIN index over bigrams.

The newest rows are looked through with LIKE first; only with less than a page of hits there does the query go on to the
index. Single characters search the newest rows only. (Trigrams do not know two-character words, and an index left
to the planner took 200–750 ms on common ones.)
"""

from django.db import connection
from django.db.models import QuerySet

NEWEST = 20_000
MAX_LENGTH = 40


def folded(words: str) -> str:
    """As the `hay` column is written: lower-case, single spaces."""
    return " ".join(words.lower().split())[:MAX_LENGTH]


def like(words: str) -> str:
    """A LIKE pattern that takes `%` and `_` for what they are."""
    return "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def matching_ids(rows: QuerySet, words: str, order: str, limit: int) -> list[int]:
    """Primary keys of up to `limit` rows whose `hay` holds every word, newest first.

    `rows` is filtered already; `order` is the column, newest last, that a plain index serves.
    """
    terms = folded(words).split()
    if not terms:
        return []
    model, order_column = rows.model, rows.model._meta.get_field(order).column
    table, key = model._meta.db_table, model._meta.pk.column
    sql, values = rows.order_by().values_list("pk").query.sql_with_params()
    patterns = [like(term) for term in terms]
    hit = " AND ".join(["r.hay LIKE %s"] * len(patterns))
    # The window is by the whole table's order, so that the look costs the same whoever asks.
    newest = f"""
        WITH newest AS MATERIALIZED (
            SELECT "{key}" AS pk, hay, "{order_column}" AS told FROM "{table}" ORDER BY "{order_column}" DESC LIMIT {NEWEST}
        ), hits AS MATERIALIZED (SELECT pk, told FROM newest r WHERE {hit})
        SELECT h.pk FROM hits h WHERE h.pk IN ({sql}) ORDER BY h.told DESC LIMIT {limit}
    """
    with connection.cursor() as cursor:
        cursor.execute(newest, [*patterns, *values])
        found = [row[0] for row in cursor.fetchall()]
        if len(found) >= limit or all(len(term) < 2 for term in terms):
            return found
        index = f"""
            WITH hits AS MATERIALIZED (
                SELECT r."{key}" AS pk, r."{order_column}" AS told FROM "{table}" r
                WHERE bigrams(r.hay) @> bigrams(%s) AND {hit}
            )
            SELECT h.pk FROM hits h WHERE h.pk IN ({sql}) ORDER BY h.told DESC LIMIT {limit}
        """
        cursor.execute(index, [" ".join(terms), *patterns, *values])
        return [row[0] for row in cursor.fetchall()]
