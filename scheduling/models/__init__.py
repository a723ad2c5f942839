"""An index of the scheduling tables; each concept has a file of its own."""

from .days import CalendarYear, Day, DayKind
from .posts import Post
from .shifts import Seat, SeatRole, Shift

__all__ = ["CalendarYear", "Day", "DayKind", "Post", "Seat", "SeatRole", "Shift"]
