"""A12–A15: the level as the standard suggests it, another with a reason, and an enquiry that is no incident."""

import pytest

from duty.models import Deadline, Line, Matter, Notice
from incidents.first_standard import CELLS
from incidents.models import Incident, Status
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
LOG = "/incidents/log/"


def test_the_page_carries_every_cell_of_the_standard_in_its_own_words(call, as_, officer):
    verdicts = Page(as_(officer).get(LOG)).data["verdicts"]
    assert verdicts["version"] == 1
    assert {
        (int(key[0]), int(key[2])): (cell["rank"], cell["words"]) for key, cell in verdicts["cells"].items()
    } == CELLS


def test_whom_the_page_names_are_those_who_are_told(call, as_, officer, leader, chief):
    named = Page(as_(officer).get(LOG)).data["verdicts"]["levels"]["3"]
    assert (named["to"], named["minutes"], named["report"]) == (["何佳", "周敏"], 60, True)
    as_(officer).post(LOG, call())
    assert set(Notice.objects.values_list("recipient__name", flat=True)) == set(named["to"])


@pytest.mark.parametrize(("urgency", "scope"), [(1, 1), (1, 4), (2, 3), (3, 3), (4, 4)])
def test_the_level_follows_from_urgency_and_scope(call, as_, officer, urgency, scope):
    as_(officer).post(LOG, call(urgency=urgency, scope=scope))
    incident = Incident.objects.get()
    assert incident.level.rank == CELLS[urgency, scope][0] and incident.grading_reason == ""
    page = Page(as_(officer).get(incident.get_absolute_url()))
    assert CELLS[urgency, scope][1] in page.text


@pytest.mark.parametrize("rank", [4, 2])
def test_another_level_needs_a_reason_and_takes_it(call, as_, officer, standard, rank):
    other = standard.by_rank[rank]
    page = Page(as_(officer).post(LOG, call(level=other.pk)))
    assert page.status == 422 and "较大" in page.errors["grading_reason"]
    assert page.values["level"] == str(other.pk) and not Incident.objects.exists()
    assert as_(officer).post(LOG, call(level=other.pk, grading_reason="现场核实过")).status_code == 302
    incident = Incident.objects.get()
    assert (incident.level, incident.grading_reason) == (other, "现场核实过")
    assert "现场核实过" in Page(as_(officer).get(incident.get_absolute_url())).text


def test_a_reason_of_blanks_is_none(call, as_, officer, standard):
    page = Page(as_(officer).post(LOG, call(level=standard.by_rank[4].pk, grading_reason="  \t")))
    assert page.status == 422 and "grading_reason" in page.errors


def test_choosing_what_the_standard_says_needs_no_reason_and_keeps_none(call, as_, officer, standard):
    as_(officer).post(LOG, call(level=standard.by_rank[3].pk, grading_reason="手滑"))
    assert Incident.objects.get().grading_reason == ""


def test_graded_up_by_the_officer_it_is_reported_by_that_level(call, as_, officer, standard):
    as_(officer).post(LOG, call(urgency="1", scope="1", level=standard.by_rank[2].pk, grading_reason="伤者"))
    incident = Incident.objects.get()
    assert incident.status == Status.REPORTED
    assert (Deadline.objects.get().due_at - incident.received_at).total_seconds() == 30 * 60


# Enquiries


@pytest.mark.parametrize(("disposition", "words"), [("answered", "已解答"), ("guided", "已引导")])
def test_an_enquiry_answered_or_guided_closes_at_once_with_a_result(call, as_, officer, now, disposition, words):
    page = Page(as_(officer).post(LOG, call(urgency="1", scope="1", disposition=disposition), follow=True))
    incident = Incident.objects.get()
    assert (incident.status, incident.closed_by, incident.closed_at, incident.number) == (
        Status.CLOSED, officer, now, "2026-0001",
    )  # fmt: skip
    assert words[1:] in incident.result and words[1:] in page.text
    assert Matter.objects.get(pk=incident.pk).closed_at == now
    verbs = list(Line.objects.of(incident.pk).values_list("verb", flat=True))
    assert verbs == ["incidents.incident.log", "incidents.incident.close"]
    assert not Deadline.objects.exists() and not Notice.objects.exists()


def test_what_is_passed_on_names_its_target_and_stays_open(call, as_, officer):
    typed = call(urgency="1", scope="1", disposition="passed_on", passed_to="物业公司 客服")
    page = Page(as_(officer).post(LOG, typed, follow=True))
    incident = Incident.objects.get()
    assert (incident.status, incident.passed_to) == (Status.OPEN, "物业公司 客服")
    assert "物业公司 客服" in page.text and page.has_form("/close/")


@pytest.mark.parametrize("changes", [{}, {"urgency": "1", "scope": "1", "beyond_ability": "on"}])
@pytest.mark.parametrize("disposition", ["answered", "guided"])
def test_what_must_be_reported_is_no_enquiry(call, as_, officer, changes, disposition):
    page = Page(as_(officer).post(LOG, call(disposition=disposition, **changes)))
    assert page.status == 422 and page.errors.get("disposition")
    assert page.values["disposition"] == disposition
    assert not Incident.objects.exists()


def test_what_is_passed_on_may_be_reported_as_well(call, as_, officer):
    as_(officer).post(LOG, call(disposition="passed_on", passed_to="119"))
    assert Incident.objects.get().status == Status.REPORTED


def test_beyond_the_watchs_ability_is_reported_by_its_own_level(call, as_, officer):
    as_(officer).post(LOG, call(urgency="1", scope="1", beyond_ability="on"))
    incident = Incident.objects.get()
    assert (incident.status, incident.level.rank, incident.reports.get().cause) == (Status.REPORTED, 4, "ability")
    assert "beyond_ability" in Page(as_(officer).post(LOG, call(place="", beyond_ability="on"))).values


def test_the_questions_of_a_nature_and_whom_to_call_first_are_on_the_page(call, as_, officer, nature):
    natures = Page(as_(officer).get(LOG)).data["natures"]
    assert natures == [{"id": nature.pk, "questions": ["有没有人受伤或被困", "是否看见明火"], "call": "119"}]
