"""The running log of a piece: all that was found on it and done to it, filtered by kind, taken along, printed (A27)."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from duty.access import signed_in
from duty.clock import day_of
from duty.sheets import Table, download
from equipment.history import KINDS, NAMES, Stream
from equipment.views.pieces import piece_seen

SHOWN, MOST = 50, 5000


def _kinds(request) -> list[str]:
    return [kind for kind in request.GET.getlist("kind") if kind in KINDS]


@signed_in
def history(request, pk: int):
    piece = piece_seen(request, pk)
    kinds = _kinds(request)
    page = Stream(piece, request.user, kinds, request.GET.get("before", ""), SHOWN)
    context = {"piece": piece, "page": page, "names": NAMES, "kinds": NAMES.items(), "kind": kinds[0] if kinds else ""}
    return render(request, "equipment/history.html", context)


@signed_in
def sheet(request, pk: int):
    """The newest five thousand entries as an Excel file."""
    piece = piece_seen(request, pk)
    stream = Stream(piece, request.user, _kinds(request), size=MOST)
    heads = [_("When"), _("Kind"), _("What"), _("Details"), _("Who")]
    rows = [(one.at, str(NAMES[one.kind]), one.what, one.text, one.who) for one in stream]
    title = _("Running log")
    return download(f"{title} {piece.code} {day_of(request.at)}", Table(title, heads, rows))
