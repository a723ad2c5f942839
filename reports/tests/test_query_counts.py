"""No page asks more of the database when there is more in it."""

import pytest
from django.test import Client

from duty.looks import look, once_a_look
from duty.sweeping import sweep

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
        "/notices/", "/trail/", f"/trail/{busy[0].pk}/", "/shifts/", "/absences/", "/absences/new/", "/swaps/", "/days/", "/lines/", "/more/", "/live/", "/me/", "/posts/", "/pool/", "/qualifications/", "/wishes/", "/terms/", f"/terms/{person.unit_id}/", f"/pool/{person.pk}/",
        "/my/", "/my/record/", "/objections/", "/ledger/", "/rates/",
    ]  # fmt: skip
    for page in pages:
        with django_assert_max_num_queries(MOST) as asked:
            answer = client.get(page)
        assert answer.status_code in (200, 403), (page, len(asked))
    with django_assert_max_num_queries(MOST_ON_A_FORM):
        client.get("/incidents/log/")


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
