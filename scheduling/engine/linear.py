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
        least = int(np.argmin(np.where(np.isfinite(end), end, np.inf)))  # prices are counted from here, up and down
        self.offset += float(end[least])
        row, start = dict(terms), {}
        for sign, steps in ((-1.0, slopes[least - low :]), (1.0, -slopes[: least - low][::-1])):
            left = max(0.0, -sign * (now - least))
            while len(steps):
                same = int(np.argmax(np.abs(steps - steps[0]) > 1e-12)) or len(steps)
                column = self.column(float(steps[0]), float(same))
                start[column] = min(left, float(same))
                left -= start[column]
                row[column] = sign
                steps = steps[same:]
        self.row(row, float(least), float(least))
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

    def proven(self, duals: np.ndarray) -> float:
        """A bound on the programme's cost that any row prices prove, exact or not (weak duality)."""
        low, high, most = np.array(self.low), np.array(self.high), np.array(self.most)
        index, value = np.array(self.index), np.array(self.value)
        rows = np.repeat(np.arange(len(low)), np.diff(self.starts))
        y = np.where((duals > 0) & ~np.isfinite(low) | (duals < 0) & ~np.isfinite(high), 0.0, duals)
        for _turn in range(2):
            left = np.array(self.cost) - np.bincount(index, value * y[rows], minlength=len(most))
            # a column without an end must not pay: the first row it stands in gives way
            wrong = np.flatnonzero((left < 0) & ~np.isfinite(most))
            for column in wrong.tolist():
                at = int(np.flatnonzero(index == column)[-1])
                y[rows[at]] += left[column] / value[at]
            if not len(wrong):
                break
        else:
            return -np.inf
        side = np.where(y > 0, np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 0.0))
        return (
            float((y * side).sum() + np.minimum(0.0, left * np.where(np.isfinite(most), most, 0.0)).sum()) + self.offset
        )
