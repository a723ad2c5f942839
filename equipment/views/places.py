"""Places as a tree: what lies in what, and how much stands there."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import can, may
from duty.clock import day_of
from duty.pages import number_asked
from equipment.access import KEEPERS, keepers, readers
from equipment.forms.places import PlaceForm
from equipment.models import Equipment, Place
from equipment.models.places import place_tree


@readers
def places(request):
    """The tree, each place with what stands in it and below."""
    known = {place.pk: place for place in Place.objects.visible_to(request.user).select_related("unit")}
    pieces = Equipment.objects.visible_to(request.user).in_use(day_of(request.at))
    counted = Counter(pieces.order_by().values_list("place_id", flat=True))
    tree, rows = place_tree(), []
    for pk, depth in tree.in_order():
        if place := known.get(pk):
            place.depth, place.count = min(depth, 7), sum(counted[here] for here in tree.below(pk))
            place.may_keep = can(request.user, "keep", place)
            rows.append(place)
    context = {"places": rows, "may_keep": request.user.sight.has(*KEEPERS)}
    return render(request, "equipment/places.html", context)


@keepers
def add(request):
    inside = number_asked(request.GET.get("in"))
    parent = Place.objects.visible_to(request.user).filter(pk=inside).first() if inside else None
    initial = {"parent": parent.pk, "unit": parent.unit_id} if parent else {}
    return _page(request, PlaceForm(request.POST or None, person=request.user, initial=initial))


@keepers
def change(request, pk: int):
    rows = Place.objects.visible_to(request.user)
    place = get_object_or_404(rows.select_for_update() if request.method == "POST" else rows, pk=pk)
    may(request.user, "keep", place)
    return _page(request, PlaceForm(request.POST or None, instance=place, person=request.user), pk)


def _page(request, form, pk: int | None = None):
    if request.method == "POST" and form.is_valid() and _kept(request, form):
        messages.success(request, _("Saved."))
        return redirect("place-add" if "another" in request.POST else "places")
    context = {"form": form, "place": Place.objects.get(pk=pk) if pk else None}
    return render(request, "equipment/place_form.html", context, status=422 if form.errors else 200)


def _kept(request, form) -> bool:
    if not request.user.sight.has(*KEEPERS, unit=form.cleaned_data["unit"].pk):
        raise PermissionDenied("keep")
    if form.instance.pk and not form.changed:
        return True
    try:
        put = lambda: form.instance.put(by=request.user, at=request.at, fields=form.changed)  # noqa: E731
        return bool(form.kept(put))
    except ValidationError as why:  # somebody moved the place above meanwhile
        form.add_error(None, why.messages)
        return False
