"""A version as it is walked on a telephone, and as it is printed to be walked by hand: 《设备巡检清单》."""

from django.http import Http404
from django.shortcuts import render

from duty.access import signed_in
from equipment.stops import items_of, stops_of
from equipment.views.checklists import checklist_seen, version_asked


def _context(request, pk: int) -> dict:
    row = checklist_seen(request, pk)
    version = version_asked(request, row)
    if version is None:
        raise Http404
    stops = stops_of(items_of(version))
    return {"row": row, "version": version, "stops": stops, "count": sum(len(stop.items) for stop in stops)}


@signed_in
def preview(request, pk: int):
    return render(request, "equipment/checklist_preview.html", _context(request, pk))


@signed_in
def paper(request, pk: int):
    return render(request, "equipment/checklist_paper.html", _context(request, pk))
