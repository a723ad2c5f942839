"""URL × role × own/other unit, from the URLconf: nobody gets in by a door that was forgotten.

It lies in the top app because it needs one of everything.
"""

import datetime as dt
import re
import uuid

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from conftest import make_person
from duty.access import can
from duty.filing import Content, keep
from duty.links import token_for
from duty.models import Notice, Role
from duty.tests.test_architecture import LAYERS
from equipment.models import (
    Cabinet,
    CallOut,
    Contract,
    Defect,
    Equipment,
    Gauge,
    Keeper,
    Key,
    Paper,
    Place,
    Supply,
)
from equipment.receiving import receive, take_shot
from equipment.tests.rounds import make_checklist, make_plan, make_round, parcel
from incidents.first_standard import lay_down
from incidents.models import DutyLine, Incident, Standard
from scheduling.models import (
    Absence,
    DayKind,
    Exemption,
    Member,
    Objection,
    Pattern,
    PatternSeat,
    Post,
    Qualification,
    Qualified,
    Rate,
    Roster,
    Shift,
    Swap,
)

pytestmark = pytest.mark.django_db

# What a verb's URL asks `can`; the other POST addresses concern one's own things only.
VERBS = {
    "incident-acknowledge": "acknowledge", "incident-instruct": "instruct", "incident-press": "press",
    "incident-phone": "acknowledge_by_phone", "incident-note": "note", "incident-regrade": "regrade",
    "incident-close": "close", "incident-reopen": "reopen", "incident-reveal": "reveal_contact",
    "incident-amend": "amend", "shift-change": "change", "shift-remove": "remove", "line-change": "keep",
    "shift-fill": "cover", "shift-take": "take_open", "shift-without": "cover", "shift-vacate": "cover", "absence-change": "refile",
    "absence-approve": "decide", "absence-decline": "decide", "absence-withdraw": "refile", "absence-back": "refile",
    "swap-take": "take", "swap-approve": "settle_swap", "swap-withdraw": "call_off",
    "post-change": "arrange", "post-pattern": "arrange", "pattern-change": "arrange", "pattern-end": "arrange",
    "roster-seat": "change", "roster-pin": "change", "roster-undo": "change", "roster-lay-out": "change",
    "roster-discard": "change", "roster-check": "change", "roster-revise": "change", "roster-archive": "change", "roster-import": "change",
    "member-change": "arrange", "member-end": "arrange", "qualified-renew": "renew", "qualified-revoke": "revoke",
    "piece-change": "keep", "piece-retire": "keep", "piece-back": "keep", "piece-gauge": "keep", "piece-keeper": "keep",
    "piece-paper": "keep", "paper-remove": "keep", "gauge-change": "keep", "keeper-end": "keep", "place-change": "keep",
    "checklist-change": "keep", "checklist-retire": "keep", "checklist-back": "keep", "checklist-revise": "keep",
    "checklist-edit": "keep", "checklist-publish": "keep", "checklist-drop": "keep", "checklist-item": "keep", "checklist-stop": "keep",
    "checklist-gauges": "keep", "checklist-copy": "keep", "checklist-clear": "keep", "checklist-arrange": "keep",
    "checklist-import": "keep", "item-change": "keep", "item-double": "keep", "item-remove": "keep", "piece-checklist": "keep",
    "plan-change": "keep", "plan-end": "keep",
    "defect-take": "take", "defect-assign": "assign", "defect-come": "come", "defect-fix": "fix", "defect-verify": "verify",
    "defect-back": "send_back", "defect-hand": "hand_on", "defect-withdraw": "withdraw", "defect-regrade": "regrade",
    "defect-note": "note", "defect-call": "call_out",
    "contract-change": "keep", "contract-renew": "keep", "contract-end": "keep",
    "supply-change": "keep", "supply-retire": "keep", "supply-issue": "handle", "supply-return": "handle",
    "supply-receive": "handle", "supply-write-off": "handle", "supply-count": "handle",
    "round-approve": "approve", "round-explain": "explain", "round-cancel": "explain", "round-parcel": "walk", "round-photo": "walk",
    "key-change": "keep", "key-retire": "keep", "key-issue": "handle", "key-return": "handle", "key-confirm": "confirm",
    "cabinet-change": "keep", "cabinet-retire": "keep", "cabinet-count": "handle",
    "objection-withdraw": "withdraw_objection", "objection-answer": "answer_objection", "rate-remove": "set_rate",
}  # fmt: skip
# These belong to everyone; editing them asks for the whole.
ORGANISATION_WIDE = re.compile("^standard|^qualification-")


def patterns(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from patterns(entry, prefix)
        elif isinstance(entry, URLPattern):
            yield entry


EVERY = {entry.name: entry for entry in patterns()}


def test_every_address_has_a_name_and_declares_its_rule():
    wrong = [
        str(entry.pattern) for entry in patterns() if not entry.name or getattr(entry.callback, "rule", None) is None
    ]
    assert not wrong


@pytest.fixture
def world(house, head, chief, officer, outsider, now, settings, tmp_path):
    """One of everything in operations and one of everything in sales."""
    settings.MEDIA_ROOT = tmp_path / "files"
    standard = lay_down(house["top"], by=head, at=now)
    draft = Standard()
    draft.begin(standard, by=head, at=now)
    things = {"own": {}, "other": {}}
    for side, unit, person in (("own", house["ops"], officer), ("other", house["sales"], outsider)):
        post = Post.objects.create(unit=unit, name=f"{unit}值班室")
        shift = Shift(
            post=post, name="夜班", starts_at=now + dt.timedelta(days=1), ends_at=now + dt.timedelta(days=1, hours=8)
        )
        shift.plan([("primary", person)], by=head, at=now)
        incident = Incident(
            unit=unit, received_at=now, place="一楼", summary="冒烟", name_not_given=True, contact_not_given=True,
            standard=standard, urgency=3, scope=2, level=standard.suggest(3, 2).level,
        )  # fmt: skip
        incident.log(by=person, at=now)
        line = DutyLine.objects.create(unit=unit, name="热线", number="1")
        pattern = Pattern.objects.create(
            post=post, name="夜班", mark="夜", starts=dt.time(18), day_kinds=DayKind.values, from_on=dt.date(2026, 1, 1)
        )
        things[side] = {"incident": incident, "shift": shift, "line": line, "standard": draft}
        first = dt.date(2026, 1, 1)
        member = Member.objects.create(unit=unit, person=person, roles=["primary"], from_on=first)
        exemption = Exemption.objects.create(
            person=person, kind="nights", from_on=first, reason="医嘱", granted_by=head
        )
        kind, _made = Qualification.objects.get_or_create(name="值班上岗考核")
        held = Qualified(person=person, qualification=kind, from_on=first, assessor=head)
        held.record(by=head, at=now)
        things[side] |= {
            "post": post,
            "pattern": pattern,
            "member": member,
            "exemption": exemption,
            "pool": unit,
            "terms": unit,
        }
        absence = Absence(
            person=person, kind="leave", from_on=dt.date(2026, 12, 1), until_on=dt.date(2026, 12, 2)
        )  # fmt: skip
        absence.ask(by=person, at=now)
        swap = Swap(shift=shift, role="primary", giver=person)
        swap.offer(by=person, at=now)
        things[side] |= {"absence": absence, "swap": swap}
        PatternSeat.objects.create(pattern=pattern, role="primary")
        roster = Roster(unit=unit, first_on=dt.date(2027, 1, 1), last_on=dt.date(2027, 1, 3))
        roster.draft(by=head, at=now)
        things[side]["roster"] = roster
        things[side] |= {"person": person, "qualification": kind, "qualified": held}
        objection = Objection(shift=shift, text="记错了")
        objection.put(by=person, at=now)
        rate = Rate.objects.create(unit=unit, kind="allowance", day_kind="rest", from_on="2026-01-01")
        things[side] |= {"objection": objection, "rate": rate, "my": person}
        things[side] |= register(unit, person, head, now)
        things[side] |= broken(things[side]["piece"], things[side]["paper"], person, now)
        things[side] |= planned(things[side]["piece"], person, head, now)
        things[side] |= round_of(things[side]["piece"], person, head, now)
    notice = Notice.objects.filter(matter_id=things["own"]["incident"].pk).first()
    things["token"] = token_for(notice.pk, notice.recipient_id)
    things["notice"] = notice
    return things


def register(unit, person, by, at) -> dict:
    """A piece of equipment with everything that hangs on it."""
    place = Place.objects.create(unit=unit, name="配电间")
    first, last = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    contract = Contract(
        unit=unit, vendor="维保公司", subject="UPS", phone="400 800", minder=person, from_on=first, until_on=last
    )
    contract.sign(by=by, at=at)
    piece = Equipment(
        unit=unit, place=place, name="UPS", code=f"DY-{unit.pk}", category="power", criticality="key", contract=contract
    )
    piece.register(by=by, at=at)
    paper = Paper(file=keep(Content("手册.pdf", "pdf", b"%PDF-"), by=by, at=at))
    piece.attach(paper, by=by, at=at)
    supply = Supply(
        unit=unit, place=place, code=f"WZ-{unit.pk}", name="沙袋", category="flood", measure="个", minder=person
    )
    supply.register(by=by, at=at)
    supply.receive(5, by=by, at=at)
    cabinet = Cabinet(unit=unit, place=place, name="钥匙柜", minder=person)
    cabinet.register(by=by, at=at)
    key = Key(cabinet=cabinet, code=f"YS-{unit.pk}", opens="配电间")
    key.register(by=by, at=at)
    return {
        "supply": supply, "cabinet": cabinet, "key": key,
        "place": place, "contract": contract, "piece": piece, "paper": paper,
        "gauge": Gauge.objects.create(equipment=piece, name="温度"),
        "keeper": Keeper.objects.create(equipment=piece, person=person, role="deputy", from_on=first),
    }  # fmt: skip


def broken(piece, paper, person, at) -> dict:
    """A defect of the piece with a photo and a call for outside help."""
    defect = Defect(unit=piece.unit, equipment=piece, what="漏液", found_by=person, found_at=at)
    defect.report([paper.file], by=person, at=at)
    call = CallOut(contract=piece.contract, vendor="维保公司", phone="400 800", called_at=at)
    defect.call_out(call, by=person, at=at)
    return {"defect": defect, "photo": defect.photos.get(), "callout": call}


def planned(piece, person, by, at) -> dict:
    """A checklist with a draft, and a plan that uses it."""
    checklist = make_checklist(piece.unit, by, at, items=[{"question": "指示灯", "equipment": piece}])
    draft = checklist.revise(by=by, at=at)
    plan = make_plan(checklist, by, at, person=person, times=[dt.time(8)])
    return {"checklist": checklist, "item": draft.items.get(), "plan": plan}


def round_of(piece, person, by, at) -> dict:
    """A round under way, with a photo."""
    checklist = make_checklist(piece.unit, by, at, "开班检查", items=[{"question": "指示灯", "equipment": piece}])
    walk = make_round(checklist, at)
    receive(walk, parcel(at, begun_at=at.isoformat()), by=person, at=at)
    photo = Content("灯.png", "png", b"png", b"small")
    shot = take_shot(walk, str(uuid.uuid4()), walk.version.items.get().pk, photo, at, by=person, at=at)
    return {"round": walk, "shot": shot}


def arguments(name: str, world, side: str) -> dict | None:
    """Arguments for an address on one side, or None where there is no such object."""
    wanted = EVERY[name].pattern.converters
    if not wanted:
        return {}
    if "token" in wanted and "uid" not in wanted:
        return {"token": world["token"]} | ({"photo": world[side]["photo"].pk} if "photo" in wanted else {})
    if "tag" in wanted:
        return {"tag": world[side]["piece"].tag}
    if "uid" in wanted:
        return {"uid": "MQ", "token": "x-y"}
    if "year" in wanted:
        return {"year": 2026}
    if "date" in wanted:
        return {"date": "2026-10-01"}
    if name == "draft":
        return {"form": "incident"}
    if name == "notice-acknowledge":
        return {"pk": world["notice"].pk}
    thing = "standard" if name.startswith("standard") else name.split("-")[0]
    thing = "incident" if thing == "story" else thing
    found = {"pk": world[side][thing].pk}
    if "field" in wanted:
        found["field"] = "place"
    if "item" in wanted:
        found["item"] = world[side]["shot"].item_id
    if "rank" in wanted:
        found["rank"] = 2
    return found


def address(name, world, side="own") -> str:
    return reverse(name, kwargs=arguments(name, world, side))


def everyone(house) -> dict:
    """One person per role, holding it on operations alone, and one with no role at all."""
    people = {role: make_person(f"人{role}", house["ops"], role) for role in Role.values}
    return people | {"nobody": make_person("无角色", house["ops"])}


def signed_in(person) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(person, backend="duty.access.Backend")
    return client


# The world is laid once for many addresses: what each of them does is undone before the next is asked.
SHARDS = 8


def each(names, shard: int):
    """Every so manieth of the names, one after the other, each as if it were the only one."""
    for name in sorted(names)[shard::SHARDS]:
        mark = transaction.savepoint()
        yield name
        transaction.savepoint_rollback(mark)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_stranger_is_asked_to_sign_in(shard, world):
    for name in each(EVERY, shard):
        rule, client = EVERY[name].callback.rule, Client()
        for ask in (client.get, client.post):
            answer = ask(address(name, world))
            if rule.open:
                assert answer.status_code < 500, name
            else:
                assert answer.status_code == 302, name
                assert answer["Location"].startswith("/login/"), name


@pytest.mark.parametrize("shard", range(SHARDS))
def test_each_role_gets_what_its_rule_says_on_its_own_unit(shard, world, house):
    people = everyone(house)
    clients = {role: signed_in(person) for role, person in people.items()}
    for name in each(set(EVERY) - {"logout", "switch", "password"}, shard):
        rule = EVERY[name].callback.rule
        for role, person in people.items():
            for method in ("get", "post"):
                answer = getattr(clients[role], method)(address(name, world))
                where = f"{method} {name} as {role}: {answer.status_code}"
                assert answer.status_code < 500, where
                if not rule.open and rule.roles and role not in rule.roles:
                    assert answer.status_code == 403, where
                if method == "post" and name in VERBS:
                    thing = world["own"][name.split("-")[0]]
                    fresh = type(thing).objects.filter(pk=thing.pk).first()  # an item of a draft may be taken out
                    if fresh and not can(person, VERBS[name], fresh):
                        assert answer.status_code in (403, 404, 405), where


@pytest.mark.parametrize("shard", range(SHARDS))
def test_another_units_things_do_not_exist(shard, world, house):
    clients = {role: signed_in(person) for role, person in everyone(house).items()}
    for name in each((name for name in EVERY if "pk" in EVERY[name].pattern.converters), shard):
        if name == "notice-acknowledge" or ORGANISATION_WIDE.match(name):
            continue
        for role, client in clients.items():
            for method in ("get", "post"):
                answer = getattr(client, method)(address(name, world, "other"))
                assert answer.status_code in (403, 404, 405), f"{method} {name} as {role}: {answer.status_code}"


@pytest.mark.parametrize("name", ["standard-edit", "standard-level", "standard-publish", "standard-begin"])
def test_a_manager_of_one_unit_does_not_edit_the_standard_of_all(name, world, manager):
    assert signed_in(manager).post(address(name, world)).status_code == 403


def test_another_persons_notice_cannot_be_acknowledged(world, officer):
    answer = signed_in(officer).post(reverse("notice-acknowledge", args=[world["notice"].pk]))
    assert answer.status_code == 404


def test_whoever_was_told_may_see_the_matter_wherever_it_is(world, house, officer):
    stranger = make_person("路人", house["sales"])
    incident = world["own"]["incident"]
    assert signed_in(stranger).get(incident.get_absolute_url()).status_code == 404
    Notice.objects.create(recipient=stranger, key="told", title="看一下", matter_id=incident.pk)
    assert signed_in(stranger).get(incident.get_absolute_url()).status_code == 200


def test_the_admin_is_for_administrators_of_the_whole_alone(world, house, administrator):
    assert signed_in(administrator).get("/admin/duty/person/").status_code == 200
    for role, person in everyone(house).items():
        assert signed_in(person).get("/admin/duty/person/", follow=True).status_code == 403, role


def test_the_layers_are_all_walked():
    modules = {entry.callback.__module__.split(".")[0] for entry in patterns()}
    assert modules <= set(LAYERS)
    assert {"duty", "scheduling", "equipment", "incidents"} <= modules
