"""What equipment plugs into the apps below: its promises, whom they reach, and what a watch is told."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.sockets import DeadlineKind, DeskPanel, Resolver, deadline_kinds, desk_panels, resolvers
from equipment import expiry, keeping_keys, of_the_watch, promises, recipients, repairing, supplying
from equipment.models import Use, cabinets, defects, lending, rounds_owed, stock
from equipment.models.contracts import EXPIRES
from scheduling.sockets import HandoverSection, ShiftCheck, handover_sections, shift_checks

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
    (rounds_owed.WALKERS, _("whoever walks the round"), recipients.walkers),
    ("equipment.menders", _("maintainers of the equipment"), recipients.menders),
    ("equipment.in_charge", _("whoever is in charge of the equipment"), recipients.in_charge),
):
    resolvers.add(Resolver(name, title, find))

for name, title, action, expected, restore in (
    (rounds_owed.BEGUN, _("the round begins"), promises.walk, promises.to_begin, promises.restore_begin),
    (rounds_owed.WALKED, _("the round is finished"), promises.walk, promises.to_finish, promises.restore_walk),
    (
        rounds_owed.APPROVED,
        _("the round is approved"),
        promises.approve,
        promises.to_approve,
        promises.restore_approval,
    ),
):
    deadline_kinds.add(
        DeadlineKind(
            name=name, title=title, mark=pgettext_lazy("mark on the watch line", "P"), action=action,
            expected=expected, restore=restore, ahead=promises.AHEAD.get(name),
        )
    )  # fmt: skip

for name, title, action, expected in (
    (defects.TAKEN, _("somebody takes the defect in hand"), repairing.action("take", _("Take it")), promises.to_take),
    (defects.FIXED, _("the defect is mended"), repairing.action("fix", _("Mend it")), promises.to_mend),
    (defects.VERIFIED, _("the repair is verified"), repairing.action("verify", _("Verify")), promises.to_verify),
):
    deadline_kinds.add(
        DeadlineKind(
            name=name, title=title, mark=pgettext_lazy("mark on the watch line", "D"), action=action,
            expected=expected, restore=promises.restore_repair(name), brief=repairing.in_words,
            ahead=promises.AHEAD.get(name),
        )
    )  # fmt: skip

desk_panels.add(
    DeskPanel("equipment.defects", "side", "equipment/_defects_panel.html", repairing.on_the_desk, order=30)
)
handover_sections.add(HandoverSection("equipment.defects", _("Defects open"), repairing.carried_over, order=20))

# Emergency supplies

for kind in (
    DeadlineKind(
        name=stock.SHORT,
        title=_("the supply is filled up"),
        mark=pgettext_lazy("mark on the watch line", "M"),
        action=supplying.to_the_form(_("Take in"), "receive"),
        expected=supplying.short,
        restore=supplying.restore,
        ladder=supplying.SHORT_LADDER,
        brief=supplying.short_in_words,
        personal=True,
    ),
    DeadlineKind(
        name=stock.EXPIRES,
        title=_("what expires is replaced"),
        mark=pgettext_lazy("mark on the watch line", "M"),
        action=supplying.to_the_form(_("Write off"), "write-off"),
        expected=supplying.expiring,
        restore=supplying.restore,
        ladder=supplying.EXPIRES_LADDER,
        brief=supplying.expiring_in_words,
        ahead=dt.timedelta(days=30),
        personal=True,
    ),
    DeadlineKind(
        name=stock.CHECK,
        title=_("the supply is counted"),
        mark=pgettext_lazy("mark on the watch line", "M"),
        action=supplying.to_the_form(_("Count"), "count"),
        expected=supplying.counted,
        restore=supplying.restore,
        ladder=supplying.CHECK_LADDER,
        brief=supplying.lies_in_words,
        ahead=dt.timedelta(days=3),
        personal=True,
    ),
    DeadlineKind(
        name=stock.BACK,
        title=_("what was issued comes back"),
        mark=pgettext_lazy("mark on the watch line", "M"),
        action=supplying.to_the_form(_("Take back"), "return"),
        expected=supplying.coming_back,
        restore=supplying.restore,
        ladder=supplying.BACK_LADDER,
        brief=supplying.coming_back_in_words,
        ahead=dt.timedelta(days=1),
    ),
):
    deadline_kinds.add(kind)

# Rounds of the watch
for name, when, title, findings in (
    ("equipment.before", "before", _("The checks before duty are done"), of_the_watch.checks_of(Use.BEFORE)),
    ("equipment.closing", "after", _("The closing checks are done"), of_the_watch.checks_of(Use.CLOSING)),
    ("equipment.rounds", "after", _("Every round of this watch is walked or explained"), of_the_watch.unwalked),
):
    shift_checks.add(ShiftCheck(name, when, title, findings))
handover_sections.add(HandoverSection("equipment.rounds", _("Rounds"), of_the_watch.handed_over, order=30))
desk_panels.add(DeskPanel("equipment.rounds", "side", "equipment/_rounds_panel.html", of_the_watch.panel, order=20))

# Spare keys and permissions

deadline_kinds.add(
    DeadlineKind(
        name=lending.BACK,
        title=_("the key comes back"),
        mark=pgettext_lazy("mark on the watch line", "K"),
        action=keeping_keys.take_back,
        expected=keeping_keys.out,
        restore=keeping_keys.restore_back,
        ladder=keeping_keys.BACK_LADDER,
        brief=keeping_keys.out_in_words,
        ahead=keeping_keys.BACK_AHEAD,
    )
)
deadline_kinds.add(
    DeadlineKind(
        name=cabinets.COUNT,
        title=_("the keys are counted"),
        mark=pgettext_lazy("mark on the watch line", "K"),
        action=keeping_keys.count,
        expected=keeping_keys.to_count,
        restore=keeping_keys.restore_count,
        ladder=keeping_keys.COUNT_LADDER,
        ahead=keeping_keys.COUNT_AHEAD,
    )
)
handover_sections.add(HandoverSection("equipment.keys", _("Keys and cards"), keeping_keys.handed_over, order=40))
