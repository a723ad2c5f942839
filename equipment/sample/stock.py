"""What stands in the sample organisation."""

HQ, EAST, WEST, IT, SAFETY = "集团总部", "东区园区", "西区数据中心", "信息技术部", "安全保卫部"
# (unit, path); the one above comes first
PLACES = [
    (HQ, "总部大楼"), (HQ, "总部大楼/地下一层"), (HQ, "总部大楼/地下一层/高压配电室"), (HQ, "总部大楼/地下一层/消防水泵房"), (HQ, "总部大楼/地下一层/制冷机房"),
    (HQ, "总部大楼/1 楼"), (HQ, "总部大楼/1 楼/消防控制室"), (HQ, "总部大楼/1 楼/门厅"), (HQ, "总部大楼/5 楼"), (IT, "总部大楼/5 楼/核心机房"),
    (HQ, "总部大楼/12 楼"), (HQ, "总部大楼/12 楼/总值班室"), (HQ, "总部大楼/屋面"), (HQ, "总部大楼/屋面/电梯机房"),
    (EAST, "东区"), (EAST, "东区/3 号楼"), (EAST, "东区/3 号楼/3 楼"), (EAST, "东区/3 号楼/3 楼/配电间"), (EAST, "东区/锅炉房"), (EAST, "东区/大门"),
    (WEST, "西区"), (WEST, "西区/A 栋"), (WEST, "西区/A 栋/变配电室"), (WEST, "西区/A 栋/2 楼机房"), (WEST, "西区/A 栋/柴油发电机房"), (WEST, "西区/A 栋/屋面"),
]  # fmt: skip
# (code, name, category, criticality, place, model, maker, what is read, contract, in charge, maintains it)
PIECES = [
    ("DY-01", "高压配电柜", "power", "key", "总部大楼/地下一层/高压配电室", "KYN28A-12", "正泰电气", "panel", None, "于海", "程亮"),
    ("DY-02", "总部 UPS 一号", "power", "key", "总部大楼/5 楼/核心机房", "UPS5000-E-120K", "华为", "ups", "ups", "任重", "石磊"),
    ("DY-03", "总部 UPS 二号", "power", "key", "总部大楼/5 楼/核心机房", "UPS5000-E-120K", "华为", "ups", "ups", "任重", "石磊"),
    ("DY-04", "应急照明集中电源", "lighting", "important", "总部大楼/1 楼/消防控制室", "AD-4KVA", "敏华电工", "battery", None, "宋强", "程亮"),
    ("DY-09", "总部 UPS（旧）", "power", "ordinary", "总部大楼/5 楼/核心机房", "3C3 EX 40KS", "山特", "ups", None, "任重", None),
    ("SB-01", "核心交换机一号", "network", "key", "总部大楼/5 楼/核心机房", "CE12808", "华为", "switch", None, "任重", "范文"),
    ("SB-02", "核心交换机二号", "network", "key", "总部大楼/5 楼/核心机房", "CE12808", "华为", "switch", None, "任重", "范文"),
    ("SB-03", "办公系统服务器机柜", "server", "key", "总部大楼/5 楼/核心机房", "42U 标准机柜", "图腾", "rack", None, "方舟", "石磊"),
    ("SB-04", "数据库服务器机柜", "server", "key", "总部大楼/5 楼/核心机房", "42U 标准机柜", "图腾", "rack", None, "方舟", "石磊"),
    ("SB-05", "核心存储", "server", "key", "总部大楼/5 楼/核心机房", "OceanStor 5510", "华为", "storage", None, "方舟", "石磊"),
    ("TX-01", "程控交换机", "communications", "important", "总部大楼/5 楼/核心机房", "SOC8000", "中联创新", None, None, "范文", None),
    ("TX-02", "值班室录音电话", "communications", "key", "总部大楼/12 楼/总值班室", "SOYIXI-8", "索音", None, None, "何佳", "范文"),
    ("KT-01", "机房精密空调一号", "hvac", "key", "总部大楼/5 楼/核心机房", "NetCol5000-A", "华为", "precision", None, "任重", "石磊"),
    ("KT-02", "冷水机组一号", "hvac", "important", "总部大楼/地下一层/制冷机房", "30XW-0852", "开利", "chiller", None, "余波", "魏来"),
    ("KT-03", "冷水机组二号", "hvac", "important", "总部大楼/地下一层/制冷机房", "30XW-0852", "开利", "chiller", None, "余波", "魏来"),
    ("XF-01", "消防主泵一号", "fire", "key", "总部大楼/地下一层/消防水泵房", "XBD8/40", "凯泉", "pump", None, "宋强", "魏来"),
    ("XF-02", "消防主泵二号", "fire", "key", "总部大楼/地下一层/消防水泵房", "XBD8/40", "凯泉", "pump", None, "宋强", "魏来"),
    ("XF-03", "消防水池", "fire", "key", "总部大楼/地下一层/消防水泵房", "", "", "tank", None, "宋强", "魏来"),
    ("XF-04", "火灾报警控制器", "fire", "key", "总部大楼/1 楼/消防控制室", "JB-QB-GST5000", "海湾", None, None, "宋强", None),
    ("MJ-01", "门禁控制器（门厅）", "access", "important", "总部大楼/1 楼/门厅", "DS-K2604", "海康威视", None, None, "罗刚", "范文"),
    ("JK-01", "视频存储服务器", "cameras", "important", "总部大楼/1 楼/消防控制室", "DS-A81016S", "海康威视", "storage", None, "罗刚", "范文"),
    ("JK-02", "门厅摄像机", "cameras", "ordinary", "总部大楼/1 楼/门厅", "DS-2CD3T86", "海康威视", None, None, "罗刚", None),
    ("DT-01", "客梯一号", "lift", "key", "总部大楼/屋面/电梯机房", "OH5000", "奥的斯", "lift", "lift", "余波", "丁一鸣"),
    ("DT-02", "客梯二号", "lift", "key", "总部大楼/屋面/电梯机房", "OH5000", "奥的斯", "lift", "lift", "余波", "丁一鸣"),
    ("DT-03", "消防电梯", "lift", "key", "总部大楼/屋面/电梯机房", "OH5000", "奥的斯", "lift", "lift", "余波", "丁一鸣"),
    ("DQ-01", "东区 3 楼配电箱", "power", "important", "东区/3 号楼/3 楼/配电间", "GGD", "德力西", "panel", None, "邹明", "崔健"),
    ("DQ-02", "热水锅炉", "hvac", "key", "东区/锅炉房", "CWNS2.1", "方快", "boiler", None, "邹明", "崔健"),
    ("DQ-03", "大门道闸", "access", "ordinary", "东区/大门", "JSD-801", "捷顺", None, None, "邹明", "崔健"),
    ("XQ-01", "西区低压配电柜", "power", "key", "西区/A 栋/变配电室", "MNS", "西门子", "panel", None, "毛毅", "邵阳"),
    ("XQ-02", "柴油发电机组", "power", "key", "西区/A 栋/柴油发电机房", "C1100D5B", "康明斯", "generator", None, "毛毅", "邵阳"),
    ("XQ-03", "西区 UPS", "power", "key", "西区/A 栋/变配电室", "UPS5000-E-400K", "华为", "ups", "ups", "毛毅", "邵阳"),
    ("XQ-04", "列头柜服务器机柜 A01–A12", "server", "key", "西区/A 栋/2 楼机房", "42U 标准机柜", "图腾", "rack", None, "毛毅", "邵阳"),
    ("XQ-05", "冷却塔", "hvac", "important", "西区/A 栋/屋面", "LRCM-200", "良机", "tower", None, "毛毅", "邵阳"),
]  # fmt: skip
# what is read: (name, unit of measure, normal from, to, alarm below, above)
GAUGES = {
    "panel": [("A 相电压", "V", 218, 235, 198, 242), ("负载电流", "A", None, 400, None, 500), ("母线温度", "℃", None, 60, None, 75)],
    "ups": [("输入电压", "V", 370, 400, 342, 418), ("负载率", "%", None, 60, None, 80), ("电池电压", "V", 400, 450, 380, None), ("机房温度", "℃", 18, 27, 10, 35)],
    "battery": [("电池电压", "V", 24, 28, 21, None)],
    "switch": [("进风温度", "℃", 18, 27, 5, 40), ("CPU 占用", "%", None, 60, None, 90)],
    "rack": [("进风温度", "℃", 18, 27, 10, 32), ("功率", "kW", None, 6, None, 8)],
    "storage": [("容量使用率", "%", None, 80, None, 90)],
    "precision": [("回风温度", "℃", 20, 26, 15, 32), ("回风湿度", "%RH", 40, 60, 20, 80)],
    "chiller": [("冷冻水出水温度", "℃", 6, 9, 4, 14), ("冷凝压力", "kPa", 700, 950, 500, 1100)],
    "pump": [("出口压力", "MPa", 0.6, 0.9, 0.4, 1.2)],
    "tank": [("水位", "m", 3.2, 4, 2.8, 4.2)],
    "lift": [("机房温度", "℃", 5, 35, 0, 40)],
    "boiler": [("出水温度", "℃", 60, 85, None, 95), ("锅炉压力", "MPa", 0.2, 0.5, 0.1, 0.7)],
    "generator": [("启动电池电压", "V", 24, 28, 22, None), ("油箱油位", "%", 70, None, 40, None), ("机油温度", "℃", None, 95, None, 110)],
    "tower": [("出水温度", "℃", None, 32, None, 37)],
}  # fmt: skip
# key: (unit, vendor, for what, number, contact, phone, answers within, on site within, looked after by, days left)
CONTRACTS = {
    "lift": (HQ, "奥的斯电梯维保中心", "总部大楼三台电梯维保与困人救援", "WB-2025-017", "丁经理", "400 810 1234", 0.5, 1, "余波", 26),
    "ups": (HQ, "华为数字能源服务", "UPS 及蓄电池全年维保", "WB-2026-003", "秦工", "400 822 9999", 1, 4, "任重", 241),
}  # fmt: skip
