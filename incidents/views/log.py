"""The quick log: write down what is being reported, while listening."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from duty.access import with_role
from duty.clock import local
from duty.looks import look
from duty.models import Draft, Unit
from incidents import from_defects
from incidents.access import HANDLERS
from incidents.forms.log import LogForm
from incidents.grading import verdicts
from incidents.models import Standard, Status
from scheduling.models.shifts import my_watch, watch_of

loggers = with_role(*HANDLERS)


@loggers
def log(request):
    """Write down what is being reported, while listening."""
    standard = Standard.objects.in_force()
    if standard is None:
        return redirect("standard-in-force")
    source = from_defects.source_of(request)
    with look():  # nothing is written yet
        watch = my_watch(request.user, request.at)
        unit = _unit_kept_by(request.user, watch)
        kept = watch_of(unit.pk, request.at)
        # What grows from a defect leaves the draft of another call alone.
        draft = None if source else Draft.objects.filter(person=request.user, form="incident").first()
        common = {"unit": unit, "standard": standard, "at": request.at}
        form = LogForm(request.POST, **common) if request.method == "POST" else None
        valid = form is not None and form.is_valid()
    if form:
        if valid:
            incident = form.to_log()
            incident.shift = kept
            incident.log(by=request.user, at=request.at, request=form.cleaned_data["request_text"])
            if source:
                source.grow(incident.matter, by=request.user, at=request.at)
            if draft:
                draft.delete()
            messages.success(request, _saved_words(incident))
            return redirect(incident)
    else:
        form = LogForm(initial=_first_values(request, draft, source), **common)
    context = {
        "form": form,
        "source": source,
        "draft": draft if request.method == "GET" else None,
        "standard": standard,
        "verdicts": verdicts(standard, request.user, unit, request.at),
        "natures": [{"id": n.pk, "questions": n.questions, "call": n.call_first} for n in form.natures],
        "crew": watch.crew() if watch else [],
    }
    return render(request, "incidents/log.html", context, status=422 if form.errors else 200)


def _unit_kept_by(person, watch) -> Unit:
    """Whose log this is: the unit of the watch they keep, else their own, else the highest they keep watch for."""
    kept = person.sight.units(HANDLERS)
    if watch and watch.unit_id in kept:
        return watch.unit
    if person.unit_id in kept:
        return person.unit
    return Unit.objects.filter(pk__in=kept).exclude(parent__in=kept).order_by("order", "id").first()


def _first_values(request, draft, source) -> dict:
    now = local(request.at).replace(second=0, microsecond=0)
    values = {"received_at": now, "opened": request.at.isoformat(), "disposition": ""}
    if source:
        values |= from_defects.first_values(source)
    if draft:
        values |= {name: value for name, value in draft.values.items() if name != "opened"}
    return values


def _saved_words(incident) -> str:
    if incident.status == Status.REPORTED:
        report = incident.last_report
        if report.due_at <= incident.logged_at:
            return _(
                "%(number)s is saved and reported. The time to acknowledge it has passed: use the phone as well."
            ) % {"number": incident.number}
        return _("%(number)s is saved and reported. It must be acknowledged by %(time)s.") % {
            "number": incident.number,
            "time": f"{local(report.due_at):%H:%M}",
        }
    return _("%(number)s is saved.") % {"number": incident.number}
