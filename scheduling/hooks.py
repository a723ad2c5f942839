"""What scheduling plugs into the kernel: who is on duty, as recipients and on the desk."""

from django.utils.translation import gettext_lazy as _

from duty.sockets import DeskPanel, Resolver, desk_panels, resolvers
from scheduling.checks import checks
from scheduling.models import SeatRole
from scheduling.models.shifts import SEAT_ORDER, on_duty
from scheduling.watch import people, strip


def seat_resolver(*roles: str):
    def find(dues, at):
        seats = on_duty({due.unit_id for due in dues}, at)
        found = {
            unit: [
                seat.person_id for seat in sorted(here, key=lambda seat: SEAT_ORDER[seat.role]) if seat.role in roles
            ]
            for unit, here in seats.items()
        }
        return {due.id: found[due.unit_id] for due in dues if found[due.unit_id]}

    return find


for name, title, roles in (
    ("scheduling.leader", _("duty leader of this watch"), [SeatRole.LEADER]),
    ("scheduling.primary", _("primary on this watch"), [SeatRole.PRIMARY]),
    ("scheduling.officers", _("duty officers of this watch"), [SeatRole.PRIMARY, SeatRole.SECONDARY]),
    ("scheduling.reserve", _("reserve of this watch"), [SeatRole.RESERVE]),
):
    resolvers.add(Resolver(name, title, seat_resolver(*roles)))

desk_panels.add(DeskPanel("scheduling.watch", "strip", "scheduling/_strip.html", strip, people=people))
desk_panels.add(DeskPanel("scheduling.checks", "side", "scheduling/_checks_panel.html", checks, order=60))
