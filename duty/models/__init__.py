"""An index of the kernel's tables; each concept has a file of its own."""

from .deadlines import Deadline, Firing, Outcome, Settled
from .engine import Lane, Outage
from .files import File, FileKind
from .forms import Draft, Once
from .grants import Grant, Role
from .matters import Matter
from .notices import Delivery, Notice, Urgency
from .people import Language, Person, phone_number
from .trail import Line, Via
from .units import Tree, Unit

__all__ = [
    "Deadline",
    "Delivery",
    "Draft",
    "File",
    "FileKind",
    "Firing",
    "Grant",
    "Lane",
    "Language",
    "Line",
    "Matter",
    "Notice",
    "Once",
    "Outage",
    "Outcome",
    "Person",
    "Role",
    "Settled",
    "Tree",
    "Unit",
    "Urgency",
    "Via",
    "phone_number",
]
