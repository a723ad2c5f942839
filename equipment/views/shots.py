"""Photos of a round and reference photos of what is looked at, for whoever may see the round."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from duty.access import signed_in
from duty.filing import handed_out
from equipment.models import Round, Shot
from equipment.walking import version_of


def _seen(request, pk: int) -> Shot:
    rounds = Round.objects.visible_to(request.user)
    return get_object_or_404(Shot.objects.select_related("file").filter(round__in=rounds), pk=pk)


@signed_in
def shot(request, pk: int):
    return handed_out(request, _seen(request, pk).file)


@signed_in
def small(request, pk: int):
    return handed_out(request, _seen(request, pk).file, small=True)


@signed_in
def picture(request, pk: int, item: int):
    """What a thing looks like when it is as it should be."""
    walk = get_object_or_404(Round.objects.visible_to(request.user).select_related("version", "checklist"), pk=pk)
    version = version_of(walk)
    row = version and version.items.filter(pk=item, picture__isnull=False).select_related("picture").first()
    if not row:
        raise Http404
    return handed_out(request, row.picture)
