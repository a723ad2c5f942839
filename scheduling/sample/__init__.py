"""The sample organisation's duty: its calendar, its watches, and what its rosters are made of."""

from django.db import connection

from duty.clock import DAY, day_of
from duty.sample import House
from scheduling.calendar_seed import seed
from scheduling.sample import held, leave, patterns, pools, rights, rosters, watches


def load(house: House) -> None:
    today = day_of(house.at)
    for year in range((today - watches.BACK * DAY).year, today.year + 2):
        seed(year)
    posts = watches.load(house)
    patterns.load(house, posts)
    pools.load(house)
    held.load(house)
    leave.load(house)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # two years of watches, in tables that the planner still takes for empty
    rosters.load(house)
    rights.load(house)
