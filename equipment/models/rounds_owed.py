"""What a round owes: that it begins, that it is walked to its end, that somebody approves it. One at a time."""

import datetime as dt

from django.db import models

from duty.models import Role
from equipment import ladders

BEGUN, WALKED, APPROVED = "equipment.round_begun", "equipment.round_walked", "equipment.round_approved"
WALKERS = "equipment.walkers"  # who is asked: the person of the plan, else whoever is on that watch


class Owing(models.Model):
    """Its three promises; each is made by the verb that leads to it."""

    class Meta:
        abstract = True

    def promise_begin(self, at: dt.datetime) -> None:
        self.owe(BEGUN, self.starts_by, at=at, owed_by=self.person, owed_as="" if self.person_id else WALKERS,
                 ladder=ladders.to_begin(self.planned_at, self.starts_by, self.due_at, self.missed_at))  # fmt: skip

    def promise_walk(self, at: dt.datetime, *, by=None) -> None:
        self.owe(WALKED, self.due_at, at=at, by=by, owed_by=by or self.person,
                 ladder=ladders.to_walk(self.due_at, self.missed_at))  # fmt: skip

    def promise_approval(self, at: dt.datetime, *, by=None) -> None:
        """By the leader of the watch; where they walked it themselves, by the head."""
        owed_as = "scheduling.leader"
        if self.done_by.sight.has(Role.LEADER, unit=self.unit_id):
            owed_as = "duty.parent_head" if self.unit.head_id == self.done_by_id else "duty.unit_head"
        self.owe(APPROVED, at + dt.timedelta(hours=24), at=at, by=by, owed_as=owed_as)
