"""The cases of a study with what the report says about them: covariance, isotropy, spectrum, sum rule."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import covariance as generated
from sphspec.conventions import degrees_orders
from sphspec.covariance import Isotropy, NoiseCovariance, noise_covariance
from sphspec.report import words
from sphspec.study import Case, Study

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measured:
    """A case with its covariance and the numbers that describe it.

    Attributes
    ----------
    case : operator and variance
    cov : Sigma
    isotropy : its distance from c I
    eigenvalues : (n,) ascending, over their mean
    flatness : largest relative deviation from the sum rule; None where A is not the quadrature
    """

    case: Case
    cov: NoiseCovariance
    isotropy: Isotropy
    eigenvalues: Floats
    flatness: float | None

    @property
    def grid(self) -> str:
        """The grid's name in words."""
        return words.grid_title(self.cov.operator.grid.name)

    @property
    def operator(self) -> str:
        """The operator's name in words."""
        return words.operator_title(self.cov.operator.name)

    @property
    def setting(self) -> str:
        """Grid and band limit in words."""
        return f"{self.grid}, lmax {self.cov.lmax}"

    @property
    def title(self) -> str:
        """Grid, band limit and operator in words."""
        return f"{self.setting}, {self.operator}"


@dataclass(frozen=True, eq=False)
class Group:
    """The cases that are compared with each other: same grid, band limit and variance."""

    members: tuple[Measured, ...]

    @property
    def title(self) -> str:
        """Grid and band limit in words."""
        return self.members[0].setting

    @property
    def lmax(self) -> int:
        """The band limit."""
        return self.members[0].cov.lmax


def measure(study: Study, progress: Callable[[str], None]) -> tuple[Measured, ...]:
    """Return every case of a study, measured."""
    found = []
    for case in study.cases():
        progress(f"report: covariance of {case.label}")
        cov = noise_covariance(case.operator, case.variance)
        values = cov.eigenvalues()
        flatness = _flatness(cov) if case.operator.harmonic else None
        found.append(Measured(case, cov, cov.isotropy(), values / values.mean(), flatness))
    return tuple(found)


def grouped(measured: tuple[Measured, ...]) -> tuple[Group, ...]:
    """Return neighbouring cases of the same grid, band limit and variance together."""

    def key(item: Measured) -> tuple[str, int, float]:
        return item.cov.operator.grid.name, item.cov.lmax, item.case.variance

    return tuple(Group(tuple(members)) for _, members in groupby(measured, key))


def largest_plain(measured: tuple[Measured, ...]) -> tuple[Measured, ...]:
    """Return the case of plain quadrature of every grid at its largest band limit."""
    found: dict[str, Measured] = {}
    for item in measured:
        known = found.get(item.grid)
        if item.case.operator.harmonic and (known is None or known.cov.lmax < item.cov.lmax):
            found[item.grid] = item
    return tuple(found.values())


def _flatness(cov: NoiseCovariance) -> float:
    degrees, _ = degrees_orders(cov.lmax)
    power = np.bincount(degrees, weights=cov.diagonal())
    total = float(np.sum(generated.noise_strength(cov.operator.grid.weights, cov.variance)))
    predicted = generated.degree_power(np.arange(cov.lmax + 1), total)
    return float(np.max(np.abs(power / predicted - 1)))
