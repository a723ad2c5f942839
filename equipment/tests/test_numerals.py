"""Numbers as people write them."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from duty.packages import ROOT
from equipment import numerals


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("24", "24"), ("24.5", "24.5"), ("24,5", "24.5"), ("２４．５", "24.5"), ("24。5", "24.5"), ("−3", "-3"), ("- 3", "-3"), ("+3", "3"),
        (".5", "0.5"), ("5.", "5"), ("0,125", "0.125"), ("12,34", "12.34"), ("1234,567", "1234.567"), ("1e-05", "0"), (1e5, "100000"), (21.0, "21"), ("0.0005", "0"),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(said, number):
    assert numerals.number(said) == Decimal(number)


@pytest.mark.parametrize(
    "said", ["", "x", "1,000", "-1,000", "12,345,678", "1_0", "1.2.3", "1,2,3", "1e400", "1e99", "1000000000", "inf", "NaN", "21.5℃", "0x1f", "½", None, True]
)  # fmt: skip
def test_what_is_none_or_might_be_two_is_refused(said):
    with pytest.raises(ValueError):
        numerals.number(said)


def test_the_telephone_reads_the_same():
    said = [
        "24",
        "24,5",
        "２４．５",
        "24。5",
        "−3",
        "- 3",
        ".5",
        "0,125",
        "1234,567",
        "0.0004",
        "1,000",
        "-1,000",
        "1_0",
        "1,2,3",
        "1000000000",
        "x",
    ]
    read = "import('./judge.js').then(j => console.log(JSON.stringify(JSON.parse(process.argv[1]).map(j.readNumber))))"
    out = subprocess.run(
        [Path(sys.executable).with_name("node"), "-e", read, json.dumps(said)], cwd=ROOT / "static/js/walk", capture_output=True, check=True
    )  # fmt: skip
    for text, theirs in zip(said, json.loads(out.stdout), strict=True):
        try:
            assert float(numerals.number(text)) == theirs, text
        except ValueError:
            assert theirs is None, text
