"""Publications that look whether the days are free, but do not take turns: the look is old when they write."""

from scheduling import publishing


def put_in_place() -> None:
    publishing.LOCK = "SELECT"
