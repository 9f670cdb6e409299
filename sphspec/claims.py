"""What a noise generator is said to draw from: the four laws that an audit holds draws against.

    WhitePixels     x ~ N(0, diag(s^2)) on the points of a grid
    IsotropicField  x = Phi alpha, alpha_lm ~ N(0, C_l) independent in chart R1
    SpectralNoise   alpha ~ N(0, Sigma), Sigma the covariance of a grid's spectral noise
    Marginal        alpha_t | alpha_0 ~ N(mean, covariance) of a spectral SDE at a time t

Each is a Gaussian law of coefficients, and says how maps become coefficients.
"""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec.analysis import LeastSquares, Quadrature
from sphspec.claim import COEFFICIENTS, MAPS, Claim
from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.gram import SectorMatrix
from sphspec.gram.connected import sectors
from sphspec.grids.ring import RingGrid
from sphspec.operator import Operator
from sphspec.sde import SpectralSDE

__all__ = ["Claim", "IsotropicField", "Marginal", "SpectralNoise", "WhitePixels"]

Floats = NDArray[np.float64]
VIEWED = 16  # highest degree at which white pixels are looked at, unless another is asked for


class WhitePixels(Claim):
    """Independent N(0, s_p^2) on every point of a grid.

    Parameters
    ----------
    grid : the points
    variance : s^2 > 0, a number or (npix,)
    lmax : up to which coefficients are looked at beside the pixels; chosen where it is None

    Raises
    ------
    ValueError
        for something that is no grid, a variance that is not positive, or an lmax < 0.

    >>> from sphspec import Healpix
    >>> WhitePixels(Healpix(nside=4), 1.0).lmax
    8
    """

    kinds = (MAPS,)

    def __init__(self, grid: RingGrid, variance: Any = 1.0, lmax: int | None = None) -> None:
        self.grid = _grid(grid)
        self.variance = check.pixel_variance("variance", variance, grid.npix)
        if self.variance.min() <= 0:
            place = int(self.variance.argmin())
            raise ValueError(f"variance must be > 0, got {self.variance[place]} at point {place}")
        self.lmax = _viewed(grid) if lmax is None else check.integer("lmax", lmax, 0)
        self.name = f"white pixel noise on {grid.name}"

    @property
    def pixel_deviation(self) -> Floats:
        """s, (npix,)."""
        return np.sqrt(self.variance)

    @cached_property
    def operator(self) -> Quadrature:
        """The grid's quadrature."""
        return Quadrature(self.grid, self.lmax)  # type: ignore[arg-type]

    @cached_property
    def covariance(self) -> SectorMatrix:
        """A diag(s^2) A^T."""
        return noise_covariance(self.operator, self.variance).blocks


class IsotropicField(Claim):
    """A field of angular power spectrum C_l: independent coefficients, the same variance for every m.

    Parameters
    ----------
    grid : on which maps are given; None where draws are coefficients
    cl : (lmax + 1,) C_l >= 0, the variance of alpha_lm, as healpy's

    Raises
    ------
    ValueError
        for a negative C_l or none that is positive.

    >>> IsotropicField(None, [1.0, 0.5, 0.2]).n
    9
    """

    isotropic = True

    def __init__(self, grid: RingGrid | None, cl: Any) -> None:
        self.grid = None if grid is None else _grid(grid)
        self.cl = check.exact_array("cl", cl)
        if self.cl.size == 0 or self.cl.min() < 0 or self.cl.max() <= 0:
            shown = f"{self.cl.min()} .. {self.cl.max()}" if self.cl.size else "an empty array"
            raise ValueError(f"cl must be >= 0 and somewhere > 0, got {shown}")
        self.lmax = self.cl.size - 1
        where = "coefficients" if grid is None else grid.name
        self.kinds = (COEFFICIENTS,) if grid is None else (MAPS, COEFFICIENTS)
        self.name = f"isotropic field with a given C_l to lmax={self.lmax}, {where}"

    @property
    def band_limited(self) -> bool:
        """Yes: a field is its harmonics up to lmax."""
        return True

    @cached_property
    def operator(self) -> Operator | None:
        """Least squares, which gives back the coefficients of a band-limited map on any grid."""
        return None if self.grid is None else LeastSquares(self.grid, self.lmax)

    @cached_property
    def covariance(self) -> SectorMatrix:
        """C_l on the diagonal."""
        degrees, _ = degrees_orders(self.lmax)
        places = tuple(np.array([place]) for place in range(self.n))
        blocks = [np.array([[value]]) for value in self.cl]
        return SectorMatrix(self.n, places, tuple(blocks[degree] for degree in degrees))


class SpectralNoise(Claim):
    """N(0, Sigma): noise on the pixels of a grid, seen through its analysis.

    Parameters
    ----------
    cov : what `sphspec.noise_covariance` returns
    """

    def __init__(self, cov: NoiseCovariance) -> None:
        if not isinstance(cov, NoiseCovariance):
            raise ValueError(f"cov must come from noise_covariance(...), got {type(cov).__name__}")
        self.cov, self.grid, self.lmax = cov, cov.operator.grid, cov.lmax
        self.name = f"N(0, Sigma) of {cov.operator.name} on {cov.operator.grid.name}, lmax={cov.lmax}"

    @property
    def operator(self) -> Operator:
        """The operator of Sigma."""
        return self.cov.operator

    @property
    def covariance(self) -> SectorMatrix:
        """Sigma."""
        return self.cov.blocks


class Marginal(Claim):
    """alpha_t given alpha_0 of a spectral SDE: N(m alpha_0, s_t^2 Sigma), or a linear drift's law.

    Parameters
    ----------
    spectral_sde : a SpectralSDE
    alpha0 : (n,) start, chart R1
    t : time, 0 < t <= 1
    """

    def __init__(self, spectral_sde: SpectralSDE, alpha0: Any, t: float) -> None:
        if not isinstance(spectral_sde, SpectralSDE):
            raise ValueError(f"spectral_sde must be a SpectralSDE, got {type(spectral_sde).__name__}")
        cov = spectral_sde.covariance
        self.sde, self.lmax, self.grid = spectral_sde, cov.lmax, cov.operator.grid
        self.alpha0 = check.exact_array("alpha0", alpha0, self.n)
        self.t = check.positive("t", t)
        if self.t > 1:
            raise ValueError(f"t must be in (0, 1], got {t}")
        self.name = f"marginal of {type(spectral_sde.process).__name__} at t={self.t:g}, {cov.operator!r}"

    @property
    def operator(self) -> Operator:
        """The operator of Sigma."""
        return self.sde.covariance.operator

    @cached_property
    def mean(self) -> Floats:
        """E[alpha_t | alpha_0], (n,)."""
        return np.asarray(self.sde.marginal(self.alpha0, self.t)[0], float)

    @cached_property
    def covariance(self) -> SectorMatrix:
        """Cov[alpha_t | alpha_0]."""
        return sectors(self.sde.marginal_covariance(self.t))


def _grid(grid: Any) -> RingGrid:
    if not isinstance(grid, RingGrid):
        raise ValueError(f"grid must be a sphspec grid, e.g. Healpix(nside=8), got {grid!r}")
    return grid


def _viewed(grid: RingGrid) -> int:
    """Return the degree to which pixels fill coefficients twice over, VIEWED at most."""
    rings = int(np.unique(grid.ring_theta).size) - 1
    return int(max(0, min(VIEWED, rings, np.sqrt(grid.npix / 2) - 1)))
