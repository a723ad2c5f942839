"""Rules on one person and one duty: may this person keep it at all?"""

from collections.abc import Iterator

from .facts import LEADER, Break, Duty, Plan, Someone


def employed(plan: Plan, person: Someone, duty: Duty) -> Iterator[Break]:
    if not person.works_on(duty.date):
        yield Break("employed", person.id, (duty.key,))


def in_pool(plan: Plan, person: Someone, duty: Duty) -> Iterator[Break]:
    if person.membership_on(duty.date, duty.role) is None:
        yield Break("in_pool", person.id, (duty.key,), (("role", duty.role),))


def qualified(plan: Plan, person: Someone, duty: Duty) -> Iterator[Break]:
    wanted = duty.qualification
    if wanted is not None and not person.holds(wanted, duty.date):
        held = person.qualified.get(wanted, ())
        lapsed = max((valid.last for valid in held if valid.last and valid.last < duty.date), default=None)
        yield Break("qualified", person.id, (duty.key,), (("qualification", wanted), ("lapsed", lapsed)))


def present(plan: Plan, person: Someone, duty: Duty) -> Iterator[Break]:
    for away in person.away:
        if away.start < duty.end and duty.start < away.end:
            yield Break("present", person.id, (duty.key,), (("kind", away.kind), ("end", away.end)))
            return


def exempt(plan: Plan, person: Someone, duty: Duty) -> Iterator[Break]:
    if not person.exempt:
        return
    if duty.is_night and person.exempt_from("nights", duty.date):
        yield Break("exempt", person.id, (duty.key,), (("kind", "nights"),))
    elif duty.day_kind == "rest" and person.exempt_from("weekends", duty.date):
        yield Break("exempt", person.id, (duty.key,), (("kind", "weekends"),))
    elif duty.day_kind == "holiday" and person.exempt_from("holidays", duty.date):
        yield Break("exempt", person.id, (duty.key,), (("kind", "holidays"),))
    elif person.exempt_from("all", duty.date):
        yield Break("exempt", person.id, (duty.key,), (("kind", "all"),))


def not_acting(plan: Plan, person: Someone, duty: Duty) -> Iterator[Break]:
    """Whoever alone stands in for an absent leader is not put on a watch besides, unless as its leader."""
    for start, end, absent in person.acting:
        if duty.role != LEADER and start < duty.end and duty.start < end:
            yield Break("not_acting", person.id, (duty.key,), (("absent", absent),))
            return


def wish(plan: Plan, person: Someone, duty: Duty) -> Iterator[Break]:
    if person.wishes.get(duty.date) == "free":
        yield Break("wish", person.id, (duty.key,))
