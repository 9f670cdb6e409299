"""What is known of Sigma from the points alone: near multiplication by w s^2, its symbol (T7).

Where A Phi = 1, the information B = Phi^T diag(1/s^2) Phi is at least Sigma^-1 (Gauss, Markov: no unbiased
estimate of the coefficients varies less than B^-1) and near it. Where besides Phi^T W Phi = 1, B is at
most 1/min(w s^2), so that no eigenvalue of Sigma is below min(w s^2). The logarithm of Sigma is near
Phi^T W diag(log(w s^2)) Phi.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import covariance as generated
from sphspec.operator import Operator

Floats = NDArray[np.float64]
EXACT = 1e-10  # |A Phi v - v| / |v| up to which A Phi = 1: on exact grids it is 1e-14
NEAR = 0.05  # the same, up to which the information is near Sigma^-1
CONTRAST = 4.0  # of w s^2, from which the information halves the iterations: each costs twice as much


@dataclass(frozen=True, eq=False)
class Symbol:
    """The field w s^2 of an operator and a pixel variance, and bounds that it gives."""

    operator: Operator
    variance: Floats

    @cached_property
    def values(self) -> Floats:
        """The weight of each point times its variance, (npix,)."""
        return np.asarray(np.abs(self.operator.grid.weights) * self.variance)

    @cached_property
    def generic(self) -> Floats:
        """A vector of no special direction, the same for every covariance of this size, (n,)."""
        return np.random.default_rng(self.operator.n).standard_normal(self.operator.n)

    @cached_property
    def defect(self) -> float:
        """How far A Phi is from 1: |A Phi v - v| / |v| of a generic v, the Frobenius norm over sqrt(n)."""
        v = self.generic
        back = self.operator(self.operator.synthesis(v))
        return float(np.linalg.norm(back - v) / np.linalg.norm(v))

    @property
    def slack(self) -> float:
        """What the largest singular value of A Phi - 1 hardly exceeds: ten times its Frobenius norm."""
        return 10 * float(np.sqrt(self.operator.n)) * self.defect

    @property
    def informs(self) -> bool:
        """Whether the information is worth its two transforms as a preconditioner."""
        low, high = float(self.values.min()), float(self.values.max())
        cheap = not self.operator.harmonic  # beside the operator's own transforms
        return low > 0 and (cheap or high >= CONTRAST * low) and self.defect <= NEAR

    @property
    def information_floor(self) -> float | None:
        """A number below all eigenvalues of B Sigma, where A Phi = 1."""
        return 1 - self.slack if self.defect <= EXACT else None

    @property
    def floor(self) -> float | None:
        """A positive number below all eigenvalues of Sigma, where the quadrature is exact."""
        low = float(self.values.min())
        if low == 0 or not self.operator.harmonic or self.defect > EXACT:
            return None
        return low * (1 - self.slack)

    @cached_property
    def logarithm(self) -> tuple[float, Floats, float]:
        """Return c, the field f = w log(w s^2 / c), 0 where w s^2 is, and the trace of Phi^T diag(f) Phi."""
        weights, seen = self.operator.grid.weights, self.values > 0
        logs = np.log(np.where(seen, self.values, 1.0))
        middle = float(np.average(logs, weights=np.abs(weights) * seen))
        field = np.where(seen, weights * (logs - middle), 0.0)
        degrees = np.arange(self.operator.lmax + 1, dtype=np.float64)
        trace = float(np.sum(generated.degree_power(degrees, float(field.sum()))))
        return float(np.exp(middle)), field, trace
