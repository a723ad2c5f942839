"""A36: whoever a roster concerns confirms on its page that they have read it, and reads all of what they were told."""

import pytest

from conftest import make_person
from duty.models import Notice
from scheduling.models import Roster
from scheduling.publishing import publish
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def roster(make_pattern, make_roster, filled, pool, manager, now) -> Roster:
    make_pattern(primary=1)
    publish(filled(make_roster("2026-12-01", "2026-12-31"), pool), by=manager, at=now)
    return Roster.objects.get()


def waiting(roster) -> int:
    return Notice.objects.filter(matter_id=roster.pk).waiting().count()


def test_it_is_confirmed_on_the_roster_once(as_, roster, pool, manager):
    client, path = as_(pool[0]), f"/rosters/{roster.pk}/"
    form = Page(client.get(path)).form("/read/").values
    assert [client.post(f"{path}read/", form)["Location"] for _twice in range(2)] == [path, path]
    assert waiting(roster) == 5 and not Page(client.get(path)).has_form("/read/")
    client.post(f"{path}read/", form | {"once": ""})
    notice = Notice.objects.get(matter_id=roster.pk, recipient=pool[0])
    assert notice.acknowledged_via == "page" and waiting(roster) == 5
    assert not Page(as_(manager).get(path)).has_form("/read/")  # keeps no duty in it


def test_what_came_after_the_page_was_opened_is_not_confirmed_with_it(as_, roster, pool, now):
    client, path = as_(pool[0]), f"/rosters/{roster.pk}/"
    form = Page(client.get(path)).form("/read/").values
    later = Notice.objects.create(
        recipient=pool[0], key="later", title="新的变化", matter_id=roster.pk, needs_acknowledgement=True
    )
    client.post(f"{path}read/", form)
    later.refresh_from_db()
    assert later.acknowledged_at is None and "新的变化" in Page(client.get(path)).text


def test_nobody_confirms_for_others_nor_what_they_do_not_see(as_, roster, pool, officer, outsider, house):
    path = f"/rosters/{roster.pk}/read/"
    last = Notice.objects.filter(matter_id=roster.pk).order_by("-id").first().pk
    for person, code in ((officer, 302), (outsider, 404), (make_person("路人", house["sales"]), 404)):
        assert as_(person).post(path, {"shown": last}).status_code == code
    assert waiting(roster) == 6
    for junk in ("", "x", "²", "9" * 40, "-1"):
        assert as_(pool[0]).post(path, {"shown": junk}).status_code == 404


def test_the_notices_hold_all_of_a_long_text(as_, roster, pool):
    notice = Notice.objects.get(matter_id=roster.pk, recipient=pool[0])
    lines = notice.text.splitlines()
    assert len(notice.text) > 160 and len(lines) >= 5
    page = Page(as_(pool[0]).get("/notices/"))
    assert all(line in page.text for line in lines) and "<details" in page.html
    assert f"{lines[0]}<br>{lines[1]}" in page.html.partition("</summary>")[0]  # a line each before it is opened too


def test_what_is_to_be_confirmed_stands_a_line_per_duty(as_, roster, pool):
    lines = Notice.objects.get(matter_id=roster.pk, recipient=pool[0]).text.splitlines()
    html = Page(as_(pool[0]).get(f"/rosters/{roster.pk}/")).html.partition('id="unread"')[2]
    assert f"{lines[0]}<br>{lines[1]}" in html.partition("</summary>")[0]
