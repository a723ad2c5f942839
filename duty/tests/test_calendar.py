"""The compliance calendar: every promise one may see, what is open, and how late the past ones were."""

import datetime as dt

import pytest

from duty.models import Outage, Settled
from duty.sweeping import sweep

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def shown(answer) -> list[str]:
    assert answer.status_code == 200
    return [deadline.matter.title for deadline in answer.context["rows"]]


@pytest.fixture
def kept(promises, house, now):
    """A promise that was settled this long after it was due."""

    def make(title: str, due_at, late: dt.timedelta, how=Settled.KEPT):
        deadline = promises.make(house["ops"], due_at, title=title)
        deadline.settle(due_at + late, None, how)
        return deadline

    return make


@pytest.fixture(autouse=True)
def pages_of_matters(monkeypatch):
    """试事 has no page of its own; its story has."""
    from duty.models import Matter

    monkeypatch.setattr(Matter, "get_absolute_url", lambda matter: f"/trail/{matter.pk}/")


def test_open_ones_stand_in_order_of_time_with_what_their_ladder_did(promises, house, as_, officer, now):
    promises.make(house["ops"], now + HOUR, title="一小时后")
    promises.make(house["ops"], now - HOUR, title="已过期")
    promises.make(house["sales"], now + MINUTE, title="别的部门")
    sweep()
    answer = as_(officer).get("/calendar/")
    assert shown(answer) == ["已过期", "一小时后"]
    past, coming = answer.context["rows"]
    assert past.last_firing.told == ["陈立"] and coming.last_firing is None
    page = answer.content.decode()
    assert "陈立" in page and "别的部门" not in page


def test_an_auditor_sees_all_units_and_someone_without_a_role_none(promises, house, as_, auditor, now):
    from conftest import make_person

    promises.make(house["ops"], now, title="甲")
    promises.make(house["sales"], now + MINUTE, title="乙")
    assert shown(as_(auditor).get("/calendar/")) == ["甲", "乙"]
    assert shown(as_(make_person("无角色", house["ops"])).get("/calendar/")) == []


def test_past_ones_stand_newest_first_with_how_late_they_were(kept, as_, officer, now):
    kept("准时", now - 3 * HOUR, -12 * MINUTE)
    kept("迟到", now - 2 * HOUR, 125 * MINUTE)
    kept("撤销", now - HOUR, MINUTE, Settled.WITHDRAWN)
    answer = as_(officer).get("/calendar/?show=past")
    assert shown(answer) == ["撤销", "迟到", "准时"]
    rows = answer.content.decode().split('<tr class="past-row">')[1:]
    assert "不再需要" in rows[0] and "迟" not in rows[0]
    assert "2 小时" in rows[1]
    assert "12 分钟" in rows[2]


def test_an_outage_explains_what_fired_late(kept, as_, officer, now):
    kept("受影响", now - 3 * HOUR, 40 * MINUTE)
    Outage.objects.create(began_at=now - 190 * MINUTE, ended_at=now - 150 * MINUTE)
    Outage.objects.create(began_at=now - 9 * DAY, ended_at=now - 9 * DAY + HOUR)
    answer = as_(officer).get("/calendar/?show=past")
    assert [outage.began_at for outage in answer.context["outages"]] == [now - 190 * MINUTE]
    assert "19:52–20:32" in answer.content.decode()


def test_kinds_can_be_looked_at_alone(promises, house, as_, officer, now):
    promises.register("test.other")
    promises.make(house["ops"], now, title="甲")
    promises.make(house["ops"], now, title="乙", kind="test.other")
    client = as_(officer)
    assert shown(client.get("/calendar/?kind=test.other")) == ["乙"]
    assert shown(client.get("/calendar/?kind=no.such.kind")) == ["甲", "乙"]


@pytest.mark.parametrize(
    "query", [{"show": "<script>"}, {"kind": "' OR 1=1"}, {"kind": "长" * 3000}, {"show": "past", "kind": "x"}]
)
def test_hostile_filters_are_none(promises, house, as_, officer, now, query):
    promises.make(house["ops"], now, title="甲").settle(now, None)
    answer = as_(officer).get("/calendar/", query)
    assert answer.status_code == 200 and "<script>" not in answer.content.decode().split("<main")[1]


def test_a_hundred_promises_cost_no_more_questions_than_ten(
    promises, house, as_, officer, now, django_assert_max_num_queries
):
    client = as_(officer)
    client.get("/calendar/")
    for n in range(60):
        promises.make(house["ops"], now + n * MINUTE, title=str(n))
    with django_assert_max_num_queries(14):
        answer = client.get("/calendar/")
    assert len(shown(answer)) == 40 and answer.context["more"]
    assert list(answer.context["rows"]) == sorted(answer.context["rows"], key=lambda row: row.due_at)
