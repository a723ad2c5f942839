"""A number as people write it: full-width digits, a comma or a Chinese stop for the point, a typographic minus. Pure."""

import re
import unicodedata
from decimal import Decimal

BOUND = Decimal(10) ** 9
THOUSANDTH = Decimal("0.001")
AS_TYPED = str.maketrans({"。": ".", "−": "-", "\u2009": "", "\u00a0": "", " ": ""})
WRITTEN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)  # 1,000: a thousand here, one there


def number(said: object) -> Decimal:
    """The number that was written, to the thousandth, below 10⁹ in size; spreadsheets' 1e-05 too.

    A comma is the point of a fraction. Raises ValueError for what is no number, and for 1,000: it might be either.
    """
    text = unicodedata.normalize("NFKC", str(said)[:40]).translate(AS_TYPED)
    if THOUSANDS.fullmatch(text):
        raise ValueError(text)
    text = text.replace(",", ".", 1)
    if not WRITTEN.fullmatch(text):
        raise ValueError(text)
    found = Decimal(text)
    if found.copy_abs() >= BOUND:
        raise ValueError(text)
    return found.quantize(THOUSANDTH)
