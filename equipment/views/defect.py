"""One defect: its page, what it looked like, and its repair ticket on paper (A26)."""

from django.shortcuts import get_object_or_404, render

from duty.access import can, signed_in
from duty.filing import handed_out
from duty.views.trail import tell
from equipment.models import Defect, DefectPhoto, Stage


def defect_seen(request, pk: int) -> Defect:
    """The defect of the address, if this person may see it."""
    rows = Defect.objects.visible_to(request.user).select_related(
        "unit", "equipment", "place", "matter", "mender", "found_by", "verified_by", "recurs", "round"
    )
    return get_object_or_404(rows, pk=pk)


@signed_in
def defect(request, pk: int):
    return page(request, defect_seen(request, pk))


def page(request, defect: Defect, status: int = 200):
    photos = list(defect.photos.select_related("file"))
    context = {
        "defect": defect,
        "found": [photo for photo in photos if photo.stage == Stage.FOUND],
        "mended": [photo for photo in photos if photo.stage == Stage.MENDED],
        "running": [row for row in defect.matter.deadlines.all() if row.settled_at is None],
        "answers": list(defect.answers.select_related("round", "by", "item").order_by("-answered_at")[:20]),
        "may_call": can(request.user, "call", defect),
        "may_read_story": can(request.user, "read_story", defect),
        "story": tell(defect.matter),
    }
    return render(request, "equipment/defect.html", context, status=status)


def _photo_seen(request, pk: int) -> DefectPhoto:
    rows = DefectPhoto.objects.filter(defect__in=Defect.objects.visible_to(request.user)).select_related("file")
    return get_object_or_404(rows, pk=pk)


@signed_in
def photo(request, pk: int):
    return handed_out(request, _photo_seen(request, pk).file)


@signed_in
def small(request, pk: int):
    return handed_out(request, _photo_seen(request, pk).file, small=True)
