"""An index of the incident tables; each concept has a file of its own."""

from .incidents import Incident
from .lines import DutyLine
from .natures import Nature
from .records import Amendment, Instruction, Report
from .standards import Cell, Level, Scope, Standard, Urgency
from .states import Disposition, Status

__all__ = [
    "Amendment",
    "Cell",
    "Disposition",
    "DutyLine",
    "Incident",
    "Instruction",
    "Level",
    "Nature",
    "Report",
    "Scope",
    "Standard",
    "Status",
    "Urgency",
]
