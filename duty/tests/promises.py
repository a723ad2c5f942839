"""A kind of promise to play with, registered for the length of a test."""

import datetime as dt

from duty import ladders, sockets
from duty.ladders import ESCALATE, TELL, Rung
from duty.models import Deadline, Firing, Grant, Matter, Person, Role
from duty.sockets import DeadlineKind, Resolver

MINUTE = dt.timedelta(minutes=1)
KIND = "test.promise"
LADDER = (
    Rung(0, "test.first", TELL),
    Rung(600, "test.second", ESCALATE),
    Rung(1200, "test.third", ESCALATE, again=1800),
)


class Promises:
    """Registers `test.promise`, with a ladder to people whom the test names by level."""

    def __init__(self):
        self.told = {"test.first": [], "test.second": [], "test.third": []}
        self.added = []

    def register(self, name: str = KIND, **more) -> None:
        kind = DeadlineKind(
            name=name, title="试承诺", mark="试", action=lambda deadline, person, asked: ("去做", "/"),
            expected=more.pop("expected", lambda at: []), ladder=more.pop("ladder", LADDER), **more,
        )  # fmt: skip
        self.added.append((sockets.deadline_kinds, sockets.deadline_kinds.add(kind)))

    def level(self, name: str) -> None:
        def find(dues, at):
            ids = [person.pk for person in self.told[name]]
            return {due.id: ids for due in dues} if ids else {}

        self.added.append((sockets.resolvers, sockets.resolvers.add(Resolver(name, name, find))))

    def forget(self) -> None:
        for registry, plug in self.added:
            registry.plugs.pop(plug.name)

    def make(self, unit, due_at: dt.datetime, opened_at: dt.datetime | None = None, **more) -> Deadline:
        """One open promise on a matter of its own, as `Subject.owe` leaves it."""
        opened_at = opened_at or due_at - 60 * MINUTE
        rungs = ladders.frozen(more.pop("ladder", LADDER))
        number, fires_at = ladders.first_firing(ladders.thawed(rungs), opened_at, due_at)
        matter = more.pop("matter", None) or Matter.objects.create(
            kind="test.thing", unit=unit, title=more.pop("title", "试事"), opened_at=opened_at
        )
        values = dict(
            kind=KIND, matter=matter, unit=unit, opened_at=opened_at, runs_from=opened_at, due_at=due_at,
            ladder=rungs, rung=number, fires_at=fires_at,
        )  # fmt: skip
        return Deadline.objects.create(**(values | more))


def administrator_ids() -> set[int]:
    return set(
        Person.objects.filter(grants__in=Grant.objects.filter(role=Role.ADMINISTRATOR)).values_list("pk", flat=True)
    )


def fired(deadline) -> list[tuple]:
    """(rung, outcome, names) of each rung that fired."""
    return [(f.rung, f.outcome, f.told) for f in Firing.objects.filter(deadline=deadline).order_by("rung")]
