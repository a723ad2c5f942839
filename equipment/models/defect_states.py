"""The states of a defect, and the promises that go with them."""

import datetime as dt

from django.db import models
from django.utils.translation import pgettext_lazy

from duty.models import Role

TAKEN, FIXED, VERIFIED = "equipment.defect_taken", "equipment.defect_fixed", "equipment.defect_verified"
VERIFY_WITHIN = dt.timedelta(hours=24)
WATCH = (Role.OFFICER, Role.LEADER)  # who looks whether a repair holds
AGAIN_WITHIN = dt.timedelta(days=90)  # what comes back later than that is a new defect


class DefectStatus(models.TextChoices):
    REPORTED = "reported", pgettext_lazy("defect", "reported")
    TAKEN = "taken", pgettext_lazy("defect", "acknowledged")
    ON_THE_WAY = "coming", pgettext_lazy("defect", "on the way")
    FIXED = "fixed", pgettext_lazy("defect", "fixed, to be verified")
    VERIFIED = "verified", pgettext_lazy("defect", "verified")
    WITHDRAWN = "withdrawn", pgettext_lazy("defect", "no defect")


IN_HAND = (DefectStatus.TAKEN, DefectStatus.ON_THE_WAY)
OPEN = (DefectStatus.REPORTED, *IN_HAND, DefectStatus.FIXED)
COLOURS = {
    "reported": "late",
    "taken": "soon",
    "coming": "soon",
    "fixed": "info",
    "verified": "well",
    "withdrawn": "next",
}
