"""The watches of the sample organisation: two years back, this hour, and three weeks ahead."""

from duty.clock import DAY, HOUR, day_of, start_of
from duty.models import Line, Matter
from duty.sample import House
from scheduling.models import Post, Seat, SeatRole, Shift

BACK, AHEAD = 730, 21

# post: (unit, number, spans as (name, first hour, hours), leaders, officers)
POSTS = {
    "总值班室": ("集团总部", "010 8000 6110", [("日班", 8, 10), ("夜班", 18, 14)], ("值班主任",), ("值班员",)),
    "东区值班室": ("东区园区", "010 8000 7110", [("夜班", 18, 14)], ("园区主任", "副主任"), ("值班员",)),
    "西区值班室": ("西区数据中心", "010 8000 8110", [("夜班", 18, 14)], ("中心主任", "副主任"), ("值班员",)),
}


def load(house: House) -> list[Post]:
    today = day_of(house.at)
    manager = house.people["谢婷"]
    posts = []
    for order, (name, (unit, phone, spans, leading, watching)) in enumerate(POSTS.items()):
        post = Post.objects.create(unit=house.units[unit], name=name, phone=phone, order=order)
        leaders, officers = house.titled(unit, *leading), house.titled(unit, *watching)
        turns = []
        for offset in range(-BACK, AHEAD):
            day = start_of(today + offset * DAY)
            for span_name, first_hour, hours in spans:
                start = day + first_hour * HOUR
                turns.append((span_name, start, start + hours * HOUR))
        _enter(post, turns, leaders, officers, manager, house.at, drift=int(len(spans) > 1))
        posts.append(post)
    return posts


def _enter(post: Post, turns, leaders, officers, manager, at, drift: int) -> None:
    """Fixed-order rotation: three officers per watch in turn, so that each rests for more than a day.

    The order drifts by one each time round where a day has several watches: days and nights go to everyone.
    """
    matters = Matter.objects.bulk_create(
        Matter(
            kind="scheduling.shift", unit_id=post.unit_id, title=f"{post.name} {name} {start:%m-%d}", opened_at=start
        )
        for name, start, _end in turns
    )
    shifts = Shift.objects.bulk_create(
        Shift(matter=matter, unit_id=post.unit_id, post=post, name=name, starts_at=start, ends_at=end)
        for matter, (name, start, end) in zip(matters, turns, strict=True)
    )
    seats = []
    for turn, shift in enumerate(shifts):
        crew = [(SeatRole.LEADER, _in_turn(leaders, turn, drift))]
        seats_of_officers = [SeatRole.PRIMARY, SeatRole.SECONDARY, SeatRole.RESERVE][: max(1, len(officers) // 2)]
        crew += [
            (role, _in_turn(officers, turn * len(seats_of_officers) + place, drift))
            for place, role in enumerate(seats_of_officers)
        ]
        seats += [Seat.on(shift, role, person) for role, person in crew]
    Seat.objects.bulk_create(seats, batch_size=2000)
    Line.objects.bulk_create(
        Line(
            matter=matter,
            unit_id=post.unit_id,
            verb="scheduling.shift.plan",
            who=manager,
            at=_entered(matter.opened_at, at),
        )
        for matter in matters
    )


def _in_turn(people, turn: int, drift: int):
    return people[(turn + drift * (turn // len(people))) % len(people)]


def _entered(starts_at, at):
    """A watch is entered ten days ahead, or two days ago at the latest, in the morning."""
    return start_of(day_of(min(starts_at - 10 * DAY, at - 2 * DAY))) + 10 * HOUR
