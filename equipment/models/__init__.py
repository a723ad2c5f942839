"""An index of what the watch looks after; each concept has a file of its own."""

from .contracts import Contract
from .gauges import Gauge
from .keepers import Keeper, KeeperRole
from .papers import Paper
from .pieces import Category, Criticality, Equipment
from .places import Place

__all__ = [
    "Category",
    "Contract",
    "Criticality",
    "Equipment",
    "Gauge",
    "Keeper",
    "KeeperRole",
    "Paper",
    "Place",
]
