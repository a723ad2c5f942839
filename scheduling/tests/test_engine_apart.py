"""The engine and the web do not meet: no Django in the engine, no solver in a process that serves pages."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def loaded(code: str) -> set[str]:
    asked = f"{code}\nimport sys\nprint(' '.join(name.partition('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_the_engine_knows_no_django():
    assert "django" not in loaded(
        "import scheduling.engine.solving, scheduling.engine.repairing, scheduling.engine.relaxing"
    )


def test_the_web_loads_no_solver():
    names = loaded(
        "import os, django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'duty.settings'\ndjango.setup()\nimport duty.urls, duty.wsgi"
    )
    assert "django" in names
    # numpy is no sign: the spreadsheet library takes it when it is there
    assert not names & {"highspy", "numba", "llvmlite"}
