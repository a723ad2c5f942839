"""The draft of the standard: its matrix, its levels with their ladders, and what is refused."""

import datetime as dt

import pytest

from conftest import make_person
from duty.models import Deadline, Firing, Line, Notice
from duty.sweeping import sweep
from incidents.models import Incident, Standard
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def desk(as_, keeper):
    return as_(keeper)


def matrix(desk, draft) -> dict:
    return dict(Page(desk.get(f"/standard/{draft.pk}/edit/")).values)


def level(desk, draft, rank) -> dict:
    """What the level's page shows, ready to be sent back."""
    page = Page(desk.get(f"/standard/{draft.pk}/level/{rank}/"))
    values = dict(page.values)
    values["report_to"] = draft.levels.get(rank=rank).report_to.split("+")
    return values


def content(draft, rank) -> dict:
    row = draft.levels.get(rank=rank)
    return {name: getattr(row, name) for name in row.CONTENT}


def test_a_cell_gets_another_level_and_other_words(desk, draft, keeper):
    values = matrix(desk, draft) | {"level_1_1": "3", "words_1_1": "先看一眼", "note": "零星问题从严"}
    assert desk.post(f"/standard/{draft.pk}/edit/", values).status_code == 302
    cell = draft.cells.get(urgency=1, scope=1)
    assert (cell.level.rank, cell.words) == (3, "先看一眼")
    fresh = Standard.objects.get(pk=draft.pk)
    assert fresh.suggest(1, 1).level.rank == 3 and fresh.note == "零星问题从严"
    assert fresh.suggest(1, 2).level.rank == 4
    assert Line.objects.filter(verb="incidents.standard.edit", who=keeper).exists()
    assert "先看一眼" in Page(desk.get(draft.get_absolute_url())).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"level_1_1": "9"}, "level_1_1"),
        ({"level_2_3": ""}, "level_2_3"),
        ({"words_1_1": ""}, "words_1_1"),
        ({"words_1_1": "字" * 121}, "words_1_1"),
        ({"words_1_1": "a\x00"}, "words_1_1"),
        ({"note": "字" * 201}, "note"),
    ],
)
def test_a_wrong_matrix_is_told_beside_the_cell_and_kept(desk, draft, typed, field):
    values = matrix(desk, draft) | {"words_4_4": "其余照旧"} | typed
    page = Page(desk.post(f"/standard/{draft.pk}/edit/", values))
    assert page.status == 422 and page.errors.get(field)
    assert page.values["words_4_4"] == "其余照旧"
    assert not draft.cells.filter(words="其余照旧").exists()


def test_two_pages_of_the_same_draft_the_second_is_told(desk, draft, as_, administrator):
    mine, theirs = matrix(desk, draft), level(as_(administrator), draft, 2)
    assert desk.post(f"/standard/{draft.pk}/edit/", mine | {"words_1_1": "第一个"}).status_code == 302
    answer = as_(administrator).post(f"/standard/{draft.pk}/level/2/", theirs | {"words": "第二个写的话"})
    assert answer.status_code == 409 and "第二个写的话" in answer.content.decode()
    assert draft.cells.get(urgency=1, scope=1).words == "第一个"
    assert draft.levels.get(rank=2).words != "第二个写的话"


# A level


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_a_level_saved_as_it_is_stays_as_it_is(desk, draft, rank):
    before = content(draft, rank)
    answer = desk.post(f"/standard/{draft.pk}/level/{rank}/", level(desk, draft, rank))
    assert answer.status_code == 302
    after = content(draft, rank)
    before["examples"], after["examples"] = before["examples"].splitlines(), after["examples"].splitlines()
    assert after == before


def test_a_level_is_edited_with_its_ladder(desk, draft):
    values = level(desk, draft, 2) | {
        "words": "新的说法", "report_minutes": "45", "update_minutes": "", "report_to": ["scheduling.leader", "duty.unit_head"],
        "minutes_0": "20", "action_0": "escalate", "to_0": "duty.top_head", "also_0": "", "besides_0": "",
        "minutes_1": "-10", "action_1": "remind", "to_1": "duty.owner", "also_1": "scheduling.leader", "besides_1": "duty.superior",
        "minutes_2": "", "to_2": "", "also_2": "", "besides_2": "", "minutes_3": "", "to_3": "", "also_3": "", "besides_3": "",
        "minutes_4": "", "to_4": "", "also_4": "", "besides_4": "", "again_minutes": "7",
    }  # fmt: skip
    assert desk.post(f"/standard/{draft.pk}/level/2/", values).status_code == 302
    row = draft.levels.get(rank=2)
    assert (row.words, row.report_within, row.update_every) == ("新的说法", 45 * MINUTE, None)
    assert row.report_to == "scheduling.leader+duty.unit_head"
    assert [(r.offset, r.action, r.to, r.again) for r in row.rungs] == [
        (-600, "remind", "duty.owner+scheduling.leader+duty.superior", 0),
        (1200, "escalate", "duty.top_head", 420),
    ]


EMPTY = {f"{name}_{n}": "" for n in range(6) for name in ("minutes", "to", "also", "besides")}
ONE = {"minutes_0": "0", "action_0": "escalate", "to_0": "duty.unit_head"}


WRONG = [
    ({"name": ""}, "name"),
    ({"name": "字" * 11}, "name"),
    ({"words": ""}, "words"),
    ({"report_to": []}, "report_to"),
    ({"report_to": ["duty.somebody"]}, "report_to"),
    ({"report_minutes": "0"}, "report_minutes"),
    ({"report_minutes": "10081"}, "report_minutes"),
    ({"update_minutes": "0"}, "update_minutes"),
    ({"again_minutes": "0"}, "again_minutes"),
    ({"minutes_5": "5"}, "to_5"),
    ({"to_5": "duty.top_head"}, "minutes_5"),
    ({"besides_5": "duty.top_head"}, "minutes_5"),
    ({"minutes_0": "bald"}, "minutes_0"),
    ({"minutes_0": "-99999"}, "minutes_0"),
    ({"to_0": "duty.somebody"}, "to_0"),
    ({"report_to": ["duty.designated"], "designated": ""}, "designated"),
    ({"designated": "999999"}, "designated"),
    (EMPTY, "minutes_0"),
    (EMPTY | ONE | {"action_0": "remind"}, "minutes_0"),
]  # fmt: skip


def test_a_wrong_level_is_told_beside_the_field_and_kept(desk, draft):
    before, shown = content(draft, 3), level(desk, draft, 3)
    for typed, field in WRONG:
        page = Page(desk.post(f"/standard/{draft.pk}/level/3/", shown | {"examples": "只此一例"} | typed))
        assert page.status == 422 and set(page.errors) == {field}, (typed, page.errors)
        assert page.values["examples"] == "只此一例"
    assert content(draft, 3) == before


def test_a_level_that_need_not_be_reported_still_escalates_what_is_beyond_the_watch(desk, draft):
    page = Page(desk.post(f"/standard/{draft.pk}/level/4/", level(desk, draft, 4) | EMPTY))
    assert page.status == 422 and page.errors.get("minutes_0")


# The designated person (A15), from the form to the notice


def test_the_designated_person_is_shown_told_and_escalated_to(
    desk, draft, house, keeper, call, as_, officer, now, clock
):
    duty_head = make_person("指定人", house["sales"])
    values = (
        level(desk, draft, 3)
        | EMPTY
        | ONE
        | {"report_to": ["duty.designated"], "designated": duty_head.pk, "to_0": "duty.designated"}
    )
    assert desk.post(f"/standard/{draft.pk}/level/3/", values).status_code == 302
    assert Page(desk.get(f"/standard/{draft.pk}/level/3/")).values["designated"] == str(duty_head.pk)
    Standard.objects.get(pk=draft.pk).publish(by=keeper, at=now)
    page = Page(as_(officer).get("/incidents/log/"))
    assert page.status == 200 and page.data["verdicts"]["levels"]["3"]["to"] == ["指定人"]
    assert as_(officer).post("/incidents/log/", call(received_at="23:02")).status_code == 302
    incident = Incident.objects.get()
    assert Firing.objects.get(matter_id=incident.pk).told == ["指定人"]
    assert Notice.objects.get(matter_id=incident.pk).needs_acknowledgement
    clock(now + 60 * MINUTE)
    sweep()
    assert [f.told for f in Firing.objects.filter(matter_id=incident.pk).order_by("id")] == [["指定人"]] * 2
    assert as_(duty_head).post(f"/incidents/{incident.pk}/acknowledge/").status_code == 302
    assert not Deadline.objects.open().filter(kind="incidents.report").exists()


def test_a_designated_person_told_first_hears_even_if_nothing_later_names_them(
    desk, draft, house, keeper, call, as_, officer, now
):
    duty_head = make_person("指定人", house["sales"])
    values = level(desk, draft, 3) | {"report_to": ["duty.designated", "scheduling.leader"], "designated": duty_head.pk}
    assert desk.post(f"/standard/{draft.pk}/level/3/", values).status_code == 302
    Standard.objects.get(pk=draft.pk).publish(by=keeper, at=now)
    as_(officer).post("/incidents/log/", call())
    assert set(Notice.objects.values_list("recipient__name", flat=True)) == {"指定人", "何佳"}


def test_someone_who_has_left_is_not_offered_as_designated(desk, draft, house, now):
    gone = make_person("已离职", house["ops"], employed_until=now.date() - dt.timedelta(days=2))
    assert "已离职" not in desk.get(f"/standard/{draft.pk}/level/3/").content.decode()
    page = Page(desk.post(f"/standard/{draft.pk}/level/3/", level(desk, draft, 3) | {"designated": gone.pk}))
    assert page.errors.get("designated")
