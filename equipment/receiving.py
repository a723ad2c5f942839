"""What a telephone sends of a walk: taken in once, however often and from however many telephones it comes.

Nothing that was found is lost: an answer to an item that is answered already stands if it was given later, else it is
kept beside it; one that cannot be taken is named with the reason, and the telephone keeps it. Times are the telephone's,
corrected by how far its clock was off when it sent.
"""

import contextlib
import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.filing import Content, keep
from duty.models import Via
from duty.steps import Conflict
from equipment.completeness import count, missing
from equipment.following_up import follow_up
from equipment.models import Answer, DefectPhoto, How, Item, Parcel, Round, Shot, Stage, Status, Version, Visit
from equipment.models.defects import OPEN
from equipment.models.rounds import WALKED_STATES
from equipment.reading import identity, instant, listed, read, whole

MOST_PHOTOS = 12  # of one item
OF_ANOTHER = gettext_lazy("This was sent for another round already. Load the page again.")


class Clock:
    """The telephone's clock against the server's."""

    def __init__(self, sent_at: dt.datetime, received_at: dt.datetime):
        self.received_at = received_at
        self.off = sent_at - received_at

    def corrected(self, said: dt.datetime, not_before: dt.datetime | None) -> dt.datetime:
        """When it really was: never after it was received, never before the round was open."""
        at = min(said - self.off, self.received_at)
        return max(at, not_before) if not_before and not_before <= self.received_at else at


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
    known, refused = Known(walk, answers), {}
    for row in sorted(answers, key=lambda row: str(row.get("answered_at"))):
        try:
            _take(walk, row, known, clock, by=by, at=at)
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
    if walk.started_at:  # explained while it was under way
        walk.go_on(by=by, at=at)
        return
    said = [instant(parcel["begun_at"])] if parcel.get("begun_at") else []
    said += [instant(row.get("answered_at")) for row in answers]
    began_at = clock.corrected(min(said, default=clock.received_at + clock.off), walk.opens_at)
    version = Version.objects.published().filter(checklist=walk.checklist_id, pk=whole(parcel.get("version"))).first()
    if walk.opens_at > at:
        raise Conflict(walk, _("This round is not open yet."))
    if began_at >= walk.missed_at:
        words = _("This round is missed and cannot be begun any more: it is explained. Walk an unplanned one instead.")
        raise Conflict(walk, words)
    walk.begin(by=by, at=at, began_at=began_at, version=version)


def _visit(walk: Round, rows: list[dict], clock: Clock, by) -> None:
    stops = set(walk.version.items.values_list("equipment_id", "place_id")) if rows else set()
    visits = []
    for row in rows:
        stop = whole(row.get("equipment")) or None, whole(row.get("place")) or None
        how = row.get("how") if row.get("how") in How.values else How.NONE
        if stop in stops:
            arrived_at = clock.corrected(instant(row.get("arrived_at")), walk.opens_at)
            visits.append(
                Visit(
                    round=walk, uid=identity(row.get("uid")), equipment_id=stop[0], place_id=stop[1], how=how, by=by,
                    arrived_at=arrived_at, received_at=clock.received_at,
                )
            )  # fmt: skip
    Visit.objects.bulk_create(visits, ignore_conflicts=True)


class Known:
    """What stands of a round that is held, read once for all the answers of a parcel."""

    def __init__(self, walk: Round, rows: list[dict]):
        self.items = items_of(walk) if rows else {}
        self.standing = {row.item_id: row for row in walk.answers.standing()} if rows else {}
        self.taken = (
            dict(Answer.objects.filter(uid__in=_readable(rows)).values_list("uid", "round_id")) if rows else {}
        )  # {uid: round}


def _readable(rows: list[dict]) -> list[uuid.UUID]:
    found = []
    for row in rows:
        with contextlib.suppress(ValidationError):
            found.append(identity(row.get("uid")))
    return found


def items_of(walk: Round) -> dict[int, Item]:
    if walk.version_id is None:
        return {}
    return {item.pk: item for item in walk.version.items.select_related("equipment", "place")}


def item_of(walk: Round, pk: int, items: dict[int, Item]) -> Item:
    """The item on the version that the round began with, though a telephone may have had another before it."""
    if pk in items:
        return items[pk]
    other = Item.objects.filter(pk=pk, version__checklist=walk.checklist_id).first()
    same = other and next(
        (item for item in items.values() if item.thread == other.thread and item.kind == other.kind), None
    )
    if not same:
        raise ValidationError(_("This item is not on the checklist that the round began with."))
    return same


def _take(walk: Round, row: dict, known: Known, clock: Clock, *, by, at) -> None:
    uid = identity(row.get("uid"))
    if uid in known.taken:
        if known.taken[uid] != walk.pk:
            raise ValidationError(OF_ANOTHER)
        return
    item = item_of(walk, whole(row.get("item")), known.items)
    answer = read(item, row)
    answer.round, answer.item, answer.uid, answer.by = walk, item, uid, by
    answer.equipment_id, answer.gauge_id = item.equipment_id, item.gauge_id
    answer.answered_at, answer.received_at = clock.corrected(instant(row.get("answered_at")), walk.opens_at), at
    standing = known.standing.get(item.pk)
    closed = walk.status in WALKED_STATES
    if (standing and (closed or standing.answered_at > answer.answered_at)) or closed:
        answer.superseded_at = at  # kept beside the one that stands
    elif standing:
        Answer.objects.filter(pk=standing.pk).update(superseded_at=at)
    answer.save(force_insert=True)
    known.taken[uid] = walk.pk
    if answer.superseded_at is None:
        known.standing[item.pk] = answer
    if not closed and answer.answered_at < walk.started_at:
        walk.started_at = answer.answered_at  # another telephone began before the one that was heard first
        Round.objects.filter(pk=walk.pk).update(started_at=walk.started_at)
    if answer.superseded_at is None:
        follow_up(walk, answer, standing, bool(row.get("report")), by=by, at=at)


def take_shot(walk: Round, raw_uid, item_pk: int, content: Content, taken_at: dt.datetime, *, by, at) -> Shot:
    """A photo, sent ahead of the answer it belongs to; the same one sent again is the same one."""
    uid = identity(raw_uid)
    walk.lock()
    if shot := Shot.objects.filter(uid=uid).first():
        if shot.round_id != walk.pk:
            raise ValidationError(OF_ANOTHER)
        return shot
    item = item_of(walk, item_pk, items_of(walk))
    if walk.status == Status.CANCELLED:
        raise ValidationError(_("This round was cancelled. The photo stays on this telephone."))
    if walk.shots.filter(item=item).count() >= MOST_PHOTOS:
        raise ValidationError(_("%(n)d photos of one item are enough. Leave the others out.") % {"n": MOST_PHOTOS})
    shot = Shot.objects.create(
        round=walk, item=item, uid=uid, file=keep(content, by=by, at=at), taken_at=min(taken_at, at)
    )
    answer = walk.answers.standing().filter(item=item, defect__status__in=OPEN).first()
    if answer:
        DefectPhoto.objects.create(defect_id=answer.defect_id, file=shot.file, stage=Stage.FOUND)
    return shot
