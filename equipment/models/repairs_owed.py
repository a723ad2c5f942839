"""What a defect owes: that somebody takes it, that it is mended, that the watch looks whether it holds."""

import datetime as dt

from django.db import models

from equipment import ladders

from .defect_states import FIXED, TAKEN, VERIFIED, VERIFY_WITHIN
from .pieces import Criticality
from .repair_terms import RepairTerm


class Owing(models.Model):
    """Its three promises; each is made anew by the verb that changes it."""

    class Meta:
        abstract = True

    def promise_taking(self, at: dt.datetime, *, by=None, tell_again: bool = True) -> None:
        term = RepairTerm.of(self.criticality)
        due = self.take_by or self.found_at + dt.timedelta(minutes=term.acknowledge_minutes)
        rungs = ladders.to_take(term.acknowledge_minutes, self.criticality == Criticality.KEY)
        rungs = ladders.from_now(rungs if tell_again else rungs[1:], due, at)
        self.owe(
            TAKEN, due, at=at, by=by, owed_as="equipment.menders", ladder=rungs, runs_from=min(self.found_at, at),
            fire_now=tell_again,
        )  # fmt: skip

    def promise_mending(self, at: dt.datetime, *, by=None, told: bool = False) -> None:
        """Owed by whoever has it in hand, else by those who maintain the piece; `told`: what has fired does not fire again."""
        term = RepairTerm.of(self.criticality)
        due = self.fix_by or self.found_at + dt.timedelta(hours=term.fix_hours)
        rungs = (ladders.yet_to_come if told else ladders.from_now)(ladders.to_mend(term.fix_hours), due, at)
        owed_as = "" if self.mender_id else "equipment.menders"
        self.owe(
            FIXED,
            due,
            at=at,
            by=by,
            owed_by=self.mender,
            owed_as=owed_as,
            ladder=rungs,
            runs_from=min(self.found_at, at),
        )

    def promise_verifying(self, at: dt.datetime, *, by=None) -> None:
        due = (self.fixed_at or at) + VERIFY_WITHIN
        rungs = ladders.from_now(ladders.TO_VERIFY, due, at)
        self.owe(VERIFIED, due, at=at, by=by, owed_as="scheduling.officers", ladder=rungs)
