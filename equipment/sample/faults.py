"""What breaks in the sample organisation, when, and what was found to be the cause."""

import datetime as dt
import random
from dataclasses import dataclass, field

from duty.clock import DAY, HOUR, MINUTE
from equipment.models import Defect, DefectStatus, Item, Kind, Round
from equipment.models.repair_terms import USUAL

# (piece or the last part of a place, what is looked at): faults a year
OFTEN = {
    ("DQ-03", "起落"): 5.0, ("DY-02", "面板告警"): 3.4, ("XF-02", "手动盘车"): 2.6, ("总值班室", "对讲机"): 7.0, ("5 楼", "灯"): 6.0,
    ("5 楼", "插座、饮水机电源"): 5.0, ("MJ-01", "布防"): 2.5, ("XQ-05", "出水温度"): 1.6, ("3 号楼", "门窗"): 2.2, ("XF-04", "未复位的故障点"): 1.8,
    ("KT-01", "运行声音"): 1.2,
}  # fmt: skip
RATE, RATE_OF_NUMBERS = 0.22, 0.08
QUIET = 12 * DAY  # before now: what is under way now is lived through by the verbs

# what is looked at: (what the walker writes, cause, what was done, parts)
STORIES = {
    "起落": ("抬杆后不落", "限位开关松动", "紧固限位开关并校准行程", "限位开关 1 只"), "面板告警": ("风扇告警灯亮", "三号风扇轴承磨损", "更换散热风扇", "风扇 1 只"),
    "手动盘车": ("盘不动，有卡滞", "填料过紧、轴承缺油", "松填料、加注润滑脂", "润滑脂 0.5 kg"), "对讲机": ("三号机充不进电", "电池老化", "更换电池", "对讲机电池 1 块"),
    "灯": ("走廊尽头灯不灭", "感应开关失灵", "更换感应开关", "感应开关 1 只"), "插座、饮水机电源": ("饮水机未断电", "定时插座失灵", "更换定时插座", "定时插座 1 只"),
    "布防": ("布防失败，提示门未关", "门磁移位", "重新固定门磁", ""), "门窗": ("北侧窗关不严", "执手断裂", "更换执手", "窗执手 1 副"),
    "未复位的故障点": ("3 楼烟感报故障", "探测器进灰", "清洗并复位", ""), "运行声音": ("风机有摩擦声", "皮带松弛", "更换皮带并对中", "皮带 2 根"),
    "出水温度": ("风机一停一转", "风机热继电器动作", "清洗填料、复位热继电器", ""), "指示灯": ("有一只红灯", "光模块故障", "更换光模块", "光模块 1 只"),
    "告警灯": ("黄灯", "一块硬盘预失效", "更换硬盘，重建完成", "硬盘 1 块"), "画面": ("画面发白", "镜头起雾", "更换防雾片", "防雾片 1 片"),
    "照明": ("一侧路灯不亮", "时控器掉电", "校时、更换电池", "时控器电池 1 粒"), "燃气泄漏": ("报警器报警", "接头密封老化", "更换密封垫，检漏合格", "密封垫 2 片"),
}  # fmt: skip
OTHERWISE = ("读数超出报警线，已复读一次", "传感器接线松动", "紧固端子并校验", "")
PLAIN = ("与平时不同，已拍照", "部件老化", "更换部件，运行正常", "")
# Reported by hand: (piece, faults a year, what, details, cause, remedy, parts)
BY_HAND = [
    ("DT-01", 4.2, "平层误差大", "到 7 楼时轿厢高出约 4 厘米", "平层感应器偏移", "调整感应器", ""), ("DT-02", 2.4, "关门反复", "关门时反复开合", "光幕积灰", "清洁光幕", ""),
    ("DT-01", 1.4, "困人", "3 楼与 4 楼之间，1 人，已安抚", "门锁触点接触不良", "更换门锁触点，放出乘客", "门锁触点 1 副"), ("KT-02", 1.8, "冷凝压力高停机", "面板报 P3", "冷凝器结垢", "通炮清洗", ""),
    ("KT-03", 1.0, "油压差低", "启动后两分钟跳停", "油过滤器堵塞", "更换油过滤器", "油过滤器 1 只"), ("DY-03", 1.6, "并机通信中断", "面板报并机线故障", "并机线插头氧化", "更换并机线", "并机线 1 根"),
    ("JK-01", 1.5, "录像缺失", "昨夜 2–3 点无录像", "硬盘坏道", "更换硬盘", "硬盘 1 块"), ("TX-01", 0.8, "分机无拨号音", "12 楼三部分机", "用户板故障", "更换用户板", "用户板 1 块"),
]  # fmt: skip


@dataclass
class Trouble:
    """Something is broken from the round that finds it until it is mended."""

    defect: Defect
    seen: list[tuple[dt.datetime, object, str]] = field(default_factory=list)  # again, while it was open

    def stands_at(self, at: dt.datetime) -> bool:
        return self.defect.found_at <= at < self.defect.fixed_at


class Faults:
    """When each thing breaks, found by whoever looks next."""

    def __init__(self, now: dt.datetime, dice: random.Random, menders):
        self.now, self.dice, self.menders = now, dice, menders
        self.onsets: dict[tuple[str, str], list[dt.datetime]] = {}
        self.standing: dict[tuple[str, str], Trouble] = {}
        self.all: list[Trouble] = []

    def key(self, item: Item) -> tuple[str, str]:
        return (item.equipment.code if item.equipment_id else item.place.name), item.question

    def found(self, item: Item, walk: Round, at: dt.datetime, by) -> Trouble | None:
        """What is broken there when this walker looks."""
        if item.kind == Kind.TEXT:
            return None
        key = self.key(item)
        trouble = self.standing.get(key)
        if trouble and trouble.stands_at(at):
            trouble.seen.append((at, by, ""))
            return trouble
        onsets = self.onsets.get(key)
        if onsets is None:
            usual = RATE_OF_NUMBERS if item.kind == Kind.NUMBER else RATE
            onsets = self.onsets[key] = self.moments(OFTEN.get(key, usual))
        begun = False
        while onsets and onsets[0] <= at:
            onsets.pop(0)
            begun = True
        if not begun or (trouble and at < trouble.defect.verified_at):
            return None
        said, *mended = STORIES.get(item.question, OTHERWISE if item.kind == Kind.NUMBER else PLAIN)
        defect = Defect(
            unit_id=walk.unit_id, equipment=item.equipment, place=item.place, round=walk, thread=item.thread,
            what=item.question if item.kind == Kind.NUMBER else f"{item.question}异常", detail=said, found_at=at, found_by=by,
        )  # fmt: skip
        self.standing[key] = self.mended(defect, *mended)
        return self.standing[key]

    def moments(self, a_year: float) -> list[dt.datetime]:
        """At random over two years, until a while ago."""
        at, found = self.now - 725 * DAY, []
        while a_year:
            at += self.dice.expovariate(a_year / 365) * DAY
            if at > self.now - QUIET:
                break
            found.append(at)
        return found

    def mended(self, defect: Defect, cause: str, remedy: str, parts: str) -> Trouble:
        """Its whole life, quicker the more critical the piece is; some of it late."""
        piece = defect.equipment
        defect.criticality = piece.criticality if piece else "ordinary"
        minutes, hours, _photo = USUAL[defect.criticality]
        defect.mender = defect.fixed_by = self.menders.of(defect)
        defect.take_by, defect.fix_by = defect.found_at + minutes * MINUTE, defect.found_at + hours * HOUR
        defect.taken_at = defect.found_at + min(minutes * self.dice.lognormvariate(-0.75, 0.65), 2880) * MINUTE
        took = min(hours * self.dice.lognormvariate(-1.3, 0.75), 200)
        defect.coming_at = defect.taken_at + min(took / 4, 20) * HOUR
        defect.fixed_at = defect.taken_at + took * HOUR
        defect.verified_at = min(defect.fixed_at + self.dice.uniform(0.5, 26) * HOUR, self.now - DAY)
        defect.fixed_at = min(defect.fixed_at, defect.verified_at - HOUR / 2)
        defect.cause, defect.remedy, defect.parts = cause, remedy, parts
        defect.sent_back = int(self.dice.random() < 0.05)
        defect.status = DefectStatus.VERIFIED
        self.all.append(Trouble(defect))
        return self.all[-1]
