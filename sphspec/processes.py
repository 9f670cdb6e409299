"""Scalar linear SDEs dx = a(t) x dt + g(t) dw on 0 <= t <= 1, with their generated moments."""

from dataclasses import dataclass, fields
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import sde_cosine, sde_ou, sde_subvp, sde_ve, sde_vp

LEAST_CUTOFF, LARGEST_OFFSET = 1e-6, 100.0  # of the cosine schedule, for ten digits of its moments
Floats = NDArray[np.float64]


@runtime_checkable
class Process(Protocol):
    """What a spectral SDE needs of a scalar process; times are validated arrays."""

    def rate(self, t: Any) -> Any:
        """Return a(t)."""

    def power(self, t: Any) -> Any:
        """Return g(t)^2."""

    def mean(self, t: Any) -> Any:
        """Return m(t), the factor of x_0 in the mean."""

    def variance(self, t: Any) -> Any:
        """Return v(t), the factor of the noise covariance."""


@dataclass(frozen=True)
class _Parametrised:
    def __post_init__(self) -> None:
        values = [(field.name, getattr(self, field.name)) for field in fields(self)]
        for name, value in values:
            check.positive(name, value)
        (low_name, low), (high_name, high) = values
        if low > high:
            raise ValueError(f"{low_name} must be <= {high_name}, got {low} > {high}")
        _require_moments(self, f"{low_name} and {high_name} are equal or too large")


@dataclass(frozen=True)
class _BetaSchedule(_Parametrised):
    """beta(t) = beta_min + t (beta_max - beta_min)."""

    beta_min: float = 0.1
    beta_max: float = 20.0


@dataclass(frozen=True)
class VP(_BetaSchedule):
    """Variance preserving: dx = -beta x/2 dt + sqrt(beta) dw (Song et al. 2011.13456, eq. 11)."""

    def rate(self, t: Any) -> Any:
        """Return a(t) = -beta/2."""
        return sde_vp.rate(t, self.beta_min, self.beta_max)

    def power(self, t: Any) -> Any:
        """Return g(t)^2 = beta."""
        return sde_vp.power(t, self.beta_min, self.beta_max)

    def mean(self, t: Any) -> Any:
        """Return m(t) = exp(-B/2), B the integral of beta."""
        return sde_vp.mean(t, self.beta_min, self.beta_max)

    def variance(self, t: Any) -> Any:
        """Return v(t) = 1 - exp(-B)."""
        return sde_vp.variance(t, self.beta_min, self.beta_max)


@dataclass(frozen=True)
class SubVP(_BetaSchedule):
    """Sub-variance preserving: g^2 = beta (1 - exp(-2B)) (Song et al. 2011.13456, eq. 12)."""

    def rate(self, t: Any) -> Any:
        """Return a(t) = -beta/2."""
        return sde_subvp.rate(t, self.beta_min, self.beta_max)

    def power(self, t: Any) -> Any:
        """Return g(t)^2 = beta (1 - exp(-2B))."""
        return sde_subvp.power(t, self.beta_min, self.beta_max)

    def mean(self, t: Any) -> Any:
        """Return m(t) = exp(-B/2)."""
        return sde_subvp.mean(t, self.beta_min, self.beta_max)

    def variance(self, t: Any) -> Any:
        """Return v(t) = (1 - exp(-B))^2."""
        return sde_subvp.variance(t, self.beta_min, self.beta_max)


@dataclass(frozen=True)
class VE(_Parametrised):
    """Variance exploding: dx = sqrt(d sigma^2/dt) dw, sigma = sigma_min (sigma_max/sigma_min)^t."""

    sigma_min: float = 0.01
    sigma_max: float = 50.0

    def rate(self, t: Any) -> Any:
        """Return a(t) = 0."""
        return sde_ve.rate(t, self.sigma_min, self.sigma_max)

    def power(self, t: Any) -> Any:
        """Return g(t)^2 = d sigma^2/dt."""
        return sde_ve.power(t, self.sigma_min, self.sigma_max)

    def mean(self, t: Any) -> Any:
        """Return m(t) = 1."""
        return sde_ve.mean(t, self.sigma_min, self.sigma_max)

    def variance(self, t: Any) -> Any:
        """Return v(t) = sigma(t)^2 - sigma_min^2."""
        return sde_ve.variance(t, self.sigma_min, self.sigma_max)


@dataclass(frozen=True)
class CosineVP:
    """Variance preserving with the cosine schedule (Nichol and Dhariwal 2102.09672, eq. 17).

    m(t) = cos(theta_t)/cos(theta_0), theta = (pi/2) (t' + offset)/(1 + offset), t' = (1 - cutoff) t.

    Parameters
    ----------
    offset : s of the schedule, 0 <= offset <= 100
    cutoff : 1e-6 <= cutoff < 1, below which m(1) loses its digits; time ends at t' = 1 - cutoff, since
        beta is infinite at t' = 1
    """

    offset: float = 0.008
    cutoff: float = 0.01

    def __post_init__(self) -> None:
        check.positive("offset", self.offset, allow_zero=True)
        if not LEAST_CUTOFF <= check.positive("cutoff", self.cutoff) < 1:
            raise ValueError(f"cutoff must be >= {LEAST_CUTOFF:g} and < 1, got {self.cutoff}")
        if self.offset > LARGEST_OFFSET:
            raise ValueError(f"offset must be <= {LARGEST_OFFSET:g}, got {self.offset}")
        _require_moments(self, "offset is too large, or cutoff too near to 0 or 1")

    def rate(self, t: Any) -> Any:
        """Return a(t) = -beta/2 = d log m/dt."""
        return sde_cosine.rate(t, self.offset, self.cutoff)

    def power(self, t: Any) -> Any:
        """Return g(t)^2 = beta."""
        return sde_cosine.power(t, self.offset, self.cutoff)

    def mean(self, t: Any) -> Any:
        """Return m(t), the square root of the schedule's alpha-bar."""
        return sde_cosine.mean(t, self.offset, self.cutoff)

    def variance(self, t: Any) -> Any:
        """Return v(t) = 1 - m(t)^2."""
        return sde_cosine.variance(t, self.offset, self.cutoff)


@dataclass(frozen=True)
class OrnsteinUhlenbeck:
    """dx = -reversion x dt + diffusion dw (Uhlenbeck and Ornstein 1930).

    Parameters
    ----------
    reversion : rate at which x reverts to zero, >= 0; zero is Brownian motion
    diffusion : g > 0, constant
    """

    reversion: float = 1.0
    diffusion: float = 1.0

    def __post_init__(self) -> None:
        check.positive("reversion", self.reversion, allow_zero=True)
        check.positive("diffusion", self.diffusion)
        _require_moments(self, "reversion or diffusion is too large, or diffusion too small")

    def rate(self, t: Any) -> Any:
        """Return a(t) = -reversion."""
        return sde_ou.rate(t, self.reversion, self.diffusion)

    def power(self, t: Any) -> Any:
        """Return g(t)^2 = diffusion^2."""
        return sde_ou.power(t, self.reversion, self.diffusion)

    def mean(self, t: Any) -> Any:
        """Return m(t) = exp(-reversion t)."""
        return sde_ou.mean(t, self.reversion, self.diffusion)

    def variance(self, t: Any) -> Any:
        """Return v(t) = diffusion^2 (1 - exp(-2 reversion t))/(2 reversion), diffusion^2 t at zero."""
        return sde_ou.variance(t, self.reversion, self.diffusion)


def _require_moments(process: Any, cause: str) -> None:
    """Raise ValueError where mean, variance or power at t = 1 is 0 or not finite."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        try:
            moments = [float(getattr(process, name)(1.0)) for name in ("mean", "variance", "power")]
        except (ZeroDivisionError, OverflowError):
            moments = [np.nan]
    if not all(np.isfinite(moments)) or min(moments) <= 0:
        raise ValueError(f"{process!r}: mean, variance or power at t = 1 is 0 or overflows; {cause}")
