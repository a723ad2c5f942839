"""What the fault tests share: a fresh database each, the counts that must be nothing, and how long is waited for."""

import time
from collections.abc import Callable

from bench.engine import house_of_its_own
from bench.processes import Crew


def crew_on_fresh_ground(ground, bad: str = "", batch: int = 1) -> Crew:
    """Processes on a fresh database and an empty broker; with `bad`, the variant of that name in each of them."""
    house_of_its_own(ground)
    variant = (
        {"DJANGO_SETTINGS_MODULE": "bench.faults.bad.settings", "BAD": bad, "BAD_BATCH": str(batch)} if bad else {}
    )
    return Crew(ground.place, **variant)


def counted(ground, sql: dict[str, str], values=None) -> dict[str, int]:
    """{what: how many}, each by its own statement."""
    return {what: int(ground.ask(statement, values)[0]) for what, statement in sql.items()}


def until(done: Callable[[], bool], seconds: float, every: float = 0.1) -> bool:
    """Wait for it; False when it did not come."""
    ends = time.monotonic() + seconds
    while not done():
        if time.monotonic() > ends:
            return False
        time.sleep(every)
    return True
