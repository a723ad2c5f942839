"""Who may see, who may do: grants resolved once per request, one rule per URL, one predicate per verb."""

import functools
import importlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import JSONField, Q
from django.db.models.expressions import RawSQL

from duty.models.grants import Role

# Those whose grant shows them what happens in their units. Maintainers and personnel see what they are told about.
SEEING = frozenset({Role.OFFICER, Role.LEADER, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR})

# {role: units} and how many units there are; read with the person who signs each request, or alone.
SIGHT = """
WITH RECURSIVE below (role, unit_id) AS (
    SELECT role, unit_id FROM duty_grant WHERE person_id = %s
    UNION
    SELECT below.role, unit.id FROM below JOIN duty_unit unit ON unit.parent_id = below.unit_id
), units (role, ids) AS (SELECT role, json_agg(unit_id) FROM below GROUP BY role)
SELECT jsonb_build_array((SELECT coalesce(json_object_agg(role, ids), '{}') FROM units), (SELECT count(*) FROM duty_unit))
"""
TOLD = """
SELECT DISTINCT notice.matter_id FROM duty_notice notice JOIN duty_matter matter ON matter.id = notice.matter_id
WHERE notice.recipient_id = %s AND NOT matter.unit_id = ANY(%s)
"""


@dataclass
class Sight:
    """The units a person holds each role on, and the matters they were told about outside of these.

    Both go into queries as literals: a join on the unit tree cost up to 728 ms on a million rows,
    literals 0.5–4 ms.
    """

    person_id: int
    units_by_role: dict[str, frozenset[int]] = field(default_factory=dict)
    all_units: int = 0

    @classmethod
    def of(cls, person) -> "Sight":
        read = person.__dict__.get("read_with_sight")
        if read is None:
            with connection.cursor() as cursor:
                cursor.execute(SIGHT, [person.pk])
                read = json.loads(cursor.fetchone()[0])
        by_role, count = read
        return cls(person.pk, {role: frozenset(units) for role, units in by_role.items()}, count)

    def units(self, roles: Iterable[str] = SEEING) -> frozenset[int]:
        """Every unit on which the person holds one of the roles, directly or from above."""
        return frozenset().union(*(self.units_by_role.get(role, ()) for role in roles))

    def has(self, *roles: str, unit: int | None = None) -> bool:
        """Holds one of the roles: on that unit, or, without one, anywhere."""
        units = self.units(roles)
        return bool(units) if unit is None else unit in units

    @property
    def administers(self) -> bool:
        """The administration knows no units, it is the organisation's: administrator of each and every unit."""
        return bool(self.all_units) and len(self.units([Role.ADMINISTRATOR])) == self.all_units

    @functools.cached_property
    def everything(self) -> bool:
        return bool(self.all_units) and len(self.units()) == self.all_units

    @functools.cached_property
    def told_about(self) -> list[int]:
        """Whoever was told may see the matter, wherever it is."""
        if self.everything:
            return []
        with connection.cursor() as cursor:
            cursor.execute(TOLD, [self.person_id, sorted(self.units())])
            return [row[0] for row in cursor.fetchall()]

    def covers(self, matter: str = "id") -> Q:
        """The filter for rows with a `unit` that belong to a matter (its id in the field named `matter`)."""
        if self.everything:
            return Q()
        seen = Q(unit_id__in=sorted(self.units()))
        return seen | Q(**{f"{matter}__in": self.told_about}) if self.told_about else seen


class Backend(ModelBackend):
    """Sign-in by staff number, for those who work here today; a leaver's session is dead at once."""

    def get_user(self, user_id):
        from duty.models import Person

        people = Person.objects.may_sign_in().select_related("unit").filter(pk=user_id)
        return people.annotate(read_with_sight=RawSQL(SIGHT, [user_id], JSONField())).first()  # noqa: S611 - our own text

    def user_can_authenticate(self, user):
        from duty.models import Person

        return Person.objects.may_sign_in().filter(pk=user.pk).exists()


# One rule per URL. A URL without one is refused by the door and fails the build.


@dataclass(frozen=True)
class Rule:
    """Who may ask for a URL at all; what exactly they see there is `visible_to`, what they may do is `may`."""

    name: str
    allows: Callable
    roles: frozenset[str] = frozenset()
    open: bool = False  # asks for no sign-in

    def __call__(self, view):
        """Declare the rule on a view function, or on what `View.as_view()` returns."""
        view.rule = self
        view.login_required = not self.open
        return view


def with_role(*roles: str) -> Rule:
    """For holders of one of the roles on any unit."""
    return Rule("with role", lambda person: person.sight.has(*roles), frozenset(roles))


anyone = Rule("anyone", lambda person: True, open=True)
signed_link = Rule("signed link", lambda person: True, open=True)
signed_in = Rule("signed in", lambda person: person.is_authenticated)
watching = with_role(*SEEING)
administrators = with_role(Role.ADMINISTRATOR)


def can(person, verb: str, subject) -> bool:
    """The predicate for this verb in the `access.py` of the subject's app."""
    module = importlib.import_module(f"{subject._meta.app_label}.access")
    return bool(getattr(module, verb)(person, subject))


def may(person, verb: str, subject) -> None:
    """Raise PermissionDenied unless this person may do this to this."""
    if not can(person, verb, subject):
        raise PermissionDenied(verb)
