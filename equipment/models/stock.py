"""The verbs that move a supply's stock, and the promises that hang on what is left."""

import datetime as dt

from django.db import models
from django.db.models import F, Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duty.clock import DAY, MINUTE, day_of, start_of
from duty.models import Deadline, Matter, Settled
from duty.steps import Conflict, verb

from .lots import Lot, Movement, MovementKind

SHORT, EXPIRES = "equipment.supply_short", "equipment.supply_expires"
CHECK, BACK = "equipment.supply_check", "equipment.supply_back"
REFILLED_WITHIN = 7 * DAY


def end_of(day: dt.date) -> dt.datetime:
    """The last minute of a day."""
    return start_of(day + DAY) - MINUTE


class Stock(models.Model):
    """What is done with a supply. Each verb holds the supply's row, so that two who take the last one take turns."""

    class Meta:
        abstract = True

    @verb(_("took supplies in"))
    def receive(self, quantity: int, *, number: str = "", expires_on: dt.date | None = None, reason: str = "", by, at):
        self._still_kept()
        lot, _made = Lot.objects.get_or_create(supply=self, number=number, expires_on=expires_on)
        self._move(MovementKind.RECEIVED, lot, quantity, quantity, by=by, at=at, reason=reason)
        self._say(f"+{quantity} {self.measure}", lot.number)
        self.mind(at, by=by)

    @verb(_("issued supplies"))
    def issue(
        self, quantity: int, *, lot: Lot | None = None, person=None, name: str = "", incident: Matter | None = None,
        due_back_at: dt.datetime | None = None, reason: str = "", by, at,
    ) -> list[Movement]:  # fmt: skip
        """Out of one lot, or out of those that are still good, the first to expire first."""
        self._still_kept()
        lots = Lot.objects.filter(supply=self, pk=lot.pk).in_stock() if lot else self.lots.usable(day_of(at))
        left, rows = quantity, []
        for here in lots:
            taken = min(left, here.quantity)
            if taken:
                rows.append(
                    self._move(
                        MovementKind.ISSUED, here, taken, -taken, by=by, at=at, person=person, name=name,
                        incident=incident, due_back_at=due_back_at, reason=reason,
                    )
                )  # fmt: skip
            left -= taken
        if left:
            self._too_few(quantity - left)
        self._say(f"−{quantity} {self.measure} → {person.name if person else name}", incident and incident.number)
        self.mind(at, by=by)
        return rows

    @verb(_("took supplies back"))
    def take_back(self, issue: Movement, quantity: int, *, reason: str = "", by, at):
        self._answer(MovementKind.RETURNED, issue, quantity, quantity, reason, by, at)

    @verb(_("gave up what was issued"))
    def give_up(self, issue: Movement, quantity: int, *, reason: str = "", by, at):
        """Used up or lost: nobody waits for it any more."""
        self._answer(MovementKind.GONE, issue, quantity, 0, reason, by, at)

    def _answer(self, kind: str, issue: Movement, quantity: int, change: int, reason: str, by, at) -> None:
        self._still_kept()
        out = Movement.objects.filter(supply=self, pk=issue.pk).still_out().values_list("out", flat=True).first() or 0
        if quantity > out:
            words = _now("Only %(n)d %(measure)s of this issue are still out. Look again.")
            raise Conflict(self, words % {"n": out, "measure": self.measure})
        self._move(
            kind, issue.lot, quantity, change, by=by, at=at, of=issue, person=issue.person, name=issue.name,
            incident=issue.incident, reason=reason,
        )  # fmt: skip
        self._say(f"{quantity} {self.measure} ← {issue.whom}")
        self.mind(at, by=by)

    @verb(_("wrote supplies off"))
    def write_off(self, lot: Lot, quantity: int, *, reason: str = "", by, at):
        self._still_kept()
        if not Lot.objects.filter(supply=self, pk=lot.pk, quantity__gte=quantity).exists():
            self._too_few(Lot.objects.get(pk=lot.pk).quantity)
        self._move(MovementKind.WRITTEN_OFF, lot, quantity, -quantity, by=by, at=at, reason=reason)
        self._say(f"−{quantity} {self.measure}", lot.number)
        self.mind(at, by=by)

    @verb(_("counted supplies"))
    def count(self, found: dict[int, int], *, reason: str = "", by, at):
        """What really lies there, by lot; where it differs the books follow, with a reason. The clock starts anew."""
        self._still_kept()
        wrong = []
        for lot in self.lots.filter(pk__in=found).order_by("pk"):
            number = found[lot.pk]
            change = number - lot.quantity
            self._move(MovementKind.COUNTED, lot, number, change, by=by, at=at, reason=reason if change else "")
            if change:
                wrong.append(f"{lot.quantity} → {number} {self.measure} {lot.number}".strip())
        self.counted_at = at
        self.save(update_fields=["counted_at"])
        self._say(*wrong)
        if wrong:
            self.entry.data["colour"] = "soon"
        self.mind(at, by=by)

    def _move(self, kind: str, lot: Lot, quantity: int, change: int, **more) -> Movement:
        if not Lot.objects.filter(pk=lot.pk, quantity__gte=-change).update(quantity=F("quantity") + change):
            self._too_few(0)
        return Movement.objects.create(
            supply=self, lot=lot, kind=kind, quantity=quantity, change=change, after=self.in_stock(), **more
        )

    def _too_few(self, there: int):
        words = _now("Only %(n)d %(measure)s are there. Someone may have taken some meanwhile.")
        raise Conflict(self, words % {"n": there, "measure": self.measure})

    def _say(self, *words) -> None:
        self.entry.text = " · ".join(filter(None, words))

    def in_stock(self) -> int:
        return self.lots.aggregate(n=Sum("quantity"))["n"] or 0

    def usable_stock(self, at: dt.datetime) -> int:
        """Without what has expired: that is there, and helps nobody."""
        return self.lots.usable(day_of(at)).aggregate(n=Sum("quantity"))["n"] or 0

    # Promises

    def dues(self, at: dt.datetime) -> dict[str, tuple | None]:
        """{kind: (due when, who owes it)}, or None where nothing is promised."""
        expiring = self.lots.in_stock().filter(expires_on__isnull=False).first()
        out = self.movements.to_come_back().select_related("person").first()
        since = self.counted_at or self.matter.opened_at
        return {
            SHORT: (None, self.minder) if self.usable_stock(at) < self.minimum else None,
            EXPIRES: (end_of(expiring.expires_on), self.minder) if expiring else None,
            CHECK: (end_of(day_of(since) + self.check_every_days * DAY), self.minder),
            BACK: (out.due_back_at, out.person or self.minder) if out else None,
        }

    def mind(self, at: dt.datetime, *, by=None) -> None:
        """Make and settle promises as the stock, its lots, and what is out ask for it."""
        standing = {row.kind: row for row in Deadline.objects.open().filter(matter_id=self.pk)}
        for kind, wanted in self.dues(at).items():
            old = standing.get(kind)
            if wanted is None:
                self.settle(kind, at, by=by)
                continue
            due_at, owner = wanted
            due_at = due_at or (old.due_at if old else at + REFILLED_WITHIN)
            if old and (old.due_at, old.owed_by_id) == (due_at, owner.pk):
                continue
            if old and due_at > old.due_at:  # what was due is done; the next of its kind comes later
                self.settle(kind, at, by=by, how=Settled.KEPT)
            self.owe(kind, due_at, at=at, by=by, owed_by=owner)
