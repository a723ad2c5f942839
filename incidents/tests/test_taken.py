"""On the incident's page: what was issued and taken for it, and the way to more (A18, A57)."""

import datetime as dt

import pytest

from equipment.models import Cabinet, Key, Loan, Place, Supply
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(house, officer, leader, manager, make_incident, now):
    incident = make_incident()
    place = Place.objects.create(unit=house["ops"], name="值班室")
    supply = Supply(
        unit=house["ops"], place=place, code="WZ-1", name="潜水泵", category="flood", measure="台", minder=manager
    )
    supply.register(by=manager, at=now)
    supply.receive(3, by=manager, at=now)
    supply.issue(2, person=officer, incident=incident.matter, by=leader, at=now)
    cabinet = Cabinet(unit=house["ops"], place=place, name="钥匙柜", minder=manager)
    cabinet.register(by=manager, at=now)
    key = Key(cabinet=cabinet, code="YS-1", opens="水泵房")
    key.register(by=manager, at=now)
    loan = Loan(borrower=officer, incident=incident.matter, due_back_at=now + dt.timedelta(hours=1))
    key.issue(loan, by=leader, at=now)
    return incident


def test_supplies_and_keys_stand_on_the_incidents_page(as_, taken, officer, auditor):
    page = Page(as_(officer).get(taken.get_absolute_url()))
    assert "潜水泵 2 台" in page.text and "YS-1 水泵房" in page.text
    assert {f"/supplies/?incident={taken.pk}", f"/keys/?incident={taken.pk}"} <= set(page.links)
    page = Page(as_(auditor).get(taken.get_absolute_url()))
    assert "潜水泵 2 台" in page.text and f"/keys/?incident={taken.pk}" not in page.links


def test_the_incident_follows_to_the_form(as_, taken, officer):
    client = as_(officer)
    page = Page(client.get(f"/supplies/?incident={taken.pk}"))
    address = next(
        link
        for link in page.links
        if link.endswith(f"/?incident={taken.pk}") and "/supplies/" in link and link[10:11].isdigit()
    )
    assert Page(client.get(address)).values["issue-incident"] == str(taken.pk)
