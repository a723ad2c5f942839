"""Writes random rostering instances in the public text format, of honest sizes: python -m bench.instances OUT."""

import random
import sys
from pathlib import Path

SIZES = {  # people, weeks, shifts
    "g08-30x4-4": (30, 4, 4), "g10-40x4-5": (40, 4, 5), "g12-60x4-10": (60, 4, 10), "g13-120x4-18": (120, 4, 18),
    "g14-32x6-4": (32, 6, 4), "g16-20x8-3": (20, 8, 3), "g19-40x12-5": (40, 12, 5), "g20-50x26-6": (50, 26, 6),
    "g21-100x26-8": (100, 26, 8), "g22-150x26-12": (150, 26, 12), "g23-150x4-30": (150, 4, 30),
}  # fmt: skip


def instance(people: int, weeks: int, shifts: int, seed: int = 1) -> str:
    """The text of an instance: shifts early to late to night, staff full and part time, demand near capacity."""
    chance = random.Random(f"{people}/{weeks}/{shifts}/{seed}")
    days = 7 * weeks
    names = [f"{'EDLN'[4 * number // shifts]}{number}" for number in range(shifts)]
    lengths = [chance.choice([480, 480, 480, 600, 720] if shifts > 4 else [480]) for _ in names]
    lines = ["# A random instance", "SECTION_HORIZON", str(days), "", "SECTION_SHIFTS"]
    for number, name in enumerate(names):
        after = [other for other, _ in enumerate(names) if "EDLN".index(names[other][0]) < "EDLN".index(name[0])]
        lines.append(f"{name},{lengths[number]},{'|'.join(names[other] for other in after)}")
    lines += ["", "SECTION_STAFF"]
    able, capacity = [], 0
    for person in range(people):
        part = chance.random() < 0.3
        hours = (20 if part else 40) * weeks * chance.choice([0.85, 0.9, 0.95])
        can = [chance.random() < min(1.0, 0.35 + 3 / shifts) for _ in names]
        if not any(can):
            can[chance.randrange(shifts)] = True
        able.append(can)
        most = [
            days if yes and chance.random() < 0.7 else (chance.randint(weeks, 3 * weeks) if yes else 0) for yes in can
        ]
        if sum(most) < 4 * weeks:
            most[can.index(True)] = days
        capacity += hours * 60
        limits = "|".join(f"{name}={number}" for name, number in zip(names, most, strict=True))
        low = int(hours * 60 - 480 * weeks / 2)
        weekends = max(1, weeks * chance.choice([2, 2, 3]) // 4)
        rules = (5, 2, 2) if not part else (chance.choice([4, 5]), 1, 2)
        if chance.random() < 0.25:
            rules = (6, 2, 3)
        lines.append(f"P{person},{limits},{int(hours * 60)},{low},{rules[0]},{rules[1]},{rules[2]},{weekends}")
    lines += ["", "SECTION_DAYS_OFF"]
    lines += [
        f"P{person},{','.join(map(str, sorted(chance.sample(range(days), max(1, weeks // 2)))))}"
        for person in range(people)
    ]
    for section in ("ON", "OFF"):
        lines += ["", f"SECTION_SHIFT_{section}_REQUESTS"]
        for person in range(people):
            for _ in range(chance.randint(0, weeks)):
                first, weight = chance.randrange(days), chance.randint(1, 3)
                shift = chance.choice([name for name, yes in zip(names, able[person], strict=True) if yes])
                lines += [
                    f"P{person},{day},{shift},{weight}" for day in range(first, min(days, first + chance.randint(1, 5)))
                ]
    lines += ["", "SECTION_COVER"]
    share = [sum(can[number] for can in able) * chance.uniform(0.6, 1.4) for number in range(shifts)]
    a_day = 1.03 * capacity / days / (sum(s * length for s, length in zip(share, lengths, strict=True)) or 1)
    for day in range(days):
        for number, name in enumerate(names):
            wanted = share[number] * a_day * (0.85 if day % 7 > 4 else 1.06)
            lines.append(f"{day},{name},{max(0, round(wanted + chance.uniform(-1, 1)))},100,1")
    return "\n".join(lines) + "\n"


def write(folder: Path, seeds: int = 1) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, size in SIZES.items():
        for seed in range(1, seeds + 1):
            path = folder / (f"{name}.txt" if seeds == 1 else f"{name}-{seed}.txt")
            path.write_text(instance(*size, seed))
            written.append(path)
    return written


if __name__ == "__main__":
    write(Path(sys.argv[1]))
