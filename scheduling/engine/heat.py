"""How hot annealing begins and ends: measured on the problem's own small costs, not guessed from its size."""

import numpy as np

from .tables import Tables

MOVES = 300_000  # a second, roughly


def heats(t: Tables, seconds: float) -> tuple[float, float]:
    """(hot, cold): from where single wishes and fair shares hardly matter to where only they do.

    With few moves per cell there is no time to cool from far up.
    """
    finite = np.abs(t.cost[np.isfinite(t.cost)])
    small = finite[finite > 1e-9]
    scale = []
    if len(small):
        scale.append(float(np.median(small)))
    weights = t.weight[t.weight > 0]
    if len(weights):
        scale.append(float(np.median(weights)))
    over = t.over[(t.over > 1e-9) & (t.over < t.heavy)]
    if len(over):
        scale.append(float(np.median(over)))
    soft = min(scale) if scale else 1.0
    under = t.under[t.under > 0]
    hole = float(np.median(under)) if len(under) else soft
    moves = MOVES * seconds / max(1, t.people * t.days)
    ease = float(np.clip(moves / 1500.0, 0.1, 1.0))
    return float(np.clip(0.6 * hole, 10 * soft, 30 * soft)) * ease, (0.05 if len(weights) else 0.12) * soft
