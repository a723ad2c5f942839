"""The patterns that agree with the sample's watches, and the terms of the whole organisation."""

import datetime as dt

from duty.clock import DAY, day_of
from duty.sample import House
from scheduling.models import DayKind, Pattern, PatternSeat, Post, SeatRole, Terms
from scheduling.sample.watches import BACK, POSTS


def load(house: House, posts: list[Post]) -> None:
    first = day_of(house.at) - BACK * DAY
    Terms.objects.create(unit=house.top, ladder_hours=[72, 24, 4], recommended_hours=12)
    rows = []
    for post in posts:
        _unit, _phone, spans, _leading, _watching = POSTS[post.name]
        for name, hour, hours in spans:
            rows.append(
                Pattern(
                    post=post,
                    name=name,
                    mark=name[0],
                    starts=dt.time(hour),
                    minutes=hours * 60,
                    day_kinds=list(DayKind.values),
                    from_on=first,
                )
            )
    strengthened = posts[0]  # on statutory holidays: a second secondary at head office
    PatternSeat.objects.bulk_create(
        PatternSeat(
            pattern=pattern,
            role=role,
            people=1,
            people_on_holidays=2 if role == SeatRole.SECONDARY and pattern.post == strengthened else 1,
        )
        for pattern in Pattern.objects.bulk_create(rows)
        for role in SeatRole
    )
