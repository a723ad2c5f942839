"""Units of measure that a gauge may have, in one spelling each, whatever way people write them. Pure."""

import unicodedata

# By what is measured, in the order in which they are offered.
KNOWN = (
    "℃", "%", "%RH", "V", "kV", "mV", "A", "mA", "kA", "W", "kW", "MW", "kVA", "kvar", "kWh", "Ah", "Hz", "Ω", "MΩ",
    "Pa", "kPa", "MPa", "bar", "m", "cm", "mm", "L", "m³", "L/min", "L/h", "m³/h", "m/s", "r/min", "mm/s", "°",
    "s", "min", "h", "d", "kg", "t", "dB", "dBm", "lx", "ppm", "mg/m³", "pH", "GB", "TB", "Mbit/s", "ms",
)  # fmt: skip
NONE = "—"  # a plain number
OTHER_WAYS = {
    "°c": "℃", "c": "℃", "摄氏度": "℃", "度": "℃", "percent": "%", "百分比": "%", "rh": "%RH", "%rh": "%RH", "伏": "V", "伏特": "V", "千伏": "kV",
    "安": "A", "安培": "A", "瓦": "W", "千瓦": "kW", "千瓦时": "kWh", "度电": "kWh", "赫兹": "Hz", "赫": "Hz", "欧": "Ω", "欧姆": "Ω", "ohm": "Ω",
    "兆帕": "MPa", "千帕": "kPa", "帕": "Pa", "米": "m", "厘米": "cm", "毫米": "mm", "升": "L", "立方米": "m³", "m3": "m³", "m3/h": "m³/h", "升/分": "L/min",
    "rpm": "r/min", "转/分": "r/min", "秒": "s", "分钟": "min", "小时": "h", "天": "d", "公斤": "kg", "千克": "kg", "吨": "t", "分贝": "dB",
    "lux": "lx", "勒克斯": "lx", "mg/m3": "mg/m³", "mbps": "Mbit/s", "毫秒": "ms", "-": NONE, "": NONE, "无": NONE, "none": NONE, "–": NONE,
}  # fmt: skip


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("μ", "µ").replace(" ", "")


_BY_SPELLING = {_plain(unit): unit for unit in (*KNOWN, NONE)}
_BY_SMALL: dict[str, list[str]] = {}
for _unit in KNOWN:
    _BY_SMALL.setdefault(_plain(_unit).lower(), []).append(_unit)


def measure(typed: str) -> str | None:
    """The unit in our spelling; None for one that is not known, or that could be two (`MW`, `mw`)."""
    text = _plain(typed)
    if text in _BY_SPELLING:
        return _BY_SPELLING[text]
    if text.lower() in OTHER_WAYS:
        return OTHER_WAYS[text.lower()]
    small = _BY_SMALL.get(text.lower(), [])
    return small[0] if len(small) == 1 else None
