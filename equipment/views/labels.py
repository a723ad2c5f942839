"""Labels with a QR code to stick on the equipment, and where the code leads."""

import segno
from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe

from duty.access import signed_in
from duty.pages import number_asked
from equipment.access import readers
from equipment.models import Equipment
from equipment.models.pieces import read_tag
from equipment.views.register import asked, choices, filtered

MOST = 240  # ten sheets


@readers
def labels(request):
    """A sheet of labels for what the filters find; each can be left out before printing."""
    chosen = asked(request)
    rows = filtered(request, chosen).order_by("code")
    only = [number_asked(pk) for pk in request.GET.getlist("piece")[:MOST]]
    if only := [pk for pk in only if pk is not None]:
        rows = rows.filter(pk__in=only)
    found = list(rows[: MOST + 1])
    for piece in found[:MOST]:
        piece.code_picture = qr_of(address_of(request, piece.tag))
        piece.tag_shown = f"{piece.tag[:4]} {piece.tag[4:]}"
    context = choices(request) | {"pieces": found[:MOST], "more": len(found) > MOST, "chosen": chosen, "most": MOST}
    return render(request, "equipment/labels.html", context | {"filtered": any(chosen.values())})


def address_of(request, tag: str) -> str:
    """Absolute, under the name people use; what was asked for is believed only where the settings name none."""
    path = reverse("tag", args=[tag])
    return settings.PUBLIC_URL + path if settings.PUBLIC_URL_IS_SET else request.build_absolute_uri(path)


def qr_of(address: str) -> str:
    """The code as inline SVG, dark on light whatever the page's colours are: scanners want it so."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(border=2, dark="#000", light="#fff", omitsize=True))  # noqa: S308 - drawn by segno


@signed_in
def tag(request, tag: str):
    """Where the code on a label leads."""
    piece = Equipment.objects.visible_to(request.user).filter(tag=read_tag(tag)).only("matter_id").first()
    if piece is None:
        return render(request, "equipment/tag_unknown.html", {"tag": tag[:20]}, status=404)
    return redirect(piece)
