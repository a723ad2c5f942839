"""Which pages are looked at, by address: ordinary ones, filtered ones, and those deep in the past."""

from urllib.parse import urlencode

from .cast import Viewer, asked

# Every so many rows back, as whoever turns page after page would get there.
MARKS = """
SELECT received_at, matter_id FROM incidents_incident i WHERE {sees}
ORDER BY received_at DESC, matter_id DESC OFFSET {depth} LIMIT 1
"""
PAST_MARKS = """
SELECT d.due_at, d.id FROM duty_deadline d JOIN incidents_incident i USING (matter_id)
WHERE d.settled_at IS NOT NULL AND {sees} ORDER BY d.due_at DESC, d.id DESC OFFSET {depth} LIMIT 1
"""
SOME = """
(SELECT matter_id FROM incidents_incident i WHERE {sees} ORDER BY received_at DESC LIMIT 20)
UNION (SELECT matter_id FROM incidents_incident i WHERE {sees} AND status = 'reported' ORDER BY received_at LIMIT 10)
UNION (SELECT matter_id FROM (
    SELECT matter_id, row_number() OVER (ORDER BY matter_id) AS n, count(*) OVER () AS among FROM incidents_incident i WHERE {sees}
) i WHERE mod(n, greatest(1, among / 30)) = 0)
"""
SPAN = "SELECT min(received_at)::date, max(received_at)::date, count(*) FROM incidents_incident i WHERE {sees}"
NATURES = "SELECT nature_id FROM incidents_incident i GROUP BY nature_id ORDER BY count(*) DESC"
UNITS = "SELECT unit_id FROM incidents_incident i GROUP BY unit_id ORDER BY count(*) DESC"


def scenes(viewer: Viewer) -> dict[str, list[str]]:
    """{name of the page: addresses}"""
    first, last, count = asked(SPAN.format(sees=viewer.sees))[0]
    natures = [row[0] for row in asked(NATURES)]
    units = [row[0] for row in asked(UNITS)]
    middle = first + (last - first) / 2
    commonest, rarest, largest, smallest = natures[0], natures[-1], units[0], units[-1]
    return {
        "desk": ["/"],
        "list": ["/incidents/"],
        "list_by_status": [
            listed(status=status) for status in ("unclosed", "reported", "acknowledged", "open", "closed")
        ],
        "list_by_level": [listed(level=rank) for rank in (1, 2, 3, 4)],
        "list_by_nature": [listed(nature=nature) for nature in (commonest, rarest)],
        "list_by_unit": [listed(unit=unit) for unit in (largest, smallest, viewer.unit_id)],
        "list_by_dates": [
            listed(**{"from": first, "until": first + (last - first) / 30}),
            listed(until=middle),
            listed(**{"from": middle, "until": middle}),
            listed(**{"from": last}),
        ],
        "list_by_several": [
            listed(level=2, nature=rarest),
            listed(level=3, nature=commonest, until=middle),
            listed(unit=smallest, level=3),
            listed(unit=largest, status="unclosed", level=3),
            listed(status="reported", nature=rarest),
        ],
        "list_deep": _marked("/incidents/", MARKS, viewer, count),
        "incident": [f"/incidents/{pk}/" for (pk,) in asked(SOME.format(sees=viewer.sees))],
        "calendar_open": ["/calendar/", "/calendar/?kind=incidents.report"],
        "calendar_past": ["/calendar/?show=past", *_marked("/calendar/?show=past&", PAST_MARKS, viewer, count // 10)],
    }


def listed(**chosen) -> str:
    return "/incidents/?" + urlencode(chosen)


def _marked(path: str, sql: str, viewer: Viewer, count: int) -> list[str]:
    """Pages from a mark several thousand rows deep, or as deep as it goes."""
    found = []
    for depth in sorted({min(depth, count * 9 // 10) for depth in (3000, 30_000, 300_000)}):
        for at, pk in asked(sql.format(sees=viewer.sees, depth=depth)):
            found.append(f"{path}{'' if path.endswith('&') else '?'}" + urlencode({"before": f"{at.isoformat()}~{pk}"}))
    return found
