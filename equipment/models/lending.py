"""The verbs that hand a key out and take it back; its promise is that it comes back in time."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from duty.clock import DAY, day_of, local
from duty.steps import Conflict, NotPossible, verb
from duty.telling import tell
from scheduling.models.days import days_between

from .loans import Confirmed, Loan, Seal
from .stock import end_of

BACK = "equipment.key_back"


def next_working_day(day: dt.date) -> dt.date:
    """By the calendar of days: after a holiday of a week the key is awaited when work begins again."""
    days = days_between(day + DAY, day + 20 * DAY)
    return next((date for date, kind in days.items() if not kind.is_off), day + DAY)


class Lending(models.Model):
    class Meta:
        abstract = True

    @property
    def loan(self) -> Loan | None:
        """The open one."""
        return self.loans.out().select_related("borrower", "approver", "issued_by", "incident", "confirmed_by").first()

    def usually_back_at(self, at: dt.datetime) -> dt.datetime:
        """After the usual longest loan, else by the end of the next working day."""
        if self.loan_hours:
            return at + dt.timedelta(hours=self.loan_hours)
        return end_of(next_working_day(day_of(at)))

    @verb(_("handed the key out"))
    def issue(self, loan: Loan, *, by, at) -> Loan:
        """To someone who may take it, or to another with an approver and a reason: that stays marked."""
        self._still_kept()
        if self.loans.out().exists():
            raise Conflict(self, _now("Someone has just handed this key out. Look who has it."))
        loan.key, loan.issued_by, loan.issued_at = self, by, at
        loan.is_exception = not self.may_be_taken_by(loan.borrower, at)
        if (loan.is_exception or self.needs_approver) and not loan.approver_id:
            raise NotPossible(self, _now("Whoever takes this key needs someone's approval. Name who approved it."))
        if loan.is_exception and not loan.grounds:
            raise NotPossible(self, _now("This person may not take this key by the register. Write why all the same."))
        loan.save(force_insert=True)
        self.entry.text = " · ".join(
            filter(None, [loan.whom, loan.incident and loan.incident.number, loan.purpose, loan.grounds])
        )
        if loan.is_exception:
            self.entry.data["colour"] = "soon"
        owner = {"owed_by": loan.borrower} if loan.borrower else {"owed_as": "scheduling.officers"}
        self.owe(BACK, loan.due_back_at, at=at, by=by, **owner)
        self._tell_of(loan, by, at)
        return loan

    def _tell_of(self, loan: Loan, by, at) -> None:
        values = {"key": str(self), "whom": loan.whom, "time": f"{local(loan.due_back_at):%m-%d %H:%M}"}
        if loan.borrower_id and loan.borrower_id != by.pk:
            write = lambda: (  # noqa: E731
                _now("Confirm that you have it: %(key)s") % values, _now("To be back by %(time)s.") % values,
            )  # fmt: skip
            tell([loan.borrower_id], f"key:{loan.pk}", write, matter_id=self.pk, at=at)
        if loan.approver_id and loan.approver_id != by.pk:
            write = lambda: (  # noqa: E731
                _now("%(key)s was handed to %(whom)s, approved by you") % values,
                _now("If you did not approve it, call the watch at once.") + f"\n{loan.grounds}",
            )  # fmt: skip
            tell([loan.approver_id], f"key:{loan.pk}", write, matter_id=self.pk, at=at)

    @verb(_("confirmed the receipt of the key"))
    def confirm(self, how: str, *, by, at):
        """By whoever took it, or at the desk: how stays visible. `by` is who is signed in."""
        loan = self.loan
        if loan is None:
            raise Conflict(self, _now("This key is not out any more."))
        if how == Confirmed.OWN and loan.borrower_id != by.pk:
            raise NotPossible(self, _now("Only whoever took the key confirms it from their own page."))
        confirmed = {"confirmed_at": at, "confirmed_by": by, "confirmed_how": how}
        if not Loan.objects.filter(pk=loan.pk, confirmed_at__isnull=True).update(**confirmed):
            raise Conflict(self, _now("This was confirmed already."))
        self.entry.text = f"{loan.whom} · {Confirmed(how).label}"

    @verb(_("took the key back"))
    def take_back(
        self, *, seal: str = "", new_seal: str = "", password_changed: bool | None = None, note: str = "", by, at
    ):
        """By someone else than whoever had it. What was opened is sealed anew, a used password is changed."""
        loan = self.loan
        if loan is None:
            raise Conflict(self, _now("This key was taken back already."))
        if loan.borrower_id == by.pk:
            raise NotPossible(self, _now("You have this key yourself. Someone else takes it back from you."))
        if self.is_sealed and seal == Seal.BROKEN and not new_seal:
            raise NotPossible(self, _now("The seal is broken. Seal it anew and write the new number."))
        back = {"returned_at": at, "returned_to": by, "seal": seal, "new_seal": new_seal, "note": note}
        Loan.objects.filter(pk=loan.pk, returned_at__isnull=True).update(**back, password_changed=password_changed)
        if new_seal:
            self.seal = new_seal
            self.save(update_fields=["seal"])
        words = [loan.whom, Seal(seal).label if seal else "", new_seal, note]
        if password_changed is False:
            words.append(_now("password not changed"))
            self.entry.data["colour"] = "late"
        self.entry.text = " · ".join(str(word) for word in words if word)
        self.settle(BACK, at, by=by)
