"""What follows from an answer: something abnormal opens a defect, or is added to the one that is open (A26)."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duty.clock import day_of
from equipment.models import Answer, Defect, DefectPhoto, DefectStatus, Judged, Round, Stage
from equipment.models.defects import OPEN


def follow_up(walk: Round, answer: Answer, before: Answer | None, wanted: bool, *, by, at) -> None:
    """Something abnormal opens a defect, or is added to the one that is open; a slip corrected at once withdraws it."""
    piece = answer.item.equipment
    if piece and piece.until_on and piece.until_on < day_of(at):
        return  # nobody mends what is out of use; the round tells what was seen
    if answer.judged == Judged.ABNORMAL or (wanted and answer.judged == Judged.OUT_OF_RANGE):
        answer.defect = open_defect(walk, answer, before, by=by, at=at)
        answer.save(update_fields=["defect"])
    elif before and before.defect_id and answer.judged == Judged.NORMAL:
        defect = before.defect
        others = defect.answers.exclude(pk=before.pk).standing().exists() or defect.has_others_at_it(by)
        if defect.status == DefectStatus.REPORTED and defect.round_id == walk.pk and not others:
            defect.withdraw(by=by, at=at, reason=_("corrected on the round"))


def open_defect(walk: Round, answer: Answer, before: Answer | None, *, by, at) -> Defect:
    item = answer.item
    same = Defect.objects.filter(status__in=OPEN, equipment=item.equipment_id, place=item.place_id, thread=item.thread)
    if defect := same.select_for_update(of=("self",)).first():
        if before is None or before.defect_id != defect.pk or defect.status == DefectStatus.FIXED:
            defect.see_again(answer, by=by, at=at)
        elif news := defect.news_of(answer, before):
            defect.learn(news, answer, by=by, at=at)
        return defect
    piece = item.equipment
    defect = Defect(
        unit_id=piece.unit_id if piece else item.place.unit_id if item.place else walk.unit_id, equipment=piece,
        place=item.place, round=walk, thread=item.thread, what=answer.finding, detail=answer.note, found_by=by,
        found_at=answer.answered_at, **({"criticality": piece.criticality} if piece else {}),
    )  # fmt: skip
    try:
        with transaction.atomic():
            defect.report(by=by, at=at)
    except IntegrityError:  # the same was found on another round at this moment
        again = same.select_for_update(of=("self",)).first()
        if again is None:
            raise
        again.see_again(answer, by=by, at=at)
        return again
    DefectPhoto.objects.bulk_create(
        DefectPhoto(defect=defect, file_id=file, stage=Stage.FOUND)
        for file in walk.shots.filter(item=item).values_list("file_id", flat=True)
    )
    return defect
