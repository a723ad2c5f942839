"""Who hears of it: the kernel's own resolvers, and who can be reached at all.

Recipients are resolved when a rung fires, not before, so that a change of watch, post or superior counts at once.
Each resolver works on a whole batch.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from duty.models import Grant, Person, Role, Unit
from duty.models.units import unit_tree
from duty.sockets import Resolver, resolvers


@dataclass(frozen=True)
class Reached:
    """A person who can be told now, and in which language."""

    id: int
    name: str
    mail: str
    tongue: str


FIELDS = ("id", "name", "mail", "language", "deputy_id")


def reachable(ids: Iterable[int], at: dt.datetime) -> dict[int, Reached]:
    """{person asked for: who is told instead}: the person, or the deputy of one who has left or has no channel.

    Reachable is who works here at that instant and has an address a message can go to; the screen alone
    reaches nobody who is asleep.
    """
    ids = set(ids)
    if not ids:
        return {}
    here = {row["id"]: row for row in Person.objects.filter(pk__in=ids).employed(at).exclude(mail="").values(*FIELDS)}
    missing = ids - here.keys()
    deputies = {}
    if missing:
        wanted = dict(Person.objects.filter(pk__in=missing, deputy__isnull=False).values_list("id", "deputy_id"))
        found = Person.objects.filter(pk__in=set(wanted.values())).employed(at).exclude(mail="").values(*FIELDS)
        by_id = {row["id"]: row for row in found}
        deputies = {person: by_id[deputy] for person, deputy in wanted.items() if deputy in by_id}
    return {
        asked: Reached(row["id"], row["name"], row["mail"], row["language"] or settings.LANGUAGE_CODE)
        for asked, row in (here | deputies).items()
    }


def _superiors_of(ids: set[int]) -> dict[int, int]:
    return dict(Person.objects.filter(pk__in=ids, superior__isnull=False).values_list("id", "superior_id"))


def _superior(dues, at):
    """The direct superior of whoever made the promise."""
    above = _superiors_of({due.opened_by_id for due in dues if due.opened_by_id})
    return {due.id: [above[due.opened_by_id]] for due in dues if due.opened_by_id in above}


def _second_superior(dues, at):
    first = _superiors_of({due.opened_by_id for due in dues if due.opened_by_id})
    second = _superiors_of(set(first.values()))
    chain = {person: second[above] for person, above in first.items() if above in second}
    return {due.id: [chain[due.opened_by_id]] for due in dues if due.opened_by_id in chain}


def _heads(dues, pick):
    heads = dict(Unit.objects.values_list("id", "head_id"))
    tree = unit_tree()
    found = {}
    for due in dues:
        head = next((heads[unit] for unit in pick(tree.above(due.unit_id)) if heads.get(unit)), None)
        if head:
            found[due.id] = [head]
    return found


def _unit_head(dues, at):
    """The head of the matter's unit, or of the nearest unit above that has one."""
    return _heads(dues, lambda path: path)


def _parent_head(dues, at):
    return _heads(dues, lambda path: path[1:])


def _top_head(dues, at):
    return _heads(dues, lambda path: path[-1:])


def _owner(dues, at):
    """Whoever owes it: a person, or whoever holds that seat now."""
    found = {due.id: [due.owed_by_id] for due in dues if due.owed_by_id}
    by_seat: dict[str, list] = {}
    for due in dues:
        if not due.owed_by_id and due.owed_as:
            by_seat.setdefault(due.owed_as, []).append(due)
    for seat, group in by_seat.items():
        found.update(resolvers[seat].find(group, at))
    return found


def _designated(dues, at):
    return {due.id: [due.rung.person] for due in dues if due.rung.person}


def administrators() -> list[int]:
    return sorted(set(Grant.objects.filter(role=Role.ADMINISTRATOR).values_list("person_id", flat=True)))


def _administrators(dues, at):
    everyone = administrators()
    return {due.id: everyone for due in dues}


def plug_in() -> None:
    """The kernel's resolvers; called once, when the app is ready."""
    for name, title, find in (
        ("duty.owner", _("whoever owes it"), _owner),
        ("duty.superior", _("direct superior"), _superior),
        ("duty.second_superior", _("the superior's superior"), _second_superior),
        ("duty.unit_head", _("head of the unit"), _unit_head),
        ("duty.parent_head", _("head of the unit above"), _parent_head),
        ("duty.top_head", _("head of the organisation"), _top_head),
        ("duty.designated", _("designated person"), _designated),
        ("duty.administrators", _("administrators"), _administrators),
    ):
        resolvers.add(Resolver(name, title, find))
