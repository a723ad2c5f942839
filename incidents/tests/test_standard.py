"""A13: one standard in force, its next version as a draft, each version kept as it was published."""

import pytest

from duty.models import Grant, Line, Role
from duty.steps import Conflict
from incidents.models import Incident, Level, Standard
from scheduling.tests.racing import at_the_same_time, signed_in
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def test_where_there_is_none_a_keeper_of_the_whole_begins_with_the_proposed_one(house, keeper, as_, now):
    client = as_(keeper)
    page = Page(client.get("/standard/"))
    assert page.status == 200 and page.has_form("/standard/first/")
    page = Page(client.post("/standard/first/", follow=True))
    standard = Standard.objects.get()
    assert (standard.number, standard.status, standard.published_by, standard.unit) == (
        1,
        "published",
        keeper,
        house["top"],
    )
    assert standard.levels.count() == 4 and standard.cells.count() == 16
    assert "配电、机房等重要部位出现火情征兆" in page.text


def test_who_may_not_found_it_is_not_offered_to_and_cannot(house, manager, officer, as_, now):
    for person in (manager, officer):
        assert not Page(as_(person).get("/standard/")).has_form("/standard/first/")
        assert as_(person).post("/standard/first/").status_code == 403
    assert not Standard.objects.exists()


def test_it_is_founded_once(standard, keeper, as_):
    assert as_(keeper).post("/standard/first/").status_code == 302
    assert Standard.objects.count() == 1


def test_everyone_signed_in_reads_it_and_only_keepers_change_it(standard, keeper, officer, as_):
    page = Page(as_(officer).get("/standard/"))
    assert page.status == 200 and not page.has_form("/standard/new/") and f"/trail/{standard.pk}/" not in page.links
    page = Page(as_(keeper).get("/standard/"))
    assert page.has_form("/standard/new/") and f"/trail/{standard.pk}/" in page.links


def test_the_page_says_who_hears_and_what_happens_on_silence(standard, officer, as_):
    text = Page(as_(officer).get("/standard/")).text
    assert "特别重大" in text and "带班领导" in text and "60 分钟" in text


def test_a_draft_starts_as_a_copy_of_the_one_in_force(draft, standard):
    assert draft.number == 2 and draft.status == "draft"
    for old in standard.levels.all():
        new = draft.levels.get(rank=old.rank)
        assert all(getattr(new, name) == getattr(old, name) for name in Level.CONTENT)
    assert {(c.urgency, c.scope, c.level.rank, c.words) for c in draft.cells.all()} == {
        (c.urgency, c.scope, c.level.rank, c.words) for c in standard.cells.all()
    }


def test_there_is_one_draft_and_beginning_again_leads_to_it(standard, keeper, as_):
    client = as_(keeper)
    first, second = (client.post("/standard/new/") for _ in range(2))
    assert first["Location"] == second["Location"] == Standard.objects.get(status="draft").get_absolute_url()


def test_nothing_is_graded_by_a_draft(draft, make_incident):
    assert make_incident().standard.number == 1


# Published


def test_publishing_puts_it_in_force_and_older_incidents_keep_theirs(
    draft, keeper, make_incident, watch, as_, call, officer, clock, now
):
    before = make_incident()
    client = as_(keeper)
    page = Page(client.get(draft.get_absolute_url()))
    assert client.post(f"/standard/{draft.pk}/publish/", page.form("/publish/").values).status_code == 302
    assert Standard.objects.in_force() == draft
    assert Line.objects.filter(verb="incidents.standard.publish", who=keeper).exists()
    as_(officer).post("/incidents/log/", call())
    after = Incident.objects.latest("pk")
    before.refresh_from_db()
    assert (before.standard.number, before.level.standard.number) == (1, 1)
    assert (after.standard.number, after.level.standard.number) == (2, 2)
    said = Page(as_(officer).get(before.get_absolute_url())).text
    assert "第 1 版" in said or "第1版" in said
    # and it is regraded by the version it was graded by
    answer = as_(officer).post(
        f"/incidents/{before.pk}/regrade/",
        {"regrade-urgency": "3", "regrade-scope": "3", "regrade-level": "", "regrade-reason": "有人受伤"},
    )
    assert answer.status_code == 302
    before.refresh_from_db()
    assert (before.level.rank, before.level.standard.number) == (2, 1)


def test_a_published_one_never_changes(standard, keeper, as_, now):
    client, words = as_(keeper), standard.cells.get(urgency=3, scope=2).words
    for path in ("edit/", "level/2/"):
        answer = client.get(f"/standard/{standard.pk}/{path}")
        assert answer.status_code == 302 and answer["Location"] == f"/standard/{standard.pk}/"
        assert client.post(f"/standard/{standard.pk}/{path}", {"note": "悄悄改"}).status_code == 409
    assert client.post(f"/standard/{standard.pk}/publish/").status_code == 409
    with pytest.raises(Conflict):
        standard.edit([], [], note="悄悄改", by=keeper, at=now)
    standard.refresh_from_db()
    assert standard.note == "" and standard.cells.get(urgency=3, scope=2).words == words


def test_what_changed_after_the_page_was_opened_is_not_published_unseen(draft, keeper, as_, now):
    page = Page(as_(keeper).get(draft.get_absolute_url()))
    Standard.objects.get(pk=draft.pk).edit([], [], note="别人改的", by=keeper, at=now)
    answer = as_(keeper).post(f"/standard/{draft.pk}/publish/", page.form("/publish/").values)
    assert answer.status_code == 409
    with pytest.raises(Conflict):
        draft.publish(by=keeper, at=now)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_it_is_published_once(draft, keeper, now):
    draft.publish(by=keeper, at=now)
    with pytest.raises(Conflict):
        Standard.objects.get(pk=draft.pk).publish(by=keeper, at=now)


# Two managers at once


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_once_one_begins_and_the_other_is_led_there(standard, keeper, administrator):
    clients = [signed_in(person) for person in (keeper, administrator) * 2]
    answers = at_the_same_time(*(lambda client=client: client.post("/standard/new/") for client in clients))
    draft = Standard.objects.get(status="draft")
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, draft.get_absolute_url())] * 4
    assert Line.objects.filter(verb="incidents.standard.begin").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_found_at_once_one_founds(house, keeper, administrator, now):
    clients = [signed_in(person) for person in (keeper, administrator) * 2]
    answers = at_the_same_time(*(lambda client=client: client.post("/standard/first/") for client in clients))
    assert [answer.status_code for answer in answers] == [302] * 4
    assert Standard.objects.count() == 1 and Level.objects.count() == 4


def test_a_keeper_of_a_unit_is_no_keeper_of_the_whole(draft, manager, house, as_):
    Grant.objects.create(person=manager, role=Role.ADMINISTRATOR, unit=house["sales"])
    for path in (f"{draft.pk}/edit/", f"{draft.pk}/level/2/", f"{draft.pk}/publish/", "new/"):
        assert as_(manager).post(f"/standard/{path}").status_code == 403
