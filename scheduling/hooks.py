"""What scheduling plugs into the kernel: who is on duty, as recipients and on the desk."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.sockets import DeadlineKind, DeskPanel, Resolver, deadline_kinds, desk_panels, resolvers
from scheduling import objecting, renewals
from scheduling.checks import checks
from scheduling.models import SeatRole
from scheduling.models.rights import OBJECTION_LADDER
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

resolvers.add(Resolver("scheduling.planners", _("roster managers of the unit"), renewals.planners_of))

deadline_kinds.add(
    DeadlineKind(
        name="scheduling.qualified",
        title=_("the qualification is renewed"),
        mark=pgettext_lazy("mark on the watch line", "Q"),
        action=renewals.action,
        expected=renewals.expected,
        restore=renewals.restore,
        ladder=renewals.LADDER,
        brief=renewals.briefs,
        personal=True,
    )
)

resolvers.add(Resolver("scheduling.answerers", _("those who plan for the unit"), objecting.answerers))
deadline_kinds.add(
    DeadlineKind(
        name="scheduling.objection",
        title=_("the objection is answered"),
        mark=pgettext_lazy("mark on the watch line", "O"),
        action=objecting.action,
        expected=objecting.expected,
        restore=objecting.restore,
        ladder=OBJECTION_LADDER,
        personal=True,
    )
)

desk_panels.add(DeskPanel("scheduling.watch", "strip", "scheduling/_strip.html", strip, people=people))
desk_panels.add(DeskPanel("scheduling.checks", "side", "scheduling/_checks_panel.html", checks, order=60))
