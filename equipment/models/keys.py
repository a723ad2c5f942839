import datetime as dt
import unicodedata

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Upper
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.clock import day_of
from duty.evidence import evidence, kept
from duty.models import Line, Role
from duty.steps import Conflict, Subject, verb

from .cabinets import Cabinet, Found, last_found
from .lending import Lending
from .loans import Loan
from .pieces import Equipment
from .readers import units_read


class KeyKind(models.TextChoices):
    KEY = "key", pgettext_lazy("what opens", "key")
    CARD = "card", pgettext_lazy("what opens", "access card")
    ENVELOPE = "envelope", pgettext_lazy("what opens", "sealed envelope")
    ACCOUNT = "account", pgettext_lazy("what opens", "break-glass account")

    @property
    def picture(self) -> str:
        return {"key": "key", "card": "credit-card-2-front", "envelope": "envelope", "account": "person-lock"}[
            self.value
        ]


SEALED = (KeyKind.ENVELOPE, KeyKind.ACCOUNT)


class OpenTo(models.TextChoices):
    WATCH = "watch", _("whoever keeps watch for the unit, and the people named")
    NAMED = "named", _("only the people named")


class KeyQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(ended_at__isnull=True)

    def visible_to(self, person):
        """Of the units the person reads, what they were told about, and what they have taken themselves."""
        if person.sight.everything:
            return self
        mine = Loan.objects.out().filter(borrower=person).values("key")
        told = person.sight.told_about
        return self.filter(Q(unit_id__in=sorted(units_read(person))) | Q(pk__in=mine) | Q(pk__in=told))

    def with_state(self):
        """`is_out`, `due_back_at` and `found`, by the last count."""
        out = Loan.objects.out().filter(key=OuterRef("pk"))
        return self.annotate(
            is_out=Exists(out), due_back_at=Subquery(out.values("due_back_at")[:1]),
            is_confirmed=Exists(out.filter(confirmed_at__isnull=False)), found=last_found(),
        )  # fmt: skip

    def found_by(self, words: str):
        found = self
        for word in unicodedata.normalize("NFKC", words).split()[:5]:
            hit = Q(code__icontains=word) | Q(opens__icontains=word) | Q(account__icontains=word)
            hit |= Q(cabinet__name__icontains=word) | Q(hook__icontains=word) | Q(seal__icontains=word)
            hit |= Q(pk__in=KeyPiece.objects.filter(equipment__code__iexact=word).values("key"))
            found = found.filter(hit)
        return found


@evidence()
class Key(Lending, Subject):
    """A spare key, a card, a sealed envelope or a break-glass account. What is secret about it is never kept here."""

    cabinet = models.ForeignKey(Cabinet, models.PROTECT, related_name="keys", verbose_name=_("kept in"))
    hook = models.CharField(_("hook or compartment"), max_length=20, blank=True)
    code = models.CharField(
        _("code"), max_length=30,
        validators=[RegexValidator(r"^[\w.#()（）/-]+$", _("Use letters, digits and - . / # ( ) only, without spaces."))],
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=8, choices=KeyKind, default=KeyKind.KEY)
    opens = models.CharField(_("what it opens"), max_length=100)
    account = models.CharField(_("name of the account"), max_length=60, blank=True)
    seal = models.CharField(_("seal number"), max_length=30, blank=True)
    open_to = models.CharField(_("who may take it"), max_length=5, choices=OpenTo, default=OpenTo.WATCH)
    qualification = models.ForeignKey(
        "scheduling.Qualification", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("and only with the qualification"),
    )  # fmt: skip
    needs_approver = models.BooleanField(_("needs an approval each time"), default=False)
    loan_hours = models.PositiveSmallIntegerField(_("longest loan, hours"), null=True, blank=True)
    takers = models.ManyToManyField("duty.Person", through="KeyTaker", related_name="+", verbose_name=_("people named"))
    pieces = models.ManyToManyField(
        Equipment, through="KeyPiece", related_name="keys", verbose_name=_("belongs to the equipment")
    )
    note = models.TextField(_("remarks"), max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = KeyQuerySet.as_manager()
    page = "key"

    class Meta:
        verbose_name = _("spare key or permission")
        verbose_name_plural = _("spare keys and permissions")
        ordering = ["code"]
        triggers = kept()
        constraints = [
            models.UniqueConstraint(
                Upper("code"),
                name="one_key_of_a_code",
                violation_error_message=_("Another key has this code, perhaps a former one."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=KeyKind.values),
                name="a_key_is_of_a_known_kind",
                violation_error_message=_("Choose one of the kinds."),
            ),
            models.CheckConstraint(
                condition=Q(loan_hours__isnull=True) | Q(loan_hours__gte=1, loan_hours__lte=2400),
                name="a_loan_lasts_some_hours",
                violation_error_message=_("A loan lasts 1 to 2400 hours. Leave it empty for the next working day."),
            ),
        ]
        indexes = [models.Index(fields=["unit", "code"], name="keys_of_a_unit")]

    def __str__(self):
        return f"{self.code} {self.opens}"

    @property
    def stands(self) -> bool:
        return self.ended_at is None

    @property
    def is_sealed(self) -> bool:
        return bool(self.seal) or self.kind in SEALED

    @property
    def label(self) -> KeyKind:
        return KeyKind(self.kind)

    @classmethod
    def detail_of(cls, line: Line) -> str:
        return " · ".join(filter(None, [cls.fields_of(line), line.text]))

    def signs(self, at: dt.datetime) -> list[tuple[str, str]]:
        """(colour, word) of what is to be known; asked of a row read `with_state`."""
        if not self.stands:
            return [("next", _("no longer kept"))]
        found = []
        if self.is_out:
            late = self.due_back_at < at
            found.append(("late", _("not back yet")) if late else ("info", pgettext_lazy("key", "out")))
            if not self.is_confirmed:
                found.append(("soon", _("receipt not confirmed")))
        if self.found == Found.MISSING:
            found.append(("late", _("missing at the last count")))
        if self.found == Found.BROKEN:
            found.append(("late", _("seal broken at the last count")))
        return found or [("well", pgettext_lazy("key", "there"))]

    def may_be_taken_by(self, person, at: dt.datetime) -> bool:
        """By the register: named, or on the unit's watch; and qualified, where that is asked."""
        if person is None:
            return False
        named = KeyTaker.objects.filter(key=self, person=person).exists()
        watch = self.open_to == OpenTo.WATCH and person.sight.has(Role.OFFICER, Role.LEADER, unit=self.unit_id)
        return (named or watch) and (self.qualification_id is None or self._holds(person, day_of(at)))

    def _holds(self, person, day: dt.date) -> bool:
        rows = person.qualified.standing().filter(qualification=self.qualification_id, from_on__lte=day)
        return rows.exclude(until_on__lt=day).exists()

    @verb(_("entered the key"))
    def register(self, *, takers=(), pieces=(), by, at):
        self.unit_id = self.cabinet.unit_id
        self.become_matter(str(self), at)
        self.save(force_insert=True)
        self.takers.set(takers)
        self.pieces.set(pieces)

    @verb(_("changed the entry"))
    def change(self, fields, *, takers=None, pieces=None, by, at):
        self._still_kept()
        self.unit_id = self.cabinet.unit_id
        self.matter_follows()
        plain = [name for name in fields if name not in ("takers", "pieces")]
        self.save(update_fields=[*plain, "unit"])
        for field, wanted in ((self.takers, takers), (self.pieces, pieces)):
            if wanted is not None:
                field.set(wanted)
        names = [person.name for person in takers] if takers is not None and "takers" in fields else []
        self.entry.data, self.entry.text = {"fields": list(fields)}, "、".join(names)

    @verb(_("gave the key up"))
    def retire(self, *, by, at):
        self._still_kept()
        if self.loans.out().exists():
            raise Conflict(self, _now("This key is out. Take it back first."))
        self.ended_at = at
        self.save(update_fields=["ended_at"])
        self.close_matter(at, by=by)

    def _still_kept(self) -> None:
        if Key.objects.filter(pk=self.pk, ended_at__isnull=False).exists():
            raise Conflict(self, _now("This key was given up meanwhile."))


@evidence()
class KeyTaker(models.Model):
    """Someone named: may take this key."""

    key = models.ForeignKey(Key, models.PROTECT)
    person = models.ForeignKey("duty.Person", models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "person"], name="a_taker_is_named_once")]


@evidence()
class KeyPiece(models.Model):
    """A piece of equipment that this key belongs to."""

    key = models.ForeignKey(Key, models.PROTECT)
    equipment = models.ForeignKey(Equipment, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "equipment"], name="a_key_belongs_to_a_piece_once")]
