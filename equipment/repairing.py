"""What defects show elsewhere: on the desk, at a handover, beside a promise."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from duty.access import can
from duty.models import Role
from duty.models.units import unit_tree
from equipment import repair_wording
from equipment.models import Criticality, Defect, DefectStatus
from equipment.models.defect_states import IN_HAND, WATCH
from scheduling.models import Post

GRAVITY = {Criticality.KEY: 2, Criticality.IMPORTANT: 3, Criticality.ORDINARY: 4}
ON_THE_DESK = 6


def action(verb: str, label):
    """To the defect's page: for those who may do what is promised, and for those who look on."""

    def find(deadline, person, asked: bool):
        thing = Defect(unit_id=deadline.unit_id, mender_id=deadline.owed_by_id)
        word = label if can(person, verb, thing) else _("View")
        return word, reverse("defect", args=[deadline.matter_id])

    return find


def in_words(ids) -> dict[int, str]:
    rows = Defect.objects.filter(pk__in=ids).select_related("equipment", "found_by")
    return {row.pk: repair_wording.facts(row) for row in rows}


def on_the_desk(person, at) -> dict | None:
    """For those who mend: what is theirs or nobody's; for those who keep watch: what is open. What is due first on top."""
    mends, watches = person.sight.units({Role.MAINTAINER}), person.sight.units({*WATCH, Role.MANAGER})
    own = Q(mender=person, status__in=IN_HAND)
    seen = own | Q(unit_id__in=sorted(mends), status=DefectStatus.REPORTED) | Q(unit_id__in=sorted(watches))
    rows = Defect.objects.open().filter(seen).select_related("equipment", "place", "mender")
    found = sorted(rows.order_by("found_at")[:100], key=lambda row: row.due_at or at)
    if not found and not mends and not watches:
        return None
    return {"defects": found[:ON_THE_DESK], "more": max(0, len(found) - ON_THE_DESK), "mends": bool(mends)}


def watched_by(unit: int) -> list[int]:
    """The unit and those below it that have no post of their own: whose defects this watch hands over."""
    tree, posts = unit_tree(), set(Post.objects.values_list("unit_id", flat=True))
    return [
        below
        for below in tree.below(unit)
        if next((above for above in tree.above(below) if above in posts), unit) == unit
    ]


def carried_over(shift, at):
    rows = Defect.objects.open().filter(unit_id__in=watched_by(shift.unit_id))
    rows = rows.select_related("equipment", "place", "mender").order_by("found_at")[:50]
    return [
        (
            row.title,
            " · ".join(
                filter(None, [row.number, str(row.get_status_display()), row.mender.name if row.mender else ""])
            ),
            row.get_absolute_url(),
            (GRAVITY[row.criticality], row.get_criticality_display()),
        )
        for row in sorted(rows, key=lambda row: GRAVITY[row.criticality])
    ]
