"""An index of the scheduling tables; each concept has a file of its own."""

from .absences import Absence, AbsenceKind, AbsenceStatus, Half
from .days import CalendarYear, Day, DayKind
from .feeds import Feed
from .open_seats import OpenSeat
from .patterns import Pattern, PatternSeat, Qualification
from .pool import Exempt, Exemption, Member, Wanted, Wish
from .posts import Post
from .qualified import Qualified
from .rights import Adjustment, Entitlement, Objection, ObjectionStatus, Rate
from .rosters import Roster, RosterStatus
from .shifts import Seat, SeatRole, Shift
from .slots import DraftEdit, Slot
from .swaps import Swap, SwapStatus
from .terms import Rotation, Terms
from .versions import GeneratorRun, RosterVersion, RunKind, RunState

__all__ = [
    "Absence",
    "AbsenceKind",
    "AbsenceStatus",
    "Adjustment",
    "CalendarYear",
    "Day",
    "DayKind",
    "DraftEdit",
    "Entitlement",
    "Exempt",
    "Exemption",
    "Feed",
    "GeneratorRun",
    "Half",
    "Member",
    "Objection",
    "ObjectionStatus",
    "OpenSeat",
    "Pattern",
    "PatternSeat",
    "Post",
    "Qualification",
    "Qualified",
    "Rate",
    "Roster",
    "RosterStatus",
    "RosterVersion",
    "Rotation",
    "RunKind",
    "RunState",
    "Seat",
    "SeatRole",
    "Shift",
    "Slot",
    "Swap",
    "SwapStatus",
    "Terms",
    "Wanted",
    "Wish",
]
