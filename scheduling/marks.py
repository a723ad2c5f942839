"""How a duty is shown where there is room for a character or two, and what these marks mean."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import pgettext

from duty.clock import from_to
from scheduling.models import SeatRole
from scheduling.rules import Duty

ON_LEGEND = 8  # sorts of duty, the most frequent ones


@dataclass(slots=True)
class Chip:
    """One duty in a cell."""

    key: int
    mark: str
    sort: str  # leader, night, day, reserve
    second: bool  # a secondary's seat
    state: str  # hard, soft or nothing
    pinned: bool
    title: str
    open: str = ""  # the hours of its seat that are open, where only a part is kept


class Marks:
    """The marks of one page: what its many duties have in common is worded once."""

    def __init__(self):
        self.roles = {role.value: str(role.label) for role in SeatRole}
        self.own = {
            SeatRole.LEADER.value: pgettext("leader on the roster", "L"),
            SeatRole.RESERVE.value: pgettext("reserve on the roster", "R"),
        }
        self._hours: dict = {}

    def hours(self, duty: Duty) -> str:
        span = duty.start, duty.end
        if span not in self._hours:
            self._hours[span] = from_to(*span)
        return self._hours[span]

    def mark(self, duty: Duty) -> str:
        """The seat where it says more than the watch, else the watch's own mark."""
        return self.own.get(duty.role) or duty.mark or duty.name[:1]

    def sort(self, duty: Duty) -> str:
        return duty.role if duty.role in self.own else "night" if duty.is_night else "day"

    def chip(self, duty: Duty, state: str, pinned: bool) -> Chip:
        title = f"{duty.place} {duty.name} {self.hours(duty)} {self.roles[duty.role]}"
        second = duty.role == SeatRole.SECONDARY.value
        return Chip(duty.key, self.mark(duty), self.sort(duty), second, state, pinned, title)

    def legend(self, duties: Iterable[Duty]) -> list[tuple[str, str, str]]:
        """(mark, sort, what it means) of the sorts of duty among these."""
        found: Counter = Counter()
        for duty in duties:
            means = self.roles[duty.role] if duty.role in self.own else f"{duty.name} {self.hours(duty)}"
            found[self.mark(duty), self.sort(duty), means] += 1
        return [key for key, _count in found.most_common(ON_LEGEND)]
