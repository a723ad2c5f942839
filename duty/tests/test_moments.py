"""A moment as a hurried hand types it. No database here."""

import datetime as dt
import zoneinfo

import pytest
from django import forms
from django.utils.translation import gettext as _

from duty.forms.moments import MomentField, moments_of

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")


def read(text: str, at: str | None = "2026-11-22 23:02") -> str:
    """What it is taken for, in the organisation's zone."""
    now = dt.datetime.fromisoformat(at).replace(tzinfo=SHANGHAI) if at else None
    return f"{MomentField(at=now).clean(text).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    "text", ["2226", "22:26", "22\uff1a26", "22.26", " 22:26 ", "22:26:59", "\uff12\uff12\uff1a\uff12\uff16", "11-22 22:26", "11/22 22:26",
             "11月22日 22:26", "2026-11-22 22:26", "2026-11-22T22:26", "2026年11月22日 22:26", "2026.11.22  2226"]
)  # fmt: skip
def test_many_hands_mean_the_same_moment(text):
    assert read(text) == "2026-11-22 22:26"


@pytest.mark.parametrize(
    ("at", "text", "meant"),
    [
        ("2026-11-22 23:02", "22:26", "2026-11-22 22:26"),
        ("2026-11-23 00:04", "23:58", "2026-11-22 23:58"),
        ("2026-11-23 00:04", "0001", "2026-11-23 00:01"),
        ("2026-11-23 00:00", "00:00", "2026-11-23 00:00"),
        ("2026-11-22 23:59", "00:00", "2026-11-22 00:00"),
        ("2027-01-01 00:10", "23:50", "2026-12-31 23:50"),
        ("2028-03-01 00:10", "23:50", "2028-02-29 23:50"),
        ("2026-11-22 23:02", "23:10", "2026-11-22 23:10"),  # a slip into the future stays one, and is told
        ("2026-11-22 10:00", "15:59", "2026-11-22 15:59"),
        ("2026-11-22 10:00", "16:01", "2026-11-21 16:01"),
        ("2027-01-02 08:00", "12-31 23:50", "2026-12-31 23:50"),
        ("2026-12-31 23:00", "1-1 00:10", "2026-01-01 00:10"),
        ("2026-12-30 23:00", "1-1 00:10", "2026-01-01 00:10"),
        ("2028-02-29 12:00", "02-29 11:00", "2028-02-29 11:00"),
    ],
)
def test_a_time_alone_is_its_latest_one_and_a_day_without_a_year_too(at, text, meant):
    assert read(text, at) == meant


@pytest.mark.parametrize(
    "text", ["9", "22", "22:2", "2:26:2", "x", "22:26 明天", "\0", "22\x0026", "<script>", "-1:26", "99999999999", "2" * 9999,
             "2026-11-22", "22:26" * 500],
    ids=lambda text: ascii(text)[:20],
)  # fmt: skip
def test_what_is_no_moment_is_told_with_an_example(text):
    with pytest.raises(forms.ValidationError) as refused:
        read(text)
    assert "22:26" in str(refused.value)


@pytest.mark.parametrize("text", [
    "24:00", "22:60", "13-01 10:00", "02-30 10:00", "2026-02-29 10:00", "0000-01-01 10:00", "0001-01-01 00:00",
    "9999-12-31 23:59", "1026-11-22 22:26",
])  # fmt: skip
def test_a_moment_that_never_comes_is_told_as_such(text):
    with pytest.raises(forms.ValidationError) as refused:
        read(text)
    assert refused.value.message == _("There is no such day or hour. Check it.")


def test_a_day_that_this_year_does_not_have_is_told():
    with pytest.raises(forms.ValidationError):
        read("02-29 10:00", "2026-11-22 23:02")


def test_without_a_clock_only_the_whole_says_enough():
    assert read("2026-11-22 22:26", at=None) == "2026-11-22 22:26"
    for text in ("22:26", "11-22 22:26"):
        with pytest.raises(forms.ValidationError):
            read(text, at=None)


def test_nothing_is_nothing():
    assert MomentField(required=False).clean("") is None
    with pytest.raises(forms.ValidationError):
        MomentField().clean("  ")


# Nights in which the clock is moved: on 25 October 2026 03:00 is 02:00 again, on 28 March 2027 02:00 is 03:00


@pytest.fixture
def berlin(settings):
    settings.TIME_ZONE = "Europe/Berlin"


def utc(text: str, at: dt.datetime) -> str:
    return f"{MomentField(at=at).clean(text).astimezone(dt.UTC):%d %H:%M}"


def at_utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_in_the_hour_that_comes_twice_the_latest_one_before_now_is_meant(berlin):
    assert utc("02:30", at_utc("2026-10-25 00:45")) == "25 00:30", "the first 02:30; the second has not come"
    assert utc("02:30", at_utc("2026-10-25 01:45")) == "25 01:30"
    assert utc("10-25 02:30", at_utc("2026-10-25 09:00")) == "25 01:30"
    assert utc("03:10", at_utc("2026-10-25 02:15")) == "25 02:10"
    assert utc("01:50", at_utc("2026-10-25 01:45")) == "24 23:50"


def test_an_hour_that_never_came_is_told(berlin):
    with pytest.raises(forms.ValidationError):
        utc("02:30", at_utc("2027-03-28 08:00"))
    assert utc("03:10", at_utc("2027-03-28 01:30")) == "28 01:10"
    assert utc("01:59", at_utc("2027-03-28 01:30")) == "28 00:59"


def test_yesterday_is_yesterday_on_the_clock_on_the_wall(berlin):
    assert utc("23:30", at_utc("2026-10-25 04:00")) == "24 21:30"
    assert utc("23:30", at_utc("2027-03-28 04:00")) == "27 22:30"


# In a form


class Record(forms.Form):
    at = forms.DateTimeField(label="时间", help_text="何时", required=False)


def test_it_takes_the_place_of_a_forms_own_field_and_shows_what_it_reads():
    form = Record()
    moments_of(form, ["at"], at_utc("2026-11-22 15:02"))
    field = form.fields["at"]
    assert (field.label, field.help_text, field.required) == ("时间", "何时", False)
    shown = field.widget.format_value(at_utc("2026-11-22 14:26"))
    assert shown == "2026-11-22 22:26" and read(shown) == shown
    assert field.widget.format_value("22:2x") == "22:2x", "a slip is shown as it was typed"
