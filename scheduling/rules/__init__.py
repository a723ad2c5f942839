"""The rule layer: what a roster must and should keep to, each rule with one name and one checker.

Drafts, hand edits, swaps, imports, the generator and the tests all ask here. Nothing in this package knows the database.
"""

from .book import RULES, Rule, breaks_of, fits
from .facts import Away, Break, Duty, Limits, Membership, Plan, Someone, Validity

__all__ = [
    "RULES",
    "Away",
    "Break",
    "Duty",
    "Limits",
    "Membership",
    "Plan",
    "Rule",
    "Someone",
    "Validity",
    "breaks_of",
    "fits",
]
