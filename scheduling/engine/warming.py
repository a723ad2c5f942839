"""A toy month that touches every compiled function once."""

import numpy as np

from .problem import OFF, Category, Kind, Limit, Person, Problem


def toy() -> Problem:
    kinds = [Kind("D", 480), Kind("N", 1320, 480, frozenset({"night"}))]
    cost = np.zeros((9, 2))
    people = [
        Person(
            f"P{number}", cost + 0.5 * number, 5, 1, 1, {"night": 2}, (Limit((1,), 4),), 960, 3360, 1,
            {"night": (2.0, 1.0)} if number % 2 else {}, (OFF, 0),
        )
        for number in range(4)
    ]  # fmt: skip
    shape = (9, 2)
    counts = np.zeros(shape, dtype=np.int64)
    counts[:, 1] = 1
    return Problem(
        9, kinds, people, np.ones(shape, dtype=np.int64), np.full(shape, 50.0), np.ones(shape),
        [Category("night", counts)], frozenset({(1, 0)}), frozenset(), ((5, 6),),
    )  # fmt: skip
