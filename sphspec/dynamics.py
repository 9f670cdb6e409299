"""What a process makes of coefficients and of their noise, for arrays of any library.

    alpha_t given alpha_s  ~  N(E_ts alpha_s, N_ts)

For a scalar process E = m(t)/m(s) and N = (v(t) - E^2 v(s)) Sigma.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sphspec import _arrays as arrays
from sphspec._generated import score as generated_score
from sphspec._generated import sde as generated
from sphspec._random import is_host, normals
from sphspec.covariance import NoiseCovariance
from sphspec.processes import Process

Floats = NDArray[np.float64]
TINY = 1e-290  # variances below this overflow when divided by


class Noise(Protocol):
    """The Gaussian part of alpha_t given an earlier time."""

    @property
    def deviation(self) -> Any:
        """Number s such that its covariance is s^2 Sigma; None where it is no multiple of Sigma."""

    def draw(self, rng: Any, mean: Any) -> Any:
        """Return a draw like the mean."""

    def target(self, residual: Any) -> Any:
        """Return -N^-1 r, the score at a residual r; -N^+ r on the range of a singular N."""

    def apply(self, vectors: Any) -> Any:
        """Return N v."""


class Dynamics(Protocol):
    """A linear SDE of coefficients."""

    def drift(self, alpha: Any, t: Any) -> Any:
        """Return the forward drift."""

    def power(self, t: Any) -> Any:
        """Return g^2, the factor of Sigma."""

    def mean(self, alpha: Any, t: Any, s: Any = None) -> Any:
        """Return E_ts alpha, from s = 0 where none is given."""

    def residual(self, alpha_t: Any, alpha0: Any, t: Any) -> Any:
        """Return alpha_t less its mean given alpha_0."""

    def noise(self, t: Any, s: Any = None) -> Noise:
        """Return the noise gathered from s to t."""

    def marginal_covariance(self, start: Floats, t: float) -> Floats:
        """Return the covariance of alpha_t, (n, n), for that of alpha_0."""

    def prior(self, rng: Any, size: int | tuple[int, ...]) -> Any:
        """Return draws of the noise at t = 1, (size, n), in the library of rng."""


@dataclass(frozen=True, eq=False)
class ScaledNoise:
    """N(0, v Sigma)."""

    variance: Any
    covariance: NoiseCovariance

    @property
    def deviation(self) -> Any:
        """The square root of v."""
        return arrays.sqrt(self.variance)

    def draw(self, rng: Any, mean: Any) -> Any:
        """Return a draw like the mean."""
        return column(self.deviation) * draw(self.covariance, rng, mean)

    def apply(self, vectors: Any) -> Any:
        """Return v Sigma times vectors."""
        return column(self.variance) * self.covariance.apply(vectors)

    def target(self, residual: Any) -> Any:
        """Return -Sigma^-1 r/v, by the pseudo-inverse for a singular Sigma.

        Raises
        ------
        ValueError
            where v is 0 or so small that dividing by it overflows.
        """
        if arrays.is_concrete(self.variance) and arrays.any_of(self.variance < TINY):
            raise ValueError(f"t must be > 0, with s_t^2 >= {TINY:.0e}, for a score target")
        solved = self.covariance.apply_inverse(residual, on_range=True)
        return generated_score.target(solved, column(self.variance))


@dataclass(frozen=True, eq=False)
class ScalarDynamics:
    """d alpha = a(t) alpha dt + g(t) dv."""

    process: Process
    covariance: NoiseCovariance

    def drift(self, alpha: Any, t: Any) -> Any:
        """Return a(t) alpha."""
        return generated.forward_drift(column(self.process.rate(t)), alpha)

    def power(self, t: Any) -> Any:
        """Return g(t)^2."""
        return self.process.power(t)

    def mean(self, alpha: Any, t: Any, s: Any = None) -> Any:
        """Return m(t)/m(s) alpha."""
        factor = self.process.mean(t)
        return column(factor if s is None else generated.mean_between(factor, self.process.mean(s))) * alpha

    def residual(self, alpha_t: Any, alpha0: Any, t: Any) -> Any:
        """Return alpha_t - m(t) alpha_0."""
        return generated_score.residual(alpha_t, alpha0, column(self.process.mean(t)))

    def noise(self, t: Any, s: Any = None) -> ScaledNoise:
        """Return N(0, v Sigma), v a difference where s is given: right to roundoff of v(t)."""
        variance = self.process.variance(t)
        if s is not None:
            ratio = generated.mean_between(self.process.mean(t), self.process.mean(s))
            variance = generated.variance_between(ratio, variance, self.process.variance(s))
            variance = arrays.where(variance > 0, variance, 0.0 * variance)  # roundoff where s is close to t
        return ScaledNoise(variance, self.covariance)

    def marginal_covariance(self, start: Floats, t: float) -> Floats:
        """Return m^2 P_0 + v Sigma."""
        moments = self.process.mean(t), self.process.variance(t)
        return np.asarray(generated.marginal_covariance(*moments, start, self.covariance.dense()))

    def prior(self, rng: Any, size: int | tuple[int, ...]) -> Any:
        """Return draws of N(0, v(1) Sigma)."""
        return self.noise(1.0).deviation * self.covariance.sample(rng, size)


def draw(covariance: NoiseCovariance, rng: Any, like: Any) -> Any:
    """Return draws of N(0, Sigma) in the shape and library of an array (..., n)."""
    if is_host(rng) and arrays.is_numpy(like):
        return covariance.sample(rng, like.shape[:-1])
    return covariance.apply_root(normals(rng, tuple(like.shape), like))


def column(values: Any) -> Any:
    """Put a time-like number or array beside the batch axes of coefficients (..., n)."""
    return values[..., None] if hasattr(values, "ndim") and values.ndim else values
