"""The sample's present, lived through by the verbs themselves with the clock moved inside the transaction:
one escalated last night, one waiting for the superior now, one in hand."""

import datetime as dt

from django.db import connection

from duty.clock import HOUR, MINUTE, day_of, pretending, start_of
from duty.sample import House
from duty.sweeping import sweep
from incidents.models import DutyLine, Incident, Nature
from scheduling.models import Seat, SeatRole

SECOND = dt.timedelta(seconds=1)


def _on_watch(unit_id: int, at: dt.datetime, role: str):
    seats = Seat.objects.on_duty(at).filter(shift__unit_id=unit_id, role=role).select_related("person", "shift")
    return seats.get()


def _new(house, standard, nature: str, seat: Seat, received_at, urgency: int, scope: int, **more) -> Incident:
    cell = standard.suggest(urgency, scope)
    return Incident(
        unit=house.top, shift=seat.shift, received_at=received_at, nature=Nature.objects.get(name=nature),
        line=DutyLine.objects.get(number="6110"), standard=standard, urgency=urgency, scope=scope, level=cell.level,
        rang_at=received_at, answered_at=received_at + 6 * SECOND, **more,
    )  # fmt: skip


def last_night(house: House, standard) -> None:
    """Reported at ten past one, not answered in the hour, escalated to the general manager, mended by four."""
    received = start_of(day_of(house.at - 8 * HOUR)) + 70 * MINUTE
    officer, leader = (_on_watch(house.top.pk, received, role) for role in (SeatRole.PRIMARY, SeatRole.LEADER))
    incident = _new(
        house, standard, "停电", officer, received, 3, 2,
        place="A 座制冷机房", summary="制冷机房配电柜冒烟", scene="配电柜有烟，未见明火，已断电，备用机组已启动",
        suggestion="请电工到场", reporter_name="石磊", reporter_contact="13900010002",
    )  # fmt: skip
    at = received + 3 * MINUTE
    with pretending(at):
        incident.log(by=officer.person, at=at, request="请授权联系供电公司")
    _live_until(incident, received + 67 * MINUTE)
    top, at = house.people["高远"], received + 67 * MINUTE
    with pretending(at):
        incident.acknowledge(by=top, at=at, via="link")
        incident.instruct(
            "dispatch",
            "同意联系供电公司，请安全保卫部到场。带班领导手机无人接听，请查明原因。",
            by=top,
            at=at + 2 * MINUTE,
        )
    at = received + 165 * MINUTE
    with pretending(at):
        incident.close("更换烧损接触器，红外测温正常，恢复供电。带班领导手机静音，已提醒。", by=officer.person, at=at)
    with connection.cursor() as cursor:
        cursor.execute(ALREADY_SENT, [leader.person_id])


ALREADY_SENT = """
WITH sent AS (
    UPDATE duty_delivery d SET state = 'sent', attempts = 1, sent_at = n.created_at + interval '2 seconds', next_try_at = NULL,
        claimed_at = n.created_at, reference = '<notice-' || n.id || '@localhost>'
    FROM duty_notice n WHERE n.id = d.notice_id AND d.state = 'queued' RETURNING n.id
)
UPDATE duty_notice SET seen_at = created_at + interval '5 minutes' WHERE id IN (SELECT id FROM sent) AND recipient_id <> %s
"""


def _live_until(incident: Incident, end: dt.datetime) -> None:
    """Let the ladder be climbed as it was, rung by rung."""
    while True:
        deadline = incident.matter.deadlines.open().get()
        if deadline.fires_at is None or deadline.fires_at > end:
            return
        with pretending(deadline.fires_at + SECOND * 3 / 100):
            sweep()


def now(house: House, standard) -> None:
    """One in hand with its update due soon, one reported and not yet answered: both clocks run."""
    base = house.at.replace(second=0, microsecond=0)
    received = base - 118 * MINUTE
    officer = _on_watch(house.top.pk, house.at, SeatRole.PRIMARY)
    leader = _on_watch(house.top.pk, house.at, SeatRole.LEADER)
    leak = _new(
        house, standard, "漏水", officer, received, 2, 3,
        place="A 座三楼东侧", summary="三楼东侧漏水", scene="吊顶漏水，两间办公室受影响，已移开设备",
        suggestion="请水暖工到场", reporter_name="王建国", reporter_contact="13900020003", event_at=received - 10 * MINUTE,
    )  # fmt: skip
    with pretending(received + 2 * MINUTE) as at:
        leak.log(by=officer.person, at=at)
    with pretending(received + 7 * MINUTE) as at:
        leak.acknowledge(by=leader.person, at=at, via="link", words="收到，先关阀门")
    with pretending(received + 21 * MINUTE) as at:
        leak.note("水暖工魏来到场，已关闭三楼分阀", by=officer.person, at=at)
    _send_all()
    received = base - 37 * MINUTE
    smoke = _new(
        house, standard, "火情", officer, received, 3, 2,
        place="B 座地下一层 配电室", summary="配电室冒烟", scene="有焦味和轻烟，未见明火，已断电，现场 2 人撤出",
        suggestion="请电工与消防到场", reporter_name="张强(物业)", reporter_contact="138 0013 8000",
    )  # fmt: skip
    with pretending(received + 2 * MINUTE) as at:
        smoke.log(by=officer.person, at=at, request="是否启动《火灾应急预案》；授权通知消防")
    _send_all()
    _live_until(smoke, house.at)
    with pretending(received + 20 * MINUTE) as at:
        smoke.note("物业电工程亮到场，正在测温", by=officer.person, at=at)


def _send_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ALREADY_SENT, [0])
