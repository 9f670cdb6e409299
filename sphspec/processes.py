"""Scalar linear SDEs dx = a(t) x dt + g(t) dw on 0 <= t <= 1, with their generated moments."""

from dataclasses import dataclass, fields
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import sde_subvp, sde_ve, sde_vp

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
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            moments = [float(getattr(self, name)(1.0)) for name in ("mean", "variance", "power")]
        if not all(np.isfinite(moments)) or min(moments) <= 0:
            raise ValueError(
                f"{self!r}: mean, variance or power at t = 1 is 0 or overflows; "
                f"{low_name} and {high_name} are equal or too large"
            )


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
