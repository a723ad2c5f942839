"""A roster that is over goes among the archived ones: by a planner's button, or by itself a month later; read-only then."""

import datetime as dt
from functools import partial

import pytest

from conftest import local, make_person
from duty.models import Deadline, Line, Matter, Role
from duty.steps import Conflict
from scheduling.archiving import archive_old
from scheduling.models import Roster, RosterStatus, Slot
from scheduling.publishing import publish
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
ARCHIVED = "scheduling.roster.archive"


@pytest.fixture
def published(make_pattern, make_roster, filled, pool, manager, now) -> Roster:
    """December's first two days, nights from 18 to 8: its last watch ends on the morning of the 3rd."""
    make_pattern(primary=1)
    roster = filled(make_roster("2026-12-01", "2026-12-02"), pool)
    publish(roster, by=manager, at=now)
    return Roster.objects.get()


def test_it_is_archived_once_its_last_watch_has_ended_and_not_before(published, manager):
    for early in ("2026-12-02 23:00", "2026-12-03 00:00", "2026-12-03 07:59"):
        with pytest.raises(Conflict, match="not over yet"):
            published.archive(by=manager, at=local(early))
    published.archive(by=manager, at=local("2026-12-03 08:00"))
    assert Roster.objects.get().status == RosterStatus.ARCHIVED
    assert Matter.objects.get(pk=published.pk).closed_at == local("2026-12-03 08:00")
    assert Line.objects.get(verb=ARCHIVED).who == manager and not Deadline.objects.open().exists()


def test_too_early_and_twice_are_told_as_what_they_are(as_, published, manager, clock):
    client, path = as_(manager), f"/rosters/{published.pk}/archive/"
    early = Page(client.post(path))
    assert early.status == 409 and "Not possible" in early.text and "meantime" not in early.text
    clock("2026-12-04 12:00")
    client = as_(manager)  # the first session is over
    assert client.post(path).status_code == 302
    again = Page(client.post(path))
    assert again.status == 409 and "You have changed this already" in again.text and "faster" not in again.text


def test_a_month_after_its_last_day_it_is_archived_by_itself_once(published):
    assert archive_old(local("2027-01-02 23:59")) == []
    assert archive_old(local("2027-01-03 00:30")) == [published]
    assert archive_old(local("2027-01-03 01:30")) == []
    assert Line.objects.get(verb=ARCHIVED).who is None


def test_drafts_are_left_alone_and_changes_begun_in_vain_go(published, make_roster, manager, now):
    draft = make_roster("2026-12-05", "2026-12-06")
    published.revise(by=manager, at=now)
    assert archive_old(local("2027-03-01 12:00")) == [published]
    draft.refresh_from_db()
    assert draft.status == RosterStatus.DRAFT and set(Slot.objects.values_list("roster", flat=True)) == {draft.pk}
    draft.discard(by=manager, at=local("2027-03-01 12:00"))  # a draft that nobody published can still be dropped


def test_an_archived_roster_is_looked_at_and_never_changed(as_, published, manager, clock):
    published.archive(by=manager, at=clock("2026-12-04 12:00"))
    client = as_(manager)
    for page in ("", "month/", "list/", "print/", "export/", "versions/"):
        assert client.get(f"/rosters/{published.pk}/{page}").status_code == 200
    text = client.get(f"/rosters/{published.pk}/").content.decode()
    assert "archived" in text and "Change it" not in text and "Archive it" not in text
    assert client.post(f"/rosters/{published.pk}/revise/").status_code == 409
    assert client.post(f"/rosters/{published.pk}/seat/", {"slot": 1, "person": "", "edits": 0}).status_code == 409
    assert Roster.objects.get().status == RosterStatus.ARCHIVED


def test_the_button_stands_on_the_page_once_it_is_over_and_counts_once(as_, published, manager, officer, clock):
    path = f"/rosters/{published.pk}/"
    assert "Archive it" not in as_(manager).get(path).content.decode()
    clock("2026-12-03 09:00")
    client = as_(manager)
    text = client.get(path).content.decode()
    assert "Archive it" in text and "Change it" not in text
    assert "Archive it" not in as_(officer).get(path).content.decode()
    form = Page(client.get(path)).form("/archive/").values
    assert [client.post(f"{path}archive/", form).status_code for _twice in range(2)] == [302, 302]
    assert client.post(f"{path}archive/").status_code == 409  # another window
    assert Line.objects.filter(verb=ARCHIVED).count() == 1


def test_only_those_who_plan_for_the_unit_archive_it(as_, published, officer, outsider, house, clock):
    clock("2026-12-03 09:00")
    elsewhere = make_person("别处", house["sales"], Role.MANAGER)
    for person, code in ((officer, 403), (outsider, 404), (elsewhere, 404)):
        assert as_(person).post(f"/rosters/{published.pk}/archive/").status_code == code
    assert Roster.objects.get().status == RosterStatus.PUBLISHED


def test_archived_rosters_have_a_list_of_their_own(as_, published, manager, officer, outsider, clock):
    published.archive(by=manager, at=clock("2026-12-04 12:00"))
    for person, seen in ((manager, True), (officer, True), (outsider, False)):
        assert published.title not in as_(person).get("/rosters/").content.decode()
        assert (published.title in as_(person).get("/rosters/?show=archived").content.decode()) is seen


def test_archived_rosters_are_paged_to_the_oldest(as_, house, manager, now):
    for n in range(31):
        first = dt.date(2020, 1, 1) + dt.timedelta(days=n)
        roster = Roster(unit=house["ops"], first_on=first, last_on=first, drafted_at=now, number=1, published_at=now)
        roster.status = RosterStatus.ARCHIVED
        roster.become_matter(roster.title, now)
        roster.save()
    client = as_(manager)
    first = client.get("/rosters/?show=archived")
    mark = first.context["page"].mark
    older = client.get("/rosters/", {"show": "archived", "before": mark}).context["page"]
    assert [row.first_on for row in older] == [dt.date(2020, 1, 1)] and len(first.context["page"]) == 30


@pytest.mark.django_db(transaction=True)
def test_archived_and_changed_at_once_one_of_them_is_told(published, manager, clock):
    clock("2026-12-03 09:00")
    posts = [partial(signed_in(manager).post, f"/rosters/{published.pk}/{verb}/") for verb in ("archive", "archive")]
    answers = at_the_same_time(*posts)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Line.objects.filter(verb=ARCHIVED).count() == 1
