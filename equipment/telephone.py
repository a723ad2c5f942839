"""A round as a telephone keeps it: what is asked, what was found before, what has been received so far."""

import datetime as dt
import uuid

from django.urls import reverse

from duty.access import can
from duty.templatetags.times import moment
from equipment.models import Answer, Item, Judged, Kind, Round
from equipment.models.gauges import BOUNDS, shown
from equipment.models.rounds import UNDONE
from equipment.walking import Found, Stop, stops_of, version_of, walked, with_last_values


def state(walk: Round, person, at: dt.datetime, brief: bool = False) -> dict:
    """All of it; `brief` without the checklist, which never changes while the round is walked."""
    version = version_of(walk)
    stops = walked(walk, stops_of(version))
    asks = {} if brief else {"stops": [_stop(walk, stop, at) for stop in with_last_values(walk, stops)]}
    colour, word = walk.state(at)
    rows = [row for stop in stops for row in stop.rows]
    return asks | {
        "person": {"pk": person.pk, "name": person.name},
        "at": _iso(at),
        "round": {
            "pk": walk.pk, "title": walk.title, "unit": str(walk.unit), "status": walk.status, "word": str(word), "colour": colour,
            "planned": moment(walk.planned_at, at), "due": moment(walk.due_at, at), "planned_at": _iso(walk.planned_at),
            "opens_at": _iso(walk.opens_at), "due_at": _iso(walk.due_at), "missed_at": _iso(walk.missed_at),
            "started_at": _iso(walk.started_at), "done": moment(walk.done_at, at), "done_by": walk.done_by.name if walk.done_by_id else "",
            "must_scan": walk.must_scan, "may_walk": can(person, "walk", walk), "undone": walk.status in UNDONE,
            "page": walk.get_absolute_url(),
        },
        "version": version and version.pk,
        "answers": [_answer(row.answer, at) for row in rows if row.answer],
        "shots": [
            {"uid": str(shot.uid), "item": row.item.pk, "small": reverse("shot-small", args=[shot.pk])}
            for row in rows
            for shot in row.shots
        ],
        "visits": [
            {"uid": str(v.uid), "equipment": v.equipment_id, "place": v.place_id, "how": v.how, "arrived_at": _iso(v.arrived_at)}
            for stop in stops
            for v in stop.visits
        ],
        "missing": {row.item.pk: row.lacking for row in rows if row.lacking} if walk.version_id else {},
    }  # fmt: skip


def _stop(walk: Round, stop: Stop, at: dt.datetime) -> dict:
    piece = stop.equipment
    return {
        "number": stop.number, "equipment": piece and piece.pk, "place": stop.place and stop.place.pk, "name": stop.name,
        "code": piece.code if piece else "", "tag": piece.tag if piece else "", "path": stop.path,
        "items": [_item(walk, row, at) for row in stop.rows],
    }  # fmt: skip


def _item(walk: Round, row: Found, at: dt.datetime) -> dict:
    item: Item = row.item
    bounds = {name: shown(getattr(item, name)) or None for name in ("least", "most", *BOUNDS)}
    return bounds | {
        "pk": item.pk, "question": item.question, "method": item.method, "kind": item.kind, "required": item.required,
        "measure": "" if item.measure == "—" else item.measure, "normal": item.normal, "alarm": item.alarm,
        "choices": item.choices, "bad_choices": item.bad_choices, "after": item.after_id, "when": item.when,
        "picture": reverse("round-picture", args=[walk.pk, item.pk]) if item.picture_id else "",
        "note_if_abnormal": item.note_if_abnormal, "photo_if_abnormal": item.photo_if_abnormal,
        "photo_always": item.photo_always, "last": _last(row, at),
    }  # fmt: skip


def _last(row: Found, at: dt.datetime) -> dict | None:
    last = row.last
    if last is None or row.item.kind in (Kind.PHOTO, Kind.SIGNATURE):
        return None
    return {"said": last.said, "judged": last.judged, "at": moment(last.answered_at, at)}


def value_of(answer: Answer) -> str:
    """As the telephone sent it."""
    if answer.number is not None:
        return shown(answer.number)
    if answer.item.kind == Kind.STATE:
        return "normal" if answer.judged == Judged.NORMAL else "abnormal"
    return answer.text


def _answer(answer: Answer, at: dt.datetime) -> dict:
    return {
        "uid": str(answer.uid), "item": answer.item_id, "value": "" if answer.judged == Judged.NOT_CHECKED else value_of(answer),
        "not_checked": answer.judged == Judged.NOT_CHECKED, "judged": answer.judged, "note": answer.note,
        "report": answer.judged == Judged.OUT_OF_RANGE and answer.defect_id is not None,
        "answered_at": _iso(answer.answered_at), "by": answer.by.name,
    }  # fmt: skip


def taken(walk: Round, uids: list[str]) -> list[str]:
    """Which of these answers are in the table, standing or not: the telephone may let go of them."""
    wanted = []
    for raw in uids:
        try:
            wanted.append(uuid.UUID(raw))
        except (TypeError, ValueError, AttributeError):
            continue
    return [str(uid) for uid in walk.answers.filter(uid__in=wanted).values_list("uid", flat=True)]


def _iso(at: dt.datetime | None) -> str | None:
    return at and at.astimezone(dt.UTC).isoformat()
