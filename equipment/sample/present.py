"""What goes on in the sample organisation's rounds and repairs now, lived through by the verbs with the clock moved."""

import datetime as dt
import random
import uuid

from duty.clock import DAY, HOUR, MINUTE, day_of, local, pretending
from duty.models import Deadline, Via
from duty.sample import House
from duty.sweeping import sweep
from equipment import laying, receiving
from equipment.models import Checklist, Defect, Equipment, Kind, Plan, Rhythm, Round
from equipment.models.defects import FIXED
from equipment.models.rounds_owed import BEGUN
from equipment.sample.checks import EXTRA
from equipment.sample.crews import Crews
from equipment.sample.readings import reading
from scheduling.models import Post

SECOND = dt.timedelta(seconds=1)
EVERY = 6 * HOUR
NOT_WALKED = "东区夜巡"


def begin(house: House, plans: dict[str, Plan]) -> None:
    """Since the air conditioner is not what it was, the machine room is looked at every six hours; next in half an hour."""
    first = local(house.at + 30 * MINUTE).replace(second=0, microsecond=0)
    first += (-first.minute % 5) * MINUTE
    checklist = Checklist.objects.get(name="机房巡检")
    plan = Plan(
        unit=checklist.unit, name=EXTRA, checklist=checklist, post=Post.objects.get(name="总值班室"), rhythm=Rhythm.TIMES,
        times=sorted((first + n * EVERY).time() for n in range(4)), early_minutes=60, needs_approval=True,
        from_on=day_of(house.at - 2 * DAY),
    )  # fmt: skip
    plan.enter(by=house.people["何佳"], at=house.at - 2 * DAY, reason="一号精密空调回风温度持续上升")
    plans[EXTRA] = plan


def missed(house: House, plans: dict[str, Plan]) -> list[tuple[str, dt.datetime]]:
    """What is lived through below: a night that nobody walked, and the walk that waits for approval."""
    now = house.at
    night = min(at for at, _shift in laying.expected(plans[NOT_WALKED], now - 3 * DAY, now - 6 * HOUR))
    walked = max(at for at, _shift in laying.expected(plans[EXTRA], now - 8 * HOUR, now - HOUR))
    return [(NOT_WALKED, night), (EXTRA, walked)]


def live(house: House, plans: dict[str, Plan]) -> None:
    (_name, night), (_extra, walked) = missed(house, plans)
    crews = Crews(house)
    _nobody_walks(house, plans[NOT_WALKED], night)
    _walked(house, plans[EXTRA], walked, crews)
    laying.lay(house.at)
    _overdue(house, crews)
    _to_verify(house, crews)
    _reported(house, crews)


def _laid(plan: Plan, planned_at: dt.datetime) -> Round:
    shift = dict(laying.expected(plan, planned_at, planned_at + MINUTE))[planned_at]
    row, at = laying.fresh(plan, planned_at, shift), planned_at - 30 * HOUR
    with pretending(at):
        row.schedule(by=None, at=at, via=Via.ENGINE)
    return row


def _nobody_walks(house: House, plan: Plan, planned_at: dt.datetime) -> None:
    """The ladder is climbed as it was, rung by rung; it asks daily until somebody explains."""
    row = _laid(plan, planned_at)
    _climb(row.matter_id, BEGUN, house.at)


def _climb(matter_id: int, kind: str, until: dt.datetime) -> None:
    while True:
        deadline = Deadline.objects.open().get(matter=matter_id, kind=kind)
        if deadline.fires_at is None or deadline.fires_at >= until - SECOND:
            return
        with pretending(deadline.fires_at + SECOND / 50):
            sweep()


def _walked(house: House, plan: Plan, planned_at: dt.datetime, crews: Crews) -> None:
    """As the walker's telephone sent it; the leader has not approved it yet."""
    row, dice = _laid(plan, planned_at), random.Random(20260102)
    version = plan.checklist.in_force
    by = crews.officer(row.unit_id, planned_at)
    at = planned_at + 4 * MINUTE
    answers, begun = [], at
    for item in version.items.select_related("equipment").order_by("order", "id"):
        at += dice.uniform(0.7, 1.6) * MINUTE
        value = {Kind.STATE: "normal", Kind.CHOICE: item.choices[0] if item.choices else ""}.get(item.kind)
        if item.kind == Kind.NUMBER:
            value = str(reading(item.equipment.code, item.question, at, house.at, dice))
        answers.append({"uid": _uid(dice), "item": item.pk, "value": value, "answered_at": at.isoformat()})
    parcel = {
        "uid": _uid(dice), "sent_at": at.isoformat(), "begun_at": begun.isoformat(), "version": version.pk,
        "answers": answers, "done_at": at.isoformat(), "device": "sample",
    }  # fmt: skip
    with pretending(at):
        receiving.receive(row, parcel, by=by, at=at)


def _uid(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def _reported(house: House, crews: Crews) -> None:
    """The barrier again, an hour ago; nobody has it in hand."""
    _defect("DQ-03", "起落", "抬杆后不落，已改手动，岗亭派人看守", house.at - 58 * MINUTE, crews)


def _defect(code: str, what: str, detail: str, found: dt.datetime, crews: Crews) -> Defect:
    piece = Equipment.objects.get(code=code)
    by = crews.officer(piece.unit_id, found)
    defect = Defect(
        unit_id=piece.unit_id, equipment=piece, criticality=piece.criticality, what=what, detail=detail, found_at=found,
        found_by=by,
    )  # fmt: skip
    with pretending(found + 2 * MINUTE) as at:
        defect.report(by=by, at=at)
    return defect


def _overdue(house: House, crews: Crews) -> None:
    """A cooling tower that waits for its part: acknowledged in time, due nine hours ago."""
    found = house.at - 57 * HOUR
    defect = _defect("XQ-05", "风机异响、振动大", "二号风机侧，已停用，冷却靠一号风机", found, crews)
    with pretending(found + 36 * MINUTE) as at:
        defect.take(by=house.people["邵阳"], at=at)
    with pretending(found + 3 * HOUR) as at:
        defect.note("轴承磨损，已向厂家订货，预计三天到", by=house.people["邵阳"], at=at)
    _climb(defect.pk, FIXED, house.at)


def _to_verify(house: House, crews: Crews) -> None:
    found = house.at - 20 * HOUR
    defect = _defect("KT-02", "油位低报警", "视油镜油位低于 1/4", found, crews)
    with pretending(found + 25 * MINUTE) as at:
        defect.come(by=house.people["魏来"], at=at)
    with pretending(house.at - 3 * HOUR) as at:
        defect.fix("油分离器回油阀卡滞", "清洗回油阀，补充冷冻油", "冷冻油 2 L", by=house.people["魏来"], at=at)
