"""What a telephone sends of a walk: taken in once, however often and from however many telephones it comes.

Nothing that was found is lost: an answer to an item that is answered already stands if it was given later, else it is
kept beside it; one that cannot be taken is named with the reason, and the telephone keeps it. Times are the telephone's,
corrected by how far its clock was off when it sent.
"""

import datetime as dt
import unicodedata
import uuid
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duty.filing import Content, keep
from duty.models import Via
from duty.steps import Conflict
from equipment import judging
from equipment.completeness import count, missing
from equipment.models import (
    Answer,
    Defect,
    DefectPhoto,
    DefectStatus,
    How,
    Item,
    Judged,
    Kind,
    Parcel,
    Round,
    Shot,
    Stage,
    Status,
    Version,
    Visit,
)
from equipment.models.defects import OPEN
from equipment.models.rounds import WALKED_STATES

MOST_AT_ONCE = 500
MOST_PHOTOS = 12  # of one item
LARGEST = Decimal(10) ** 9


class Clock:
    """The telephone's clock against the server's."""

    def __init__(self, sent_at: dt.datetime, received_at: dt.datetime):
        self.received_at = received_at
        self.off = sent_at - received_at

    def corrected(self, said: dt.datetime, not_before: dt.datetime | None) -> dt.datetime:
        """When it really was: never after it was received, never before the round was open."""
        at = min(said - self.off, self.received_at)
        return max(at, not_before) if not_before and not_before <= self.received_at else at


def instant(raw) -> dt.datetime:
    """An instant as a telephone writes it (ISO 8601 with its offset). Raises ValidationError."""
    try:
        at = dt.datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        raise ValidationError(_("A time that cannot be read was sent. Load the page again.")) from None
    if at.tzinfo is None or not 2000 < at.year < 2200:
        raise ValidationError(_("A time that cannot be read was sent. Load the page again."))
    return at


def identity(raw) -> uuid.UUID:
    try:
        return uuid.UUID(raw)
    except (TypeError, ValueError, AttributeError):
        raise ValidationError(_("What was sent has no number of its own. Load the page again.")) from None


def plain(value):
    """The same without what no database keeps: null characters, and halves of characters."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="ignore").decode()
    if isinstance(value, dict):
        return {plain(str(name)): plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def listed(parcel: dict, name: str) -> list[dict]:
    rows = parcel.get(name) or []
    if not isinstance(rows, list) or len(rows) > MOST_AT_ONCE or not all(isinstance(row, dict) for row in rows):
        raise ValidationError(
            _("What was sent cannot be read. Load the page again; what was found stays on this telephone.")
        )
    return rows


def receive(walk: Round, parcel: dict, *, by, at: dt.datetime) -> dict[str, str]:
    """Take a parcel in, in the request's transaction. Returns {uid: why it was refused} for answers that were not taken.

    One that came before is gone through again, for whoever never heard what became of it; what was taken is not taken twice.
    Raises ValidationError for a parcel that makes no sense, Conflict where the walk cannot be begun.
    """
    uid, sent_at = identity(parcel.get("uid")), instant(parcel.get("sent_at"))
    walk.lock()
    clock = Clock(sent_at, at)
    answers, visits = listed(parcel, "answers"), listed(parcel, "visits")
    if walk.status in (Status.SCHEDULED, Status.MISSED) and (answers or visits or parcel.get("begun_at")):
        _begin(walk, parcel, clock, answers, by=by, at=at)
    if walk.status == Status.CANCELLED:
        raise Conflict(
            walk, _("This round was cancelled. What you found stays on this telephone; report a defect by hand.")
        )
    _visit(walk, visits, clock, by)
    refused = {}
    for row in sorted(answers, key=lambda row: str(row.get("answered_at"))):
        try:
            _take(walk, row, clock, by=by, at=at)
        except ValidationError as why:
            refused[str(row.get("uid"))] = " ".join(why.messages)
    kept = Parcel(
        round=walk, uid=uid, device=str(parcel.get("device") or "")[:40], by=by, sent_at=sent_at, received_at=at,
        clock_off_seconds=max(min(int(clock.off.total_seconds()), 2**31 - 1), -(2**31)), answers=len(answers) - len(refused),
    )  # fmt: skip
    Parcel.objects.bulk_create([kept], ignore_conflicts=True)
    count(walk)
    if parcel.get("done_at") and walk.status == Status.IN_PROGRESS and not refused and not missing(walk):
        done_at = clock.corrected(instant(parcel["done_at"]), walk.started_at)
        walk.finish(by=by, at=at, done_at=done_at, via=Via.PAGE)
    return refused


def _begin(walk: Round, parcel: dict, clock: Clock, answers: list[dict], *, by, at) -> None:
    said = [instant(parcel["begun_at"])] if parcel.get("begun_at") else []
    said += [instant(row.get("answered_at")) for row in answers]
    began_at = clock.corrected(min(said, default=clock.received_at + clock.off), walk.opens_at)
    version = Version.objects.published().filter(checklist=walk.checklist_id, pk=_number(parcel.get("version"))).first()
    if walk.opens_at > at:
        raise Conflict(walk, _("This round is not open yet."))
    if began_at >= walk.missed_at:
        words = _("This round is missed and cannot be begun any more: it is explained. Walk an unplanned one instead.")
        raise Conflict(walk, words)
    walk.begin(by=by, at=at, began_at=began_at, version=version)


def _number(raw) -> int:
    return raw if isinstance(raw, int) and 0 < raw < 2**31 else 0


def _visit(walk: Round, rows: list[dict], clock: Clock, by) -> None:
    stops = set(walk.version.items.values_list("equipment_id", "place_id")) if rows else set()
    for row in rows:
        stop = _number(row.get("equipment")) or None, _number(row.get("place")) or None
        how = row.get("how") if row.get("how") in How.values else How.NONE
        if stop not in stops:
            continue
        Visit.objects.bulk_create(
            [
                Visit(
                    round=walk, uid=identity(row.get("uid")), equipment_id=stop[0], place_id=stop[1], how=how, by=by,
                    arrived_at=clock.corrected(instant(row.get("arrived_at")), walk.opens_at), received_at=clock.received_at,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip


def _take(walk: Round, row: dict, clock: Clock, *, by, at) -> None:
    uid = identity(row.get("uid"))
    if Answer.objects.filter(uid=uid).exists():
        return
    item = _item(walk, _number(row.get("item")))
    answer = read(item, row)
    answer.round, answer.item, answer.uid, answer.by = walk, item, uid, by
    answer.equipment_id, answer.gauge_id = item.equipment_id, item.gauge_id
    answer.answered_at, answer.received_at = clock.corrected(instant(row.get("answered_at")), walk.opens_at), at
    standing = walk.answers.standing().filter(item=item).first()
    closed = walk.status in WALKED_STATES
    if (standing and (closed or standing.answered_at > answer.answered_at)) or closed:
        answer.superseded_at = at  # kept beside the one that stands
    elif standing:
        Answer.objects.filter(pk=standing.pk).update(superseded_at=at)
    answer.save(force_insert=True)
    if not closed and answer.answered_at < walk.started_at:
        walk.started_at = answer.answered_at  # another telephone began before the one that was heard first
        Round.objects.filter(pk=walk.pk).update(started_at=walk.started_at)
    if answer.superseded_at is None:
        follow_up(walk, answer, standing, bool(row.get("report")), by=by, at=at)


def _item(walk: Round, pk: int) -> Item:
    """The item on the version that the round began with, though a telephone may have had another before it."""
    items = walk.version.items.select_related("equipment", "place") if walk.version_id else Item.objects.none()
    if item := items.filter(pk=pk).first():
        return item
    other = Item.objects.filter(pk=pk, version__checklist=walk.checklist_id).first()
    if other and (item := items.filter(thread=other.thread, kind=other.kind).first()):
        return item
    raise ValidationError(_("This item is not on the checklist that the round began with."))


def read(item: Item, row: dict) -> Answer:
    """The answer as it was given, judged; unsaved. Raises ValidationError with what to do."""
    note = str(row.get("note") or "").strip()[:500]
    if row.get("not_checked"):
        if not note:
            raise ValidationError(_("Say why it could not be checked."))
        return Answer(judged=Judged.NOT_CHECKED, note=note)
    value = row.get("value")
    if item.kind == Kind.NUMBER:
        number = _decimal(value)
        if not judging.possible(number, item):
            raise ValidationError(_("Such a value cannot be read there. Look again and correct it."))
        return Answer(number=number, judged=judging.judged(number, item), note=note)
    if item.kind == Kind.STATE:
        if value not in ("normal", "abnormal"):
            raise ValidationError(_("Choose normal or abnormal."))
        return Answer(judged=Judged.NORMAL if value == "normal" else Judged.ABNORMAL, note=note)
    text = str(value or "").strip()[:500]
    if item.kind == Kind.CHOICE:
        if text not in item.choices:
            raise ValidationError(_("Choose one of the answers."))
        return Answer(text=text, judged=Judged.ABNORMAL if text in item.bad_choices else Judged.NORMAL, note=note)
    if item.kind == Kind.TEXT and not text:
        raise ValidationError(_("Write something."))
    return Answer(text=text, judged=Judged.NORMAL, note=note)


def _decimal(value) -> Decimal:
    try:
        number = Decimal(
            unicodedata.normalize("NFKC", str(value)[:40])
            .strip()
            .replace(",", ".")
            .replace("−", "-")
            .replace("。", ".")
        )
    except InvalidOperation:
        raise ValidationError(_("Write a number.")) from None
    if not number.is_finite() or number.copy_abs() >= LARGEST:
        raise ValidationError(_("Write a number."))
    return number.quantize(Decimal("0.001"))


# What follows from an answer


def follow_up(walk: Round, answer: Answer, before: Answer | None, wanted: bool, *, by, at) -> None:
    """Something abnormal opens a defect, or is added to the one that is open; a slip corrected at once withdraws it."""
    if answer.judged == Judged.ABNORMAL or (wanted and answer.judged == Judged.OUT_OF_RANGE):
        defect = open_defect(walk, answer, by=by, at=at)
        Answer.objects.filter(pk=answer.pk).update(defect=defect)
    elif before and before.defect_id and answer.judged == Judged.NORMAL:
        defect = before.defect
        others = defect.answers.exclude(pk=before.pk).standing().exists()
        if defect.status == DefectStatus.REPORTED and defect.round_id == walk.pk and not others:
            defect.withdraw(by=by, at=at, reason=_("corrected on the round"))


def open_defect(walk: Round, answer: Answer, *, by, at) -> Defect:
    item = answer.item
    same = Defect.objects.filter(status__in=OPEN, equipment=item.equipment_id, place=item.place_id, thread=item.thread)
    if defect := same.select_for_update(of=("self",)).first():
        defect.see_again(answer, by=by, at=at)
        return defect
    reading = f"{item.question} {answer.said}" if answer.number is not None or answer.text else item.question
    piece = item.equipment
    defect = Defect(
        unit_id=piece.unit_id if piece else item.place.unit_id if item.place else walk.unit_id, equipment=piece,
        place=item.place, round=walk, thread=item.thread, what=reading[:120], detail=answer.note, found_by=by,
        found_at=answer.answered_at, **({"criticality": piece.criticality} if piece else {}),
    )  # fmt: skip
    defect.report(by=by, at=at)
    DefectPhoto.objects.bulk_create(
        DefectPhoto(defect=defect, file_id=file, stage=Stage.FOUND)
        for file in walk.shots.filter(item=item).values_list("file_id", flat=True)
    )
    return defect


def take_shot(walk: Round, raw_uid, item_pk: int, content: Content, taken_at: dt.datetime, *, by, at) -> Shot:
    """A photo, sent ahead of the answer it belongs to; the same one sent again is the same one."""
    uid = identity(raw_uid)
    walk.lock()
    if shot := walk.shots.filter(uid=uid).first():
        return shot
    item = _item(walk, item_pk)
    if walk.status == Status.CANCELLED:
        raise ValidationError(_("This round was cancelled. The photo stays on this telephone."))
    if walk.shots.filter(item=item).count() >= MOST_PHOTOS:
        raise ValidationError(_("%(n)d photos of one item are enough. Leave the others out.") % {"n": MOST_PHOTOS})
    shot = Shot.objects.create(
        round=walk, item=item, uid=uid, file=keep(content, by=by, at=at), taken_at=min(taken_at, at)
    )
    answer = walk.answers.standing().filter(item=item, defect__isnull=False).first()
    if answer:
        DefectPhoto.objects.create(defect_id=answer.defect_id, file=shot.file, stage=Stage.FOUND)
    return shot
