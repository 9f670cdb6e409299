"""Preconditioned conjugate gradients that say how far they are from the solution."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Map = Callable[[Floats], Floats]
SINGULAR = 1e-13  # ratio of Ritz values below which the map counts as singular


@dataclass(frozen=True, eq=False)
class Solved:
    """A solution, and how near it is.

    Attributes
    ----------
    x : the solution, like the right-hand side
    error : estimate of |x - x*| / |x*| in the energy norm |y|^2 = y^T Sigma y, the largest of the batch
    residual : |Sigma x - v| / |v|, the largest of the batch
    iterations : products with Sigma for one right-hand side, the largest of the batch
    """

    x: Floats
    error: float
    residual: float
    iterations: int


def conjugate_gradients(
    apply: Map, precondition: Map, v: Floats, tolerance: float, max_iterations: int
) -> Solved:
    """Return the solution of S x = v for a symmetric positive definite map S and one v (n,).

    The error is |x - x_k|_S = sqrt(r^T S^-1 r) <= sqrt(r^T B r / theta), theta the smallest eigenvalue of
    B S, for which the smallest Ritz value of the iteration stands: an estimate from below that grows sharp
    as the iteration goes on (Golub and Meurant, Matrices, Moments and Quadrature, section 12.1).

    Raises
    ------
    ValueError
        where S is singular to working precision, or the tolerance is not reached.
    """
    scale = float(np.linalg.norm(v))
    if scale == 0:
        return Solved(np.zeros_like(v), 0.0, 0.0, 0)
    x, residual = np.zeros_like(v), v.copy()
    direction = precondition(residual)
    product = float(residual @ direction)
    energy, steps, turns, error = 0.0, [], [], np.inf
    for iteration in range(1, max_iterations + 1):
        image = apply(direction)
        curvature = float(direction @ image)
        if curvature <= 0:
            raise ValueError("Sigma is singular: conjugate gradients met a direction that it does not move")
        step = product / curvature
        x += step * direction
        residual -= step * image
        energy += step * product  # |x_k|^2 in the energy norm
        preconditioned = precondition(residual)
        before, product = product, float(residual @ preconditioned)
        steps.append(step)
        turns.append(product / before)
        smallest, largest = _ritz(steps, turns)
        if smallest <= SINGULAR * largest:
            raise ValueError(
                f"Sigma is singular to working precision: its condition is above {1 / SINGULAR:.0e}"
            )
        error = float(np.sqrt(max(product, 0.0) / smallest / energy))
        if error <= tolerance:
            return _finished(x, error, float(np.linalg.norm(v - apply(x))) / scale, iteration, tolerance)
        direction = preconditioned + (product / before) * direction
    raise ValueError(
        f"conjugate gradients reached an error of {error:.1e}, not {tolerance:.1e}, in {max_iterations} "
        f"iterations: allow more with max_iterations, or a larger tolerance"
    )


def _finished(x: Floats, error: float, left: float, iteration: int, tolerance: float) -> Solved:
    """Return the solution, unless it leaves too much of v: then x grew along what Sigma does not move."""
    if left > np.sqrt(tolerance):
        raise ValueError(
            f"Sigma is singular, or too near to it: {left:.1e} of the right-hand side is left; solve on its "
            f"range with NoiseCovariance.solve(v, on_range=True)"
        )
    return Solved(x, error, left, iteration)


def _ritz(steps: list[float], turns: list[float]) -> tuple[float, float]:
    """Return the extreme eigenvalues of the Lanczos matrix that belongs to the iteration."""
    alpha, beta = np.array(steps), np.array(turns[:-1])
    diagonal = 1 / alpha + np.append(0.0, beta / alpha[:-1])
    values = scipy.linalg.eigvalsh_tridiagonal(diagonal, np.sqrt(beta) / alpha[:-1])
    return float(values[0]), float(values[-1])
