"""What lies ready in the sample organisation: fire, flood, first aid; some short, some expired, some not back."""

import datetime as dt

from django.db import connection

from duty.clock import DAY, HOUR, day_of, pretending
from duty.models import Deadline
from duty.sample import House
from duty.sweeping import fire_now
from equipment.models import Place, Supply
from equipment.models.places import place_tree
from equipment.models.stock import end_of

HALL, PUMPS, DUTY, EAST, WEST = (
    "总部大楼 / 1 楼 / 消防控制室", "总部大楼 / 地下一层 / 消防水泵房", "总部大楼 / 12 楼 / 总值班室", "东区 / 大门", "西区 / A 栋 / 柴油发电机房",
)  # fmt: skip
# (code, name, category, place, counted in, at least, looked after by, comes back, [(lot, good for days, how many)])
SUPPLIES = [
    ("WZ-001", "干粉灭火器 4 kg", "fire", HALL, "具", 20, "宋强", False, [("2025-03", 420, 16), ("2025-11", 660, 10)]),
    ("WZ-002", "消防水带 65 mm", "fire", HALL, "盘", 6, "宋强", True, [("", None, 8)]),
    ("WZ-003", "正压式空气呼吸器", "protection", HALL, "套", 4, "宋强", True, [("SCBA-24", 510, 4)]),
    ("WZ-004", "过滤式自救呼吸器", "protection", HALL, "个", 30, "宋强", False, [("TZL30-2301", 19, 14), ("TZL30-2506", 930, 24)]),
    ("WZ-005", "消防头盔", "protection", HALL, "顶", 10, "宋强", True, [("", None, 12)]),
    ("WZ-006", "破拆工具组", "rescue", HALL, "套", 2, "宋强", True, [("", None, 2)]),
    ("WZ-007", "警戒带 50 m", "cordon", HALL, "卷", 10, "梁军", False, [("", None, 14)]),
    ("WZ-008", "反光锥", "cordon", HALL, "个", 20, "梁军", True, [("", None, 26)]),
    ("WZ-009", "挡水板 1.2 m", "flood", PUMPS, "块", 8, "魏来", True, [("", None, 10)]),
    ("WZ-010", "沙袋", "flood", PUMPS, "个", 200, "魏来", False, [("2026-04", None, 120)]),
    ("WZ-011", "吸水膨胀袋", "flood", PUMPS, "个", 100, "魏来", False, [("XS-2409", 280, 160)]),
    ("WZ-012", "潜水泵 2.2 kW", "flood", PUMPS, "台", 3, "魏来", True, [("", None, 4)]),
    ("WZ-013", "防水靴", "protection", PUMPS, "双", 8, "魏来", True, [("", None, 10)]),
    ("WZ-014", "急救箱", "medical", DUTY, "个", 2, "罗刚", False, [("JJ-2511", 350, 3)]),
    ("WZ-015", "碘伏消毒液 100 ml", "medical", DUTY, "瓶", 6, "罗刚", False, [("2411A", -6, 5), ("2602B", 430, 8)]),
    ("WZ-016", "强光手电", "light", DUTY, "支", 8, "罗刚", True, [("", None, 10)]),
    ("WZ-017", "手持对讲机", "radio", DUTY, "台", 8, "罗刚", True, [("", None, 12)]),
    ("WZ-018", "扩音喇叭", "radio", DUTY, "个", 2, "罗刚", True, [("", None, 3)]),
    ("WZ-019", "5 号碱性电池", "light", DUTY, "节", 60, "罗刚", False, [("LR6-2607", 24, 40), ("LR6-2610", 700, 80)]),
    ("WZ-020", "瓶装饮用水", "living", DUTY, "箱", 10, "田野", False, [("20260901", 210, 18)]),
    ("WZ-101", "干粉灭火器 4 kg", "fire", EAST, "具", 12, "邹明", False, [("2025-06", 480, 14)]),
    ("WZ-102", "融雪剂", "other", EAST, "袋", 20, "邹明", False, [("", None, 34)]),
    ("WZ-103", "移动照明灯", "light", EAST, "台", 2, "邹明", True, [("", None, 2)]),
    ("WZ-201", "柴油 20 L 桶", "spares", WEST, "桶", 10, "毛毅", False, [("2026-09", 120, 12)]),
    ("WZ-202", "吸油毡", "other", WEST, "包", 6, "毛毅", False, [("", None, 9)]),
]  # fmt: skip
SHORT, LENT = "WZ-010", "WZ-012"


def load(house: House) -> None:
    tree = place_tree()
    places = {tree.path(place.pk): place for place in Place.objects.select_related("unit")}
    by, began = house.people["谢婷"], house.at - 120 * DAY
    for number, (code, name, category, path, measure, least, minder, comes_back, lots) in enumerate(SUPPLIES):
        place = places[path]
        row = Supply(
            unit=place.unit, place=place, code=code, name=name, category=category, measure=measure, minder=house.people[minder],
            comes_back=comes_back, minimum=0, check_every_days=30 if category in ("fire", "medical") else 90,
        )  # fmt: skip
        row.register(by=by, at=began)
        for lot, good_for, many in lots:
            expires = day_of(house.at) + good_for * DAY if good_for is not None else None
            row.receive(many, number=lot, expires_on=expires, by=by, at=began + HOUR, reason="建账入库")
        counted = house.at - (2 + number % 20) * DAY
        row.minimum = 0 if code == SHORT else least
        row.change(["minimum"], by=by, at=began + 2 * HOUR)
        row.count({lot.pk: lot.quantity for lot in row.lots.all()}, by=row.minder, at=counted)
    _run_short(house)
    _lend(house)
    _climb(house)


def _run_short(house: House) -> None:
    """Sand was used in the last rain, and nobody has filled it up."""
    row = Supply.objects.get(code=SHORT)
    row.receive(100, number="2026-04", by=row.minder, at=house.at - 40 * DAY, reason="汛期补充")
    at = house.at - 3 * DAY
    row.issue(100, person=house.people["魏来"], reason="地下车库入口防汛", by=row.minder, at=at)
    row.minimum = 200
    row.change(["minimum"], by=house.people["谢婷"], at=at)


def _lend(house: House) -> None:
    """A pump that ought to be back since last night, and three radios that are out until tomorrow."""
    pump, radios = (Supply.objects.get(code=code) for code in (LENT, "WZ-017"))
    last = day_of(house.at) - DAY
    pump.issue(
        1, person=house.people["崔健"], reason="东区 3 号楼集水井抽水", due_back_at=end_of(last), by=house.people["罗刚"],
        at=house.at - 3 * DAY,
    )  # fmt: skip
    radios.issue(
        3, name="电梯维保 丁经理", reason="年检现场联络", due_back_at=end_of(last + 2 * DAY), by=house.people["罗刚"],
        at=house.at - 5 * HOUR,
    )  # fmt: skip


def _climb(house: House) -> None:
    """Let the ladders be climbed as they were, up to now."""
    climb(Supply.objects.values_list("pk", flat=True), house.at)


def climb(matters, until: dt.datetime) -> None:
    while True:
        due = Deadline.objects.open().filter(matter__in=matters, fires_at__lte=until).order_by("fires_at").first()
        if due is None:
            return
        with pretending(due.fires_at + dt.timedelta(milliseconds=30)):
            fire_now(due.pk)
        with connection.cursor() as cursor:
            cursor.execute(ALREADY_SENT)


ALREADY_SENT = """
WITH sent AS (
    UPDATE duty_delivery d SET state = 'sent', attempts = 1, sent_at = n.created_at + interval '2 seconds', next_try_at = NULL,
        claimed_at = n.created_at, reference = '<notice-' || n.id || '@localhost>'
    FROM duty_notice n WHERE n.id = d.notice_id AND d.state = 'queued' AND n.matter_id IN
        (SELECT id FROM duty_matter WHERE kind LIKE 'equipment.%') RETURNING n.id
)
UPDATE duty_notice SET seen_at = created_at + interval '5 minutes' WHERE id IN (SELECT id FROM sent)
"""
