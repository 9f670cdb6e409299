"""Sigma without its entries: products, solves, samples, log-determinant and extreme eigenvalues."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse.linalg
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.conjugate_gradients import Solved, conjugate_gradients
from sphspec.lanczos import Tridiagonal, lanczos
from sphspec.operator import Operator
from sphspec.transform import BATCH_BYTES

Floats = NDArray[np.float64]
DEVIATIONS = 4.0  # standard errors that an estimate's error counts


@dataclass(frozen=True)
class Estimate:
    """A number and how far it may be from the truth."""

    value: float
    error: float


class ImplicitCovariance:
    """Sigma = A diag(s^2) A^T as products through the transforms; no entry is computed.

    Parameters
    ----------
    operator : the analysis operator A
    variance : pixel variance s_p^2 per unit time, a number >= 0 or (npix,)
    """

    def __init__(self, operator: Operator, variance: Any = 1.0) -> None:
        self.operator, self.lmax, self.n = operator, operator.lmax, operator.n
        self.variance = operator.pixel_variance(variance)

    @cached_property
    def _strength(self) -> Floats:
        return self.operator.strength(self.variance)

    def apply(self, alpha: Any) -> Floats:
        """Return Sigma alpha for coefficients (..., n).

        For plain quadrature Phi^T diag(w^2 s^2) Phi: one synthesis, one adjoint.
        """
        vectors = check.real_array("alpha", alpha, self.n)
        if self.operator.harmonic:
            return self.operator.weighted(vectors, self._strength)
        return self.operator(self.variance * self.operator.adjoint(vectors))

    def __matmul__(self, v: Any) -> Floats:
        """Return Sigma v for v (n,) or (n, k) as in NumPy; another shape is a batch (..., n)."""
        vectors = check.real_array("v", v)
        if vectors.ndim == 2 and vectors.shape[0] == self.n:
            return self.apply(np.ascontiguousarray(vectors.T)).T
        return self.apply(vectors)

    def linear_operator(self) -> scipy.sparse.linalg.LinearOperator:
        """Return Sigma as SciPy's LinearOperator, (n, n)."""
        return scipy.sparse.linalg.LinearOperator(
            (self.n, self.n), matvec=lambda v: self.apply(v.ravel()), rmatvec=lambda v: self.apply(v.ravel()),
            matmat=lambda v: self.apply(np.ascontiguousarray(v.T)).T, dtype=np.float64,
        )  # fmt: skip

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...] | None = None) -> Floats:
        """Return exact draws of N(0, Sigma), (size, n) or (n,): npix normals each, through the operator."""
        shape, npix = check.shape("size", size), self.operator.grid.npix
        count = int(np.prod(shape))
        work = 4 * max(BATCH_BYTES, 8.0 * npix)
        check.fits(8.0 * count * self.n + work, f"{count:.3g} draws", "use a smaller size")
        if not shape:
            return self._drawn(rng.standard_normal(npix))
        draws, step = np.empty((count, self.n)), max(1, int(BATCH_BYTES // (8 * npix)))
        for first in range(0, count, step):
            part = draws[first : first + step]
            part[:] = self._drawn(rng.standard_normal((len(part), npix)))
        return draws.reshape(*shape, self.n)

    def _drawn(self, noise: Floats) -> Floats:
        """Return A (s noise) for unit noise (..., npix), which is overwritten."""
        np.multiply(noise, self._deviation, out=noise)
        return self.operator.gathered(noise) if self.operator.harmonic else self.operator(noise)

    @cached_property
    def _deviation(self) -> Floats:
        """W s for plain quadrature, s otherwise, (npix,)."""
        return np.sqrt(self._strength if self.operator.harmonic else self.variance)

    def precondition(self, alpha: Floats) -> Floats:
        """Return Phi^T diag(1/s^2) Phi alpha: near Sigma^-1 where the quadrature is nearly exact.

        Multiplication by w s^2 on the sphere is undone by multiplication by 1/(w s^2); what is left is what
        the band limit cuts off. For noise that is zero somewhere alpha itself is returned.
        """
        if not self.operator.by_harmonics or self.variance.min() <= 0:
            return alpha
        return self.operator.weighted(alpha, 1.0 / self.variance)

    def solve(self, v: Any, tolerance: float = 1e-10, max_iterations: int = 2000) -> Solved:
        """Return the solution of Sigma x = v for v (..., n), with an estimate of its error.

        Raises
        ------
        ValueError
            for a singular Sigma; where the tolerance is not reached.
        """
        vectors = check.real_array("v", v, self.n)
        check.positive("tolerance", tolerance)
        check.integer("max_iterations", max_iterations, 1)
        parts = [
            conjugate_gradients(self.apply, self.precondition, row, tolerance, max_iterations)
            for row in vectors.reshape(-1, self.n)
        ]
        return Solved(
            np.array([part.x for part in parts]).reshape(vectors.shape),
            max(part.error for part in parts),
            max(part.residual for part in parts),
            max(part.iterations for part in parts),
        )

    def extreme_eigenvalues(self, tolerance: float = 1e-6) -> tuple[Estimate, Estimate]:
        """Return the smallest and the largest eigenvalue, by Lanczos with restarts (ARPACK).

        The error is |Sigma x - theta x| for the unit vector x that was found: within it of theta there is an
        eigenvalue.
        """
        check.positive("tolerance", tolerance)
        operator = self.linear_operator()
        found = []
        for which in ("SA", "LA"):
            start = np.ones(self.n)
            values, vectors = scipy.sparse.linalg.eigsh(operator, 1, which=which, tol=tolerance, v0=start)
            residual = np.linalg.norm(self.apply(vectors[:, 0]) - values[0] * vectors[:, 0])
            found.append(Estimate(float(values[0]), float(residual)))
        return found[0], found[1]

    def logdet(self, rng: np.random.Generator, probes: int = 16, steps: int = 60) -> Estimate:
        """Return log det Sigma by stochastic Lanczos quadrature, with its error.

        E[z^T log(Sigma) z] over signs z is the trace of the logarithm. For each z Gauss' rule is above the
        integral and the Gauss-Radau rule with a node below the spectrum beneath it; the middle is taken. The
        error is 4 standard errors over the probes, and half the mean distance of the two rules.

        Source: Ubaru, Chen and Saad 2017; Golub and Meurant, Matrices, Moments and Quadrature.

        Raises
        ------
        ValueError
            for a Sigma that is singular, as far as its smallest eigenvalue is known.
        """
        check.integer("probes", probes, 2)
        check.integer("steps", steps, 1)
        check.fits(8.0 * self.n * (steps + 6), f"{steps} Lanczos vectors", "take fewer steps")
        smallest, largest = self.extreme_eigenvalues()
        end = smallest.value - smallest.error
        if end <= self.n * np.finfo(np.float64).eps * largest.value:
            raise ValueError(
                f"Sigma may be singular: its smallest eigenvalue is {smallest.value:.1e}, "
                f"right to {smallest.error:.1e}"
            )
        signs = (np.asarray(rng.choice([-1.0, 1.0], self.n)) for _ in range(probes))
        rules = [_log_between(lanczos(self.apply, z, steps), end) for z in signs]
        low, high = (self.n * np.array(side) for side in zip(*rules, strict=True))
        values = (low + high) / 2
        statistical = DEVIATIONS * float(np.std(values, ddof=1)) / np.sqrt(probes)
        return Estimate(float(values.mean()), float(statistical + (high - low).mean() / 2))


def _log_between(matrix: Tridiagonal, end: float) -> tuple[float, float]:
    """Return a lower and an upper bound of the mean logarithm under a start vector's spectrum."""
    bounds = []
    for nodes, weights in (matrix.radau(end), matrix.gauss()):
        bounds.append(float(weights @ np.log(nodes)))
    return bounds[0], bounds[1]
