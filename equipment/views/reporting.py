"""Report a defect by hand: from a piece's page, a place, a scanned label, or one that has come back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from duty.access import can, with_role
from duty.pages import number_asked
from equipment.access import CALLERS
from equipment.forms.defects import ReportForm
from equipment.models import Defect, Equipment
from equipment.views.mending import photos_kept

reporters = with_role(*sorted(CALLERS))


@reporters
def report(request):
    common = {"person": request.user, "at": request.at}
    if request.method == "POST":
        form = ReportForm(request.POST, request.FILES, **common)
        if form.is_valid() and (defect := _reported(request, form)):
            messages.success(
                request, _("%(number)s is reported. Those who mend it are told.") % {"number": defect.number}
            )
            return redirect(defect)
    else:
        form = ReportForm(initial=_first_values(request), **common)
    context = {"form": form, "open_here": _open_here(request, form)}
    return render(request, "equipment/defect_new.html", context, status=422 if form.errors else 200)


def _reported(request, form: ReportForm) -> Defect | None:
    defect = form.to_report(request.user)
    if not can(request.user, "report", defect):
        raise PermissionDenied("report")
    try:
        with transaction.atomic():
            defect.report(photos_kept(request, form), by=request.user, at=request.at)
    except ValidationError as why:
        form.add_error("shot", why.messages)
    except IntegrityError:
        form.add_error(None, _("It was reported a moment ago and is open. Add what is new to that one."))
    else:
        return defect
    return None


def _first_values(request) -> dict:
    """Where one comes from: a piece, a place, or what was mended and has come back."""
    piece, place, again = (number_asked(request.GET.get(name)) for name in ("piece", "place", "again"))
    values: dict = {"place": place}
    if again and (old := Defect.objects.visible_to(request.user).select_related("equipment").filter(pk=again).first()):
        piece = old.equipment_id
        values = {"again": old.pk, "what": old.what, "place": old.place_id, "criticality": old.criticality}
    if piece and (row := Equipment.objects.visible_to(request.user).filter(pk=piece).first()):
        values["piece"] = f"{row.code} {row.name}"
    return values


def _open_here(request, form: ReportForm) -> list[Defect]:
    """What is open on the piece already: nobody writes the same down twice unknowingly."""
    said = form["piece"].value() or ""
    if not said.strip():
        return []
    rows = Defect.objects.visible_to(request.user).open().select_related("mender")
    return list(rows.filter(equipment__code__iexact=said.split()[0]).order_by("-found_at")[:5])
