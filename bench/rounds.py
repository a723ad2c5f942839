"""Pages of equipment over three years of rounds: 500 pieces, 50 rounds a day, some five million answers.

Beside them the same pages over a tenth of the time, and a bare view, as in `pages.py`; which share its way of measuring.
"""

import datetime as dt
from urllib.parse import urlencode

from django.db import connection

from bench.population.dataset import kept, recipe, set_wise
from bench.population.house import found
from bench.population.walks import DAYS, WALKED, furnish, walk_for_years
from bench.population.watches import keep_watch

from .cast import HEAD, Viewer, asked
from .figures import note, percentile
from .pages import GROWN, Asked, Place, look, served
from .processes import Crew, Web

LIMIT_MS, OTHERS_LIMIT_MS, MOST_QUERIES = 150, 250, 28
LOOKED_AT_DAILY = (
    "piece",
    "piece_trends",
    "piece_trends_year",
    "piece_trends_all",
    "piece_history",
    "round_calendar",
    "rounds",
    "round",
    "round_state",
)
TENTH = DAYS // 10
SMALL = """
SELECT g.person_id, g.unit_id FROM duty_grant g JOIN (SELECT unit_id, count(*) AS n FROM equipment_equipment GROUP BY unit_id) e USING (unit_id)
WHERE g.role = 'officer' ORDER BY n, person_id LIMIT 1
"""
PIECES = "SELECT matter_id FROM equipment_equipment WHERE {sees} ORDER BY code"
ROUNDS = """
SELECT matter_id FROM equipment_round WHERE {sees} AND status = 'done' ORDER BY planned_at DESC OFFSET {depth} LIMIT 12
"""
DEEP = """
SELECT planned_at, matter_id FROM equipment_round WHERE {sees} ORDER BY planned_at DESC, matter_id DESC OFFSET {depth} LIMIT 1
"""
SIZES = """
SELECT (SELECT count(*) FROM equipment_answer), (SELECT count(*) FROM equipment_round), (SELECT count(*) FROM equipment_equipment),
       (SELECT count(*) FROM equipment_defect)
"""
SPANS_GROW = ("piece_trends_all",)  # asks for every reading there is, so that more years are more to read


def viewers() -> list[Viewer]:
    return [Viewer.found("head", HEAD, "true"), Viewer.found("small", SMALL, "unit_id = {unit}")]


def scenes(viewer: Viewer) -> dict[str, list[str]]:
    """{name of the page: addresses}"""
    pieces = [pk for (pk,) in asked(PIECES.format(sees=viewer.sees))]
    some = pieces[:: max(1, len(pieces) // 40)]
    walks = [pk for depth in (0, 3000) for (pk,) in asked(ROUNDS.format(sees=viewer.sees, depth=depth))]
    today = dt.date.today()
    months = [f"{today - dt.timedelta(days=days):%Y-%m}" for days in (0, 31, 62, 93)]  # those that both data sets have
    marks = [f"{at.isoformat()}~{pk}" for d in (100, 4000) for at, pk in asked(DEEP.format(sees=viewer.sees, depth=d))]
    year = {"from": today - dt.timedelta(days=364), "until": today}
    return {
        "register": ["/equipment/", "/equipment/?criticality=key", "/equipment/?q=E-03"],
        "piece": [f"/equipment/{pk}/" for pk in some],
        "piece_trends": [f"/equipment/{pk}/trends/" for pk in some],
        "piece_trends_year": [f"/equipment/{pk}/trends/?days=365" for pk in some],
        "piece_trends_all": [f"/equipment/{pk}/trends/?days=all" for pk in some],
        "piece_history": [f"/equipment/{pk}/history/" for pk in some],
        "rounds": ["/rounds/"],
        "rounds_deep": ["/rounds/?show=all", *("/rounds/?show=all&" + urlencode({"before": mark}) for mark in marks)],
        "rounds_missed": ["/rounds/?state=missed", "/rounds/?state=late", "/rounds/?state=open"],
        "round": [f"/rounds/{pk}/" for pk in walks],
        "round_state": [f"/rounds/{pk}/state/" for pk in walks],
        "round_calendar": [f"/rounds/calendar/?month={month}" for month in months],
        "trends": ["/trends/"],
        "recurrence": ["/equipment/recurrence/"],
        "recurrence_year": ["/equipment/recurrence/?" + urlencode(year)],
        "summary": [f"/equipment/summary/?month={month}" for month in months],
        "defects": ["/defects/", "/defects/?state=open", "/defects/?state=verified"],
        "unchecked": ["/equipment/unchecked/"],
        "checklists": ["/checklists/"],
        "plans": ["/plans/"],
    }


def fill(days: int) -> None:
    """The organisation, its watches, its equipment, and the rounds of so many days."""
    found()
    note("500 pieces, 25 checklists")
    furnish()
    with set_wise(WALKED) as cursor:
        keep_watch(cursor)
        note("rounds, answers, defects")
        walk_for_years(cursor, days, "Asia/Shanghai")
    connection.close()


def rounds(ground, sheet) -> None:
    with Crew(ground.place) as crew:
        tenth, scenes_of_tenth, _sizes = _served(ground, crew, TENTH)
        large, scenes_of_large, sizes = _served(ground, crew, DAYS)
        bare = crew.web("bare", WEB_WORKERS="2", TIMING="1", DJANGO_SETTINGS_MODULE="bench.bare_settings")
        bare.wait("/bare/")
        answers, walks, pieces, defects = sizes
        grown = {}
        for (viewer, name), addresses in scenes_of_large.items():
            figure = f"equipment_{name}_{viewer}_p95"
            if not sheet.wants(figure):
                continue
            other = scenes_of_tenth[viewer, name]
            places = [
                Place(large, addresses.session, addresses.of_page),
                Place(tenth, other.session, other.of_page),
                Place(bare, "", ["/bare/"], every=2),
            ]
            now, before, plain = look(places, turns=60)
            if name not in SPANS_GROW:
                grown[figure] = now.p50 / before.p50
            sheet.add(
                figure, now.p95, "ms", LIMIT_MS if name in LOOKED_AT_DAILY else OTHERS_LIMIT_MS, holds=now.queries <= MOST_QUERIES, queries=now.queries, queries_limit=MOST_QUERIES,
                p50=now.p50, in_database_p50=percentile(now.in_database, 50), ratio_to_bare_view=now.p50 / plain.p50,
                grown=now.p50 / before.p50, tenth_p95=before.p95, slowest=now.slowest, count=len(now.all), answers=answers,
                rounds=walks, pieces=pieces, defects=defects,
            )  # fmt: skip
    if grown:
        worst = max(grown, key=grown.get)
        over = {figure: times for figure, times in grown.items() if times > GROWN}
        sheet.add(
            "equipment_growth_of_pages", grown[worst], "×", GROWN, worst=worst, over=sorted(over), days=[TENTH, DAYS]
        )


def _served(ground, crew: Crew, days: int) -> tuple[Web, dict[tuple[str, str], Asked], tuple]:
    kept(ground, f"rounds{days}", recipe(days=days), lambda: fill(days))
    web = served(crew, f"web-{days}")
    note(f"served: {days} days of rounds")
    scened = {
        (viewer.name, name): Asked(viewer.session, addresses)
        for viewer in viewers()
        for name, addresses in scenes(viewer).items()
    }
    return web, scened, asked(SIZES)[0]
