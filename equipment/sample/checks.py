"""What is looked at in the sample organisation, how often, and by whom."""

from equipment.models import Kind, Rhythm, Use
from equipment.sample.stock import EAST, HQ, WEST

ROOM, FIRE_ROOM, OFFICE = "总部大楼/5 楼/核心机房", "总部大楼/1 楼/消防控制室", "总部大楼/12 楼/总值班室"
CHOSEN = {"kind": Kind.CHOICE}
PRESSURE = {**CHOSEN, "choices": ["正常", "偏低", "看不清"], "bad_choices": ["偏低"]}
RADIO = {**CHOSEN, "choices": ["正常", "电量低", "无信号"], "bad_choices": ["电量低", "无信号"]}
FAULTS = {**CHOSEN, "choices": ["无", "1–3 点", "3 点以上"], "bad_choices": ["3 点以上"]}

# name: (unit, used for, items of the version in force as (piece or place, what is looked at, more)); what is a gauge of the
# piece is read as a number within the gauge's limits
CHECKLISTS = {
    "机房巡检": (HQ, Use.ROUND, [
        (ROOM, "门窗、地面、顶棚有无漏水", {"method": "看空调下方与窗边"}), ("KT-01", "回风温度", {}), ("KT-01", "回风湿度", {}), ("KT-01", "运行声音", {}),
        ("SB-01", "指示灯", {}), ("SB-01", "进风温度", {}), ("SB-01", "CPU 占用", {}), ("SB-02", "指示灯", {}), ("SB-02", "进风温度", {}),
        ("SB-03", "进风温度", {}), ("SB-03", "功率", {}), ("SB-04", "进风温度", {}), ("SB-05", "告警灯", {}), ("SB-05", "容量使用率", {}),
        ("TX-01", "指示灯", {}), (ROOM, "灭火器压力", PRESSURE),
    ]),
    "配电与 UPS 巡检": (HQ, Use.ROUND, [
        ("DY-01", "A 相电压", {}), ("DY-01", "负载电流", {}), ("DY-01", "母线温度", {"method": "红外测温，测三点取最高"}), ("DY-01", "异响、异味", {}),
        ("DY-02", "面板告警", {}), ("DY-02", "输入电压", {}), ("DY-02", "负载率", {}), ("DY-02", "电池电压", {}), ("DY-02", "机房温度", {}),
        ("DY-03", "面板告警", {}), ("DY-03", "负载率", {}), ("DY-03", "电池电压", {}), ("DY-04", "指示灯", {}), ("DY-04", "电池电压", {}),
    ]),
    "消防设施周检": (HQ, Use.ROUND, [
        ("XF-01", "出口压力", {}), ("XF-01", "手动盘车", {}), ("XF-02", "出口压力", {}), ("XF-02", "手动盘车", {}), ("XF-03", "水位", {}),
        ("XF-04", "主电、备电", {}), ("XF-04", "未复位的故障点", FAULTS), (FIRE_ROOM, "疏散通道畅通", {}), ("DT-03", "迫降到首层", {}),
    ]),
    "东区夜间巡检": (EAST, Use.ROUND, [
        ("DQ-01", "A 相电压", {}), ("DQ-01", "母线温度", {}), ("DQ-02", "出水温度", {}), ("DQ-02", "锅炉压力", {}), ("DQ-02", "燃气泄漏", {"photo_if_abnormal": True}),
        ("DQ-03", "起落", {}), ("东区/3 号楼", "门窗", {}), ("东区/大门", "照明", {}),
    ]),
    "西区夜间巡检": (WEST, Use.ROUND, [
        ("XQ-01", "A 相电压", {}), ("XQ-01", "负载电流", {}), ("XQ-01", "母线温度", {}), ("XQ-02", "启动电池电压", {}), ("XQ-02", "油箱油位", {}),
        ("XQ-03", "负载率", {}), ("XQ-03", "电池电压", {}), ("XQ-03", "机房温度", {}), ("XQ-04", "进风温度", {}), ("XQ-04", "功率", {}),
        ("XQ-05", "出水温度", {}), ("西区/A 栋/2 楼机房", "有无漏水", {}),
    ]),
    "岗前通信检查": (HQ, Use.BEFORE, [
        (OFFICE, "值班电话拨测", {}), ("TX-02", "录音回放", {}), (OFFICE, "对讲机", RADIO), (OFFICE, "备用手机", {}),
        (OFFICE, "通信录版本", {"kind": Kind.TEXT, "required": False}),
    ]),
    "下班关闭检查": (HQ, Use.CLOSING, [
        ("总部大楼/1 楼/门厅", "灯", {}), ("总部大楼/1 楼/门厅", "门窗", {}), ("MJ-01", "布防", {}), ("JK-02", "画面", {}),
        ("总部大楼/5 楼", "灯", {}), ("总部大楼/5 楼", "门窗", {}), ("总部大楼/5 楼", "插座、饮水机电源", {}), ("总部大楼/12 楼", "灯、门窗", {}),
    ]),
    "发电机月度试机": (WEST, Use.ROUND, [
        ("XQ-02", "启动电池电压", {}), ("XQ-02", "油箱油位", {}), ("XQ-02", "启动用时", {"kind": Kind.NUMBER, "measure": "s", "most": 60, "normal_high": 12, "alarm_high": 20}),
        ("XQ-02", "机油温度", {"method": "带载三十分钟后读"}), ("XQ-02", "带载运行", {}),
    ]),
}  # fmt: skip
# What the first version of a list did not ask yet, and until how many days ago it held; what its draft adds.
FIRST_WITHOUT = {"机房巡检": (410, {"回风湿度", "功率", "CPU 占用", "灭火器压力"})}
LAST_CHANGED = {"机房巡检": "加查湿度、机柜功率、交换机 CPU 与灭火器"}
DRAFTED = {
    "机房巡检": (
        ROOM,
        "冷通道温度",
        {"kind": Kind.NUMBER, "measure": "℃", "normal_low": 18, "normal_high": 24, "alarm_high": 28},
    )
}

# name: (checklist, since how many days ago, who walks, how often, more)
POST, EASTERN, WESTERN = "总值班室", "东区值班室", "西区值班室"
PLANS = {
    "机房夜间巡检": ("机房巡检", 728, POST, Rhythm.TIMES, {"times": ["22:00"], "must_scan": True}),
    "配电与 UPS 巡检": ("配电与 UPS 巡检", 728, POST, Rhythm.WEEKLY, {"times": ["10:00"], "weekdays": [1, 3, 5], "needs_approval": False}),
    "消防设施周检": ("消防设施周检", 728, POST, Rhythm.WEEKLY, {"times": ["09:00"], "weekdays": [2], "window_minutes": 120, "needs_approval": True}),
    "东区夜巡": ("东区夜间巡检", 420, EASTERN, Rhythm.EVERY, {"every_hours": 12, "offset_minutes": 300, "must_scan": True}),
    "西区夜巡": ("西区夜间巡检", 420, WESTERN, Rhythm.END, {"offset_minutes": 300, "must_scan": True}),
    "岗前通信检查": ("岗前通信检查", 110, POST, Rhythm.START, {"early_minutes": 30, "start_minutes": 15, "window_minutes": 30, "grace_minutes": 30}),
    "下班关闭检查": ("下班关闭检查", 130, POST, Rhythm.TIMES, {"times": ["19:00"], "window_minutes": 90}),
    "发电机月度试机": ("发电机月度试机", 720, "邵阳", Rhythm.MONTHLY, {"times": ["14:00"], "month_days": [15], "window_minutes": 240, "grace_minutes": 720}),
}  # fmt: skip
EXTRA = "机房加密巡检"  # four times a day since the air conditioner is not what it was
SCANNED_SINCE = 150  # days ago the labels were stuck on

# Why a round was missed or not walked, as people write it.
MISSED_WHY = [
    "值班室同时处置停电，无法离岗",
    "带班领导安排随检查组，未能按时",
    "人员突发不适送医，无人替补",
    "换班交接延误，事后已补看一遍",
    "暴雨积水，通道封闭",
]
CANCELLED_WHY = ["设备停机检修，当日不巡", "消防演练占用场地"]
NOT_CHECKED_WHY = ["机柜正在施工，门未开", "钥匙借出未还", "检修停机"]
