"""An index of the scheduling tables; each concept has a file of its own."""

from .posts import Post
from .shifts import Seat, SeatRole, Shift

__all__ = ["Post", "Seat", "SeatRole", "Shift"]
