"""Who looks: someone at head office who sees everything, and an officer of the smallest unit, who was told of more."""

from dataclasses import dataclass

from django.db import connection

from .visitors import session_of

# The third leader at the top: neither its head nor their deputy, and seeing all the same.
HEAD = """
SELECT person_id, unit_id FROM duty_grant
WHERE role = 'leader' AND unit_id = (SELECT id FROM duty_unit WHERE parent_id IS NULL) ORDER BY person_id OFFSET 2 LIMIT 1
"""
SMALL = """
SELECT g.person_id, g.unit_id FROM duty_grant g
JOIN (SELECT unit_id, count(*) AS written FROM incidents_incident GROUP BY unit_id) w USING (unit_id)
WHERE g.role = 'officer' ORDER BY written, person_id LIMIT 1
"""


@dataclass(frozen=True)
class Viewer:
    name: str
    person_id: int
    unit_id: int
    session: str
    sees: str  # a condition on incidents_incident i

    @classmethod
    def found(cls, name: str, sql: str, sees: str) -> "Viewer":
        person_id, unit_id = asked(sql)[0]
        return cls(name, person_id, unit_id, session_of(person_id), sees.format(person=person_id, unit=unit_id))


def viewers() -> list[Viewer]:
    told = "i.matter_id IN (SELECT matter_id FROM duty_notice WHERE recipient_id = {person})"
    return [
        Viewer.found("head", HEAD, "true"),
        Viewer.found("small", SMALL, f"(i.unit_id = {{unit}} OR {told})"),
    ]


def asked(sql: str, values=None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
