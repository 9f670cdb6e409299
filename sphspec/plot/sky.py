"""The variance of the noise as a field on the sphere, on a Mollweide map."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.patches import Ellipse
from numpy.typing import NDArray
from scipy import optimize

from sphspec import _validate as check
from sphspec.analysis import Quadrature
from sphspec.covariance import NoiseCovariance
from sphspec.grids import Equiangular
from sphspec.plot.colours import SIGNED, axes_of

Floats = NDArray[np.float64]
NLAT, NLON = 60, 120  # cells of the map
LARGEST = 4000  # coefficients: the variance of every cell takes n^2 products


def variance_map(cov: NoiseCovariance, ax: Axes | None = None, *, spread: float | None = None) -> QuadMesh:
    """Draw Var(n) = Y(n)^T Sigma Y(n) over its mean on the sphere, in Mollweide's projection.

    It is one everywhere for white noise up to lmax, and for every isotropic field.

    Parameters
    ----------
    cov : of noise_covariance
    ax : where; the current Axes without
    spread : colours go from 1 - spread to 1 + spread; the largest deviation without

    Raises
    ------
    ValueError
        for more than LARGEST coefficients, or a spread <= 0.
    """
    if cov.n > LARGEST:
        raise ValueError(f"a map of the variance takes at most {LARGEST} coefficients, got {cov.n}")
    axes, values = axes_of(ax), field_variance(cov)
    most = float(np.abs(values - 1).max()) or 1.0
    spread = most if spread is None else check.positive("spread", spread)
    x, y = _mollweide()
    mesh = axes.pcolormesh(
        x, y, values, cmap=SIGNED, vmin=1 - spread, vmax=1 + spread, shading="flat", rasterized=True
    )
    axes.add_patch(Ellipse((0, 0), 4, 2, fill=False, linewidth=0.6, edgecolor="0.3"))
    axes.set(xlim=(-2.02, 2.02), ylim=(-1.02, 1.02), aspect="equal")
    axes.set_axis_off()
    return mesh


def field_variance(cov: NoiseCovariance) -> Floats:
    """Return Var(n) over its mean on the sphere at the cells of the map, (NLAT, NLON), north first."""
    grid = Equiangular(NLAT, NLON)
    harmonics = Quadrature(grid, cov.lmax).synthesis(np.eye(cov.n))  # (n, npix)
    variances = np.einsum("ip,ip->p", harmonics, cov @ harmonics).reshape(NLAT, NLON)
    mean = float(cov.diagonal().sum()) / (4 * np.pi)
    return np.asarray(variances / mean)


def _mollweide() -> tuple[Floats, Floats]:
    """Return the corners of the cells in the plane, (NLAT + 1, NLON + 1): |x| <= 2, |y| <= 1."""
    latitude = np.pi / 2 - np.linspace(0, np.pi, NLAT + 1)
    longitude = np.linspace(np.pi, -np.pi, NLON + 1)  # east to the left, as the sky is seen
    angles = np.array([_auxiliary(at) for at in latitude])
    return np.multiply.outer(np.cos(angles), 2 * longitude / np.pi), np.repeat(
        np.sin(angles)[:, None], NLON + 1, axis=1
    )


def _auxiliary(latitude: float) -> float:
    """Return the root t of 2 t + sin(2 t) = pi sin(latitude)."""
    return float(
        optimize.brentq(lambda t: 2 * t + np.sin(2 * t) - np.pi * np.sin(latitude), -np.pi / 2, np.pi / 2)
    )
