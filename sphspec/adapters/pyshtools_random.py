"""pyshtools' random coefficients, and the maps that it makes of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sphspec import _validate as check
from sphspec.adapters.base import Floats, PowerLawAdapter
from sphspec.adapters.seeding import numpy_seeded
from sphspec.conventions import degrees_orders
from sphspec.grids.gauss_legendre import GaussLegendre

AREA = 4 * np.pi  # of the sphere: 4pi-normalised functions have mean square 1 on it, orthonormal ones 1/AREA
UNITS = {"per_l": "per_l", "per_lm": "per_lm", "per-l": "per_l", "per-lm": "per_lm"}


@dataclass(frozen=True)
class PyshtoolsRandom(PowerLawAdapter):
    """pyshtools.SHCoeffs.from_random(power, normalization="ortho", csphase=-1): real coefficients.

    Promise: "a random realization of spherical harmonic coefficients obtained from a normal distribution
    [...] the variance of each coefficient at spherical harmonic degree l is equal to the total power at
    degree l divided by the number of coefficients at that degree" (its docstring; shtools.github.io).
    Its power is of 4pi-normalised functions, whatever the coefficients' normalisation: the field of
    spectrum C_l has the power C_l/(4 pi) per coefficient.

    Orthonormal coefficients with the Condon-Shortley phase (csphase=-1) are those of chart R1, cosines
    in [0], sines in [1]. It draws from numpy.random's global state, which is seeded from rng within a
    block and put back.

    Attributes
    ----------
    power_unit : "per-l", pyshtools' default, or "per-lm": how the spectrum is handed over
    """

    name = "pyshtools"
    package = module = "pyshtools"
    extra = "adapters-pyshtools"
    function = "pyshtools.SHCoeffs.from_random"

    power_unit: str = "per-l"

    def __post_init__(self) -> None:
        super().__post_init__()
        check.known("power_unit", self.power_unit, UNITS)

    @property
    def grid(self) -> Any:
        """None: draws are coefficients."""
        return None

    @property
    def power(self) -> Floats:
        """The power spectrum that from_random is given, (lmax + 1,)."""
        coefficients = np.bincount(degrees_orders(self.lmax)[0]) if UNITS[self.power_unit] == "per_l" else 1
        return np.asarray(self.cl * coefficients / AREA)

    def _draw(self, rng: np.random.Generator, size: int) -> Any:
        degrees, orders = degrees_orders(self.lmax)
        place = (np.where(orders < 0, 1, 0), degrees, np.abs(orders))
        alpha = np.empty((size, degrees.size))
        with numpy_seeded(rng):
            for row in range(size):
                alpha[row] = self._coefficients(normalization="ortho", csphase=-1).coeffs[place]
        return alpha

    def _coefficients(self, **options: Any) -> Any:
        import pyshtools

        unit = UNITS[self.power_unit]
        return pyshtools.SHCoeffs.from_random(self.power, lmax=self.lmax, power_unit=unit, **options)


@dataclass(frozen=True)
class PyshtoolsGrid(PyshtoolsRandom):
    """pyshtools.SHCoeffs.from_random(power).expand(grid="GLQ", extend=False): maps, Gauss-Legendre grid.

    Promise: as for PyshtoolsRandom; `expand` evaluates the coefficients on the grid, in their own default
    normalisation (4pi, no Condon-Shortley phase).
    """

    name = "pyshtools-grid"
    function = "pyshtools.SHCoeffs.from_random(...).expand(grid='GLQ')"

    @cached_property
    def grid(self) -> GaussLegendre:
        """Gauss-Legendre, lmax + 1 rings of 2 lmax + 1 points."""
        return GaussLegendre(self.lmax + 1, 2 * self.lmax + 1)

    def _draw(self, rng: np.random.Generator, size: int) -> Any:
        maps = np.empty((size, self.width))
        with numpy_seeded(rng):
            for row in range(size):
                maps[row] = self._coefficients().expand(grid="GLQ", extend=False).to_array().ravel()
        return maps
