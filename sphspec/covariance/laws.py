"""Laws of the eigenvalues of (N/4pi) Sigma: cdf, density, quantile, distance of a spectrum."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import limit_law as generated

Floats = NDArray[np.float64]
BISECTIONS = 60  # halvings of (0, pi/2): to the last bit
FLAT = 1e-3  # radians: nearer to the pole the octahedral density is constant to 1e-7, and 0/0 in rounding
PANELS = 8  # points of each eigenvalue's share of probability, for `transport`
MIDPOINTS = 4096  # of them at least


class LimitLaw(ABC):
    """A probability law of eigenvalues of (N/4pi) Sigma.

    Attributes
    ----------
    scale : uniform pixel variance s^2 per unit time, which multiplies all eigenvalues
    support : least and largest value
    """

    scale: float

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Least and largest value."""

    @abstractmethod
    def cdf(self, s: Any) -> Floats:
        """Return the share of eigenvalues <= s."""

    @abstractmethod
    def pdf(self, s: Any) -> Floats:
        """Return the density at s; ValueError for a law without one."""

    @abstractmethod
    def quantile(self, p: Any) -> Floats:
        """Return the value up to which the share p, 0 <= p <= 1, of the eigenvalues lies."""

    @property
    def atoms(self) -> Floats:
        """The values that have a positive probability, ascending."""
        return np.empty(0)

    def _below(self, s: Floats) -> Floats:
        """Return the share of eigenvalues < s."""
        return self.cdf(s)

    def distance(self, eigenvalues: Any) -> float:
        """Return the Kolmogorov distance sup |F_n - F| of a spectrum from this law.

        It need not tend to zero where the law has atoms (HEALPix): use `transport` there.
        """
        values = _spectrum(eigenvalues)
        places = np.union1d(values, self.atoms)
        upto = np.searchsorted(values, places, side="right") / values.size
        below = np.searchsorted(values, places, side="left") / values.size
        right = np.abs(upto - self.cdf(places)).max()
        return float(max(right, np.abs(below - self._below(places)).max()))

    def transport(self, eigenvalues: Any) -> float:
        """Return the mean distance over which a spectrum is moved onto this law (Wasserstein-1).

        It is the integral of |F_n - F|, by midpoints in at least 4096 panels of the probability; it tends
        to zero wherever the law is approached, atoms or not.
        """
        values = _spectrum(eigenvalues)
        panels = max(PANELS, -(-MIDPOINTS // values.size))
        probability = (np.arange(panels * values.size) + 0.5) / (panels * values.size)
        return float(np.abs(np.repeat(values, panels) - self.quantile(probability)).mean())


@dataclass(frozen=True)
class LatitudeLaw(LimitLaw):
    """u = (pi/2) sin(theta) s^2: rings of equal numbers of points (derivation latitude-limit-law).

    >>> LatitudeLaw().support[1] == np.pi / 2
    True
    """

    scale: float = 1.0

    @property
    def support(self) -> tuple[float, float]:
        """From zero to pi/2."""
        return 0.0, float(self.quantile(1.0))

    def cdf(self, s: Any) -> Floats:
        """Return the share of eigenvalues <= s, 1 - sqrt(1 - (2 s/pi)^2)."""
        inside = np.clip(_values(s), *self.support) / self.scale
        return np.asarray(generated.latitude_cdf(inside))

    def pdf(self, s: Any) -> Floats:
        """Return the density at s, which is infinite at the upper end."""
        values, (low, high) = _values(s), self.support
        within = (values >= low) & (values < high)
        density = generated.latitude_pdf(np.where(within, values, low) / self.scale) / self.scale
        return np.where(values == high, np.inf, np.where(within, density, 0.0))

    def quantile(self, p: Any) -> Floats:
        """Return (pi/2) sqrt(1 - (1-p)^2)."""
        return np.asarray(self.scale * generated.latitude_quantile(_probabilities(p)))


@dataclass(frozen=True)
class OctahedralLaw(LimitLaw):
    """u = (pi^2/8) sin(theta)/theta s^2: octahedral reduced Gaussian grids (octahedral-limit-law).

    >>> round(OctahedralLaw().support[0] / np.pi, 12)
    0.25
    """

    scale: float = 1.0

    @property
    def support(self) -> tuple[float, float]:
        """From pi/4 at the equator to pi^2/8 at the poles."""
        return float(self.quantile(0.0)), float(self.quantile(1.0))

    def cdf(self, s: Any) -> Floats:
        """Return the share of eigenvalues <= s, cos(theta) with u(theta) = s."""
        values, (low, high) = _values(s), self.support
        share = generated.octahedral_cdf(self._colatitude(np.clip(values, low, high)))
        return np.where(values < low, 0.0, np.where(values >= high, 1.0, share))

    def pdf(self, s: Any) -> Floats:
        """Return the density at s, to 1e-6 near the upper end."""
        values, (low, high) = _values(s), self.support
        angle = np.maximum(FLAT, self._colatitude(np.clip(values, low, high)))
        density = generated.octahedral_pdf(angle) / self.scale
        return np.where((values < low) | (values > high), 0.0, density)

    def quantile(self, p: Any) -> Floats:
        """Return u at the colatitude arccos(p)."""
        angle = np.maximum(generated.octahedral_angle(_probabilities(p)), np.finfo(np.float64).tiny)
        return np.asarray(self.scale * generated.octahedral_symbol(angle))

    def _colatitude(self, s: Floats) -> Floats:
        """Return the colatitude in (0, pi/2] where u, which falls, is s: by bisection."""
        low, high = np.zeros(s.shape), np.full(s.shape, np.pi / 2)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            above = self.scale * generated.octahedral_symbol(middle) > s
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return high


@dataclass(frozen=True, eq=False)
class DiscreteLaw(LimitLaw):
    """Finitely many values with their probabilities: one on HEALPix, the symbol's on grids without a formula.

    Attributes
    ----------
    values : (k,) ascending
    shares : (k,) cumulated probabilities, the last one 1
    """

    values: Floats
    shares: Floats
    scale: float = 1.0

    @property
    def support(self) -> tuple[float, float]:
        """Least and largest value."""
        return float(self.scale * self.values[0]), float(self.scale * self.values[-1])

    @property
    def atoms(self) -> Floats:
        """The values, ascending."""
        return self.scale * self.values

    def cdf(self, s: Any) -> Floats:
        """Return the share of eigenvalues <= s."""
        return self._cumulated(np.searchsorted(self.atoms, _values(s), side="right"))

    def _below(self, s: Floats) -> Floats:
        return self._cumulated(np.searchsorted(self.atoms, s, side="left"))

    def pdf(self, s: Any) -> Floats:
        """Refuse: values of positive probability have no density."""
        raise ValueError(f"a law of {self.values.size} values has no density at {s!r}; use cdf or quantile")

    def quantile(self, p: Any) -> Floats:
        """Return the least value whose cumulated share is at least p."""
        place = np.searchsorted(self.shares, _probabilities(p), side="left")
        return np.asarray(self.atoms[np.minimum(place, self.values.size - 1)])

    def transport(self, eigenvalues: Any) -> float:
        """Return the integral of |F_n - F|, exactly: both are steps."""
        values = _spectrum(eigenvalues)
        places = np.union1d(values, self.atoms)
        upto = np.searchsorted(values, places, side="right") / values.size
        return float(np.sum(np.abs(upto - self.cdf(places))[:-1] * np.diff(places)))

    def _cumulated(self, count: NDArray[np.int64]) -> Floats:
        return np.concatenate([[0.0], self.shares])[count]


def _spectrum(eigenvalues: Any) -> Floats:
    values = check.exact_array("eigenvalues", eigenvalues)
    if values.size == 0:
        raise ValueError("eigenvalues are empty: a spectrum has at least one")
    return np.sort(values)


def _values(s: Any) -> Floats:
    return check.real_array("s", s)


def _probabilities(p: Any) -> Floats:
    given = check.real_array("p", p)
    if given.size and (given.min() < 0 or given.max() > 1):
        raise ValueError(f"p must be in [0, 1], got {given.min()} .. {given.max()}")
    return given
