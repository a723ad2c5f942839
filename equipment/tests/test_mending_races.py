"""Two people at once on one defect: one wins, the other hears how it stands; a form sent twice counts once."""

import uuid

import pytest

from conftest import make_person
from duty.clock import HOUR, MINUTE
from duty.filing import Content, keep
from duty.models import Deadline, Line, Role
from duty.steps import Conflict
from duty.tests.threads import together
from equipment.models import Defect, DefectStatus
from equipment.tests.conftest import picture
from equipment.tests.repairs import again, make_defect
from equipment.tests.rounds import answer, make_checklist, make_round, parcel
from equipment.tests.test_telephone import send
from scheduling.tests.racing import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def menders(house):
    return [make_person(name, house["ops"], Role.MAINTAINER) for name in ("程亮", "石磊")]


@pytest.fixture
def defect(piece, officer, menders, now):
    return make_defect(piece, officer, now)


@pytest.fixture
def mended(defect, menders, now):
    file = keep(Content("好了.jpg", "jpeg", picture(), picture(size=(8, 8))), by=menders[0], at=now)
    defect.fix("老化", "更换", photos=[file], by=menders[0], at=now)
    return defect


def test_of_two_who_take_it_one_has_it(defect, menders, now):
    answers = together(
        *(lambda person=person: Defect.objects.get(pk=defect.pk).take(by=person, at=now) for person in menders)
    )
    lost = [answer for answer in answers if answer is not None]
    assert len(lost) == 1 and isinstance(lost[0], Conflict)
    assert again(defect).mender.name in str(lost[0])
    assert Line.objects.filter(verb="equipment.defect.take").count() == 1
    assert Deadline.objects.open().filter(matter=defect.matter).count() == 1


def test_verified_and_sent_back_at_once_it_is_one_of_them(mended, officer, leader, now):
    later = now + HOUR
    answers = together(
        lambda: Defect.objects.get(pk=mended.pk).verify(by=officer, at=later),
        lambda: Defect.objects.get(pk=mended.pk).send_back(by=leader, at=later, reason="没好"),
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    open_kinds = list(Deadline.objects.open().filter(matter=mended.matter).values_list("kind", flat=True))
    assert (again(mended).status, open_kinds) in (
        (DefectStatus.VERIFIED, []),
        (DefectStatus.TAKEN, ["equipment.defect_fixed"]),
    )


def test_one_takes_it_while_another_withdraws_it(defect, officer, menders, now):
    answers = together(
        lambda: Defect.objects.get(pk=defect.pk).take(by=menders[0], at=now),
        lambda: Defect.objects.get(pk=defect.pk).withdraw(by=officer, at=now, reason="误报"),
    )
    assert (
        again(defect).status == DefectStatus.WITHDRAWN
    )  # what is in hand may be withdrawn too, the other way round not
    assert sum(isinstance(answer, Conflict) for answer in answers) <= 1
    assert not Deadline.objects.open().filter(matter=defect.matter).exists()


def test_a_report_sent_twice_at_once_is_one_defect(piece, officer, as_, now):
    sent = {"piece": piece.code, "what": "冒烟", "once": str(uuid.uuid4())}
    clients = [as_(officer), as_(officer)]
    answers = together(*(lambda client=client: client.post("/defects/new/", sent) for client in clients))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Defect.objects.count() == 1


def test_two_defects_at_once_have_two_numbers(piece, officer, menders, now):
    together(lambda: make_defect(piece, officer, now, what="一"), lambda: make_defect(piece, officer, now, what="二"))
    assert sorted(Defect.objects.values_list("number", flat=True)) == ["WX20261122-001", "WX20261122-002"]


def test_made_an_incident_twice_at_once_it_is_once(defect, piece, officer, leader, now):
    answers = together(
        lambda: Defect.objects.get(pk=defect.pk).grow(piece.matter, by=officer, at=now),
        lambda: Defect.objects.get(pk=defect.pk).grow(piece.matter, by=leader, at=now),
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1


def test_the_same_found_on_two_rounds_at_once_is_one_defect(house, manager, piece, now):
    checklist = make_checklist(house["ops"], manager, now, items=[{"question": "灯", "equipment": piece}])
    people = [make_person(f"人{n}", house["ops"], Role.OFFICER) for n in range(5)]
    walks, item = [make_round(checklist, now + n * MINUTE) for n in range(5)], checklist.in_force.items.get()
    for walk, person in zip(walks, people, strict=True):
        send(signed_in(person), walk, person, parcel(now, begun_at=now.isoformat()))
    sent = [
        lambda walk=walk, person=person: send(signed_in(person), walk, person, parcel(now, answer(item, "abnormal", now, note="x"))).status_code
        for walk, person in zip(walks, people, strict=True)
    ]  # fmt: skip
    assert set(together(*sent, seconds=60)) == {200}
    defect = Defect.objects.get()
    assert defect.answers.count() == 5
