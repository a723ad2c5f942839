"""What equipment plugs into the apps below: its promises, whom they reach, and what a watch is told."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.sockets import DeadlineKind, Resolver, deadline_kinds, resolvers
from equipment import expiry, promises, recipients
from equipment.models import defects, rounds
from equipment.models.contracts import EXPIRES

deadline_kinds.add(
    DeadlineKind(
        name=EXPIRES,
        title=_("the maintenance contract is renewed"),
        mark=pgettext_lazy("mark on the watch line", "C"),
        action=expiry.action,
        expected=expiry.expected,
        restore=expiry.restore,
        ladder=expiry.LADDER,
        brief=expiry.briefs,
        personal=True,
    )
)

for name, title, find in (
    (rounds.WALKERS, _("whoever walks the round"), recipients.walkers),
    ("equipment.menders", _("maintainers of the equipment"), recipients.menders),
    ("equipment.in_charge", _("whoever is in charge of the equipment"), recipients.in_charge),
):
    resolvers.add(Resolver(name, title, find))

for name, title, action, expected, restore in (
    (rounds.BEGUN, _("the round begins"), promises.walk, promises.to_begin, promises.restore_begin),
    (rounds.WALKED, _("the round is finished"), promises.walk, promises.to_finish, promises.restore_walk),
    (rounds.APPROVED, _("the round is approved"), promises.approve, promises.to_approve, promises.restore_approval),
):
    deadline_kinds.add(
        DeadlineKind(
            name=name, title=title, mark=pgettext_lazy("mark on the watch line", "P"), action=action,
            expected=expected, restore=restore, ahead=promises.AHEAD.get(name),
        )
    )  # fmt: skip

for name, title, expected in (
    (defects.TAKEN, _("somebody takes the defect in hand"), promises.to_take),
    (defects.FIXED, _("the defect is mended"), promises.to_mend),
    (defects.VERIFIED, _("the repair is verified"), promises.to_verify),
):
    deadline_kinds.add(
        DeadlineKind(
            name=name, title=title, mark=pgettext_lazy("mark on the watch line", "D"), action=promises.mend,
            expected=expected, restore=promises.restore_repair(name), brief=promises.defects_in_words,
            ahead=promises.AHEAD.get(name),
        )
    )  # fmt: skip
