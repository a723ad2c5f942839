"""Photos and documents of a piece: brought, looked at, taken away. Nobody reaches them by their path."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import may, signed_in
from duty.filing import handed_out, keep
from equipment.access import keepers
from equipment.forms.papers import PaperForm
from equipment.models import Paper
from equipment.views.pieces import page, piece_kept, piece_seen


@keepers
@require_POST
def add(request, pk: int):
    piece = piece_kept(request, pk)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            with transaction.atomic():
                file = keep(form.cleaned_data["file"], by=request.user, at=request.at)
                paper = Paper(file=file, title=form.cleaned_data["title"].strip())
                piece.attach(paper, by=request.user, at=request.at)
        except ValidationError as why:
            form.add_error("file", why.messages)
        else:
            messages.success(request, _("“%(name)s” is kept.") % {"name": paper})
            return redirect(piece)
    return page(request, piece_seen(request, pk), form)


def _seen(request, pk: int) -> Paper:
    return get_object_or_404(Paper.objects.visible_to(request.user).select_related("file", "equipment"), pk=pk)


@signed_in
def paper(request, pk: int):
    return handed_out(request, _seen(request, pk).file)


@signed_in
def small(request, pk: int):
    return handed_out(request, _seen(request, pk).file, small=True)


@keepers
@require_POST
def remove(request, pk: int):
    paper = _seen(request, pk)
    may(request.user, "keep", paper)
    piece = piece_kept(request, paper.equipment_id)
    piece.take_down(paper, by=request.user, at=request.at)
    messages.success(request, _("“%(name)s” is no longer shown. It stays in the evidence.") % {"name": paper})
    return redirect(piece)
