"""The running log of a piece (运行日志): all that was found on it and done to it, as one stream, newest first (A27)."""

import datetime as dt
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from duty.clock import MINUTE, instant
from duty.models import Line
from equipment.models import Answer, CallOut, Defect, Equipment, Judged, Round
from equipment.models.readers import units_read

FINDING, DEFECT, CALLOUT, ROUND, ENTRY = KINDS = ("finding", "defect", "callout", "round", "entry")
NAMES = {
    FINDING: pgettext_lazy("running log", "not normal"), DEFECT: pgettext_lazy("running log", "repair"),
    CALLOUT: pgettext_lazy("running log", "outside help"), ROUND: pgettext_lazy("running log", "round"),
    ENTRY: pgettext_lazy("running log", "register"),
}  # fmt: skip

# Each branch is asked for one page of its own, by an index; {mark} is where the page before ended.
BRANCHES = {
    FINDING: "SELECT answered_at AS at, id FROM equipment_answer WHERE equipment_id = %(piece)s AND judged > 0"
    " AND superseded_at IS NULL{mark}",
    DEFECT: "SELECT line.at, line.id FROM equipment_defect d JOIN duty_line line USING (matter_id)"
    " WHERE d.equipment_id = %(piece)s AND line.verb <> ALL(%(told_elsewhere)s){mark}",
    CALLOUT: "SELECT c.called_at AS at, c.id FROM equipment_defect d JOIN equipment_callout c ON c.defect_id = d.matter_id"
    " WHERE d.equipment_id = %(piece)s{mark}",
    ROUND: "SELECT walked.at, walked.id FROM (SELECT DISTINCT version_id FROM equipment_item WHERE equipment_id = %(piece)s) v"
    " CROSS JOIN LATERAL (SELECT done_at AS at, matter_id AS id FROM equipment_round WHERE version_id = v.version_id"
    " AND done_at IS NOT NULL{mark} ORDER BY done_at DESC, matter_id DESC LIMIT %(size)s) walked",
    ENTRY: "SELECT at, id FROM duty_line WHERE matter_id = %(piece)s{mark}",
}
COLUMNS = {
    FINDING: ("answered_at", "id"), DEFECT: ("line.at", "line.id"), CALLOUT: ("c.called_at", "c.id"),
    ROUND: ("done_at", "matter_id"), ENTRY: ("at", "id"),
}  # fmt: skip
TOLD_ELSEWHERE = ["equipment.defect.call_out", "equipment.defect.follow_callout"]  # call-outs are entries of their own


class Entry(NamedTuple):
    """One thing that happened to a piece, as it is read."""

    at: dt.datetime
    kind: str
    colour: str
    what: str
    text: str
    who: str
    address: str  # empty where the reader may not open it


class Stream:
    """One page of a piece's log; `mark` leads to the next."""

    onward = False

    def __init__(self, piece: Equipment, person, kinds=(), before: str = "", size: int = 50):
        mark = read_mark(before)
        keys = _keys(piece.pk, [kind for kind in KINDS if not kinds or kind in kinds], mark, size + 1)
        self.more, self.is_first = len(keys) > size, mark is None
        self.rows = _told(piece, person, keys[:size])
        self.mark = "~".join(map(str, (keys[size - 1][0].isoformat(), *keys[size - 1][1:]))) if self.more else ""

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def read_mark(raw: str) -> tuple[dt.datetime, str, int] | None:
    """None for the first page, and for a mark that makes no sense."""
    parts = raw.split("~")
    try:
        at, pk = instant(parts[0]), int(parts[2])
    except (IndexError, ValueError):
        return None
    return (at, parts[1], pk) if parts[1] in KINDS and 0 < pk < 2**63 else None


def _keys(piece: int, kinds: list[str], mark, size: int) -> list[tuple[dt.datetime, str, int]]:
    """(instant, kind, id), newest first; of one instant in the order of the kinds' names."""
    branches = []
    for kind in kinds:
        at, pk = COLUMNS[kind]
        sql = BRANCHES[kind].format(mark=_after(at, pk, kind, mark))
        branches.append(
            f"(SELECT at, '{kind}' AS kind, id FROM ({sql}) {kind}s ORDER BY at DESC, id DESC LIMIT %(size)s)"
        )
    values = {"piece": piece, "size": size, "told_elsewhere": TOLD_ELSEWHERE}
    if mark:
        values |= {"at": mark[0], "pk": mark[2]}
    with connection.cursor() as cursor:
        stream = " UNION ALL ".join(branches)
        cursor.execute(f"SELECT * FROM ({stream}) stream ORDER BY at DESC, kind DESC, id DESC LIMIT %(size)s", values)
        return cursor.fetchall()


def _after(at: str, pk: str, kind: str, mark) -> str:
    if mark is None:
        return ""
    if kind == mark[1]:
        return f" AND {at} <= %(at)s AND ({at} < %(at)s OR {pk} < %(pk)s)"
    return f" AND {at} {'<=' if kind < mark[1] else '<'} %(at)s"


def _told(piece: Equipment, person, keys) -> list[Entry]:
    asked: dict[str, list[int]] = {}
    for _at, kind, pk in keys:
        asked.setdefault(kind, []).append(pk)
    told = {kind: TELLERS[kind](piece, person, ids) for kind, ids in asked.items()}
    return [told[kind][pk] for _at, kind, pk in keys]


def _page(model, person, pk: int, unit_id: int, own: bool = False) -> str:
    """Its page for those who may see it, without asking the database for each; as `visible_to` has it."""
    sight = person.sight
    seen = sight.everything or own or unit_id in units_read(person) or pk in sight.told_about
    return model.page_of(pk) if seen else ""


def _round_page(walk: Round, person) -> str:
    return _page(Round, person, walk.pk, walk.unit_id, own=walk.person_id == person.pk)


def _findings(piece, person, ids) -> dict[int, Entry]:
    rows = Answer.objects.filter(pk__in=ids).select_related("item", "by", "round")
    found = {}
    for row in rows:
        said = str(row.get_judged_display())
        if row.number is not None:
            said = f"{row.said} {row.item.measure}".replace(" —", "") + f" · {said}"
        elif row.text:
            said = f"{row.said} · {said}"
        if row.judged != Judged.NOT_CHECKED and row.item.normal:
            said += " (" + pgettext("range", "Normal") + f" {row.item.normal})"
        text = " · ".join(filter(None, [said, row.note]))
        found[row.pk] = Entry(
            row.answered_at, FINDING, row.colour, row.item.question, text, row.by.name, _round_page(row.round, person)
        )
    return found


def _defects(piece, person, ids) -> dict[int, Entry]:
    rows = Line.objects.filter(pk__in=ids).select_related("who", "matter")
    found = {}
    for row in rows:
        verb = row.verb.rpartition(".")[2]
        colour = {"report": "late", "see_again": "late", "send_back": "late", "verify": "well", "fix": "info"}.get(
            verb, "soon"
        )
        text = " · ".join(filter(None, [str(row.matter), row.detail, row.reason]))
        who = row.who.name if row.who else _("the engine")
        found[row.pk] = Entry(
            row.at, DEFECT, colour, str(row.said), text, who, _page(Defect, person, row.matter_id, row.unit_id)
        )
    return found


def _callouts(piece, person, ids) -> dict[int, Entry]:
    rows = CallOut.objects.filter(pk__in=ids).select_related("called_by", "defect")
    found = {}
    for row in rows:
        due = row.arrive_by or row.promised_at
        late = due and row.arrived_at and row.arrived_at > due
        parts = [row.vendor]
        if row.arrived_at:
            came = _("there after %(n)d min") % {"n": (row.arrived_at - row.called_at) / MINUTE}
            if late:
                came += ", " + _("late by %(n)d min") % {"n": (row.arrived_at - due) / MINUTE}
            parts.append(came)
        text = " · ".join(filter(None, [*parts, row.outcome]))
        what, colour = _("called outside help"), "late" if late else "info"
        found[row.pk] = Entry(
            row.called_at,
            CALLOUT,
            colour,
            what,
            text,
            row.called_by.name,
            _page(Defect, person, row.defect_id, row.defect.unit_id),
        )
    return found


def _rounds(piece, person, ids) -> dict[int, Entry]:
    rows = Round.objects.filter(pk__in=ids).select_related("done_by")
    of_piece = Answer.objects.standing().filter(round__in=ids, equipment=piece).order_by().values("round")
    bad = Q(judged__in=[Judged.OUT_OF_RANGE, Judged.ABNORMAL])
    counts = {row["round"]: row for row in of_piece.annotate(given=Count("pk"), bad=Count("pk", filter=bad))}
    found = {}
    for row in rows:
        count = counts.get(row.pk, {"given": 0, "bad": 0})
        words = (
            _("%(given)d looked at, all normal") if not count["bad"] else _("%(given)d looked at, %(bad)d not normal")
        )
        colour = "soon" if count["bad"] else "well"
        found[row.pk] = Entry(
            row.done_at, ROUND, colour, row.title, words % count, row.done_by.name, _round_page(row, person)
        )
    return found


def _entries(piece, person, ids) -> dict[int, Entry]:
    found = {}
    for row in Line.objects.filter(pk__in=ids).select_related("who", "matter"):
        text = " · ".join(filter(None, [row.detail, row.reason]))
        who = row.who.name if row.who else _("the engine")
        found[row.pk] = Entry(row.at, ENTRY, "next", str(row.said), text, who, "")
    return found


TELLERS = {FINDING: _findings, DEFECT: _defects, CALLOUT: _callouts, ROUND: _rounds, ENTRY: _entries}
