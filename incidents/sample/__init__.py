"""The sample organisation's incidents: two years of them, plausible by hour and season, and a present."""

from duty.clock import DAY
from duty.sample import House
from incidents.first_standard import lay_down
from incidents.models import DutyLine, Nature
from incidents.sample.past import Past
from incidents.sample.present import last_night, now
from incidents.sample.stories import LINES, NATURES


def load(house: House) -> None:
    standard = lay_down(house.top, by=house.people["高远"], at=house.at - 731 * DAY)
    for order, (unit, name, number, seconds) in enumerate(LINES):
        DutyLine.objects.create(
            unit=house.units[unit], name=name, number=number, answer_within_seconds=seconds, order=order
        )
    for order, (name, call, prompts) in enumerate(NATURES):
        Nature.objects.create(name=name, call_first=call, prompts=prompts, order=order)
    Past(house, standard).write()
    last_night(house, standard)
    now(house, standard)
