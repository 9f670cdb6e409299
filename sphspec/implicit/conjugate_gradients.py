"""Preconditioned conjugate gradients for several right-hand sides, with bounds of the error.

For S x = v, r = v - S x and a preconditioner M near S^-1, the error in the energy norm is

    (r, M r)^2 / (M r, S M r)  <=  |x - x*|_S^2 = r^T S^-1 r  <=  (r, M r) / mu,   mu <= lambda_min(M S)

the first by Cauchy-Schwarz (what one more step would gain, Hestenes and Stiefel), the second because
S^-1 <= M / lambda_min(M S). Both are evaluated with the residual of the solution itself, not the recursion's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal

Floats = NDArray[np.float64]
Product = Callable[[Floats], Floats]
EPS = float(np.finfo(np.float64).eps)
LOOK = 4  # iterations between looks at the Ritz values
RUNS = 3  # the later ones from the residual itself, where that of the recursion has drifted from it
MARGIN = 0.5  # of the tolerance, at which a run ends: its own residual is not quite the true one
ROUNDING = 100.0  # eps times |v|: what a residual by transforms is off, or less
SYMMETRIC = 1e-6  # of (r, M r): what is left of successive residuals' product


@dataclass(frozen=True, eq=False)
class Solved:
    """The solution of Sigma x = v, and how good it is.

    Attributes
    ----------
    x : (..., n)
    residual : (...) |v - Sigma x| / |v|
    error : (...) upper bound of |x - x*|_Sigma, the square root of (x - x*)^T Sigma (x - x*)
    lower : (...) lower bound of the same
    iterations : how many
    """

    x: Floats
    residual: Floats
    error: Floats
    lower: Floats
    iterations: int


def conjugate_gradients(
    apply: Product,
    precondition: Product,
    v: Floats,
    tolerance: float,
    max_iterations: int,
    floor: float | None = None,
) -> Solved:
    """Solve S x = v for the rows of v (k, n), until every error is below tolerance |x|_S.

    Parameters
    ----------
    apply, precondition : rows (k, n) -> S rows, M rows; M symmetric positive definite
    tolerance : relative, in the energy norm
    max_iterations : most iterations, of all rows at once
    floor : a number known to be below every eigenvalue of M S. Without one the smallest Ritz value less
        its residual is taken, or half of it where that is more: below them all, unless the iteration has
        missed one that v has a part in

    Raises
    ------
    ValueError
        where S is singular, not positive or not symmetric, or an error stays above the tolerance.
    """
    x, residual, iterations = np.zeros_like(v), v, 0
    energy, below = np.zeros(v.shape[0]), np.full(v.shape[0], np.inf)
    norms = np.linalg.norm(v, axis=-1)
    for _ in range(RUNS):
        run = _Run(apply, precondition, residual, energy, floor)
        run.descend(MARGIN * tolerance, max_iterations - iterations)
        x, below = x + run.x, np.minimum(below, run.below)
        iterations += run.iterations
        image = apply(x)
        residual, energy = v - image, _dots(x, image)
        steepest = precondition(residual)
        form = np.maximum(_dots(residual, steepest), 0.0)
        relative = np.linalg.norm(residual, axis=-1) / np.where(norms > 0, norms, 1.0)
        rounded = ROUNDING * EPS / np.maximum(relative, EPS)
        upper, goal = (1 + rounded) * np.sqrt(form / below), tolerance * np.sqrt(np.maximum(energy, 0.0))
        if np.all(upper <= goal) or iterations >= max_iterations:
            break
    _require(upper, goal, tolerance, iterations)
    curved = _dots(steepest, apply(steepest))
    lower = np.divide(form, np.sqrt(np.abs(curved)), out=np.zeros_like(form), where=curved > 0)
    return Solved(x, relative, upper, lower * np.maximum(1 - rounded, 0), iterations)


class _Run:
    """One descent from x = 0, the coefficients of which are those of a Lanczos process too."""

    def __init__(
        self, apply: Product, precondition: Product, v: Floats, energy: Floats, floor: float | None
    ) -> None:
        self._apply, self._precondition, self._floor = apply, precondition, floor
        self.x, self._r, self._energy = np.zeros_like(v), v.copy(), energy.copy()
        self.below = np.full(v.shape[0], np.inf if floor is None else floor)  # looked at once rows end
        self.iterations = 0
        self._steps: list[list[float]] = [[] for _ in v]
        self._turns: list[list[float]] = [[] for _ in v]

    def descend(self, tolerance: float, most: int) -> None:
        """Iterate until the bound of every row's error is below tolerance |x|_S, or so many times."""
        z = self._precondition(self._r)
        p, form = z.copy(), _dots(self._r, z)
        nothing = (4 * EPS) ** 2 * form
        active = np.flatnonzero(form > 0)
        while active.size and self.iterations < most:
            self._step(active, p, z, form)
            self.iterations += 1
            for row in active:
                goal = tolerance**2 * self._energy[row]
                if self.iterations % LOOK == 0 or form[row] <= self.below[row] * goal:
                    self.below[row] = self._bound(int(row))
            ended = form <= np.maximum(nothing, self.below * tolerance**2 * self._energy)
            active = active[~ended[active]]
        for row in active:
            self.below[row] = self._bound(int(row))

    def _step(self, active: NDArray[np.intp], p: Floats, z: Floats, form: Floats) -> None:
        """Take one step of the active rows; p, z and form are updated."""
        rows: Any = slice(None) if active.size == form.size else active
        image, old = self._apply(p[rows]), form[active]
        curved = _dots(p[rows], image)
        if not np.all(curved > 0):
            raise ValueError(
                f"Sigma is singular or not positive: p^T Sigma p = {curved.min():.1e} for a direction p; "
                f"lower lmax, or give every point a weight and a variance"
            )
        step = old / curved
        self.x[rows] += step[:, None] * p[rows]
        self._r[rows] -= step[:, None] * image
        residual = self._r[rows]
        left = np.abs(_dots(residual, z[rows]))
        z[rows] = self._precondition(residual)
        new = _dots(residual, z[rows])
        if np.any(left > SYMMETRIC * np.maximum(old, new)):
            raise ValueError(
                "Sigma is not symmetric: successive residuals are not orthogonal; the operator's adjoint is "
                "not the transpose of its analysis"
            )
        p[rows] = z[rows] + (new / old)[:, None] * p[rows]
        form[active] = new
        self._energy[active] += step * old
        for row, length, turn in zip(active, step, new / old, strict=True):
            self._steps[row].append(float(length))
            self._turns[row].append(float(turn))

    def _bound(self, row: int) -> float:
        """Return a number below the eigenvalues of M S, as far as the iteration has seen them."""
        steps, turns = np.array(self._steps[row]), np.array(self._turns[row])
        diagonal = 1 / steps
        diagonal[1:] += turns[:-1] / steps[:-1]
        values, vectors = eigh_tridiagonal(diagonal, np.sqrt(turns[:-1]) / steps[:-1])
        if values[0] <= self.x.shape[1] * EPS * values[-1]:
            raise ValueError(
                f"Sigma is singular to working precision: the iteration has seen eigenvalues {values[0]:.1e} "
                f"to {values[-1]:.1e}; lower lmax, or give every point a weight and a variance"
            )
        if self._floor is not None:
            return self._floor
        residual = np.sqrt(turns[-1]) / steps[-1] * abs(float(vectors[-1, 0]))
        return float(max(values[0] - residual, values[0] / 2))


def _require(upper: Floats, goal: Floats, tolerance: float, iterations: int) -> None:
    if not np.all(upper <= goal):
        reached = np.divide(upper, goal, out=np.full_like(upper, np.inf), where=goal > 0)
        raise ValueError(
            f"conjugate gradients do not converge: after {iterations} iterations the relative error is up "
            f"to {tolerance * reached[upper > goal].max():.1e}, {tolerance:.1e} was asked for; raise "
            f"tolerance or max_iterations, lower lmax, or check that Sigma is regular"
        )


def _dots(first: Floats, second: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", first, second))
