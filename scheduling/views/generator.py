"""The generator on the page: begin a search, see how far it is, stop it."""

from django import forms
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scheduling import generating
from scheduling.access import planners
from scheduling.models import GeneratorRun, RunKind, RunState
from scheduling.models.versions import ALIVE
from scheduling.views.rosters import roster_planned


class SearchForm(forms.Form):
    kind = forms.ChoiceField(choices=RunKind.choices)
    seconds = forms.TypedChoiceField(choices=[(n, n) for n in generating.SECONDS], coerce=int, required=False)
    keep = forms.BooleanField(required=False)


@planners
@require_POST
def generate(request, pk: int):
    roster, form = roster_planned(request, pk), SearchForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what to search for and for how long."))
        return redirect(roster)
    asked = form.cleaned_data
    generating.ask(
        roster, asked["kind"], asked["seconds"] or 60, asked["keep"], by=request.user, at=request.at
    )  # fmt: skip
    return redirect(roster)


@planners
@require_POST
def stop(request, pk: int):
    """End the search with the best it has found so far."""
    roster = roster_planned(request, pk)
    GeneratorRun.objects.filter(pk__in=roster.runs.filter(state__in=ALIVE).values("pk")).update(stop_asked=True)
    messages.info(request, _("The search stops and hands over the best it has found."))
    return redirect(roster)


@planners
def progress(request, pk: int):
    """How far the last search is, for the script that waits for it."""
    run = roster_planned(request, pk).runs.first()
    if run is None:
        return JsonResponse({"alive": False})
    ready = run.progress or run.state != RunState.RUNNING
    state = run.get_state_display() if ready else _("getting ready: the first search after a start takes a minute")
    return JsonResponse({"alive": run.is_alive, "state": state, **run.progress, "of": run.seconds})
