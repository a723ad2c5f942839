"""A sick call: who, from when until when; at once their duties, and who could keep each of them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from duty.access import may, signed_in
from duty.clock import day_of
from duty.models import Person
from duty.pages import number_asked
from scheduling.access import record_for
from scheduling.forms.absences import SickCallForm
from scheduling.takers import offered
from scheduling.views.absences import may_record


@signed_in
def sick_call(request):
    """Read by address, so that it can be looked at again; written once, with whoever was chosen for each duty."""
    if not may_record(request.user):
        raise PermissionDenied("record")
    today = day_of(request.at).isoformat()
    first = {"from_on": today, "until_on": today, "from_half": "am", "until_half": "pm"}
    given = request.POST if request.method == "POST" else request.GET
    form = SickCallForm(given if "person" in given else None, initial=first, by=request.user, at=request.at)
    context = {"form": form, "absence": None}
    if form.is_bound and form.is_valid():
        absence = form.absence
        may_not = not record_for(request.user, absence.person)
        if may_not:
            raise PermissionDenied("record")
        if request.method == "POST":
            return _record(request, absence)
        context |= {
            "absence": absence,
            "duties": [_row(absence, seat, request.at) for seat in absence.duties(request.at)],
        }
    return render(request, "scheduling/sick_call.html", context, status=422 if form.errors else 200)


def _row(absence, seat, at) -> dict:
    span = max(absence.part_of(seat)[0], at), absence.part_of(seat)[1]
    return {"seat": seat, "span": span, "people": offered(seat.shift, seat.role, at, span, {absence.person_id})}


def _record(request, absence):
    """The sickness first, then whoever was chosen takes the seats that fell open."""
    gaps = absence.record(by=request.user, at=request.at)
    filled = 0
    for gap in gaps:
        chosen = number_asked(request.POST.get(f"take_{gap.shift_id}_{gap.role}"))
        person = Person.objects.employed(request.at).filter(pk=chosen).first()
        if person is not None:
            may(request.user, "cover", gap.shift)
            gap.shift.fill(gap, person, by=request.user, at=request.at)
            filled += 1
    if len(gaps) > filled:
        messages.warning(request, _("Recorded. Seats still open: %(n)s") % {"n": len(gaps) - filled})
    else:
        messages.success(request, _("Recorded."))
    return redirect(absence)
