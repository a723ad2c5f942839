"""How the seats and the people of a roster are written in a sheet, and read again in either language."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from duty.clock import local
from duty.models import Person
from duty.sheets import plain
from scheduling.models import SeatRole, Slot
from scheduling.models.shifts import SEAT_ORDER

Kind = tuple[int, str, str]  # post, name of the watch, role


class Kinds:
    """What kind of seat each of a roster is. Where a post has two watches of one name on a day, the hour tells them apart."""

    def __init__(self, slots: Iterable[Slot]):
        self.begins: dict = {}  # a part of a watch begins later than the watch does
        for slot in slots:
            self.begins[slot.watch] = min(slot.starts_at, self.begins.get(slot.watch, slot.starts_at))
        watches = Counter(
            (slot.date, slot.post_id, slot.name) for slot in {slot.watch: slot for slot in slots}.values()
        )
        self.repeated = {(post, name) for (_date, post, name), many in watches.items() if many > 1}

    def __call__(self, slot: Slot) -> Kind:
        return slot.post_id, self.name(slot), slot.role

    def name(self, slot: Slot) -> str:
        """早班, or 早班 08:00."""
        return f"{slot.name} {self.hour(slot)}" if (slot.post_id, slot.name) in self.repeated else slot.name

    def mark(self, slot: Slot) -> str:
        """早, or 早08, for a code."""
        mark = slot.mark or slot.name[:1]
        if (slot.post_id, slot.name) not in self.repeated:
            return mark
        return mark + self.hour(slot).removesuffix(":00").replace(":", "")

    def hour(self, slot: Slot) -> str:
        return f"{local(self.begins[slot.watch]):%H:%M}"


def codes_of(slots: Iterable[Slot]) -> dict[Kind, str]:
    """A short code for every kind of seat of a roster, in the language that is on: 夜主, and 2夜主 at its second post."""
    letters = {
        SeatRole.LEADER: pgettext("leader, in a code", "L"),
        SeatRole.PRIMARY: pgettext("primary, in a code", "P"),
        SeatRole.SECONDARY: pgettext("secondary, in a code", "S"),
        SeatRole.RESERVE: pgettext("reserve, in a code", "R"),
    }
    slots = list(slots)
    kind_of = Kinds(slots)
    kinds = {kind_of(slot): slot for slot in slots}
    order = sorted(kinds, key=lambda k: (kinds[k].post.order, k[0], k[1], SEAT_ORDER[k[2]]))
    posts = list(dict.fromkeys(kind[0] for kind in order))
    found: dict[Kind, str] = {}
    for kind in order:
        post, _name, role = kind
        front = str(posts.index(post) + 1) if len(posts) > 1 else ""
        code = f"{front}{kind_of.mark(kinds[kind])}{letters[role]}"
        while code in found.values():
            code += "'"
        found[kind] = code
    return found


def known_codes(slots: Iterable[Slot]) -> dict[str, Kind]:
    """Every code as it is written in any of our languages."""
    slots, found = list(slots), {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {plain(code).casefold(): kind for kind, code in codes_of(slots).items()}
    return found


class Unknown(ValueError):
    """Nobody, or more than one, is called that; its text says so."""


@dataclass
class Register:
    """Those who may be named in a sheet, by name and by staff number."""

    people: dict[int, Person] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Iterable[Person]) -> "Register":
        register = cls()
        for person in people:
            register.people[person.pk] = person
            register.by_name[plain(person.name)].append(person.pk)
            register.by_number[plain(person.staff_number).casefold()] = person.pk
        return register

    def label(self, person: int) -> str:
        """The name, with the staff number where the name alone says too little."""
        who = self.people[person]
        for text in (who.name, f"{who.name} {who.staff_number}"):
            try:
                if self.find(plain(text)) == person:
                    return text
            except Unknown:
                continue
        return who.staff_number

    def find(self, text: str) -> int | None:
        """Who is meant; None for an empty cell. Raises Unknown."""
        if not text:
            return None
        if (number := text.casefold()) in self.by_number:
            return self.by_number[number]
        if called := self.by_name.get(text):
            if len(called) > 1:
                numbers = ", ".join(sorted(self.people[pk].staff_number for pk in called))
                raise Unknown(
                    _("several people are called %(name)s: write %(numbers)s") % {"name": text, "numbers": numbers}
                )
            return called[0]
        name, _space, number = text.replace("(", " ").replace(")", " ").strip().rpartition(" ")
        found = self.by_number.get(number.casefold())
        if found is None or not name:
            raise Unknown(_("nobody called %(name)s") % {"name": text[:60]})
        if plain(self.people[found].name) != name.strip():
            raise Unknown(
                _("%(number)s is %(name)s, not %(other)s")
                % {"number": number, "name": self.people[found].name, "other": name.strip()[:60]}
            )
        return found
