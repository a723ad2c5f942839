"""A defect that turns out to be more: the quick log filled in from it, and both led to each other (A16, A26)."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from duty.clock import local
from duty.pages import number_asked
from equipment.models import Defect
from incidents.access import HANDLERS
from incidents.models import Incident


def offer(defect: Defect, person) -> tuple[str, str, str] | None:
    """The button on a defect's page: for those who write the log of some unit, once."""
    if defect.incident_id or not defect.is_open or not person.sight.has(*HANDLERS):
        return None
    return _("Make it an incident"), f"{reverse('incident-log')}?defect={defect.pk}", "journal-plus"


def source_of(request) -> Defect | None:
    """The defect that this log grows from, as the address says; 404 for one that is not there for this person."""
    asked = request.GET.get("defect")
    if not asked:
        return None
    rows = Defect.objects.visible_to(request.user).select_related("equipment", "place", "found_by", "matter")
    found = rows.filter(pk=number_asked(asked) or 0).first()
    if found is None:
        raise Http404
    return found


def first_values(defect: Defect) -> dict:
    """What is known of it already: every question of the log is still asked, and answered by whoever writes it."""
    limits = {field.name: field.max_length for field in Incident._meta.concrete_fields}
    place = defect.equipment.path if defect.equipment else str(defect.place)
    found = _("%(number)s, found %(time)s") % {
        "number": defect.number, "time": f"{local(defect.found_at):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    piece = str(defect.equipment) if defect.equipment else ""
    values = {
        "place": place, "summary": defect.title, "scene": "\n".join(filter(None, [defect.detail, piece, found])),
        "reporter_name": defect.found_by.name, "reporter_contact": defect.found_by.mobile,
    }  # fmt: skip
    return {name: value[: limits[name]] for name, value in values.items()} | {"event_at": defect.found_at}


def defects_of(incident: Incident, person) -> list[Defect]:
    """What this incident grew from, as far as the person may see it."""
    return list(Defect.objects.visible_to(person).filter(incident=incident.pk)[:5])
