"""The private calendar: read again by a parser, and by one of our own that shares nothing with it."""

import datetime as dt
import re

import icalendar
import pytest
from django.test import Client

from conftest import make_person
from duty.models import Line, Role
from scheduling.feeds import calendar_of
from scheduling.models import Feed

pytestmark = pytest.mark.django_db


@pytest.fixture
def watch(make_shift, officer, leader):
    return make_shift("2026-11-24 18:00", "2026-11-25 08:00", primary=officer, leader=leader)


def address_of(as_, person) -> str:
    as_(person).post("/my/feed/")
    return Feed.objects.get(person=person).address.removeprefix("http://localhost:8000")


def events(text: bytes) -> list:
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def read_plainly(text: bytes) -> list[dict[str, str]]:
    """RFC 5545 by its letter: CRLF, 75 octets, folding, BEGIN and END in pairs; each event's properties."""
    assert text.endswith(b"\r\n") and b"\n" not in text.replace(b"\r\n", b"")
    lines = text.split(b"\r\n")[:-1]
    assert max(map(len, lines)) <= 75
    unfolded = re.sub(rb"\r\n[ \t]", b"", text).decode().split("\r\n")[:-1]
    found, open_parts = [], []
    for line in unfolded:
        name, _colon, value = re.fullmatch(r'([A-Z0-9-]+(?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:]*))*)(:)(.*)', line).groups()
        if name == "BEGIN":
            open_parts.append(value)
            if value == "VEVENT":
                found.append({})
        elif name == "END":
            assert open_parts.pop() == value
        elif open_parts == ["VCALENDAR", "VEVENT"]:
            assert name.partition(";")[0] not in found[-1], "once in an event"
            found[-1][name.partition(";")[0]] = value
        elif open_parts == ["VCALENDAR", "VEVENT", "VALARM"]:
            found[-1][f"ALARM-{name.partition(';')[0]}"] = value
    assert not open_parts and unfolded[0] == "BEGIN:VCALENDAR"
    return found


def test_two_readers_that_share_nothing_read_the_same(as_, officer, watch):
    answer = Client().get(address_of(as_, officer))
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    (event,), (plain,) = events(answer.content), read_plainly(answer.content)
    assert event["DTSTART"].dt == watch.starts_at and event["DTEND"].dt == watch.ends_at
    assert plain["DTSTART"] == "20261124T100000Z" and plain["DTEND"] == "20261125T000000Z"
    assert str(event["UID"]) == plain["UID"] and "@" in plain["UID"]
    assert event["SEQUENCE"] == int(plain["SEQUENCE"]) == 0
    assert "总值班室" in str(event["SUMMARY"]) and "何佳" in str(event["DESCRIPTION"])
    assert plain["ALARM-TRIGGER"] == "-PT1H" and plain["ALARM-ACTION"] == "DISPLAY"
    assert event["URL"].endswith(watch.get_absolute_url())


def test_of_others_it_says_no_more_than_their_names(as_, officer, leader, watch):
    text = Client().get(address_of(as_, officer)).content.decode()
    assert leader.mobile not in text and leader.mail not in text and leader.staff_number not in text
    assert officer.mobile not in text


def test_hostile_names_are_escaped(officer, make_shift, post, now):
    post.name = "一室;二,三\\四"
    post.save()
    make_shift("2026-11-24 18:00", "2026-11-25 08:00", name="夜\r\nBEGIN:X", primary=officer)
    (event,), (plain,) = events(calendar_of(officer, now)), read_plainly(calendar_of(officer, now))
    assert "一室;二,三\\四" in str(event["LOCATION"]) and "一室\\;二\\,三\\\\四" in plain["LOCATION"]


def test_a_change_keeps_the_name_and_raises_the_number_and_a_cancelled_duty_vanishes(
    officer, leader, manager, watch, now
):
    (before,) = events(calendar_of(officer, now))
    watch.starts_at += dt.timedelta(hours=1)
    watch.change([("secondary", officer)], by=manager, at=now)
    (after,) = events(calendar_of(officer, now))
    assert after["UID"] == before["UID"] and after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTART"].dt - before["DTSTART"].dt == dt.timedelta(hours=1)
    assert events(calendar_of(leader, now)) == []
    watch.remove(by=manager, at=now)
    assert events(calendar_of(officer, now)) == []


def test_it_reaches_ninety_days_back_and_a_year_ahead(officer, make_shift, now):
    for day in ("2026-08-23", "2026-08-25", "2027-11-20", "2027-11-25"):
        make_shift(f"{day} 08:00", f"{day} 18:00", name=day, primary=officer)
    assert [str(event["DTSTART"].dt.date()) for event in events(calendar_of(officer, now))] == [
        "2026-08-25",
        "2027-11-20",
    ]


def test_a_night_of_the_clocks_is_an_instant_in_utc(settings, officer, make_shift, now):
    settings.TIME_ZONE = "Europe/Berlin"
    make_shift("2027-03-27 18:00", "2027-03-28 08:00", primary=officer)
    (event,) = events(calendar_of(officer, now))
    assert event["DTEND"].dt - event["DTSTART"].dt == dt.timedelta(hours=13)


def test_the_text_is_in_the_persons_language(as_, officer, watch):
    type(officer).objects.filter(pk=officer.pk).update(language="en")
    address = address_of(as_, officer)
    text = Client(headers={"accept-language": "zh-CN"}).get(address).content.decode()
    assert "duty leader: 何佳" in text


def test_what_has_not_changed_is_not_sent_again(as_, officer, manager, watch, clock, now):
    address, client = address_of(as_, officer), Client()
    first = client.get(address)
    clock(now + dt.timedelta(minutes=7))
    assert client.get(address).content == first.content, "the same duties make the same bytes"
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.get(address, headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    assert client.head(address).status_code == 200
    watch.remove(by=manager, at=now)
    clock(now + dt.timedelta(minutes=9))
    for header in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        assert client.get(address, headers=header).status_code == 200, "a duty that vanished is a change too"


def test_a_new_address_kills_the_old_one_and_it_can_be_switched_off(as_, officer, watch):
    old = address_of(as_, officer)
    new = address_of(as_, officer)
    assert old != new
    assert Client().get(old).status_code == 404 and Client().get(new).status_code == 200
    assert new in as_(officer).get("/my/").content.decode()
    as_(officer).post("/my/feed/end/")
    assert Client().get(new).status_code == 404
    third = address_of(as_, officer)
    assert third not in (old, new) and Client().get(third).status_code == 200
    assert Line.objects.filter(verb="scheduling.feed.renew", who=officer).count() == 3
    assert str(Line.objects.filter(verb="scheduling.feed.renew").first().said) != "scheduling.feed.renew"


def test_nobody_guesses_or_alters_an_address(as_, officer, leader, watch):
    address = address_of(as_, officer)
    token = address.removeprefix("/ics/").removesuffix(".ics")
    body, sign, seal = token.rpartition(":")
    for forged in (
        f"{body}{sign}{seal[:-1]}A" if seal[-1] != "A" else f"{body}{sign}{seal[:-1]}B",
        body,
        f"{body}:",
        "x",
        "x:y",
        "中文:1",
    ):
        assert Client().get(f"/ics/{forged}.ics").status_code == 404
    assert Client().post(address).status_code == 405


def test_a_leavers_address_dies_with_the_last_day(as_, officer, watch, now):
    address = address_of(as_, officer)
    type(officer).objects.filter(pk=officer.pk).update(employed_until=now.date())
    assert Client().get(address).status_code == 200
    type(officer).objects.filter(pk=officer.pk).update(employed_until=now.date() - dt.timedelta(days=1))
    assert Client().get(address).status_code == 404
    type(officer).objects.filter(pk=officer.pk).update(employed_until=None, is_active=False)
    assert Client().get(address).status_code == 404


def test_each_address_shows_its_own_persons_duties_alone(as_, house, officer, leader, make_shift):
    make_shift("2026-11-24 18:00", "2026-11-25 08:00", primary=officer)
    other = make_person("刘洋", house["ops"], Role.OFFICER)
    assert events(Client().get(address_of(as_, other)).content) == []


def test_its_cost_does_not_grow_with_the_watches(as_, officer, leader, make_shift, django_assert_max_num_queries):
    for day in range(1, 21):
        make_shift(f"2026-12-{day:02d} 18:00", f"2026-12-{day:02d} 23:00", primary=officer, leader=leader)
    address = address_of(as_, officer)
    Client().get(address)
    with django_assert_max_num_queries(6):
        assert len(events(Client().get(address).content)) == 20
