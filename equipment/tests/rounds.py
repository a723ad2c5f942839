"""Hands to make rounds with: a checklist, a plan, what a telephone sends."""

import uuid

from duty.clock import MINUTE
from equipment.models import Checklist, Item, Plan, Round


def make_checklist(unit, by, at, name="机房巡检", items=(), use="round", publish=True) -> Checklist:
    """With items as dicts; published unless asked otherwise."""
    checklist = Checklist(unit=unit, name=name, use=use)
    checklist.begin(by=by, at=at)
    draft = checklist.draft
    for order, item in enumerate(items or [{"question": "指示灯"}]):
        Item.objects.create(version=draft, order=order, **item)
    if publish:
        checklist.publish(draft, by=by, at=at)
    return checklist


def make_round(checklist, at, *, early=15, start=15, window=60, grace=60, **more) -> Round:
    row = Round(
        checklist=checklist, unit=checklist.unit, title=checklist.name, planned_at=at, opens_at=at - early * MINUTE,
        starts_by=at + start * MINUTE, due_at=at + window * MINUTE, missed_at=at + (window + grace) * MINUTE, **more,
    )  # fmt: skip
    row.schedule(by=None, at=at - early * MINUTE)
    return row


def make_plan(checklist, by, at, **more) -> Plan:
    plan = Plan(checklist=checklist, unit=checklist.unit, **({"name": "夜间巡检", "from_on": at.date()} | more))
    plan.enter(by=by, at=at)
    return plan


def answer(item, value=None, at=None, **more) -> dict:
    return {"uid": str(uuid.uuid4()), "item": item.pk, "value": value, "answered_at": at.isoformat(), **more}


def parcel(at, *answers, sent=None, **more) -> dict:
    """As a telephone sends it; its clock is right unless `sent` says otherwise."""
    return {"uid": str(uuid.uuid4()), "sent_at": (sent or at).isoformat(), "answers": list(answers), **more}
