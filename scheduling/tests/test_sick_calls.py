"""A sick call: recorded at once, the duties fall open, the best substitutes stand beside each."""

import pytest

from conftest import local
from duty.models import Line
from scheduling.models import Absence, OpenSeat
from scheduling.tests.cover import make_colleague, on_duty, owed, seat_of, told
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
ASKED = {"person": "陈立", "from_on": "2026-11-24", "from_half": "am", "until_on": "2026-11-25", "until_half": "pm"}


@pytest.fixture
def watches(make_shift, leader, officer):
    return [
        make_shift("2026-11-24 18:00", "2026-11-25 08:00", leader=leader, primary=officer),
        make_shift("2026-11-25 18:00", "2026-11-26 08:00", leader=leader, primary=officer),
    ]


def test_the_duties_are_listed_with_people_and_who_is_chosen_takes_over(watches, as_, manager, officer, leader, house):
    substitute = make_colleague(house, "刘洋")
    page = Page(as_(manager).get("/absences/sick/", ASKED))
    assert page.status == 200 and page.html.count("duty-to-cover") == 2 and page.text.count("刘洋") >= 2
    first, second = watches
    chosen = {f"take_{first.pk}_primary": substitute.pk, f"take_{second.pk}_primary": ""}
    assert as_(manager).post("/absences/sick/", ASKED | chosen).status_code == 302
    absence = Absence.objects.get()
    assert (absence.kind, absence.status, absence.decided_by) == ("sick", "approved", manager)
    assert on_duty("2026-11-24 20:00") == {("leader", "何佳"), ("primary", "刘洋")}
    # Ill until Wednesday's midnight: after that the second night is theirs again.
    assert on_duty("2026-11-25 20:00") == {("leader", "何佳")}
    assert on_duty("2026-11-26 01:00") == {("leader", "何佳"), ("primary", "陈立")}
    gap = OpenSeat.objects.open().get()
    assert gap.span == (second.starts_at, local("2026-11-26 00:00")) and gap.reason == ""
    assert owed(second, "scheduling.open_seat") and not owed(first, "scheduling.open_seat")
    assert told(officer, absence) and told(leader, second) and owed(absence, "scheduling.back")


def test_what_fell_open_stands_on_its_page_until_it_is_filled(watches, make_shift, as_, manager, officer, house):
    client = as_(manager)
    make_shift("2026-11-24 08:00", "2026-11-24 18:00", name="日班", primary=make_colleague(house, "刘洋"))
    page = Page(client.get("/absences/sick/", ASKED))
    assert page.html.count('<details class="fold">') == 1  # a rule speaks against them the first night
    at = client.post("/absences/sick/", ASKED).url
    page = Page(client.get(at))
    assert all(f"/shifts/{shift.pk}/open/#seat-" in page.html for shift in watches)
    assert "#seat-" not in Page(as_(officer).get(at)).html


def test_recorded_twice_it_is_recorded_once(watches, as_, manager):
    client = as_(manager)
    values = ASKED | {"once": Page(client.get("/absences/sick/", ASKED)).values["once"]}
    answers = [client.post("/absences/sick/", values) for _twice in range(2)]
    assert answers[0].url == answers[1].url and Absence.objects.count() == 1 and OpenSeat.objects.count() == 2
    assert client.post("/absences/sick/", ASKED).status_code == 409


def test_the_superior_may_record_it_and_colleagues_may_not(watches, as_, chief, officer, leader, outsider):
    assert as_(officer).get("/absences/sick/").status_code == 403
    assert as_(leader).get("/absences/sick/", ASKED).status_code == 403
    assert Page(as_(outsider).get("/absences/sick/", ASKED)).status == 422
    assert Page(as_(outsider).post("/absences/sick/", ASKED)).status == 422
    assert as_(chief).post("/absences/sick/", ASKED).status_code == 302
    assert Line.objects.get(verb="scheduling.absence.record").who == chief


def test_lasting_longer_it_opens_further_duties(watches, make_shift, as_, manager, officer):
    as_(manager).post("/absences/sick/", ASKED | {"until_on": "2026-11-24"})
    absence = Absence.objects.get()
    assert OpenSeat.objects.open().count() == 1
    path = f"/absences/{absence.pk}/change/"
    page = Page(as_(manager).post(path, Page(as_(manager).get(path)).values | {"until_on": "2026-11-26"}))
    assert page.status == 200 and watches[1].title in page.alerts[-1]
    assert as_(manager).post(path, page.values).status_code == 302
    assert not seat_exists(watches, officer) and Absence.objects.get().status == "approved"


def seat_exists(watches, person) -> bool:
    return any(watch.seats.filter(person=person).exists() for watch in watches)


def test_in_the_middle_of_the_watch_the_rest_falls_open(make_shift, as_, manager, officer, house, now):
    watch = make_shift(primary=officer)
    substitute = make_colleague(house, "刘洋")
    values = {
        "person": "陈立",
        "from_on": "2026-11-22",
        "from_half": "pm",
        "until_on": "2026-11-23",
        "until_half": "pm",
    }
    chosen = {f"take_{watch.pk}_primary": substitute.pk}
    assert as_(manager).post("/absences/sick/", values | chosen).status_code == 302
    assert on_duty("2026-11-22 23:01") == {("primary", "陈立")} and on_duty("2026-11-22 23:02") == {("primary", "刘洋")}
    assert seat_of(watch, substitute).is_part


def test_bad_input_is_told(as_, manager, officer):
    for changes, field in (
        ({"person": "没有"}, "person"),
        ({"until_on": "2026-11-23"}, "until_on"),
        ({"from_on": "9"}, "from_on"),
    ):
        page = Page(as_(manager).get("/absences/sick/", ASKED | changes))
        assert page.status == 422 and field in page.errors
