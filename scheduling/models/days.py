import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.looks import once_a_look


class DayKind(models.TextChoices):
    """What a day is for duty: the State Council's yearly notice moves working days."""

    HOLIDAY = "holiday", _("statutory holiday")
    REST = "rest", _("rest day")
    MAKEUP = "makeup", _("make-up workday")
    WORKDAY = "workday", _("workday")


OFF = (DayKind.HOLIDAY, DayKind.REST)


@evidence()
class CalendarYear(models.Model):
    """A year of the calendar. Provisional until someone has compared it with the official notice."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    is_provisional = models.BooleanField(_("provisional"), default=True)

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2199), name="a_calendar_year_is_near_ours")
        ]

    def __str__(self):
        return str(self.year)


@evidence()
class Day(models.Model):
    """One day with its explicit type. A date without a row is a workday from Monday to Friday, else a rest day."""

    date = models.DateField(_("date"), primary_key=True)
    kind = models.CharField(_("type of day"), max_length=8, choices=DayKind)
    name = models.CharField(_("name"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("day of the calendar")
        verbose_name_plural = _("days of the calendar")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DayKind.values), name="a_day_is_of_a_known_kind"),
        ]

    def __str__(self):
        return f"{self.date:%Y-%m-%d} {self.get_kind_display()} {self.name}".strip()

    @property
    def is_off(self) -> bool:
        return self.kind in OFF

    @property
    def holiday(self) -> str:
        """The statutory holiday's name; nothing on other days, whatever they are called."""
        return self.name if self.kind == DayKind.HOLIDAY else ""

    @property
    def is_moved(self) -> bool:
        """Other than the day of the week says."""
        return self.kind != usual_kind(self.date)

    @property
    def is_marked(self) -> bool:
        """Worth a mark where days are listed: every holiday, even one on a Sunday, and what was moved."""
        return self.kind == DayKind.HOLIDAY or self.is_moved


def usual_kind(date: dt.date) -> DayKind:
    """What a date is when no notice says otherwise."""
    return DayKind.REST if date.weekday() >= 5 else DayKind.WORKDAY


@once_a_look
def days_between(first: dt.date, last: dt.date) -> dict[dt.date, Day]:
    """Every date from first to last, both included, with its type; one query."""
    known = {day.date: day for day in Day.objects.filter(date__range=(first, last))}
    span = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return {date: known.get(date) or Day(date=date, kind=usual_kind(date)) for date in span}
