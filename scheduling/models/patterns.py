import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, ProtectedError, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duty.clock import DAY, day_of, zone
from duty.evidence import evidence
from duty.models import Line
from scheduling.coverage import Watch, clash

from .days import DayKind
from .posts import Post
from .shifts import SeatRole


@evidence()
class Qualification(models.Model):
    """What a seat may ask of whoever sits on it: a certificate, an assessment, knowing the plant."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    months_valid = models.PositiveSmallIntegerField(
        _("valid for, months"), null=True, blank=True, help_text=_("Empty: for good.")
    )

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        ordering = ["name"]

    def __str__(self):
        return self.name


class PatternQuerySet(models.QuerySet):
    def in_force(self, first: dt.date, last: dt.date | None = None):
        """Those that hold on some day from first to last."""
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=first), from_on__lte=last or first)

    def visible_to(self, person):
        return self if person.sight.everything else self.filter(post__unit_id__in=person.sight.units())


@evidence()
class Pattern(models.Model):
    """One watch that a post keeps on certain types of day, from a date on; what was before stays as it was."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="patterns", verbose_name=_("duty post"))
    name = models.CharField(_("name of the watch"), max_length=20)
    mark = models.CharField(_("mark on the roster"), max_length=2)
    starts = models.TimeField(_("starts at"))
    minutes = models.PositiveSmallIntegerField(_("length, minutes"), default=8 * 60)
    day_kinds = ArrayField(models.CharField(max_length=8, choices=DayKind), verbose_name=_("on"))
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    objects = PatternQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch pattern")
        verbose_name_plural = _("watch patterns")
        ordering = ["post__order", "post_id", "starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=30, minutes__lte=48 * 60),
                name="a_pattern_lasts_half_an_hour_to_two_days",
                violation_error_message=_("A watch lasts from half an hour to 48 hours."),
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="a_pattern_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(day_kinds__contained_by=DayKind.values) & Q(day_kinds__len__gt=0),
                name="a_pattern_has_known_types_of_day",
                violation_error_message=_("Choose at least one type of day."),
            ),
        ]

    def __str__(self):
        return f"{self.post.name} {self.name}"

    @property
    def unit_id(self) -> int:
        return self.post.unit_id

    @property
    def watch(self) -> Watch:
        """Its hours as plain numbers."""
        start = self.starts.hour * 60 + self.starts.minute
        return Watch(self.name, frozenset(self.day_kinds), start, self.minutes, self.from_on, self.until_on)

    def begin(self, seats: list["PatternSeat"], *, by, at) -> None:
        """Enter it with its seats; raises ValidationError where the post is watched at these hours already."""
        with transaction.atomic():
            self._take_turn()
            self._keep(seats)
            Line.objects.trace_register(self, "added", by=by, at=at)

    def change_to(self, new: "Pattern", seats: list["PatternSeat"], *, by, at, fields=()) -> "Pattern":
        """From `new.from_on` it is as `new` says, and before that as it was; what has not begun then is edited."""
        with transaction.atomic():
            self._take_turn()
            if new.from_on <= self.from_on or not self.has_begun(at):
                new.pk = self.pk
                new._state.adding = False
                self.seats.all().delete()
            else:
                self._last_day(new.from_on - DAY)
            new._keep(seats)
            Line.objects.trace_register(new, "changed", by=by, at=at, fields=fields)
        return new

    def has_begun(self, at: dt.datetime) -> bool:
        return self.from_on <= day_of(at)

    def end(self, last: dt.date, *, by, at) -> None:
        """It holds until that day and no longer; one that has not begun by then is taken back."""
        with transaction.atomic():
            self._take_turn()
            if last >= self.from_on:
                self._last_day(last)
                Line.objects.trace_register(self, "changed", by=by, at=at, fields=["until_on"])
            else:
                Line.objects.trace_register(self, "removed", by=by, at=at)
                try:
                    self.delete()
                except ProtectedError:
                    raise ValidationError(
                        _now("A draft roster is built on this watch. Discard the draft first.")
                    ) from None

    def _take_turn(self) -> None:
        """Patterns of a post are changed one after the other."""
        Post.objects.select_for_update().get(pk=self.post_id)

    def _last_day(self, last: dt.date) -> None:
        self.until_on = last
        self.save(update_fields=["until_on"])

    def _keep(self, seats) -> None:
        self.refuse_overlap()
        self.save()
        for seat in seats:
            seat.pattern = self
        PatternSeat.objects.bulk_create(seats)

    def refuse_overlap(self) -> None:
        """Raises ValidationError that says which watch of this post is kept at the same time."""
        mine = self.watch
        if clash(mine, mine):
            raise ValidationError(_now("A watch of more than 24 hours would overlap itself on the next day. Split it."))
        for other in Pattern.objects.filter(post=self.post_id).exclude(pk=self.pk):
            days = clash(mine, other.watch)
            if days is None:
                continue
            values = {"name": other.name, "hours": other.hours, "from": other.from_on, "until": other.until_on or "…"}
            said = {
                0: _now("Overlaps “%(name)s” %(hours)s (%(from)s – %(until)s) on the same type of day."),
                1: _now("It still runs when “%(name)s” %(hours)s (%(from)s – %(until)s) begins on the day after."),
                -1: _now("Begins while “%(name)s” %(hours)s (%(from)s – %(until)s) of the day before still runs."),
            }
            raise ValidationError(said[max(-1, min(1, days))] % values)

    @property
    def hours(self) -> str:
        """18:00–08:00; with the number of days where it ends later than on the next."""
        _start, end = self.watch.span
        later = end // (24 * 60)
        return f"{self.starts:%H:%M}–{end // 60 % 24:02d}:{end % 60:02d}" + (f" +{later}" if later > 1 else "")

    @property
    def length(self) -> str:
        return f"{self.minutes // 60}:{self.minutes % 60:02d}"

    @property
    def kinds(self) -> list[DayKind]:
        return [kind for kind in DayKind if kind in self.day_kinds]

    @property
    def on_holidays(self) -> bool:
        return DayKind.HOLIDAY in self.day_kinds

    @property
    def lacks_leader(self) -> bool:
        """A40: on statutory holidays a leader is required."""
        leads = any(seat.role == SeatRole.LEADER and seat.people_on_holidays for seat in self.seats.all())
        return DayKind.HOLIDAY in self.day_kinds and not leads

    def span_on(self, date: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """The instants between which the watch of that day is kept: wall clock at both ends, so DST keeps 08:00."""
        start = dt.datetime.combine(date, self.starts)
        end = start + dt.timedelta(minutes=self.minutes)
        return start.replace(tzinfo=zone()).astimezone(dt.UTC), end.replace(tzinfo=zone()).astimezone(dt.UTC)

    def holds_on(self, date: dt.date, kind: str) -> bool:
        return self.from_on <= date and (self.until_on is None or date <= self.until_on) and kind in self.day_kinds


@evidence()
class PatternSeat(models.Model):
    """How many people sit in one role on a watch, more of them on statutory holidays, and what they must know."""

    pattern = models.ForeignKey(Pattern, models.CASCADE, related_name="seats")
    role = models.CharField(_("seat"), max_length=10, choices=SeatRole)
    people = models.PositiveSmallIntegerField(_("people"), default=1)
    people_on_holidays = models.PositiveSmallIntegerField(_("people on statutory holidays"), default=1)
    qualification = models.ForeignKey(
        Qualification, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("must hold")
    )

    class Meta:
        verbose_name = _("seat of a pattern")
        verbose_name_plural = _("seats of a pattern")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["pattern", "role"], name="one_line_per_role_of_a_pattern"),
            models.CheckConstraint(
                condition=Q(people__lte=20, people_on_holidays__lte=20),
                name="a_role_has_twenty_seats_at_most",
                violation_error_message=_("20 people at most."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["secondary", "reserve"]) | Q(people__lte=1, people_on_holidays__lte=1),
                name="a_pattern_has_one_leader_and_one_primary",
                violation_error_message=_("A watch has one leader and one primary."),
            ),
        ]

    def __str__(self):
        return f"{self.pattern} {self.get_role_display()}"

    def wanted(self, kind: str) -> int:
        return self.people_on_holidays if kind == DayKind.HOLIDAY else self.people
