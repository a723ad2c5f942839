"""A6: the register of lines that are answered at once, and how the calls of thirty days were answered."""

import datetime as dt

import pytest

from conftest import make_unit
from duty.models import Line, Role
from incidents.models import DutyLine
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)


@pytest.fixture
def typed(house):
    def values(**changes):
        return {
            "unit": house["ops"].pk, "name": "总机", "number": "6100", "answer_within_seconds": "15", "order": "0", "is_active": "on",
        } | changes  # fmt: skip

    return values


def call_on(line, make_incident, rang_for, at):
    answered = at - 10 * SECOND
    times = {} if rang_for is None else {"answered_at": answered, "rang_at": answered - rang_for * SECOND}
    return make_incident(urgency=1, scope=1, line=line, at=at, **times)


def test_thirty_days_of_calls_are_counted_and_timed(make_incident, line, as_, officer, now, clock):
    for rang_for in (5, 15, 16, 60, None):
        call_on(line, make_incident, rang_for, now)
    call_on(line, make_incident, 500, now - 30 * DAY)  # a day and a moment too old
    call_on(line, make_incident, 4, now - 29 * DAY)
    answer = as_(officer).get("/lines/")
    figures = next(iter(answer.context["lines"])).figures
    assert (figures["calls"], figures["timed"], figures["at_once"]) == (6, 5, 3)
    assert figures["average"] == 20 * SECOND
    text = Page(answer).text
    assert "3 / 5" in text and "20 " in text and "应急热线" in text


def test_a_line_without_calls_has_no_figures(line, as_, officer, now):
    assert "—" in Page(as_(officer).get("/lines/")).text


def test_a_line_is_added_and_changed_and_the_trail_says_which(as_, manager, typed, now):
    client = as_(manager)
    assert client.post("/lines/new/", typed()).status_code == 302
    line = DutyLine.objects.get()
    assert (line.name, line.number, line.answer_within_seconds, line.is_active) == ("总机", "6100", 15, True)
    assert client.post(f"/lines/{line.pk}/", typed(answer_within_seconds="20", is_active="")).status_code == 302
    line.refresh_from_db()
    assert (line.answer_within_seconds, line.is_active) == (20, False)
    added, changed = Line.objects.filter(verb__startswith="duty.register.").order_by("id")
    assert (added.verb, changed.verb, changed.who, changed.at) == (
        "duty.register.added",
        "duty.register.changed",
        manager,
        now,
    )
    assert "总机 6100" in changed.detail and set(changed.data["fields"]) == {"answer_within_seconds", "is_active"}


def test_saving_what_stands_there_leaves_no_line(as_, manager, typed):
    client = as_(manager)
    client.post("/lines/new/", typed())
    client.post(f"/lines/{DutyLine.objects.get().pk}/", typed())
    assert Line.objects.filter(verb__startswith="duty.register.").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"), ({"name": "字" * 41}, "name"), ({"number": "1" * 21}, "number"), ({"name": "a\x00"}, "name"),
        ({"answer_within_seconds": "0"}, "answer_within_seconds"), ({"answer_within_seconds": "-1"}, "answer_within_seconds"),
        ({"answer_within_seconds": "99999"}, "answer_within_seconds"), ({"order": ""}, "order"), ({"unit": "999999"}, "unit"),
        ({"number": "问总机"}, "number"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_told_beside_the_field_and_kept(as_, manager, typed, wrong, field):
    page = Page(as_(manager).post("/lines/new/", typed(number="6199") | wrong))
    assert page.status == 422 and page.errors.get(field), page.errors
    assert page.values["number"] == wrong.get("number", "6199") and not DutyLine.objects.exists()


def test_one_name_once_in_a_unit(as_, manager, typed, house):
    client = as_(manager)
    client.post("/lines/new/", typed())
    page = Page(client.post("/lines/new/", typed(number="6101")))
    assert page.status == 422 and page.errors.get("name") and page.values["number"] == "6101"
    assert DutyLine.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_line_at_once_one_does_and_the_other_is_told(manager, administrator, typed):
    clients = [signed_in(person) for person in (manager, administrator)]
    answers = at_the_same_time(*(lambda client=client: client.post("/lines/new/", typed()) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    assert Page(max(answers, key=lambda answer: answer.status_code)).errors.get("name")
    assert DutyLine.objects.count() == 1


def test_keepers_keep_their_own_units_lines_alone(as_, manager, officer, house, typed, line):
    elsewhere = DutyLine.objects.create(unit=house["sales"], name="销售热线")
    assert as_(manager).get(f"/lines/{elsewhere.pk}/").status_code == 404
    assert Page(as_(manager).post("/lines/new/", typed(unit=house["sales"].pk))).errors.get("unit")
    refused = as_(manager).post(f"/lines/{line.pk}/", typed(unit=house["sales"].pk))
    assert refused.status_code == 422
    for path in ("/lines/new/", f"/lines/{line.pk}/"):
        assert as_(officer).get(path).status_code == as_(officer).post(path, typed()).status_code == 403
    line.refresh_from_db()
    assert line.unit == house["ops"]


def test_who_looks_on_sees_the_lines_of_their_units_and_no_way_to_change_them(as_, officer, outsider, manager, line):
    assert "应急热线" in Page(as_(officer).get("/lines/")).text
    assert not as_(outsider).get("/lines/").context["lines"]
    assert f"/lines/{line.pk}/" not in Page(as_(officer).get("/lines/")).links
    assert f"/lines/{line.pk}/" in Page(as_(manager).get("/lines/")).links


def test_a_keeper_above_keeps_the_lines_below(as_, administrator, house, typed):
    below = make_unit("二层", house["ops"])
    assert as_(administrator).post("/lines/new/", typed(unit=below.pk)).status_code == 302
    assert administrator.sight.has(Role.ADMINISTRATOR, unit=below.pk)
