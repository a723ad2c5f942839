"""What equipment plugs into the kernel: the promise that a maintenance contract does not simply run out."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duty.sockets import DeadlineKind, deadline_kinds
from equipment import expiry
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
