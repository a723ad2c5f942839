import pytest

from conftest import local
from scheduling.models import Post, Shift


@pytest.fixture
def post(house):
    return Post.objects.create(unit=house["ops"], name="总值班室", phone="010 6110 0000")


@pytest.fixture
def make_shift(post, manager, now):
    """A watch from one local time to another; people by seat."""

    def make(starts="2026-11-22 18:00", ends="2026-11-23 08:00", name="夜班", at_post=None, **people) -> Shift:
        shift = Shift(post=at_post or post, name=name, starts_at=local(starts), ends_at=local(ends))
        shift.plan(list(people.items()), by=manager, at=now)
        return shift

    return make
