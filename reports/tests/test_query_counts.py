"""No page asks more of the database when there is more in it."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from conftest import make_person
from duty.looks import look, once_a_look
from duty.models import File, Role
from duty.sweeping import sweep
from equipment.models import (
    Cabinet,
    CallOut,
    Contract,
    Defect,
    Equipment,
    Gauge,
    Keeper,
    Key,
    Loan,
    Paper,
    Place,
    Supply,
)
from equipment.receiving import receive
from equipment.tests.rounds import answer, make_checklist, make_round, parcel
from scheduling.models import DayKind, Member, Pattern, PatternSeat, Post, Roster

pytestmark = pytest.mark.django_db

MOST = 15
MOST_ON_A_FORM = 20


@pytest.fixture
def busy(make_incident, officer, head, now):
    """Incidents that were reported, escalated, answered, corrected and instructed upon."""
    found = []
    for n in range(12):
        incident = make_incident(urgency=3, scope=1 + n % 4, request="请授权派工")
        incident.note(f"进展 {n}", by=officer, at=now)
        incident.amend("summary", f"配电室冒烟 {n}", by=officer, at=now, reason="听错了")
        if n % 3 == 0 and incident.status == "reported":
            incident.acknowledge(by=head, at=now)
            incident.instruct("dispatch", "同意", by=head, at=now)
        found.append(incident)
    sweep()
    return found


@pytest.mark.parametrize("viewer", ["officer", "leader", "head", "manager", "administrator"])
def test_every_page_keeps_to_its_queries(viewer, busy, request, django_assert_max_num_queries):
    client, person = Client(), request.getfixturevalue(viewer)
    client.force_login(person, backend="duty.access.Backend")
    client.get("/")
    pages = [f"/incidents/{incident.pk}/" for incident in busy[:5]] + [
        "/", "/incidents/", "/incidents/?q=冒烟", "/incidents/?level=2&status=unclosed", "/calendar/", "/calendar/?show=past",
        "/notices/", "/trail/", f"/trail/{busy[0].pk}/", "/shifts/", "/absences/", "/absences/new/", "/swaps/", "/days/", "/lines/", "/more/", "/live/", "/me/", "/posts/", "/pool/", "/qualifications/", "/wishes/", "/wishes/team/", "/terms/", f"/terms/{person.unit_id}/", f"/pool/{person.pk}/",
        "/my/", "/my/record/", "/objections/", "/ledger/", "/rates/", "/rosters/", "/fairness/", "/fairness/coverage/",
    ]  # fmt: skip
    for page in pages:
        with django_assert_max_num_queries(MOST) as asked:
            answer = client.get(page)
        assert answer.status_code in (200, 403), (page, len(asked))
    with django_assert_max_num_queries(MOST_ON_A_FORM):
        client.get("/incidents/log/")


def test_a_roster_costs_the_same_whatever_its_length(house, manager, now, django_assert_max_num_queries):
    post = Post.objects.create(unit=house["ops"], name="总值班室")
    pattern = Pattern.objects.create(
        post=post, name="夜班", mark="夜", starts=dt.time(18), day_kinds=DayKind.values, from_on=dt.date(2026, 1, 1)
    )
    people = [make_person(f"人{n}", house["ops"]) for n in range(12)]
    Member.objects.bulk_create(
        Member(unit=house["ops"], person=person, roles=["primary"], from_on=dt.date(2026, 1, 1)) for person in people
    )
    PatternSeat.objects.create(pattern=pattern, role="primary")
    roster = Roster(unit=house["ops"], first_on=dt.date(2026, 12, 1), last_on=dt.date(2027, 3, 31))
    roster.draft(by=manager, at=now)
    roster.seat({slot.pk: people[n % 12].pk for n, slot in enumerate(roster.slots.all())}, by=manager, at=now)
    client = Client()
    client.force_login(manager, backend="duty.access.Backend")
    for page in ("month", "list", "print", "export", "import"):
        with django_assert_max_num_queries(MOST):
            assert client.get(f"/rosters/{roster.pk}/{page}/").status_code == 200


def test_the_register_costs_the_same_however_much_is_in_it(house, manager, officer, now, django_assert_max_num_queries):
    contract = Contract(
        unit=house["ops"], vendor="维保公司", subject="UPS", phone="400 800", minder=manager, from_on=dt.date(2026, 1, 1),
        until_on=dt.date(2026, 12, 31),
    )  # fmt: skip
    contract.sign(by=manager, at=now)
    place = None
    for number in range(12):
        place = Place.objects.create(unit=house["ops"], name=f"第 {number} 间", parent=place if number % 4 else None)
        piece = Equipment(
            unit=house["ops"], place=place, name="UPS", code=f"DY-{number}", category="power", contract=contract
        )
        piece.register(by=manager, at=now)
    for number in range(8):
        Gauge.objects.create(equipment=piece, name=f"读数 {number}")
        person = make_person(f"人{number}", house["ops"])
        Keeper.objects.create(equipment=piece, person=person, role="maintainer", from_on=dt.date(2026, 1, 1))
        file = File.objects.create(
            name="a.pdf", kind="pdf", size=1, sha256=f"{number:064d}", kept_by=manager, kept_at=now
        )
        piece.attach(Paper(file=file), by=manager, at=now)
    client = Client()
    for person in (officer, manager):
        client.force_login(person, backend="duty.access.Backend")
        for page in (
            "/equipment/",
            "/equipment/?q=第",
            f"/equipment/{piece.pk}/",
            "/equipment/labels/",
            "/places/",
            "/contracts/",
            f"/contracts/{contract.pk}/",
        ):
            with django_assert_max_num_queries(MOST):
                assert client.get(page).status_code == 200, page
    for page in ("/equipment/new/", f"/equipment/{piece.pk}/change/", "/places/new/", "/contracts/new/"):
        with django_assert_max_num_queries(MOST_ON_A_FORM):
            assert client.get(page).status_code == 200, page


def test_supplies_cost_the_same_however_many_there_are(house, manager, officer, now, django_assert_max_num_queries):
    for number in range(12):
        place = Place.objects.create(unit=house["ops"], name=f"第 {number} 间")
        supply = Supply(
            unit=house["ops"], place=place, code=f"WZ-{number}", name="沙袋", category="flood", measure="个", minder=manager,
            minimum=9,
        )  # fmt: skip
        supply.register(by=manager, at=now)
        for lot in range(4):
            supply.receive(3, number=f"批 {lot}", expires_on=dt.date(2026, 12, 1 + lot), by=manager, at=now)
            back = now + dt.timedelta(days=1)
            supply.issue(1, person=officer, reason="急用", due_back_at=back, by=officer, at=now)
    for person in (officer, manager):
        client = Client()
        client.force_login(person, backend="duty.access.Backend")
        client.get("/")
        pages = [
            "/supplies/",
            "/supplies/?show=short&q=第",
            "/supplies/print/",
            "/supplies/export/",
            "/supplies/count/",
        ]
        for page in [*pages, f"/supplies/count/?place={place.pk}"]:
            with django_assert_max_num_queries(MOST):
                assert client.get(page).status_code == 200, page
        with django_assert_max_num_queries(MOST_ON_A_FORM):
            assert client.get(f"/supplies/{supply.pk}/").status_code == 200
    with django_assert_max_num_queries(MOST_ON_A_FORM):
        assert client.get("/supplies/new/").status_code == 200


def test_keys_cost_the_same_however_many_there_are(house, manager, officer, now, django_assert_max_num_queries):
    place = Place.objects.create(unit=house["ops"], name="值班室")
    cabinet = Cabinet(unit=house["ops"], place=place, name="钥匙柜", minder=manager)
    cabinet.register(by=manager, at=now)
    for number in range(12):
        key = Key(cabinet=cabinet, code=f"YS-{number}", opens="配电间")
        key.register(by=manager, at=now)
        for _turn in range(2):
            loan = Loan(borrower=officer, purpose="检查", due_back_at=now + dt.timedelta(hours=2))
            key.issue(loan, by=manager, at=now)
            if number % 2 or not _turn:
                key.take_back(by=manager, at=now)
    found = {key: "out" if key.is_out else "missing" for key in Key.objects.with_state()}
    for _turn in range(4):
        cabinet.count(found, by=officer, at=now)
    for person in (officer, manager):
        client = Client()
        client.force_login(person, backend="duty.access.Backend")
        client.get("/")
        pages = ["/keys/", "/keys/?show=out&q=配电", "/keys/export/", "/cabinets/", f"/cabinets/{cabinet.pk}/"]
        for page in [*pages, f"/cabinets/{cabinet.pk}/count/"]:
            with django_assert_max_num_queries(MOST):
                assert client.get(page).status_code == 200, page
        with django_assert_max_num_queries(MOST_ON_A_FORM):
            assert client.get(f"/keys/{key.pk}/").status_code == 200
    for page in ("/keys/new/", "/cabinets/new/"):
        with django_assert_max_num_queries(MOST_ON_A_FORM):
            assert client.get(page).status_code == 200


def test_repairs_cost_the_same_however_much_is_broken(house, manager, officer, now, django_assert_max_num_queries):
    place = Place.objects.create(unit=house["ops"], name="机房")
    mender = make_person("程亮", house["ops"], Role.MAINTAINER)
    contract = Contract(
        unit=house["ops"], vendor="维保公司", subject="UPS", phone="400 800", minder=manager, from_on=dt.date(2026, 1, 1),
        until_on=dt.date(2026, 12, 31),
    )  # fmt: skip
    contract.sign(by=manager, at=now)
    for number in range(12):
        piece = Equipment(
            unit=house["ops"], place=place, name="UPS", code=f"DY-{number}", category="power", contract=contract
        )
        piece.register(by=manager, at=now)
        defect = Defect(equipment=piece, unit=piece.unit, what="漏液", found_by=officer, found_at=now)
        defect.report(by=officer, at=now)
        if number % 3:
            defect.take(by=mender, at=now)
            call = CallOut(contract=contract, vendor="维保公司", phone="400 800", called_at=now)
            defect.call_out(call, by=mender, at=now)
        if number % 3 == 2:
            defect.fix("老化", "更换", by=mender, at=now)
            defect.verify(by=officer, at=now)
    client = Client()
    for person in (officer, manager, mender):
        client.force_login(person, backend="duty.access.Backend")
        client.get("/")
        for page in (
            "/",
            "/defects/",
            "/defects/?q=机房",
            "/defects/mine/",
            "/defects/export/",
            "/defects/terms/",
            f"/contracts/{contract.pk}/",
        ):
            with django_assert_max_num_queries(MOST):
                assert client.get(page).status_code == 200, page
        for row in Defect.objects.order_by("pk")[:3]:  # in each state, with its forms
            with django_assert_max_num_queries(MOST_ON_A_FORM):
                assert client.get(f"/defects/{row.pk}/").status_code == 200, row.status
        with django_assert_max_num_queries(MOST_ON_A_FORM):
            assert client.get(f"/defects/new/?piece={piece.pk}").status_code == 200


def test_what_is_asked_twice_in_one_look_is_asked_once():
    asked = []

    @once_a_look
    def question(about):
        asked.append(about)
        return about

    question(1), question(1)
    with look():
        assert [question(n) for n in (2, 2, 3)] == [2, 2, 3]
    with look():
        question(2)
    question(2)
    assert asked == [1, 1, 2, 3, 2, 2]


def test_rounds_cost_the_same_however_much_was_found(house, officer, manager, now, django_assert_max_num_queries):
    place = Place.objects.create(unit=house["ops"], name="机房")
    pieces = [Equipment(unit=house["ops"], place=place, name="UPS", code=f"DY-{n}", category="power") for n in range(8)]
    for piece in pieces:
        piece.register(by=manager, at=now)
    items = [{"question": f"灯 {n}", "equipment": pieces[n % 8]} for n in range(24)]
    checklist = make_checklist(house["ops"], manager, now, items=items)
    for hours in range(6, 0, -1):
        walk = make_round(checklist, now - dt.timedelta(hours=hours), early=0)
        given = [
            answer(item, "normal" if item.pk % 5 else "abnormal", now, note="暗")
            for item in checklist.in_force.items.all()
        ]
        where = [
            {"uid": str(uuid.uuid4()), "equipment": p.pk, "how": "scanned", "arrived_at": now.isoformat()}
            for p in pieces
        ]
        receive(walk, parcel(now, *given, visits=where, done_at=now.isoformat()), by=officer, at=walk.planned_at)
    ahead = make_round(checklist, now)
    client = Client()
    client.force_login(officer, backend="duty.access.Backend")
    client.get("/more/")
    for page in ("/rounds/", "/rounds/?state=walked", "/rounds/start/", f"/rounds/{walk.pk}/", f"/rounds/{walk.pk}/paper/",
                 f"/rounds/{ahead.pk}/walk/", f"/rounds/{ahead.pk}/state/", f"/rounds/{walk.pk}/state/"):  # fmt: skip
        with django_assert_max_num_queries(MOST):
            assert client.get(page).status_code == 200, page
