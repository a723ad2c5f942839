"""The sample organisation's spare keys, cards, envelopes and break-glass accounts: one out, one overdue."""

from duty.clock import DAY, HOUR, MINUTE, day_of, start_of
from duty.sample import House
from equipment.models import Cabinet, Confirmed, Equipment, Found, Key, Loan, Place
from equipment.models.places import place_tree
from equipment.sample.supplies import DUTY, EAST, climb

# (name, place, looked after by)
CABINETS = [("总值班室钥匙柜", DUTY, "罗刚"), ("总值班室保密柜", DUTY, "姜涛"), ("东区门卫钥匙箱", EAST, "邹明")]
# (code, kind, what it opens, account, cabinet, hook, seal, only named, approval, hours, people named, equipment)
KEYS = [
    ("YS-01", "key", "高压配电室", "", 0, "1 号钩", "", False, True, None, ["程亮"], ["DY-01"]),
    ("YS-02", "key", "核心机房应急门", "", 0, "2 号钩", "", False, True, None, ["石磊", "任重"], ["SB-01", "SB-02", "SB-03"]),
    ("YS-03", "key", "消防水泵房", "", 0, "3 号钩", "", False, False, None, ["魏来"], ["XF-01", "XF-02"]),
    ("YS-04", "key", "制冷机房", "", 0, "4 号钩", "", False, False, None, ["魏来"], ["KT-02", "KT-03"]),
    ("YS-05", "key", "电梯机房", "", 0, "5 号钩", "", False, False, 4, ["丁一鸣"], ["DT-01", "DT-02", "DT-03"]),
    ("YS-06", "key", "屋面检修门", "", 0, "6 号钩", "", False, False, 4, ["程亮", "魏来"], []),
    ("YS-07", "key", "电梯三角钥匙", "", 0, "7 号钩", "F-0417", True, True, 2, ["丁一鸣"], ["DT-01", "DT-02"]),
    ("MK-01", "card", "全楼应急门禁卡", "", 0, "11 号钩", "", False, False, 12, [], ["MJ-01"]),
    ("MK-02", "card", "外来维保临时卡", "", 0, "12 号钩", "", False, False, 8, ["程亮", "范文"], ["MJ-01"]),
    ("XF-01", "envelope", "保险柜备用密码", "", 1, "A1", "F-0901", True, True, 24, ["高远", "周敏"], []),
    ("XF-02", "envelope", "UPS 服务密码", "", 1, "A2", "F-0902", False, True, 24, ["任重"], ["DY-02", "DY-03"]),
    ("YJ-01", "account", "域控制器应急账号", "breakglass-ad", 1, "B1", "F-0911", True, True, 12, ["姜涛", "方舟"], ["SB-03"]),
    ("YJ-02", "account", "核心交换机应急账号", "emergency", 1, "B2", "F-0912", True, True, 12, ["范文"], ["SB-01", "SB-02"]),
    ("DQ-01", "key", "东区 3 号楼配电间", "", 2, "1", "", False, False, None, ["崔健"], ["DQ-01"]),
    ("DQ-02", "key", "东区锅炉房", "", 2, "2", "", False, False, None, ["崔健"], ["DQ-02"]),
]  # fmt: skip


def load(house: House) -> None:
    tree, people = place_tree(), house.people
    places = {tree.path(place.pk): place for place in Place.objects.select_related("unit")}
    pieces = {piece.code: piece for piece in Equipment.objects.all()}
    by, began = people["谢婷"], house.at - 100 * DAY
    cabinets = []
    for name, path, minder in CABINETS:
        row = Cabinet(unit=places[path].unit, place=places[path], name=name, minder=people[minder])
        row.count_every_days = 1 if len(cabinets) != 1 else 7
        row.register(by=by, at=began)
        cabinets.append(row)
    for code, kind, opens, account, cabinet, hook, seal, named, approval, hours, takers, belongs in KEYS:
        key = Key(
            code=code, kind=kind, opens=opens, account=account, cabinet=cabinets[cabinet], hook=hook, seal=seal,
            open_to="named" if named else "watch", needs_approver=approval, loan_hours=hours,
        )  # fmt: skip
        takers, belongs = [people[name] for name in takers], [pieces[code] for code in belongs if code in pieces]
        key.register(takers=takers, pieces=belongs, by=by, at=began)
    _lend(house)
    last_night = start_of(day_of(house.at)) - 90 * MINUTE
    for cabinet in cabinets:
        keys = Key.objects.filter(cabinet=cabinet).with_state().order_by("code")
        found = {key: Found.OUT if key.is_out else Found.PRESENT for key in keys}
        cabinet.count(found, by=cabinet.minder, at=last_night)
    climb(Key.objects.values_list("pk", flat=True), house.at)


def _lend(house: House) -> None:
    """One came back in order, one is out since this morning, one ought to be back since last night."""
    people, officer = house.people, house.people["罗刚"]
    pump, card, roof = (Key.objects.get(code=code) for code in ("YS-03", "MK-02", "YS-06"))
    at = house.at - 9 * DAY
    pump.issue(Loan(borrower=people["魏来"], purpose="水泵月度检查", due_back_at=at + 8 * HOUR), by=officer, at=at)
    pump.confirm(Confirmed.OWN, by=people["魏来"], at=at + 5 * MINUTE)
    pump.take_back(by=officer, at=at + 3 * HOUR)
    at = start_of(day_of(house.at)) - 9 * HOUR
    roof.issue(
        Loan(
            name="李师傅", phone="139 1002 0030", company="华东防水", purpose="屋面渗漏勘查", approver=people["于海"],
            grounds="维保单位到场，由程亮陪同", due_back_at=at + 4 * HOUR,
        ),
        by=officer, at=at, reason="维保单位到场，由程亮陪同",
    )  # fmt: skip
    roof.confirm(Confirmed.DESK, by=officer, at=at)
    at = house.at - 2 * HOUR
    card.issue(
        Loan(borrower=people["程亮"], purpose="门禁控制器检修", due_back_at=house.at + 6 * HOUR), by=officer, at=at
    )
