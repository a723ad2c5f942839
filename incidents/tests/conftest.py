import datetime as dt

import pytest

from conftest import make_person
from duty.models import Role
from incidents.first_standard import lay_down
from incidents.models import DutyLine, Incident, Nature, Standard
from scheduling.models import Post, Shift


@pytest.fixture
def standard(house, head, now):
    return lay_down(house["top"], by=head, at=now)


@pytest.fixture
def keeper(house):
    """A manager of the whole: the standard is theirs."""
    return make_person("谢婷", house["top"], Role.MANAGER)


@pytest.fixture
def draft(standard, keeper, now):
    """The next version of the standard, still being written."""
    draft = Standard()
    draft.begin(standard, by=keeper, at=now)
    return draft


@pytest.fixture
def line(house):
    return DutyLine.objects.create(unit=house["ops"], name="应急热线", number="6110")


@pytest.fixture
def nature(db):
    return Nature.objects.create(name="火情", prompts="有没有人受伤或被困\n是否看见明火", call_first="119")


@pytest.fixture
def post(house):
    return Post.objects.create(unit=house["ops"], name="总值班室", phone="010 6110 0000")


@pytest.fixture
def watch(post, officer, leader, manager, now):
    """Tonight's watch: 何佳 leads, 陈立 is primary, 18:00 to 08:00."""
    shift = Shift(
        post=post, name="夜班", starts_at=now - dt.timedelta(hours=5, minutes=2), ends_at=now + dt.timedelta(hours=9)
    )
    shift.plan([("leader", leader), ("primary", officer)], by=manager, at=now)
    return shift


@pytest.fixture
def make_incident(standard, officer, now):
    """An incident as the quick log would make it; urgency and scope choose the level."""

    def make(urgency=3, scope=2, by=None, at=None, request="", **more):
        at = at or now
        by = by or officer
        cell = standard.suggest(urgency, scope)
        values = dict(
            unit=by.unit, received_at=at.replace(second=0, microsecond=0), place="B 座地下一层 配电室", summary="配电室冒烟",
            scene="有焦味和轻烟,未见明火", suggestion="请电工到场", reporter_name="张强", reporter_contact="138 0013 8000",
            standard=standard, urgency=urgency, scope=scope, level=cell.level,
        )  # fmt: skip
        incident = Incident(**(values | more))
        incident.log(by=by, at=at, request=request)
        return incident

    return make


@pytest.fixture
def call(standard, watch, line, nature):
    """What an officer types while listening; urgency 3 and scope 2 say 较大, which is reported."""

    def typed(**changes) -> dict:
        values = {
            "received_at": "2026-11-22 23:01", "line": line.pk, "event_at": "", "reporter_name": "张强",
            "reporter_contact": "138 0013 8000", "place": "B 座地下一层 配电室", "nature": nature.pk, "summary": "配电室冒烟",
            "scene": "有焦味和轻烟\n未见明火", "suggestion": "请电工到场", "urgency": "3", "scope": "2", "level": "",
            "grading_reason": "", "request_text": "", "ring_seconds": "", "disposition": "", "passed_to": "",
        }  # fmt: skip
        return {name: value for name, value in (values | changes).items() if value is not None}

    return typed
