"""The fault tests in short: each holds on the product, and each is seen to fail on its known-bad variant.

`make faults` runs them in full; these runs are long enough to notice when either has stopped doing its work.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from duty.env import ROOT

pytestmark = [pytest.mark.xdist_group("running")]


def lines_of(folder: Path, *arguments: str) -> dict[str, dict]:
    """{fault: its line} of one run in a folder of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "bench.faults", "--short", *arguments],
        cwd=ROOT, env=os.environ | {"TMPDIR": str(folder)}, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return {line["name"]: line for line in map(json.loads, run.stdout.splitlines())}


def left_behind(folder: Path) -> list[str]:
    """What still runs with that folder in its environment or its command, and what still lies in it."""
    processes = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in told:
            processes.append(process.name)
    return processes + [path.name for path in folder.iterdir()]


@pytest.fixture
def folder():
    """Nearer to the root than `tmp_path`: the path of a socket below it must be short."""
    with tempfile.TemporaryDirectory(prefix="zhiban-") as name:
        yield Path(name)


@pytest.mark.parametrize("variant", [(), ("--bad",)], ids=["the product", "its known-bad variants"])
def test_each_fault_holds_on_the_product_and_is_noticed_on_its_bad_variant(folder, variant):
    lines = lines_of(folder, *variant)
    faults = ("T1", "T8", "T10", "T12", "T13")
    assert {name: line["ok"] for name, line in lines.items()} == dict.fromkeys(faults, not variant)
    assert all((line["value"] > 0) == bool(variant) for line in lines.values()), lines
    assert left_behind(folder) == []
