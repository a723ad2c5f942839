"""A roster as an Excel file: people × days, the same by date, and what the codes stand for."""

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duty.clock import local
from duty.models import Person
from duty.sheets import Table
from scheduling.models import Member, Roster, SeatRole
from scheduling.models.days import DayKind, days_between
from scheduling.models.laying import Laid
from scheduling.models.shifts import SEAT_ORDER
from scheduling.naming import Kinds, Register, codes_of

# The heads of the list, by what they hold; all but the first five are for the eye.
HEADS = {
    "date": gettext_lazy("Date"),
    "post": gettext_lazy("Duty post"),
    "watch": gettext_lazy("Watch"),
    "seat": gettext_lazy("Seat"),
    "person": gettext_lazy("Person"),
    "day": pgettext_lazy("of the week", "Day"),
    "begins": gettext_lazy("Begins"),
    "ends": gettext_lazy("Ends"),
}
SHOWN = ("date", "day", "post", "watch", "begins", "ends", "seat", "person")


def pooled(roster: Roster) -> set[int]:
    """Who is in the unit's pool on some day of the roster."""
    members = Member.objects.filter(unit=roster.unit_id).between(roster.first_on, roster.last_on)
    return set(members.values_list("person_id", flat=True))


def tables_of(roster: Roster, slots: list[Laid]) -> list[Table]:
    people = pooled(roster) | {slot.person_id for slot in slots if slot.person_id}
    register = Register.of(Person.objects.filter(pk__in=people).order_by("name_sort", "id"))
    return [_people_by_days(roster, slots, register), _by_date(roster, slots, register), _codes(slots)]


def _people_by_days(roster: Roster, slots: list[Laid], register: Register) -> Table:
    codes, kind_of, held = codes_of(slots), Kinds(slots), defaultdict(list)
    for slot in sorted(slots, key=lambda one: (one.starts_at, SEAT_ORDER[one.role])):
        if slot.person_id:
            held[slot.person_id, slot.date].append(codes[kind_of(slot)])
    dates = list(days_between(roster.first_on, roster.last_on))
    rows = [[register.label(pk), *(" ".join(held[pk, date]) for date in dates)] for pk in register.people]
    return Table(_("People × days"), [_("Person"), *map(str, dates)], rows, narrow=True)


def _by_date(roster: Roster, slots: list[Laid], register: Register) -> Table:
    days, kind_of = days_between(roster.first_on, roster.last_on), Kinds(slots)
    rows = []
    for slot in sorted(
        slots, key=lambda s: (s.date, s.starts_at, s.post.order, s.post_id, SEAT_ORDER[s.role], s.place)
    ):
        day = days[slot.date]
        kind = day.name if day.kind == DayKind.HOLIDAY and day.name else day.get_kind_display()
        hours = [f"{local(at):%H:%M}" for at in (slot.starts_at, slot.ends_at)]
        who = register.label(slot.person_id) if slot.person_id else ""
        rows.append([slot.date, kind, slot.post.name, kind_of.name(slot), *hours, str(SeatRole(slot.role).label), who])
    return Table(_("By date"), [str(HEADS[head]) for head in SHOWN], rows)


def _codes(slots: list[Laid]) -> Table:
    kind_of = Kinds(slots)
    one_of = {kind_of(slot): slot for slot in slots}
    rows = [
        [code, one_of[kind].post.name, kind[1], str(SeatRole(one_of[kind].role).label)]
        for kind, code in codes_of(slots).items()
    ]
    return Table(_("Codes"), [_("Code"), _("Duty post"), _("Watch"), _("Seat")], rows)
