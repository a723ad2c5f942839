"""The severity standard a new organisation starts from 《事件分级标准》: sensible, and theirs to edit.

It is the organisation's own text and therefore Chinese. Levels map to the state's four grades; each internal report
within the hour leaves the unit head time for the state's own hour (emergency reporting rules, 2007, art. 9).
"""

import datetime as dt

from duty.ladders import ESCALATE, REMIND, Rung, frozen
from incidents.models import Cell, Level, Standard

MINUTE = 60


def _rungs(to: str, *reminders: int, then: tuple[tuple[int, str], ...], again: int) -> list[dict]:
    """Reminders so many minutes before due; then escalations so many minutes after, the last one repeating."""
    before = [Rung(-minutes * MINUTE, f"{to}+duty.owner", REMIND) for minutes in reminders]
    after = [Rung(minutes * MINUTE, whom, ESCALATE) for minutes, whom in then[:-1]]
    last = Rung(then[-1][0] * MINUTE, then[-1][1], ESCALATE, again=again * MINUTE)
    return frozen([*before, *after, last])


LEVELS = [
    dict(
        rank=1,
        name="特别重大",
        words="已造成或极可能造成人员死亡、全单位停摆或重大社会影响",
        examples="有人死亡或多人重伤\n大楼明火蔓延，需整体疏散\n危及公众安全或引发媒体关注的事件",
        must_report=True,
        report_to="scheduling.leader+duty.superior+duty.unit_head",
        report_within=dt.timedelta(minutes=20),
        update_every=dt.timedelta(minutes=30),
        ladder=_rungs(
            "scheduling.leader+duty.superior", 10, 5,
            then=((0, "duty.unit_head+duty.parent_head"), (10, "duty.top_head+duty.parent_head")), again=10,
        ),
    ),
    dict(
        rank=2,
        name="重大",
        words="人员受伤或被困，关键业务中断，或影响多个部门",
        examples="电梯困人、人员受伤送医\n机房断电，核心系统中断\n全楼停水停电超过 2 小时",
        must_report=True,
        report_to="scheduling.leader+duty.superior",
        report_within=dt.timedelta(minutes=30),
        update_every=dt.timedelta(minutes=60),
        ladder=_rungs(
            "scheduling.leader+duty.superior", 15, 5,
            then=((0, "duty.unit_head"), (15, "duty.parent_head"), (30, "duty.top_head")), again=15,
        ),
    ),
    dict(
        rank=3,
        name="较大",
        words="重要部位出现险情，或超出值班人员处置能力",
        examples="配电室、机房冒烟或有焦味\n水管爆裂影响办公\n可疑人员闯入、财物被盗",
        must_report=True,
        report_to="scheduling.leader+duty.superior",
        report_within=dt.timedelta(minutes=60),
        update_every=dt.timedelta(minutes=120),
        ladder=_rungs(
            "scheduling.leader+duty.superior", 30, 10,
            then=((0, "duty.unit_head"), (20, "duty.parent_head"), (60, "duty.top_head")), again=30,
        ),
    ),
    dict(
        rank=4,
        name="一般",
        words="值班人员可当场处置，不影响正常工作",
        examples="灯具损坏、门锁故障\n个别工位漏水\n来电咨询、投诉",
        must_report=False,
        report_to="scheduling.leader",
        report_within=dt.timedelta(minutes=60),
        update_every=None,
        ladder=_rungs("scheduling.leader", 30, then=((0, "duty.unit_head"),), again=60),
    ),
]  # fmt: skip

# {(urgency, scope): (rank, the standard's words)}
CELLS = {
    (1, 1): (4, "可缓办的零星问题或咨询"),
    (1, 2): (4, "不影响使用的楼宇小问题"),
    (1, 3): (4, "多部门的一般性事务，可等到上班处理"),
    (1, 4): (3, "全单位范围的隐患，暂无现实影响"),
    (2, 1): (4, "单点故障，需当班处理"),
    (2, 2): (4, "一栋楼内设施故障，影响有限"),
    (2, 3): (3, "多个部门的工作受到影响"),
    (2, 4): (3, "全单位公共服务受到影响"),
    (3, 1): (3, "重要部位出现险情，或有人不适"),
    (3, 2): (3, "配电、机房等重要部位出现火情征兆"),
    (3, 3): (2, "多个部门停摆，或有人受伤、被困"),
    (3, 4): (2, "关键业务中断，影响全单位"),
    (4, 1): (2, "一处危及人身安全"),
    (4, 2): (2, "一栋楼需要疏散或救援"),
    (4, 3): (1, "险情正在蔓延，危及多个部门人员"),
    (4, 4): (1, "危及全体人员或公众安全"),
}


def lay_down(unit, *, by, at) -> Standard:
    """Publish the proposed standard as version 1 of an organisation that has none."""
    standard = Standard(number=1, unit=unit)
    standard.found(*content(standard), by=by, at=at)
    standard.publish(by=by, at=at)
    return standard


def content(standard: Standard) -> tuple[list[Level], list[Cell]]:
    levels = {values["rank"]: Level(standard=standard, **values) for values in LEVELS}
    cells = [
        Cell(standard=standard, urgency=urgency, scope=scope, level=levels[rank], words=words)
        for (urgency, scope), (rank, words) in CELLS.items()
    ]
    return list(levels.values()), cells
