"""Lanczos tridiagonalisation with full reorthogonalisation: extreme eigenvalues, and forms z^T log(S) z.

S V_k = V_k T_k + b_k v_(k+1) e_k^T;  an eigenvalue of S is within b_k |s_k| of each Ritz value theta.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh_tridiagonal, solveh_banded

from sphspec import _validate as check
from sphspec.implicit.estimate import Estimate

Floats = NDArray[np.float64]
Product = Callable[[Floats], Floats]
EPS = float(np.finfo(np.float64).eps)
LOOK = 5  # steps between looks at the Ritz values
SYMMETRIC = 1e-9  # of the largest Ritz value: rounding of the transforms is 1e-13
ROUNDING = 1e3  # eps times the largest Ritz value: what a residual computed by transforms may be off


class Lanczos:
    """The tridiagonal matrix of a symmetric S on the Krylov space of a vector, step by step.

    Attributes
    ----------
    diagonal, off : (k,) entries of T_k; off[-1] = b_k leads out of the space
    closed : whether the space is invariant, so that T_k has eigenvalues of S
    """

    def __init__(self, apply: Product, start: Floats, steps: int) -> None:
        self._apply, self._steps = apply, min(steps, start.size)
        check.fits(
            8.0 * start.size * (self._steps + 1), f"{self._steps} Lanczos vectors", "allow fewer steps"
        )
        self._basis = np.empty((self._steps + 1, start.size))
        self.norm = float(np.linalg.norm(start))
        self._basis[0] = start / self.norm
        self.diagonal, self.off = np.empty(0), np.empty(0)
        self.closed = False

    @property
    def exhausted(self) -> bool:
        """Whether no further step is possible or allowed."""
        return self.closed or self.diagonal.size == self._steps

    def advance(self, count: int = LOOK) -> None:
        """Do so many steps more, or as many as there are.

        Raises
        ------
        ValueError
            where S is not symmetric, or not finite.
        """
        for _ in range(count):
            if self.exhausted:
                return
            self._step()

    def ritz(self) -> tuple[Floats, Floats, Floats]:
        """Return the Ritz values, ascending, their residuals, and their parts along the start, (k,) each."""
        values, vectors = eigh_tridiagonal(self.diagonal, self.off[:-1])
        return values, self.off[-1] * np.abs(vectors[-1]), vectors[0]

    def ritz_vector(self, place: int) -> Floats:
        """Return the normalised Ritz vector of the Ritz value at a place, (n,)."""
        _, vectors = eigh_tridiagonal(self.diagonal, self.off[:-1])
        vector = vectors[:, place] @ self._basis[: self.diagonal.size]
        return np.asarray(vector / np.linalg.norm(vector))

    def log_form(self, floor: float | None = None) -> tuple[float, float]:
        """Return a lower and an upper bound of z^T log(S) z, z the start, in exact arithmetic.

        Gauss quadrature of the logarithm lies above, Gauss-Radau quadrature with a node at a number below
        all eigenvalues lies beneath, for its derivatives alternate in sign (Golub, Meurant 1994). That
        number is `floor`; without one it is the smallest Ritz value less its residual, which is below
        the eigenvalues unless the space has missed one. -inf where it is not positive.
        """
        values, residuals, along = self.ritz()
        if values[0] <= 0:
            return -np.inf, np.inf
        high = self.norm**2 * float(along**2 @ np.log(values))
        if self.closed:
            return high, high
        below = values[0] - residuals[0] if floor is None else floor
        if below <= 0 or below >= values[0]:
            return -np.inf, high
        k = self.diagonal.size
        banded = np.vstack([np.concatenate([[0.0], self.off[:-1]]), self.diagonal - below])
        last = np.zeros(k)
        last[-1] = self.off[-1] ** 2
        corner = below + solveh_banded(banded, last)[-1]
        nodes, vectors = eigh_tridiagonal(np.append(self.diagonal, corner), self.off)
        return self.norm**2 * float(vectors[0] ** 2 @ np.log(np.maximum(nodes, below))), high

    def _step(self) -> None:
        k = self.diagonal.size
        basis, vector = self._basis[: k + 1], self._apply(self._basis[k])
        along = basis @ vector
        scale = float(np.linalg.norm(vector))
        check.finite_result("a Lanczos vector", along, "scale weights or variance down")
        if k and abs(along[k - 1] - self.off[-1]) > SYMMETRIC * max(scale, float(self.diagonal.max())):
            raise ValueError(
                f"Sigma is not symmetric: {along[k - 1]:.6g} and {self.off[-1]:.6g} should be one entry; "
                f"the operator's adjoint is not the transpose of its analysis"
            )
        vector = vector - along @ basis
        vector -= (basis @ vector) @ basis  # twice is enough
        length = float(np.linalg.norm(vector))
        self.diagonal, self.off = np.append(self.diagonal, along[k]), np.append(self.off, length)
        self.closed = length <= ROUNDING * EPS * max(scale, float(np.abs(self.diagonal).max()))
        if not self.closed:
            self._basis[k + 1] = vector / length


def extreme_eigenvalues(
    apply: Product, start: Floats, tolerance: float, steps: int
) -> tuple[Estimate, Estimate]:
    """Return the smallest and the largest eigenvalue of a symmetric S.

    Each error is the residual |S y - theta y| of a normalised y, computed, with the rounding of that: an
    eigenvalue is that near. That it is the extreme one rests on the start, which must not be orthogonal
    to its eigenvectors.

    Parameters
    ----------
    apply : v (n,) -> S v
    start : (n,) any vector of no special direction
    tolerance : largest error allowed, relative to each value
    steps : most products allowed

    Raises
    ------
    ValueError
        where the tolerance is not reached; the errors reached are named.
    """
    krylov = Lanczos(apply, start, steps)
    while True:
        krylov.advance()
        values, residuals, _ = krylov.ritz()
        wanted = tolerance * np.abs(values[[0, -1]]) / 2
        if krylov.exhausted or np.all(residuals[[0, -1]] <= wanted):
            break
    ends = []
    for place in (0, values.size - 1):
        vector = krylov.ritz_vector(place)
        image = apply(vector)
        value = float(vector @ image)
        error = float(np.linalg.norm(image - value * vector)) + ROUNDING * EPS * float(np.abs(values).max())
        ends.append(Estimate(value, error))
    for which, end in zip(("smallest", "largest"), ends, strict=True):
        if end.error > tolerance * abs(end.value):
            raise ValueError(
                f"the {which} eigenvalue is {end.value:.6g} -+ {end.error:.1e} after {values.size} steps, "
                f"tolerance {tolerance} was asked for; allow more steps or raise the tolerance"
            )
    return ends[0], ends[1]
