from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duty.evidence import append_only


class Via(models.TextChoices):
    PAGE = "", _("on a page")
    LINK = "link", _("by the link in a message")
    PHONE = "phone", _("by phone")
    ENGINE = "engine", _("by the engine")
    IMPORT = "import", _("by import")


class LineQuerySet(models.QuerySet):
    def of(self, matter_id):
        return self.filter(matter_id=matter_id).order_by("at", "id")

    def visible_to(self, person):
        return self.filter(person.sight.covers("matter_id"))

    def trace(
        self, verb: str, *, by, at, unit_id: int | None = None, text: str = "", data: dict | None = None
    ) -> "Line":
        """A line for what is done outside of any matter: to an account, a register, a setting."""
        unit_id = unit_id or (by.unit_id if by else None)
        return self.create(verb=verb, who=by, unit_id=unit_id, text=text, data=data or {}, at=at)

    def trace_register(self, row, how: str, *, by, at, fields=()) -> "Line":
        """A line for a change in a register: which row, added, changed or removed, and which fields."""
        data = {"model": row._meta.label_lower, "fields": list(fields)}
        unit_id = getattr(row, "unit_id", None)
        return self.trace(f"duty.register.{how}", by=by, at=at, unit_id=unit_id, text=str(row), data=data)


class Line(models.Model):
    """One readable line of the trail: who did what to which matter, why, when. Written once, by a verb."""

    matter = models.ForeignKey("duty.Matter", models.PROTECT, null=True, related_name="lines")
    unit = models.ForeignKey("duty.Unit", models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)  # "incidents.incident.acknowledge"
    who = models.ForeignKey("duty.Person", models.PROTECT, null=True, related_name="+")
    via = models.CharField(max_length=8, choices=Via, blank=True)
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)  # when it was, if it is told later

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("trail line")
        verbose_name_plural = _("trail")
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_at__isnull=True) | Q(happened_at__lte=F("at")),
                name="nothing_is_told_before_it_happens",
                violation_error_message=_("This lies in the future."),
            )
        ]
        indexes = [
            models.Index(fields=["matter", "at", "id"], name="lines_of_a_matter"),
            models.Index(F("at").desc(), F("id").desc(), name="lines_by_time"),
            models.Index("unit", F("at").desc(), F("id").desc(), name="lines_of_a_unit"),
            models.Index("who", F("at").desc(), F("id").desc(), name="lines_of_a_person"),
        ]

    @property
    def detail(self) -> str:
        """What the verb was about, in the reader's language: keys are kept in `data`, words in `text`.

        A line outlives what it is about: of what the product no longer knows, the words are left.
        """
        try:
            if self.verb.startswith("duty.register."):
                return self._register_detail()
            model = apps.get_model(self.verb.rpartition(".")[0]) if self.matter_id else None
        except (LookupError, ValueError):
            return self.text
        return model.detail_of(self) if model is not None and hasattr(model, "detail_of") else self.text

    def _register_detail(self) -> str:
        model = apps.get_model(self.data["model"])
        fields = {
            field.name: field.verbose_name for field in model._meta.get_fields() if hasattr(field, "verbose_name")
        }
        changed = ", ".join(str(fields.get(name, name)) for name in self.data.get("fields", []))
        return f"{model._meta.verbose_name}: {self.text}" + (f" ({changed})" if changed else "")

    @property
    def said(self):
        """The verb in the reader's language."""
        from duty.steps import label_of

        return label_of(self.verb)
