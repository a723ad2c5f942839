"""Hands to break things with: a defect as people report it."""

from equipment.models import Defect
from equipment.tests.conftest import picture


def make_defect(piece, by, at, what="电池鼓包", **more) -> Defect:
    """Reported by hand on a piece; as critical as that unless asked otherwise."""
    more = {"criticality": piece.criticality, "unit": piece.unit, "found_at": at} | more
    defect = Defect(equipment=piece, what=what, found_by=by, **more)
    defect.report(by=by, at=at)
    return defect


def again(defect) -> Defect:
    """As it is in the database now."""
    return Defect.objects.get(pk=defect.pk)


def photo(name="现场.jpg", size=(64, 48)):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, picture(size=size))
