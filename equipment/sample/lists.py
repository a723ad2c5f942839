"""The sample's checklists, one of them in its second version with a third begun, and the plans by which they are walked."""

import datetime as dt

from duty.clock import DAY, day_of
from duty.sample import House
from equipment.models import Checklist, Equipment, Item, Kind, Place, Plan
from equipment.models.places import place_tree
from equipment.sample.checks import CHECKLISTS, DRAFTED, FIRST_WITHOUT, LAST_CHANGED, PLANS
from scheduling.models import Post

BEGUN = 729  # days ago


def load(house: House) -> dict[str, Plan]:
    """{name: plan}; the plans have laid nothing yet."""
    checklists = _write(house)
    plans = {}
    for name, (checklist, since, walked_by, rhythm, more) in PLANS.items():
        at, more = house.at - since * DAY, dict(more)
        more["times"] = [dt.time.fromisoformat(time) for time in more.get("times", ())]
        post = Post.objects.filter(name=walked_by).first()
        plan = Plan(
            unit=checklists[checklist].unit, name=name, checklist=checklists[checklist], rhythm=rhythm, post=post,
            person=None if post else house.people[walked_by], from_on=day_of(at), **more,
        )  # fmt: skip
        plan.enter(by=house.people["谢婷"], at=at)
        plans[name] = plan
    return plans


def _write(house: House) -> dict[str, Checklist]:
    by = house.people["谢婷"]
    pieces = {piece.code: piece for piece in Equipment.objects.prefetch_related("gauges")}
    tree = place_tree()
    places = {tree.path(place.pk).replace(" / ", "/"): place for place in Place.objects.all()}
    found = {}
    for name, (unit, use, rows) in CHECKLISTS.items():
        begun = house.at - BEGUN * DAY
        checklist = Checklist(unit=house.units[unit], name=name, use=use)
        checklist.begin(by=by, at=begun)
        until, without = FIRST_WITHOUT.get(name, (None, ()))
        draft = checklist.draft
        for order, row in enumerate(rows):
            if row[1] not in without:
                _item(draft, order, row, pieces, places).save()
        checklist.publish(draft, by=by, at=begun)
        if until:
            at = house.at - until * DAY
            draft = checklist.revise(by=by, at=at)
            for order, row in enumerate(rows):
                if row[1] in without:
                    _item(draft, order, row, pieces, places).save()
            checklist.publish(draft, LAST_CHANGED[name], by=by, at=at)
        if name in DRAFTED:
            draft = checklist.revise(by=by, at=house.at - 2 * DAY)
            _item(draft, len(rows), DRAFTED[name], pieces, places).save()
        found[name] = checklist
    return found


def _item(version, order: int, row, pieces, places) -> Item:
    where, question, more = row
    piece = pieces.get(where)
    item = Item(version=version, order=order, equipment=piece, question=question)
    item.place = None if piece else places[where]
    gauge = next((one for one in piece.gauges.all() if one.name == question), None) if piece else None
    if gauge:
        item.gauge, item.kind = gauge, Kind.NUMBER
        for name in ("measure", "normal_low", "normal_high", "alarm_low", "alarm_high"):
            setattr(item, name, getattr(gauge, name))
    for name, value in more.items():
        setattr(item, name, value)
    return item
