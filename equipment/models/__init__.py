"""An index of what the watch looks after; each concept has a file of its own."""

from .answers import Answer, How, Judged, Parcel, Shot, Visit
from .callouts import CallOut
from .checklists import Checklist, Use, Version
from .contracts import Contract
from .defect_photos import DefectPhoto, Stage
from .defect_states import DefectStatus
from .defects import Defect
from .gauges import Gauge
from .items import Item, Kind, When
from .keepers import Keeper, KeeperRole
from .lots import Lot, Movement, MovementKind
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
    "CallOut",
    "Category",
    "Checklist",
    "Contract",
    "Counter",
    "Criticality",
    "Defect",
    "DefectPhoto",
    "DefectStatus",
    "Equipment",
    "Gauge",
    "How",
    "Item",
    "Judged",
    "Keeper",
    "KeeperRole",
    "Kind",
    "Lot",
    "Movement",
    "MovementKind",
    "Paper",
    "Parcel",
    "Place",
    "Plan",
    "RepairTerm",
    "Rhythm",
    "Round",
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
