"""What scheduling plugs into the kernel: who is on duty, as recipients and on the desk; what it promises."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.ladders import ESCALATE, Rung
from duty.sockets import DeadlineKind, DeskPanel, Resolver, deadline_kinds, desk_panels, resolvers
from scheduling import objecting, promises, publication, recipients, renewals
from scheduling.access import PLANNERS
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

for name, title, find in (
    ("scheduling.planners", _("roster managers of the unit"), recipients.to_planners),
    ("scheduling.leader_of_watch", _("duty leader of that watch"), recipients.to_leader_of_watch),
    ("scheduling.deciders", _("superior of whoever is away"), recipients.to_deciders),
    ("scheduling.swap_asked", _("whoever may take the duty"), recipients.to_asked),
    ("scheduling.swap_giver", _("whoever gives the duty away"), recipients.to_giver),
):
    resolvers.add(Resolver(name, title, find))


def _page(page: str, label):
    """To its page: for whoever owes it, for those who plan the unit's duty, and for those who look on."""

    def action(deadline, person, asked: bool):
        concerns = asked or deadline.owed_by_id == person.pk or person.sight.has(*PLANNERS, unit=deadline.unit_id)
        return (label if concerns else _("View")), reverse(page, args=[deadline.matter_id])

    return action


for kind in (
    DeadlineKind(
        name="scheduling.open_seat",
        title=_("an open seat on the watch"),
        mark=pgettext_lazy("mark on the watch line", "O"),
        action=_page("shift-open", _("Find someone")),
        expected=promises.with_open_seats,
        restore=promises.restore_open_seat,
        brief=promises.open_seats_in_words,
    ),
    DeadlineKind(
        name="scheduling.absence",
        title=_("an answer to a request to be away"),
        mark=pgettext_lazy("mark on the watch line", "A"),
        action=_page("absence", _("Decide")),
        expected=promises.unanswered,
        restore=promises.restore_answer,
        brief=promises.absences_in_words,
        personal=True,
    ),
    DeadlineKind(
        name="scheduling.back",
        title=_("tells that they are back"),
        mark=pgettext_lazy("mark on the watch line", "B"),
        action=_page("absence", _("I am back")),
        expected=promises.away,
        restore=promises.restore_return,
        personal=True,
        ladder=(
            Rung(offset=0, to="duty.owner"),
            Rung(offset=24 * 3600, to="duty.owner+scheduling.deciders", action=ESCALATE),
        ),
    ),
    DeadlineKind(
        name="scheduling.swap",
        title=_("an answer to a swap"),
        mark=pgettext_lazy("mark on the watch line", "S"),
        action=_page("swap", _("Answer")),
        expected=promises.waiting_for_an_answer,
        restore=promises.restore_swap,
        brief=promises.swaps_in_words,
        personal=True,
        ladder=(Rung(offset=600, to="scheduling.swap_giver+scheduling.planners", action=ESCALATE),),
    ),
    DeadlineKind(
        name="scheduling.approval",
        title=_("an answer to a swap that was taken"),
        mark=pgettext_lazy("mark on the watch line", "S"),
        action=_page("swap", _("Decide")),
        expected=promises.waiting_for_approval,
        restore=promises.restore_approval,
        brief=promises.swaps_in_words,
        ladder=(Rung(offset=0, to="scheduling.planners", action=ESCALATE),),
    ),
):
    deadline_kinds.add(kind)

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
deadline_kinds.add(
    DeadlineKind(
        name="scheduling.publish",
        title=_("the roster is published"),
        mark=pgettext_lazy("mark on the watch line", "P"),
        action=publication.action,
        expected=publication.expected,
        restore=publication.restore,
        ladder=publication.LADDER,
    )
)

desk_panels.add(DeskPanel("scheduling.watch", "strip", "scheduling/_strip.html", strip, people=people))
desk_panels.add(DeskPanel("scheduling.checks", "side", "scheduling/_checks_panel.html", checks, order=60))
