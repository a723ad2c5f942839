"""What is promised about supplies: refilled, replaced before they expire, counted, brought back."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from duty.access import can
from duty.clock import local
from duty.ladders import ESCALATE, TELL, Rung
from equipment.models import Lot, Movement, Supply

DAY_SECONDS = 24 * 3600


def _days(days: int, to: str, **more) -> Rung:
    return Rung(offset=days * DAY_SECONDS, to=to, **more)


SHORT_LADDER = (
    _days(-7, "duty.owner+scheduling.planners", action=TELL),
    _days(-2, "duty.owner"),
    _days(0, "duty.owner+duty.unit_head", action=ESCALATE),
    _days(7, "duty.unit_head+duty.parent_head", action=ESCALATE, again=7 * DAY_SECONDS),
)
EXPIRES_LADDER = (
    _days(-30, "duty.owner"),
    _days(-7, "duty.owner+scheduling.planners"),
    _days(0, "duty.owner+duty.unit_head", action=ESCALATE),
    _days(7, "duty.unit_head+duty.parent_head", action=ESCALATE, again=7 * DAY_SECONDS),
)
CHECK_LADDER = (
    _days(-3, "duty.owner"),
    _days(0, "duty.owner+scheduling.planners"),
    _days(3, "duty.owner+duty.unit_head", action=ESCALATE),
    _days(10, "duty.unit_head", action=ESCALATE, again=7 * DAY_SECONDS),
)
BACK_LADDER = (
    Rung(offset=-4 * 3600, to="duty.owner"),
    Rung(offset=0, to="duty.owner+scheduling.officers"),
    _days(1, "duty.owner+scheduling.leader", action=ESCALATE),
    _days(3, "scheduling.leader+duty.unit_head", action=ESCALATE, again=3 * DAY_SECONDS),
)


def short(at):
    return Supply.objects.standing().with_stock().short().values_list("pk", flat=True)


def expiring(at):
    rows = Lot.objects.in_stock().filter(expires_on__isnull=False, supply__ended_at__isnull=True)
    return rows.order_by().values_list("supply", flat=True).distinct()


def counted(at):
    return Supply.objects.standing().values_list("pk", flat=True)


def coming_back(at):
    return Movement.objects.filter(supply__ended_at__isnull=True).to_come_back().values_list("supply", flat=True)


def restore(matter_id: int, at) -> None:
    Supply.objects.select_related("minder", "matter").get(pk=matter_id).mind(at)


def _day(day) -> str:
    return date_format(day, pgettext("date format", "j M Y"))


def short_in_words(ids):
    words = _("%(n)d %(measure)s are there, %(least)d ought to be: %(place)s.")
    rows = Supply.objects.filter(pk__in=ids).with_stock()
    return {
        row.pk: words % {"n": row.usable, "measure": row.measure, "least": row.minimum, "place": row.path}
        for row in rows
    }


def expiring_in_words(ids):
    found = {}
    words = _("%(n)d %(measure)s, lot %(lot)s, are good until %(day)s.")
    for lot in Lot.objects.in_stock().filter(supply__in=ids, expires_on__isnull=False).select_related("supply"):
        said = {"n": lot.quantity, "measure": lot.supply.measure, "lot": lot, "day": _day(lot.expires_on)}
        found.setdefault(lot.supply_id, words % said)
    return found


def coming_back_in_words(ids):
    found = {}
    words = _("%(n)d %(measure)s are out with %(whom)s, to be back on %(day)s.")
    for row in Movement.objects.filter(supply__in=ids).to_come_back().select_related("supply", "person"):
        said = {"n": row.out, "measure": row.supply.measure, "whom": row.whom, "day": _day(local(row.due_back_at))}
        found.setdefault(row.supply_id, []).append(words % said)
    return {pk: "\n".join(lines) for pk, lines in found.items()}


def lies_in_words(ids):
    return {row.pk: row.path for row in Supply.objects.filter(pk__in=ids)}


def to_the_form(label, fold: str):
    """To the supply's page with that form open, for those who may use it."""

    def action(deadline, person, asked: bool):
        address = reverse("supply", args=[deadline.matter_id])
        may = can(person, "handle", Supply(unit_id=deadline.unit_id))
        return (label, f"{address}?do={fold}#{fold}") if may else (_("View"), address)

    return action
