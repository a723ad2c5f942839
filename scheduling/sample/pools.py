"""Who keeps the sample's watches: a part-timer, a joiner, a leaver, two who are exempt from nights; and what they wish."""

from duty.clock import DAY, day_of, next_month
from duty.sample import House
from scheduling.models import Exempt, Exemption, Member, SeatRole, Wanted, Wish
from scheduling.sample.watches import AHEAD, BACK, POSTS

OFFICERS = [SeatRole.PRIMARY.value, SeatRole.SECONDARY.value, SeatRole.RESERVE.value]
PART_TIMER, JOINER, LEAVER = "许晴", "曹阳", "郑爽"
# (who, until how many days from now, why)
NO_NIGHTS = [("王芳", 75, "孕期，工会批准"), ("白雪", 40, "术后恢复，人事备案")]
# (who, day of next month, what)
WISHES = [
    ("陈立", 5, Wanted.FREE), ("陈立", 6, Wanted.FREE), ("刘洋", 12, Wanted.FREE), ("赵静", 1, Wanted.DUTY),
    ("吴昊", 24, Wanted.FREE), ("吴昊", 25, Wanted.FREE), ("韩雪", 19, Wanted.DUTY), ("韩雪", 20, Wanted.DUTY),
    ("金鑫", 8, Wanted.FREE), ("邱实", 15, Wanted.DUTY),
]  # fmt: skip


def load(house: House) -> None:
    today = day_of(house.at)
    following = next_month(today)
    rows = []
    for unit, _phone, _spans, leading, watching in POSTS.values():
        for titles, roles in ((leading, [SeatRole.LEADER.value]), (watching, OFFICERS)):
            rows += [
                Member(
                    unit=house.units[unit],
                    person=person,
                    roles=roles,
                    percent=60 if person.name == PART_TIMER else 100,
                    from_on=today - (91 if person.name == JOINER else BACK) * DAY,
                    until_on=following + 14 * DAY if person.name == LEAVER else None,
                )
                for person in house.titled(unit, *titles)
            ]
    Member.objects.bulk_create(rows)
    Exemption.objects.bulk_create(
        Exemption(
            person=house.people[name], kind=Exempt.NIGHTS, from_on=today + AHEAD * DAY, until_on=today + days * DAY,
            reason=why, granted_by=house.people["谢婷"],
        )
        for name, days, why in NO_NIGHTS
    )  # fmt: skip
    Wish.objects.bulk_create(
        Wish(person=house.people[name], date=following.replace(day=day), wants=wants) for name, day, wants in WISHES
    )
