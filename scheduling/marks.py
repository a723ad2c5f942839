"""How a duty is shown where there is room for a character or two, and what these marks mean."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
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
        self._seen: set[str] = set()

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
        self._seen |= {sign for sign, is_so in (("second", second), (state, state), ("pinned", pinned)) if is_so}
        return Chip(duty.key, self.mark(duty), self.sort(duty), second, state, pinned, title)

    @property
    def signs(self) -> list[tuple[str, str]]:
        """(sign, what it means) of those the chips made so far bear."""
        known = {
            "second": self.roles[SeatRole.SECONDARY.value],
            "hard": _("a rule is broken"),
            "soft": _("with a remark"),
            "pinned": pgettext("seat", "pinned"),
        }
        return [(sign, means) for sign, means in known.items() if sign in self._seen]

    def legend(self, duties: Iterable[Duty]) -> list[tuple[str, str, str]]:
        """(mark, sort, what it means) of the sorts of duty among these."""
        found: Counter = Counter()
        hours: dict[tuple, Counter] = defaultdict(Counter)
        for duty in duties:
            own = duty.role in self.own
            sort = self.mark(duty), self.sort(duty), self.roles[duty.role] if own else duty.name
            found[sort] += 1
            if not own:
                hours[sort][self.hours(duty)] += 1  # of a watch that is kept in parts the usual ones are told
        return [
            (
                mark,
                sort,
                f"{means} {hours[mark, sort, means].most_common(1)[0][0]}" if hours[mark, sort, means] else means,
            )
            for (mark, sort, means), _count in found.most_common(ON_LEGEND)
        ]
