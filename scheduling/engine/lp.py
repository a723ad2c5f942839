"""The linear programming solver, on one thread and without a word."""

import highspy

INFINITE = highspy.kHighsInf
QUIET = (("output_flag", False), ("threads", 1), ("parallel", "off"))


def quiet_solver() -> highspy.Highs:
    solver = highspy.Highs()
    for name, value in QUIET:
        solver.setOptionValue(name, value)
    return solver


class OutOfTime(Exception):
    """Pricing takes longer than there is time."""
