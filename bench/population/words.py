"""What incidents are made of. Shares matter: a search word must match anything from nothing to a fifth of the rows."""

import itertools

AREAS = [
    "A 座",
    "B 座",
    "C 座",
    "D 座",
    "东区一号楼",
    "东区二号楼",
    "西区机房楼",
    "北区厂房",
    "南港仓库",
    "研发楼",
    "食堂",
    "宿舍楼",
]
SPOTS = [
    "东侧走廊", "西侧走廊", "茶水间", "配电间", "弱电井", "楼梯间", "会议室", "卫生间", "泵房", "空调机房", "消防通道", "大厅",
    "货梯厅", "更衣室", "库房", "办公区",
]  # fmt: skip
# nature: (things, what happens to them, (urgency, scope)); the commonest natures first
STORIES = {
    "漏水": (("吊顶", "消防栓", "洗手池", "空调冷凝管", "屋面", "热水器"), ("漏水", "渗水", "滴水", "爆管"), (2, 1)),
    "设备故障": (
        ("门禁控制器", "UPS-2 ", "生活水泵", "冷却塔", "中央空调", "监控录像机", "道闸", "新风机组", "叉车充电桩"),
        ("离线", "告警", "异响", "温度偏高", "无法启动"),
        (2, 1),
    ),
    "咨询投诉": (("施工噪声", "招投标报名时间", "停车月卡", "办公室电话", "访客预约"), ("询问", "投诉", "反映"), (1, 1)),
    "其他": (("照明灯具", "广告牌", "井盖", "玻璃幕墙", "快递柜"), ("损坏", "松动", "脱落"), (1, 1)),
    "网络系统": (("办公网", "邮件系统", "视频会议", "无线网络", "考勤系统"), ("中断", "缓慢", "无法登录"), (2, 1)),
    "治安": (("访客", "外来人员", "停车场车辆", "员工物品"), ("尾随进入", "发生争执", "被盗", "擅自滞留"), (2, 1)),
    "停电": (("照明回路", "插座回路", "整层楼", "应急照明"), ("停电", "跳闸", "电压不稳"), (2, 2)),
    "电梯": (("1 号客梯", "2 号客梯", "货梯", "观光梯"), ("异响停用", "平层不准", "困人"), (2, 1)),
    "人员伤病": (("保洁人员", "来访人员", "值班电工", "装卸工"), ("滑倒", "晕倒", "割伤"), (3, 1)),
    "火情": (("配电柜", "垃圾桶", "充电区", "排烟管"), ("冒烟", "有焦味", "烟感报警"), (3, 2)),
}  # fmt: skip
SCENES = [
    "现场已拉警戒线,无人受伤", "情况稳定,正在观察", "地面有积水约两平方米", "设备已断电,备用设备已启动", "现场有两名保安值守",
    "有轻微异味,已开窗通风", "影响三个房间使用", "已通知物业,等待维修人员", "指示灯红色闪烁,无明火", "走廊照明不足",
]  # fmt: skip
SUGGESTIONS = ["请水暖工到场", "请电工到场", "请工程师远程检查", "请保洁清理", "请保安加强巡查", "请厂家到场", "", ""]
RESULTS = [
    "维修人员更换部件后恢复正常", "清理完毕,次日复查无异常", "重启后恢复,已记录并跟踪", "核实为误报,已复位", "已移交白班处理",
    "厂家到场修复,试运行两小时正常", "当事人已离开,现场恢复秩序", "临时封闭区域,计划本周内整改",
]  # fmt: skip
REPORTERS = [
    "张强",
    "李梅",
    "王建国",
    "赵红",
    "刘师傅",
    "陈姐",
    "小吴",
    "马涛",
    "朱琳",
    "胡先生",
    "郭女士",
    "老梁",
    "周工",
    "孙主管",
]
NOTES = ["维修人员已到场", "现场正在处置", "已联系物业,约二十分钟到场", "已复查一次,情况稳定"]
# One row in so many says this, whatever the season.
PLANTED = {
    5: "已留存照片",
    20: "请联系街道办",
    100: "消防维保单位",
    1000: "密封胶条老化",
    10_000: "蓄电池鼓包",
    100_000: "龙卷风",
}
# A word of the rains: a fifth of the rows between 90 and 180 days into each year back, and none among the newest.
RAINS = "雨水倒灌"


def stories() -> list[tuple]:
    """(nature, summary, urgency, scope): every thing with all that happens to it, the commonest first."""
    found = []
    for order, (nature, (things, happenings, (urgency, scope))) in enumerate(STORIES.items()):
        for (n, thing), (m, happening) in itertools.product(enumerate(things), enumerate(happenings)):
            asked = nature == "咨询投诉"
            graver = urgency == 2 and (n + 2 * m) % 9 == 8  # some of each sort is graver than its nature
            summary = f"{happening}{thing}" if asked else f"{thing}{happening}"
            found.append((n + m + order / 2, (nature, summary, urgency + graver, scope)))
    return [story for _rank, story in sorted(found)]
