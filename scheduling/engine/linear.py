"""A mixed whole-number programme, put together column by column and row by row."""

import highspy
import numpy as np

from .lp import quiet_solver


class Linear:
    def __init__(self):
        self.offset = 0.0
        self.cost: list[float] = []
        self.most: list[float] = []
        self.whole: list[bool] = []
        self.index: list[int] = []
        self.value: list[float] = []
        self.starts = [0]
        self.low: list[float] = []
        self.high: list[float] = []

    def column(self, cost: float, most: float, whole: bool = False) -> int:
        """A quantity from 0 to `most`."""
        self.cost.append(cost)
        self.most.append(most)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, terms: dict[int, float], low: float, high: float) -> None:
        self.index.extend(terms.keys())
        self.value.extend(terms.values())
        self.starts.append(len(self.index))
        self.low.append(low)
        self.high.append(high)

    def counted(self, terms: dict[int, float], end: np.ndarray, now: float = 0.0) -> dict[int, float]:
        """A count with the convex price `end` of each whole number; returns the new columns' values at a count of `now`."""
        legal = np.flatnonzero(np.isfinite(end))
        low, high = int(legal[0]), int(legal[-1])
        slopes = np.diff(end[low : high + 1])
        if not (np.abs(slopes) > 1e-12).any():
            self.offset += float(end[low])
            if low > 0 or sum(terms.values()) > high:
                self.row(terms, float(low), float(high))
            return {}
        self.offset += float(end[low])
        row, start, left = dict(terms), {}, now - low
        while len(slopes):
            same = int(np.argmax(np.abs(slopes - slopes[0]) > 1e-12)) or len(slopes)
            column = self.column(float(slopes[0]), float(same))
            start[column] = float(np.clip(left, 0, same))
            left -= start[column]
            row[column] = -1.0
            slopes = slopes[same:]
        self.row(row, float(low), float(low))
        return start

    def solver(self) -> highspy.Highs:
        """The programme, loaded."""
        solver, lp = quiet_solver(), highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.low)
        lp.col_cost_, lp.col_upper_ = np.array(self.cost), np.array(self.most)
        lp.col_lower_ = np.zeros(len(self.cost))
        lp.row_lower_, lp.row_upper_ = np.array(self.low), np.array(self.high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(self.starts, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(self.index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(self.value)
        sorts = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        lp.integrality_ = [sorts[whole] for whole in self.whole]
        solver.passModel(lp)
        return solver
