"""Judges an answer to a public rostering instance from the file's own text; shares nothing with the solver or its reader."""

from collections import defaultdict


def sections(text: str) -> dict[str, list[list[str]]]:
    found, name = defaultdict(list), ""
    for raw in text.replace("\ufeff", "").splitlines():
        line = raw.partition("#")[0].strip()
        if line.upper().startswith("SECTION_"):
            name = line.upper()[8:]
        elif line:
            found[name].append([cell.strip() for cell in line.split(",")])
    return found


def value(cells: list[str], place: int, default: float) -> float:
    try:
        return float(cells[place])
    except (IndexError, ValueError):
        return default


def check(text: str, duties: dict[tuple[str, int], str]) -> tuple[float, list[str]]:
    """(cost, broken hard rules) of duties {(person, day): shift}."""
    parts = sections(text)
    days = int(parts["HORIZON"][0][0])
    shifts = {row[0]: row for row in parts["SHIFTS"]}
    after = {name: set("|".join(row[2:]).split("|")) - {""} for name, row in shifts.items()}
    free = {(row[0], int(day)) for row in parts["DAYS_OFF"] for day in row[1:] if day}
    broken = [f"{who} works on a day off: {day}" for who, day in duties if (who, day) in free]
    known = {row[0] for row in parts["STAFF"]}
    broken += [
        f"unknown {who}/{day}/{what}"
        for (who, day), what in duties.items()
        if who not in known or what not in shifts or not 0 <= day < days
    ]
    endless = float("inf")
    for row in parts["STAFF"]:
        who = row[0]
        plan = [duties.get((who, day), "") for day in range(days)]
        minutes = sum(value(shifts[shift], 1, 0) for shift in plan if shift)
        if minutes > value(row, 2, endless) or minutes < value(row, 3, 0):
            broken.append(f"{who} has {minutes} minutes")
        for limit in filter(None, (row[1] if len(row) > 1 else "").split("|")):
            shift, _, most = limit.partition("=")
            if plan.count(shift.strip()) > value([most], 0, endless):
                broken.append(f"{who} has too many {shift}")
        broken += [f"{who} day {day}: {plan[day]} after {plan[day - 1]}"
                   for day in range(1, days) if plan[day] and plan[day - 1] and plan[day] in after[plan[day - 1]]]  # fmt: skip
        marks = "".join("x" if shift else "." for shift in plan)
        runs = [(piece, start) for piece, start in _pieces(marks)]
        for piece, start in runs:
            inner = start > 0 and start + len(piece) < days
            if piece[0] == "x" and len(piece) > value(row, 4, endless):
                broken.append(f"{who} works {len(piece)} days from {start}")
            if inner and len(piece) < value(row, 5 if piece[0] == "x" else 6, 1):
                broken.append(f"{who} has a run of only {len(piece)} from {start}")
        weekends = sum("x" in marks[day : day + 2] for day in range(5, days, 7))
        if weekends > value(row, 7, endless):
            broken.append(f"{who} works {weekends} weekends")
    cost = 0.0
    for name, unwanted in (("SHIFT_ON_REQUESTS", False), ("SHIFT_OFF_REQUESTS", True)):
        for row in parts[name]:
            if (duties.get((row[0], int(row[1]))) == row[2]) == unwanted and row[0] in known:
                cost += value(row, 3, 1)
    staffed: dict = defaultdict(int)
    for (_who, day), shift in duties.items():
        staffed[day, shift] += 1
    for row in parts["COVER"]:
        missing = value(row, 2, 0) - staffed[int(row[0]), row[1]]
        cost += missing * value(row, 3, 100) if missing > 0 else -missing * value(row, 4, 1)
    return cost, broken


def _pieces(marks: str):
    start = 0
    for place in range(1, len(marks) + 1):
        if place == len(marks) or marks[place] != marks[start]:
            yield marks[start:place], start
            start = place
