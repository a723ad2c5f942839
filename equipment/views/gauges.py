"""What is read on a piece, and between which values it is normal."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import may
from equipment.access import keepers
from equipment.forms.gauges import GaugeForm
from equipment.models import Equipment, Gauge
from equipment.views.pieces import piece_kept


@keepers
def add(request, pk: int):
    piece = piece_kept(request, pk)
    return _page(request, piece, Gauge(equipment=piece))


@keepers
def change(request, pk: int):
    gauge = get_object_or_404(Gauge.objects.visible_to(request.user).select_related("equipment"), pk=pk)
    may(request.user, "keep", gauge)
    piece = piece_kept(request, gauge.equipment_id)
    return _page(request, piece, Gauge.objects.select_related("equipment").get(pk=pk))


def _page(request, piece: Equipment, gauge: Gauge):
    form = GaugeForm(request.POST or None, instance=gauge)
    if request.method == "POST" and form.is_valid():
        if not form.changed:
            return redirect(piece)
        if form.kept(lambda: piece.set_gauge(gauge, by=request.user, at=request.at)):
            messages.success(request, _("Saved."))
            return redirect("piece-gauge" if "another" in request.POST else piece, *_again(request, piece))
    context = {"form": form, "piece": piece, "gauge": gauge}
    return render(request, "equipment/gauge_form.html", context, status=422 if form.errors else 200)


def _again(request, piece: Equipment) -> list[int]:
    return [piece.pk] if "another" in request.POST else []
