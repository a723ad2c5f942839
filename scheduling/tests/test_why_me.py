"""A35: whoever has a seat is told why it is theirs, and of others no more than numbers."""

import pytest

from scheduling.models import Roster
from scheduling.publishing import publish
from scheduling.sheet import slots_of
from scheduling.tests.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def roster(make_pattern, make_roster, filled, pool, manager, now) -> Roster:
    make_pattern(primary=1)
    publish(filled(make_roster(), pool), by=manager, at=now)
    return Roster.objects.get()


def seat_of(roster, person, now) -> int:
    return next(slot.pk for slot in slots_of(roster, now) if slot.person_id == person.pk)


def test_an_officer_sees_how_their_own_seat_lies_and_numbers_of_others(as_, roster, pool, now):
    page = Page(as_(pool[0]).get(f"/rosters/{roster.pk}/?slot={seat_of(roster, pool[0], now)}"))
    assert "Why you" in page.text and "Fair share" in page.text
    assert "others could have kept it." in page.text and "rest between duties 1" in page.text
    panel = page.text.partition("Why you")[2].partition("Fairness")[0]
    assert not any(person.name in panel for person in pool[1:])


def test_of_the_seats_of_others_no_reason_is_told(as_, roster, pool, now):
    page = Page(as_(pool[0]).get(f"/rosters/{roster.pk}/?slot={seat_of(roster, pool[1], now)}"))
    assert "Why you" not in page.text and "rest between duties" not in page.text
