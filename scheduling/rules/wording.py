"""A broken rule as a sentence that says who, when and what is wrong."""

from collections.abc import Hashable, Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duty.clock import local
from scheduling.models import AbsenceKind, Exempt, SeatRole

from .facts import Break, Duty, Plan


def said(plan: Plan, broken: Break) -> str:
    """The whole sentence, with the duties concerned."""
    duties = [known for key in broken.duties if (known := _duty(plan, broken.person, key))]
    where = _where(duties[-1]) if duties else ""
    words = why(plan, broken, broken.duties[-1] if broken.duties else None)
    return f"{where}: {words}" if where else words


def why(plan: Plan, broken: Break, asked: Hashable = None) -> str:
    """The reason alone, where the duty asked about is plain from what stands beside it: the other one is named."""
    facts = dict(broken.facts)
    facts["name"] = plan.people[broken.person].name if broken.person in plan.people else ""
    others = [key for key in broken.duties if key != asked]
    return WORDS[broken.rule](facts, [_duty(plan, broken.person, key) for key in others])


def reasons(plan: Plan, breaks: Iterable[Break], duty: Duty) -> list[str]:
    """What speaks against a duty, each once. Of a rule that only later duties would break by it, the last is told."""
    told: dict[str, None] = {}
    beyond: dict[str, Break] = {}
    own = set()
    for broken in breaks:
        if not broken.duties or duty.key in broken.duties:
            own.add(broken.rule)
            told[why(plan, broken, duty.key)] = None
        else:
            beyond[broken.rule] = broken
    told |= {said(plan, broken): None for rule, broken in beyond.items() if rule not in own}
    return list(told)


def _duty(plan: Plan, person: int | None, key) -> Duty | None:
    known = plan.duties.get(key)
    if known is None and person is not None:
        known = next((duty for duty in plan.held(person) if duty.key == key), None)
    return known


def _where(duty: Duty) -> str:
    return f"{_day(duty.date)} {duty.place} {duty.name} {SeatRole(duty.role).label}".replace("  ", " ")


def _day(date) -> str:
    return date_format(date, "m-d")


def _other(duties: list[Duty | None]) -> str:
    known = next((duty for duty in duties if duty), None)
    return f"{_day(known.date)} {known.name} {SeatRole(known.role).label}" if known else _("another duty")


def _qualified(facts, duties) -> str:
    if facts["lapsed"]:
        lapsed = date_format(facts["lapsed"], "Y-m-d")
        return _("%(name)s's qualification lapsed on %(day)s") % {"name": facts["name"], "day": lapsed}
    return _("%(name)s does not hold the qualification") % facts


WORDS = {
    "employed": lambda facts, duties: _("%(name)s does not work here on that day") % facts,
    "in_pool": lambda facts, duties: _("%(name)s is not among the people for this seat") % facts,
    "qualified": _qualified,
    "present": lambda facts, duties: (
        _("%(name)s is away until %(end)s: %(kind)s")
        % {"name": facts["name"], "end": f"{local(facts['end']):%m-%d %H:%M}", "kind": AbsenceKind(facts["kind"]).label}
    ),
    "exempt": lambda facts, duties: (
        _("%(name)s is exempt: %(kind)s") % {"name": facts["name"], "kind": Exempt(facts["kind"]).label}
    ),
    "not_acting": lambda facts, duties: _("%(name)s stands in for %(absent)s") % facts,
    "one_at_a_time": lambda facts, duties: (
        _("%(name)s has another duty at that time: %(other)s") % {"name": facts["name"], "other": _other(duties)}
    ),
    "rest": lambda facts, duties: (
        _("%(name)s rests only %(hours)s hours between this and %(other)s")
        % {"name": facts["name"], "hours": facts["hours"], "other": _other(duties)}
    ),
    "days_in_row": lambda facts, duties: (
        _("%(name)s is on duty for the %(days)s. day in a row, %(most)s at most") % facts
    ),
    "nights_in_row": lambda facts, duties: _("%(name)s keeps the %(days)s. night in a row, %(most)s at most") % facts,
    "filled": lambda facts, duties: _("nobody has this seat"),
    "led_on_holidays": lambda facts, duties: _("no leader on a statutory holiday"),
    "wish": lambda facts, duties: _("%(name)s would like to be free") % facts,
    "spacing": lambda facts, duties: (
        ngettext(
            "%(name)s has %(days)s day between this and %(other)s, %(wanted)s wanted",
            "%(name)s has %(days)s days between this and %(other)s, %(wanted)s wanted",
            facts["days"],
        )
        % (facts | {"other": _other(duties)})
    ),
    "leader_changes_daily": lambda facts, duties: _("%(name)s leads two days running") % facts,
    "weekends_in_row": lambda facts, duties: _("%(name)s is on duty for the %(times)s. weekend in a row") % facts,
    "recommended_length": lambda facts, duties: _("lasts %(hours)g hours, longer than recommended") % facts,
    "block_kept_whole": lambda facts, duties: _("the block changes hands to %(name)s") % facts,
    "weekend_kept_whole": lambda facts, duties: _("the weekend changes hands to %(name)s") % facts,
}
