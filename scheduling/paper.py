"""《值班表》 for the wall: a row per day, a column per seat of each watch, in as many tables as the sheet is wide."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from scheduling.daybook import Date, Daybook, Place
from scheduling.models import Post, SeatRole
from scheduling.models.shifts import SEAT_ORDER

MOST_COLUMNS = 10  # of names, on A4 across; more are set on a table of their own


@dataclass
class Head:
    """One watch of a post, over the seats it has on any day."""

    post: Post
    name: str
    hours: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)

    @property
    def role_names(self) -> list[str]:
        return [str(SeatRole(role).label) for role in self.roles]


@dataclass
class Table:
    heads: list[Head]
    rows: list[tuple[Date, list[list[Place] | None]]] = field(default_factory=list)  # None: no such watch that day


@dataclass
class Paper:
    tables: list[Table]
    posts: list[Post]


def paper_of(book: Daybook) -> Paper:
    return Paper([_table(book, heads) for heads in _sheets(_heads(book))], book.posts)


def _heads(book: Daybook) -> list[Head]:
    """Every watch kept on some day, by post and then by the hour of the day."""
    found: dict[tuple, Head] = {}
    for watch in sorted(book.watches, key=lambda w: (w.post.order, w.post.pk, w.hours)):
        head = found.setdefault((watch.post.pk, watch.name), Head(watch.post, watch.name))
        if watch.hours not in head.hours:
            head.hours.append(watch.hours)
        for place in watch.places:
            if place.role not in head.roles:
                head.roles.append(place.role)
    for head in found.values():
        head.roles.sort(key=SEAT_ORDER.get)
    return list(found.values())


def _sheets(heads: list[Head]) -> Iterator[list[Head]]:
    here: list[Head] = []
    for head in heads:
        if here and sum(len(one.roles) for one in here) + len(head.roles) > MOST_COLUMNS:
            yield here
            here = []
        here.append(head)
    if here:
        yield here


def _table(book: Daybook, heads: list[Head]) -> Table:
    table = Table(heads)
    for date in book.dates.values():
        kept: dict[tuple, dict[str, list[Place]]] = {}
        for watch in date.watches:
            seats = kept.setdefault((watch.post.pk, watch.name), {})
            for place in watch.places:
                seats.setdefault(place.role, []).append(place)
        cells = []
        for head in heads:
            seats = kept.get((head.post.pk, head.name))
            cells += [None if seats is None else seats.get(role, []) for role in head.roles]
        table.rows.append((date, cells))
    return table
