import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import evidence
from duty.models import Line, Matter
from duty.steps import Conflict, Subject, verb
from equipment.rhythm import LAST_DAY
from equipment.rhythm_words import minutes, rhythm_in_words
from scheduling.models.pool import within

from .checklists import Checklist
from .readers import units_read


class Rhythm(models.TextChoices):
    TIMES = "times", _("every day at fixed times")
    EVERY = "every", _("every few hours within a watch")
    START = "start", _("at the beginning of a watch")
    END = "end", _("before the end of a watch")
    WEEKLY = "weekly", _("weekly")
    MONTHLY = "monthly", _("monthly")


OF_A_WATCH = (Rhythm.EVERY, Rhythm.START, Rhythm.END)
BY_THE_CLOCK = (Rhythm.TIMES, Rhythm.WEEKLY, Rhythm.MONTHLY)


class PlanQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(matter__closed_at__isnull=True)

    def visible_to(self, person):
        if person.sight.everything:
            return self
        seen = Q(unit_id__in=sorted(units_read(person)))
        told = person.sight.told_about
        return self.filter(seen | Q(matter_id__in=told) if told else seen)


@evidence()
class Plan(Subject):
    """Who walks which checklist when, how early it may begin, by when it has begun and is done, and when it counts as missed."""

    name = models.CharField(_("name"), max_length=60)
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="plans", verbose_name=_("checklist"))
    post = models.ForeignKey(
        "scheduling.Post", models.PROTECT, null=True, blank=True, related_name="round_plans",
        verbose_name=_("walked by whoever is on watch at"),
    )  # fmt: skip
    person = models.ForeignKey(
        "duty.Person", models.PROTECT, null=True, blank=True, related_name="round_plans", verbose_name=_("walked by")
    )
    rhythm = models.CharField(_("rhythm"), max_length=7, choices=Rhythm, default=Rhythm.TIMES)
    times = ArrayField(models.TimeField(), default=list, blank=True, verbose_name=_("times of day"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("days of the week")
    )  # 1 is Monday
    month_days = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("days of the month")
    )  # 32 is the last
    every_hours = models.PositiveSmallIntegerField(_("every, hours"), null=True, blank=True)
    offset_minutes = models.PositiveSmallIntegerField(_("minutes after the beginning, or before the end"), default=0)
    early_minutes = models.PositiveSmallIntegerField(_("may begin earlier, minutes"), default=15)
    start_minutes = models.PositiveSmallIntegerField(_("begun within, minutes"), default=15)
    window_minutes = models.PositiveSmallIntegerField(_("done within, minutes"), default=60)
    grace_minutes = models.PositiveSmallIntegerField(_("late, then missed after, minutes"), default=60)
    must_scan = models.BooleanField(_("labels are scanned"), default=False)
    needs_approval = models.BooleanField(_("a leader approves it"), default=False)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    laid_until = models.DateTimeField(null=True, editable=False)  # rounds up to here stand in the table

    objects = PlanQuerySet.as_manager()
    page = "plan"

    class Meta:
        verbose_name = _("plan of rounds")
        verbose_name_plural = _("plans of rounds")
        ordering = ["unit_id", "name", "matter_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="one_plan_of_a_name_in_a_unit",
                violation_error_message=_("This unit has a plan of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(post__isnull=True) ^ Q(person__isnull=True),
                name="a_round_is_walked_by_a_watch_or_a_person",
                violation_error_message=_("Choose a duty post or a person, one of them."),
            ),
            models.CheckConstraint(
                condition=~Q(rhythm__in=OF_A_WATCH) | Q(post__isnull=False),
                name="the_rhythm_of_a_watch_needs_a_post",
                violation_error_message=_("Rounds that follow the watch need a duty post."),
            ),
            models.CheckConstraint(
                condition=~Q(rhythm__in=BY_THE_CLOCK) | Q(times__len__gt=0),
                name="rounds_by_the_clock_have_times",
                violation_error_message=_("Write one time of day at least."),
            ),
            models.CheckConstraint(
                condition=~Q(rhythm=Rhythm.EVERY) | Q(every_hours__gte=1, every_hours__lte=24),
                name="rounds_come_every_one_to_twenty_four_hours",
                violation_error_message=_("Write how many hours lie between two rounds: 1 to 24."),
            ),
            models.CheckConstraint(
                condition=~Q(rhythm=Rhythm.WEEKLY)
                | Q(weekdays__len__gt=0, weekdays__contained_by=list(range(1, 8))),
                name="weekly_rounds_have_weekdays",
                violation_error_message=_("Choose one day of the week at least."),
            ),
            models.CheckConstraint(
                condition=~Q(rhythm=Rhythm.MONTHLY)
                | Q(month_days__len__gt=0, month_days__contained_by=list(range(1, LAST_DAY + 1))),
                name="monthly_rounds_have_days",
                violation_error_message=_("Choose one day of the month at least."),
            ),
            models.CheckConstraint(
                condition=Q(window_minutes__gte=5, window_minutes__lte=2880, start_minutes__lte=models.F("window_minutes")),
                name="a_round_begins_before_it_is_done",
                violation_error_message=_("A round takes 5 minutes to 48 hours, and begins before it is done."),
            ),
            models.CheckConstraint(
                condition=Q(early_minutes__lte=1440),
                name="a_round_opens_at_most_a_day_early",
                violation_error_message=_("24 hours (1440 minutes) at most."),
            ),
            within("from_on", "until_on", "a_plan_ends_after_it_begins"),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    @classmethod
    def detail_of(cls, line: Line) -> str:
        return " · ".join(filter(None, [cls.fields_of(line), line.text]))

    @verb(_("entered the plan"))
    def enter(self, *, by, at):
        self.become_matter(str(self), at)
        self.laid_until = at
        self.save(force_insert=True)

    @verb(_("changed the plan"))
    def change(self, fields, *, by, at):
        """What is planned ahead is laid anew; rounds that have begun stay as they are."""
        if Matter.objects.filter(pk=self.pk, closed_at__isnull=False).exists():
            raise Conflict(self, _("This plan was ended meanwhile."))
        self.matter_follows()
        self.save(update_fields=list(fields))
        self.entry.data = {"fields": list(fields)}

    @verb(_("ended the plan"))
    def end(self, *, by, at):
        self.close_matter(at, by=by)

    @property
    def rhythm_in_words(self) -> str:
        return rhythm_in_words(self)

    @property
    def window_in_words(self) -> str:
        return minutes(self.window_minutes)

    @property
    def walker(self) -> str:
        """Whoever is on watch at that post, or the person."""
        return str(self.person.name if self.person_id else self.post)

    def spans(self, planned_at: dt.datetime) -> dict[str, dt.datetime]:
        """When a round planned for that instant opens, has begun, is done, and counts as missed."""
        minute = dt.timedelta(minutes=1)
        due_at = planned_at + self.window_minutes * minute
        return {
            "planned_at": planned_at,
            "opens_at": planned_at - self.early_minutes * minute,
            "starts_by": planned_at + self.start_minutes * minute,
            "due_at": due_at,
            "missed_at": due_at + self.grace_minutes * minute,
        }
