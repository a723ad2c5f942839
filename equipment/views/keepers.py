"""Who is responsible for a piece, since when and until when."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from duty.access import may
from equipment.access import keepers
from equipment.forms.keepers import KeeperForm, RelieveForm
from equipment.models import Keeper
from equipment.views.pieces import piece_kept


@keepers
def add(request, pk: int):
    piece = piece_kept(request, pk)
    form = KeeperForm(request.POST or None, instance=Keeper(equipment=piece), at=request.at)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                piece.entrust(form.instance, by=request.user, at=request.at)
        except IntegrityError:
            form.add_error(None, _("Someone is in charge of it at that time already. End that first."))
        else:
            messages.success(request, _("Saved."))
            return redirect(piece)
    context = {"form": form, "piece": piece}
    return render(request, "equipment/keeper_form.html", context, status=422 if form.errors else 200)


@keepers
def end(request, pk: int):
    rows = Keeper.objects.visible_to(request.user).select_related("equipment", "person")
    keeper = get_object_or_404(rows, pk=pk)
    may(request.user, "keep", keeper)
    piece = piece_kept(request, keeper.equipment_id)
    form = RelieveForm(request.POST or None, at=request.at, keeper=keeper)
    if request.method == "POST" and form.is_valid():
        piece.relieve(keeper, form.cleaned_data["last_on"], by=request.user, at=request.at)
        messages.success(request, _("Saved."))
        return redirect(piece)
    context = {"form": form, "piece": piece, "keeper": keeper}
    return render(request, "equipment/keeper_end.html", context, status=422 if form.errors else 200)
