"""What the report says of eigenvalues and their limit law, and of noise design: measured, not drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.analysis import Quadrature
from sphspec.covariance import LimitLaw, limit_law, noise_covariance
from sphspec.gram.sector_matrix import shared
from sphspec.grids import Equiangular, GaussLegendre, Healpix, ReducedGaussian, RingGrid
from sphspec.noise_design import NoiseDesign, isotropising_variance
from sphspec.operator import Operator
from sphspec.report import words
from sphspec.report.cases import Measured

Floats = NDArray[np.float64]
ABSENT = "–"
LADDER = (8, 16, 32, 64)  # band limits of the families
FAMILIES: dict[str, Callable[[int], RingGrid]] = {  # the coarsest exact grid of each band limit
    "Gauss-Legendre": lambda lmax: GaussLegendre(lmax + 1, 2 * lmax + 1),
    "Fejér 1": lambda lmax: Equiangular(2 * lmax + 2, 2 * lmax + 1),
    "Clenshaw-Curtis": lambda lmax: Equiangular(2 * lmax + 2, 2 * lmax + 1, rule="clenshaw-curtis"),
    "Driscoll-Healy": lambda lmax: Equiangular(2 * lmax + 2, 2 * lmax + 1, rule="driscoll-healy"),
    "octahedral, n = lmax": ReducedGaussian.octahedral,
    "HEALPix, nside = lmax": Healpix,
}


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The eigenvalues of (N/4pi) Sigma beside their limit law.

    Attributes
    ----------
    title : what they are of
    lmax : band limit
    eigenvalues : (n,) ascending
    law : the limit law
    """

    title: str
    lmax: int
    eigenvalues: Floats
    law: LimitLaw

    @property
    def is_continuous(self) -> bool:
        """Whether the Kolmogorov distance means something: an atom's is decided by rounding."""
        return self.law.atoms.size == 0

    @property
    def distance(self) -> float:
        """Kolmogorov distance from the law."""
        return self.law.distance(self.eigenvalues)

    @property
    def transport(self) -> float:
        """Mean distance over which the eigenvalues are moved onto the law."""
        return self.law.transport(self.eigenvalues)


@dataclass(frozen=True, eq=False)
class Designed:
    """A case of plain quadrature with its isotropising variance.

    Attributes
    ----------
    measured : the case with its own uniform variance
    design : the variances that make it whiter
    condition : of Sigma with them
    """

    measured: Measured
    design: NoiseDesign
    condition: float


@cache
def ladder() -> dict[str, tuple[Spectrum, ...]]:
    """Return the spectra of every family at the band limits of the ladder, unit variance."""
    return {
        title: tuple(_spectrum(title, Quadrature(grid(lmax), lmax)) for lmax in LADDER)
        for title, grid in FAMILIES.items()
    }


def spectra_of(measured: tuple[Measured, ...]) -> tuple[Spectrum, ...]:
    """Return the spectra of the cases of plain quadrature, at unit variance."""
    return tuple(_spectrum(item.setting, item.case.operator) for item in _plain(measured))


def designs_of(measured: tuple[Measured, ...]) -> tuple[Designed, ...]:
    """Return the isotropising variance of every case of plain quadrature."""
    found = []
    for item in _plain(measured):
        design = isotropising_variance(item.cov.operator.grid, item.cov.lmax)
        whiter = noise_covariance(item.cov.operator, design)
        found.append(Designed(item, design, whiter.isotropy().condition))
    return tuple(found)


def limit_data(spectra: tuple[Spectrum, ...]) -> dict[str, Any]:
    """Return the tables of the limit law: the study's cases, and the families against lmax."""
    return {
        "ladder": [str(lmax) for lmax in LADDER],
        "families": [
            [title, *(f"{_distance(item)} / {words.number(item.transport)}" for item in found)]
            for title, found in ladder().items()
        ],
        "cases": [
            [
                item.title,
                f"{words.number(item.eigenvalues[0])} to {words.number(item.eigenvalues[-1])}",
                f"{words.number(item.law.support[0])} to {words.number(item.law.support[1])}",
                _distance(item),
                words.number(item.transport),
            ]
            for item in spectra
        ],
    }


def design_data(designs: tuple[Designed, ...]) -> list[list[str]]:
    """Return a row a case: what was free, left-over and condition before and after, the certificate."""
    return [
        [
            item.measured.setting,
            "exact" if item.design.exact else f"one value for each of the {item.design.restriction}",
            words.number(item.measured.isotropy.distance),
            words.number(item.design.left_over, 2 if item.design.exact else 3),
            words.number(item.measured.isotropy.condition),
            words.number(item.condition),
            words.number(item.design.gap, 2),
        ]
        for item in designs
    ]


def _distance(item: Spectrum) -> str:
    return words.number(item.distance) if item.is_continuous else ABSENT


def _plain(measured: tuple[Measured, ...]) -> tuple[Measured, ...]:
    return tuple(item for item in measured if item.case.operator.harmonic)


def _spectrum(title: str, operator: Operator) -> Spectrum:
    parts = shared(noise_covariance(operator).blocks.blocks, np.linalg.eigvalsh)  # no vectors are needed
    values = np.sort(np.concatenate(parts)) * (operator.grid.npix / (4 * np.pi))
    return Spectrum(title, operator.lmax, values, limit_law(operator.grid))
