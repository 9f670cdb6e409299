"""The covariance object that never computes an entry: for band limits at which blocks do not fit.

Sigma v = A diag(s^2) A^T v is two transforms; solutions, eigenvalues and the determinant are found in the
Krylov spaces of such products, helped by what the symbol w s^2 tells of Sigma.
"""

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator

from sphspec import _validate as check
from sphspec.implicit.conjugate_gradients import Solved, conjugate_gradients
from sphspec.implicit.estimate import Estimate
from sphspec.implicit.lanczos import extreme_eigenvalues
from sphspec.implicit.log_determinant import log_determinant
from sphspec.implicit.sandwich import Composed, Sandwich, as_linear_operator
from sphspec.implicit.symbol import Symbol
from sphspec.operator import Operator

Floats = NDArray[np.float64]
FEWEST = 2.0**-100  # variance below which Sigma is scaled, and above the inverse of which
PRECONDITIONERS = {"auto": None, "information": True, "none": False}


class ImplicitCovariance:
    """Sigma = A D A^T of dimension n = (lmax + 1)^2 in chart R1, by transforms alone.

    Parameters
    ----------
    operator : Quadrature, Jacobi, LeastSquares or Resampling
    variance : pixel variance s_p^2 per unit time, a number >= 0 or (npix,)

    Attributes
    ----------
    operator, variance, lmax, n : as of NoiseCovariance

    Raises
    ------
    ValueError
        for negative or non-finite variance, or a wrong length.

    >>> from sphspec import GaussLegendre, Quadrature
    >>> cov = ImplicitCovariance(Quadrature(GaussLegendre(9, 18), lmax=8))
    >>> solved = cov.solve(cov @ np.ones(81))
    >>> bool(np.allclose(solved.x, 1, atol=1e-8))
    True
    """

    def __init__(self, operator: Operator, variance: Any = 1.0) -> None:
        if not isinstance(operator, Operator):
            raise ValueError(
                f"operator must be an analysis operator, e.g. Quadrature(grid, lmax), got {operator!r}"
            )
        self.operator = operator
        self.variance = check.pixel_variance("variance", variance, operator.grid.npix)
        self.lmax, self.n = operator.lmax, operator.n
        with np.errstate(over="ignore", invalid="ignore"):
            self._strength = operator.strength(self.variance)
        check.finite_result("w^2 s^2", self._strength, "scale weights or variance down")
        self._symbol = Symbol(operator, self.variance)
        self._product = (
            self._sandwich(self._strength) if operator.harmonic else Composed(operator, self.variance)
        )

    def __repr__(self) -> str:
        return f"<implicit covariance of {self.operator!r}, {self.n} x {self.n}>"

    def linear_operator(self) -> LinearOperator:
        """Return Sigma as SciPy's LinearOperator; real vectors cost two transforms, complex ones four."""
        return as_linear_operator(self._product, self.n)

    def __matmul__(self, v: Any) -> Floats:
        """Return Sigma v for v (n,) or (n, k) as in NumPy; another shape is a batch (..., n)."""
        vectors = check.real_array("v", v)
        if vectors.ndim == 2 and vectors.shape[0] == self.n:
            return self._product(np.ascontiguousarray(vectors.T)).T
        return self._product(check.real_array("v", vectors, self.n))

    def apply(self, alpha: Any) -> Floats:
        """Return Sigma alpha for a batch of coefficients (..., n)."""
        return self._product(check.real_array("alpha", alpha, self.n))

    def solve(
        self,
        v: Any,
        tolerance: float = 1e-10,
        max_iterations: int = 1000,
        preconditioner: str = "auto",
    ) -> Solved:
        """Return the solution of Sigma x = v for a batch (..., n), and bounds of its error.

        Preconditioned conjugate gradients, until |x - x*|_Sigma <= tolerance |x|_Sigma. Where A Phi = 1
        and the information preconditions, the upper bound is one in exact arithmetic; elsewhere it
        takes the smallest eigenvalue from the iteration.

        Parameters
        ----------
        v : (..., n) right-hand sides
        tolerance : > 0
        max_iterations : >= 1
        preconditioner : "information" (Phi^T diag(1/s^2) Phi: two more transforms an iteration), "none",
            or "auto": the first where it is near Sigma^-1 and w s^2 varies

        Raises
        ------
        ValueError
            where Sigma is singular or the tolerance is not reached; for "information" with points of
            variance 0.
        """
        vectors = check.real_array("v", v, self.n)
        limit = check.integer("max_iterations", max_iterations, 1)
        asked = check.known("preconditioner", preconditioner, PRECONDITIONERS)
        informed = self._symbol.informs if asked is None else asked
        if informed and self.variance.min() == 0:
            raise ValueError(
                "the information needs variance > 0 at every point, got 0; use preconditioner='none'"
            )
        self._require_rank()
        flat = vectors.reshape(-1, self.n)
        check.fits(56.0 * flat.size, f"{flat.shape[0]} solutions", "solve fewer at once")
        units, scaled = _units(np.abs(flat).max(axis=1, initial=0.0)), self._scaled
        solved = conjugate_gradients(
            scaled._product,
            scaled._information if informed else np.array,
            flat / units[:, None],
            check.positive("tolerance", tolerance),
            limit,
            scaled._symbol.information_floor if informed else None,
        )
        batch, energy = vectors.shape[:-1], units / np.sqrt(self._unit)
        with np.errstate(over="ignore"):
            x = solved.x / self._unit * units[:, None]
        check.finite_result("x", x, "scale v down or variance up")
        return replace(
            solved,
            x=x.reshape(vectors.shape),
            residual=solved.residual.reshape(batch),
            error=(solved.error * energy).reshape(batch),
            lower=(solved.lower * energy).reshape(batch),
        )

    def extreme_eigenvalues(self, tolerance: float = 1e-3, max_steps: int = 500) -> tuple[Estimate, Estimate]:
        """Return the smallest and the largest eigenvalue, each with the residual of its eigenvector.

        An eigenvalue is certain to be within the error; that it is the extreme one rests on a start
        without special direction. Every step keeps one vector of n.

        Raises
        ------
        ValueError
            where an error stays above tolerance times the value (a singular Sigma included), or
            max_steps vectors do not fit in memory.
        """
        found = extreme_eigenvalues(
            self._scaled._product,
            self._symbol.generic,
            check.positive("tolerance", tolerance),
            check.integer("max_steps", max_steps, 1),
        )
        smallest, largest = (
            replace(each, value=each.value * self._unit, error=each.error * self._unit) for each in found
        )
        return smallest, largest

    def logdet(
        self,
        rng: np.random.Generator,
        probes: int = 16,
        *,
        confidence: float = 0.99,
        max_steps: int = 200,
    ) -> Estimate:
        """Return log det Sigma by stochastic Lanczos quadrature; -inf for a Sigma of too low rank.

        The error is a two-sided interval of the given confidence (Student's t of the probes' scatter),
        plus the bounds of the quadrature, plus rounding.

        Parameters
        ----------
        rng : source of the probes
        probes : >= 2, each some dozens of products
        confidence : 0 < confidence < 1
        max_steps : most Lanczos steps a probe

        Raises
        ------
        ValueError
            where Sigma is singular to working precision, or max_steps are too few.
        """
        count, steps = check.integer("probes", probes, 2), check.integer("max_steps", max_steps, 1)
        if not 0 < check.positive("confidence", confidence) < 1:
            raise ValueError(f"confidence must be between 0 and 1, e.g. 0.99, got {confidence}")
        _require_generator(rng)
        if self._seen < self.n:
            return Estimate(-np.inf, 0.0)
        scaled = self._scaled
        (middle, field, trace), floor = scaled._symbol.logarithm, scaled._symbol.floor
        control = self._sandwich(field)
        found = log_determinant(
            lambda v: scaled._product(v) / middle, control, trace, self.n, rng,
            probes=count, confidence=float(confidence), steps=steps,
            floor=None if floor is None else floor / middle,
        )  # fmt: skip
        return Estimate(found.value + self.n * float(np.log(middle) + np.log(self._unit)), found.error)

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...] | None = None) -> Floats:
        """Return draws of N(0, Sigma), (*size, n): a map of normals and one analysis each, exact.

        Raises
        ------
        ValueError
            for a size that does not fit in memory, or another source than NumPy's generator.
        """
        _require_generator(rng)
        shape = check.shape("size", size)
        count = float(np.prod(shape))
        check.fits(8.0 * count * self.n, f"{count:.3g} draws", "use a smaller size")
        result = np.empty((int(count), self.n))
        self._noise.project_noise(rng, result)
        return result.reshape(*shape, self.n)

    def _sandwich(self, field: Floats) -> Sandwich:
        return Sandwich(self.operator.grid, self.lmax, field)

    @cached_property
    def _noise(self) -> Sandwich | Composed:
        deviation = np.sqrt(self.variance)
        if self.operator.harmonic:
            return self._sandwich(self.operator.weights * deviation)
        return Composed(self.operator, deviation)

    @cached_property
    def _unit(self) -> float:
        """A power of two near the largest variance, 1 where squares of that are numbers anyway."""
        unit = float(_units(self.variance.max()))
        return 1.0 if FEWEST <= unit <= 1 / FEWEST else unit

    @cached_property
    def _scaled(self) -> "ImplicitCovariance":
        """Sigma over the unit, exactly: no square of what is computed with it is 0 or infinite."""
        return self if self._unit == 1 else ImplicitCovariance(self.operator, self.variance / self._unit)

    @cached_property
    def _information(self) -> Sandwich:
        return self._sandwich(1 / self.variance)

    @cached_property
    def _seen(self) -> int:
        """How many points can carry noise into the coefficients: the rank is not larger."""
        return int(np.count_nonzero(self._scaled._strength))

    def _require_rank(self) -> None:
        if self._seen < self.n:
            raise ValueError(
                f"Sigma is singular: {self._seen} points have weight and variance, {self.n} coefficients; "
                f"lower lmax"
            )


def _units(sizes: Any) -> Floats:
    """Return the power of two below each size, 1 for 0."""
    return np.asarray(np.where(np.asarray(sizes) > 0, np.ldexp(1.0, np.frexp(sizes)[1] - 1), 1.0))


def _require_generator(rng: Any) -> None:
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, e.g. default_rng(1), got {rng!r}")
