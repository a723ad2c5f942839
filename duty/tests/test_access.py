"""Who sees what: grants on a unit and all below it, what one was told about, and nothing else."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import make_person, make_unit
from duty.access import SEEING, administrators, can, may, watching, with_role
from duty.models import Grant, Matter, Notice, Person, Role, Unit
from duty.models.units import unit_tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(house):
    """总部 over 运行部 over 一班 over 甲组; 销售部 beside them."""
    first = make_unit("一班", house["ops"])
    return house | {"first": first, "group": make_unit("甲组", first)}


def matter(unit, title="事") -> Matter:
    return Matter.objects.create(kind="test.thing", unit=unit, title=title)


def fresh(person) -> Person:
    """As at the next request: what one may see is resolved once per request."""
    return Person.objects.get(pk=person.pk)


def units(*found) -> set[int]:
    return {unit.pk for unit in found}


def test_a_grant_holds_for_the_unit_and_everything_below(tree):
    sight = make_person("丁", tree["sales"], Role.LEADER, on=tree["ops"]).sight
    assert sight.units() == units(tree["ops"], tree["first"], tree["group"])
    assert sight.has(Role.LEADER, unit=tree["group"].pk) and sight.has(Role.LEADER)
    assert not sight.has(Role.LEADER, unit=tree["top"].pk)
    assert not sight.has(Role.LEADER, unit=tree["sales"].pk), "one's own unit is no grant"


def test_nested_grants_add_up_and_each_role_stays_where_it_was_given(tree):
    person = make_person("丁", tree["ops"], Role.OFFICER)
    Grant.objects.create(person=person, role=Role.LEADER, unit=tree["group"])
    Grant.objects.create(person=person, role=Role.OFFICER, unit=tree["first"])
    sight = fresh(person).sight
    assert sight.units([Role.OFFICER]) == units(tree["ops"], tree["first"], tree["group"])
    assert sight.units([Role.LEADER]) == units(tree["group"])
    assert sight.has(Role.LEADER, Role.MANAGER, unit=tree["group"].pk)
    assert not sight.has(Role.LEADER, unit=tree["first"].pk)


@pytest.mark.parametrize("role", Role.values)
def test_a_seeing_role_on_the_top_sees_everything(tree, role):
    sight = make_person("丁", tree["sales"], role, on=tree["top"]).sight
    assert sight.everything == (role in SEEING)
    assert sight.administers == (role == Role.ADMINISTRATOR)
    assert bool(sight.units()) == (role in SEEING)


def test_an_administrator_of_a_part_does_not_enter_the_administration(tree, as_):
    person = make_person("丁", tree["sales"], Role.ADMINISTRATOR, on=tree["sales"])
    assert not person.sight.administers
    client = as_(person)
    for path in ("/admin/", "/admin/duty/person/", "/admin/duty/grant/add/"):
        assert client.get(path, follow=True).status_code == 403, path
    Grant.objects.create(person=person, role=Role.ADMINISTRATOR, unit=tree["top"])
    assert fresh(person).sight.administers


def test_two_grants_that_cover_all_units_see_everything_and_a_new_unit_ends_that(tree):
    person = make_person("丁", tree["ops"], Role.OFFICER)
    assert not person.sight.everything
    Grant.objects.create(person=person, role=Role.AUDITOR, unit=tree["sales"])
    assert not fresh(person).sight.everything, "the top itself is not covered"
    Grant.objects.create(person=person, role=Role.AUDITOR, unit=tree["top"])
    assert fresh(person).sight.everything
    Grant.objects.filter(person=person, unit=tree["top"]).delete()
    make_unit("新部门")
    assert not fresh(person).sight.everything


def test_without_a_grant_one_sees_nothing_but_what_one_was_told(tree):
    person = make_person("丁", tree["ops"])
    mine, other = matter(tree["ops"]), matter(tree["sales"])
    assert not Matter.objects.visible_to(person).exists()
    Notice.objects.create(recipient=person, key="a", title="看", matter=other)
    assert list(Matter.objects.visible_to(fresh(person))) == [other]
    assert mine not in Matter.objects.visible_to(fresh(person))


def test_told_about_is_what_lies_outside_of_ones_units(tree):
    person = make_person("丁", tree["ops"], Role.OFFICER)
    inside, outside = matter(tree["group"]), matter(tree["sales"])
    for n, about in enumerate((inside, outside, outside, None)):
        Notice.objects.create(recipient=person, key=str(n), title="看", matter=about)
    assert person.sight.told_about == [outside.pk]
    assert set(Matter.objects.visible_to(person)) == {inside, outside}


def test_whoever_sees_everything_is_asked_no_further(tree, auditor):
    Notice.objects.create(recipient=auditor, key="1", title="看", matter=matter(tree["ops"]))
    assert auditor.sight.everything
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert auditor.sight.told_about == []
        assert auditor.sight.covers() == auditor.sight.covers("matter_id")
    assert not asked.captured_queries


def test_a_request_asks_for_the_grants_once(tree, as_, officer):
    with CaptureQueriesContext(connection) as asked:
        as_(officer).get("/calendar/")
    assert sum("WITH RECURSIVE below" in query["sql"] for query in asked.captured_queries) == 1


def test_a_circle_of_units_ends(tree):
    """The form refuses one; raw SQL does not."""
    Unit.objects.filter(pk=tree["top"].pk).update(parent=tree["group"])
    person = make_person("丁", tree["sales"], Role.OFFICER, on=tree["first"])
    assert person.sight.has(Role.OFFICER, unit=tree["top"].pk)
    assert unit_tree().below(tree["ops"].pk) >= units(tree["ops"], tree["first"], tree["group"], tree["top"])
    assert unit_tree().above(tree["group"].pk)[0] == tree["group"].pk


def test_rules_ask_for_a_role_anywhere(tree):
    personnel = make_person("丁", tree["group"], Role.PERSONNEL)
    assert with_role(Role.PERSONNEL).allows(personnel) and not watching.allows(personnel)
    assert not administrators.allows(personnel)
    assert watching.allows(make_person("戊", tree["group"], Role.OFFICER))


def test_a_verb_without_a_predicate_is_a_mistake_and_not_a_permission(tree, officer):
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        can(officer, "no_such_verb", matter(tree["ops"]))
    with pytest.raises((PermissionDenied, AttributeError, ModuleNotFoundError)):
        may(officer, "no_such_verb", matter(tree["ops"]))


@pytest.mark.parametrize("address", ["/", "/calendar/", "/trail/", "/notices/", "/me/", "/more/", "/live/", "/switch/"])
def test_pages_of_the_kernel_are_for_those_who_signed_in(client, db, address):
    answer = client.get(address)
    assert answer.status_code == 302 and answer["Location"].startswith("/login/?next=")
