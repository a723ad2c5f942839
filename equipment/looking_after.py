"""Which pieces are looked at on a round, and which key ones are not (A24): judged by what is really walked.

A piece is looked at when an item of the version in force of a checklist in use names it, and a plan in force walks that
checklist. A draft looks at nothing, and neither does a checklist that nobody walks.
"""

import datetime as dt

from django.db.models import Q, QuerySet

from equipment.models import Checklist, Criticality, Equipment, Item, Plan, Version


def walked_versions(day: dt.date) -> QuerySet[Version]:
    plans = Plan.objects.in_use().filter(Q(until_on__isnull=True) | Q(until_on__gte=day))
    checklists = Checklist.objects.in_use().filter(pk__in=plans.values("checklist"))
    return Version.objects.in_force().filter(checklist__in=checklists)


def unchecked(pieces: QuerySet[Equipment], day: dt.date, levels=(Criticality.KEY,)) -> QuerySet[Equipment]:
    """Those of these levels that no item looks at."""
    looked_at = Item.objects.filter(version__in=walked_versions(day).values("pk"), equipment__isnull=False)
    return pieces.in_use(day).filter(criticality__in=levels).exclude(pk__in=looked_at.values("equipment"))


def looked_at_by(piece: Equipment, day: dt.date) -> list[Checklist]:
    """Checklists whose version in force names the piece; each with how many `asked` items, and whether it is `walked`."""
    in_force = Version.objects.in_force().filter(checklist__in=Checklist.objects.in_use()).values("pk")
    rows = Item.objects.filter(version__in=in_force, equipment=piece, after=None).select_related("version__checklist")
    walked = set(walked_versions(day).values_list("pk", flat=True)) if rows else set()
    found: dict[int, Checklist] = {}
    for item in rows:
        checklist = found.setdefault(item.version.checklist_id, item.version.checklist)
        checklist.asked = getattr(checklist, "asked", 0) + 1
        checklist.walked = item.version_id in walked
    return list(found.values())
