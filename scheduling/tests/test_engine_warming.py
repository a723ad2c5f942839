"""What is compiled is there before the first search."""

import importlib
import pkgutil

from celery import signals

from scheduling import engine
from scheduling.engine import solving, warming
from scheduling.engine.problem import OFF

from .test_engine_solve import tiny

# what is called from plain code; the rest is compiled with it
FROM_PYTHON = {
    "anneal", "cheapest", "collect", "fill", "least_through", "onward", "refresh", "row_cost", "tail_costs", "volume",
}  # fmt: skip


def compiled() -> dict[str, int]:
    """{compiled function: for how many sorts of arguments}."""
    found = {}
    for one in pkgutil.iter_modules(engine.__path__):
        module = importlib.import_module(f"scheduling.engine.{one.name}")
        for name, thing in vars(module).items():
            if hasattr(thing, "nopython_signatures"):
                found[f"{thing.__module__}.{name}"] = len(thing.nopython_signatures)
    return found


def test_after_warming_up_nothing_is_left_to_compile():
    warming.warm_up()
    before = compiled()
    assert {name.rpartition(".")[2] for name, many in before.items() if many} >= FROM_PYTHON
    solving.solve(tiny(2, people=5, days=14), 1.0, workers=1)
    assert compiled() == before


def test_a_worker_that_is_ready_compiles_beside_itself():
    from scheduling import tasks

    assert any(receiver() is tasks.compile_ahead for _key, receiver in signals.worker_ready.receivers)
    beside = warming.in_background()
    assert beside.wait(240) == 0


def test_the_toy_has_every_sort_of_rule():
    problem = warming.toy()
    assert problem.weekends and problem.forbidden_next and problem.categories
    assert all(person.limits and person.min_minutes and OFF in person.history for person in problem.people)
