"""Who may be given a defect: maintainers of its unit or of one above, and those who look after the piece."""

import datetime as dt

from django.db.models import Q

from duty.clock import day_of
from duty.models import Person, Role
from duty.models.units import unit_tree


def menders_of(defect, at: dt.datetime):
    """People who work here that day, by name."""
    day = day_of(at)
    holds = Q(grants__role=Role.MAINTAINER, grants__unit__in=unit_tree().above(defect.unit_id))
    if defect.equipment_id:
        kept = Q(keeps__until_on__isnull=True) | Q(keeps__until_on__gte=day)
        holds |= kept & Q(keeps__equipment=defect.equipment_id, keeps__from_on__lte=day)
    return Person.objects.employed(at).filter(holds, is_active=True).distinct().order_by("name", "pk")
