"""An index of what the watch looks after; each concept has a file of its own."""

from .answers import Answer, How, Judged, Parcel, Shot, Visit
from .cabinets import Cabinet, CountedKey, Found, KeyCount
from .callouts import CallOut
from .checklists import Checklist, Use, Version
from .contracts import Contract
from .defect_photos import DefectPhoto, Stage
from .defect_states import DefectStatus
from .defects import Defect
from .gauges import Gauge
from .items import Item, Kind, When
from .keepers import Keeper, KeeperRole
from .keys import Key, KeyKind, OpenTo
from .loans import Confirmed, Loan, Seal
from .lots import Lot, Movement, MovementKind
from .outlooks import Outlook
from .papers import Paper
from .pieces import Category, Criticality, Equipment
from .places import Place
from .plans import Plan, Rhythm
from .repair_terms import RepairTerm
from .rounds import Round, Status
from .supplies import Supply, SupplyCategory
from .tickets import Counter

__all__ = [
    "Answer",
    "Cabinet",
    "CallOut",
    "Category",
    "Checklist",
    "Confirmed",
    "Contract",
    "CountedKey",
    "Counter",
    "Criticality",
    "Defect",
    "DefectPhoto",
    "DefectStatus",
    "Equipment",
    "Found",
    "Gauge",
    "How",
    "Item",
    "Judged",
    "Keeper",
    "KeeperRole",
    "Key",
    "KeyCount",
    "KeyKind",
    "Kind",
    "Loan",
    "Lot",
    "Movement",
    "MovementKind",
    "OpenTo",
    "Outlook",
    "Paper",
    "Parcel",
    "Place",
    "Plan",
    "RepairTerm",
    "Rhythm",
    "Round",
    "Seal",
    "Shot",
    "Stage",
    "Status",
    "Supply",
    "SupplyCategory",
    "Use",
    "Version",
    "Visit",
    "When",
]
