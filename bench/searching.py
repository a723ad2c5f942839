"""Search over a million rows: one to eight characters, words that match nothing up to a fifth of the rows."""

from urllib.parse import urlencode

from bench.population.dataset import ready

from .cast import asked, viewers
from .figures import note, percentile
from .pages import LARGE, Place, look, served
from .processes import Crew

LIMIT_MS = 120
TURNS = 60
# What people type, by what makes it hard.
CLASSES = {
    "one_character": ["梯", "火", "鼓", "龙", "灯"],
    "two_common": ["漏水", "照片", "机房", "异响"],
    "two_rare": ["滑倒", "烟感", "鼓包", "卷风"],
    "three_or_four": ["冷凝管", "配电柜", "消防栓", "更衣室", "晕倒在"],
    "five_to_eight": ["消防维保单位", "密封胶条老化", "蓄电池鼓包", "请联系街道办", "空调冷凝管漏水", "东区一号楼"],
    "two_words": ["漏水 泵房", "停电 东区", "门禁 大厅", "蓄电池 异响"],
    "not_among_the_newest": ["雨水倒灌", "倒灌", "雨水 走廊"],
    "nothing": ["恐龙", "量子纠缠", "zzzz", "漏火"],
    "latin": ["ups-2", "b 座", "cc"],
}
SHARE = "SELECT avg((hay LIKE %s)::int)::float8 FROM incidents_incident TABLESAMPLE SYSTEM (2) REPEATABLE (1)"
KNOWN = """
SELECT number, reporter_contact FROM incidents_incident i WHERE {sees} AND reporter_contact <> '' ORDER BY received_at OFFSET {n} LIMIT 1
"""


def searches(ground, sheet) -> None:
    ready(ground, f"n{LARGE}", LARGE)
    with Crew(ground.place) as crew:
        web = served(crew)
        for viewer in viewers():
            for name, words in (CLASSES | _exact(viewer)).items():
                figure = f"search_{name}_{viewer.name}_p95"
                if not sheet.wants(figure):
                    continue
                addresses = ["/incidents/?" + urlencode({"q": word}) for word in words]
                (times,) = look([Place(web, viewer.session, addresses)], TURNS)
                shares = {word: _share(word) for word in words}
                sheet.add(
                    figure, times.p95, "ms", LIMIT_MS, p50=times.p50, in_database_p95=percentile(times.in_database, 95),
                    queries=times.queries, share_of_rows=[min(shares.values()), max(shares.values())], words=words,
                    slowest=times.slowest, count=len(times.all), incidents=LARGE, sql=SHARE,
                )  # fmt: skip
                note(f"{figure} {times.p95:.0f} ms")


def _exact(viewer) -> dict[str, list[str]]:
    """Numbers and phones of incidents this viewer sees."""
    rows = [asked(KNOWN.format(sees=viewer.sees, n=n))[0] for n in (10, 100, 300)]
    return {
        "number": [number for number, _phone in rows] + ["2025-00"],
        "phone": [phone for _number, phone in rows] + ["13900000000"],
    }


def _share(words: str) -> float:
    """Of all rows, those that hold every word; counted on a sample of the table's pages."""
    patterns = [f"%{word}%" for word in words.lower().split()]
    more = " AND hay LIKE %s" * (len(patterns) - 1)
    return round(asked(SHARE.replace("hay LIKE %s", f"hay LIKE %s{more}"), patterns)[0][0], 5)
