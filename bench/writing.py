"""The quick log as a browser posts it: the form fetched, filled and sent; reported, told and on the trail in one go."""

from bench.population.dataset import ready

from .cast import asked, viewers
from .figures import percentile
from .pages import LARGE, served
from .processes import Crew
from .visitors import Visitor, closed_loops

LIMIT_MS = 80
CLIENTS, TURNS = 2, 75
TYPED = {
    "reporter_name": "张强", "reporter_contact": "138 0013 8000", "place": "B 座地下一层 配电室", "summary": "配电室冒烟",
    "scene": "有焦味和轻烟,未见明火,已断电", "suggestion": "请电工与消防到场", "urgency": "3", "scope": "2", "event_at": "",
    "line": "", "nature": "", "level": "", "grading_reason": "", "disposition": "", "passed_to": "", "ring_seconds": "",
    "request_text": "请授权通知消防",
}  # fmt: skip
LOG = "/incidents/log/"
COPY = "logged"
WRITTEN = """
SELECT count(*), count(d.id), count(r.id),
       coalesce(sum((SELECT count(*) FROM duty_line l WHERE l.matter_id = i.matter_id)), 0)::int,
       coalesce(sum((SELECT count(*) FROM duty_notice n WHERE n.matter_id = i.matter_id)), 0)::int
FROM incidents_incident i LEFT JOIN duty_deadline d ON d.matter_id = i.matter_id AND d.settled_at IS NULL
LEFT JOIN incidents_report r ON r.incident_id = i.matter_id
WHERE i.matter_id > %s AND i.summary = '配电室冒烟'
"""


def filled(visitor: Visitor) -> dict:
    """A form fetched just now, with everything typed into it."""
    carried = visitor.hidden_fields(LOG)
    now = asked("SELECT to_char(duty_now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')")[0][0]
    return carried | TYPED | {"received_at": now}


def log_posts(ground, sheet) -> None:
    # On a copy: what is logged here must not lie on the pages that are measured next time.
    ready(ground, f"n{LARGE}", LARGE)
    ground.make(COPY, like=f"n{LARGE}")
    ground.enter(COPY)
    with Crew(ground.place) as crew:
        web = served(crew)
        after = asked("SELECT max(id) FROM duty_matter")[0][0]
        visitors = [Visitor(web.port, viewer.session) for viewer in viewers()]
        times, queries, pages = [], [], []

        def turn(client: int, n: int) -> None:
            visitor = visitors[client]
            typed = filled(visitor)
            answer = visitor.post(LOG, typed)
            if answer.status != 302:
                raise SystemExit(f"the log answered {answer.status}\n{answer.body[-2000:]}")
            if n >= 5:  # the workers' first requests load what they need
                times.append(answer.milliseconds)
                queries.append(answer.queries)
            pages.append(answer.location)

        closed_loops(CLIENTS, turn, TURNS)
    written = asked(WRITTEN, [after])[0]
    posted = CLIENTS * TURNS
    whole = (
        written[0] == written[1] == written[2] == posted == len(set(pages))
        and written[3] == 2 * posted <= written[4] * 2
    )
    sheet.add(
        "log_incident_post_p95", percentile(times, 95), "ms", LIMIT_MS, holds=whole, p50=percentile(times, 50),
        queries=max(queries), count=len(times), posted=posted, incidents_deadlines_reports_lines_notices=list(written), sql=WRITTEN,
    )  # fmt: skip
    ground.enter("postgres")
    ground.ask(f'DROP DATABASE "{COPY}" WITH (FORCE)', database="postgres")
