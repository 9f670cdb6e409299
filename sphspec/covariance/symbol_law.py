"""The law that the eigenvalues of (N/4pi) Sigma tend to on grids that are exact for their band limit.

It is the law of the symbol u = (N/4pi) w s^2 under the uniform measure on the sphere; in closed form on
Gauss-Legendre and equiangular grids, octahedral reduced Gaussian grids and HEALPix.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import limit_law as generated
from sphspec.covariance.laws import DiscreteLaw, LatitudeLaw, LimitLaw, OctahedralLaw
from sphspec.grids import Equiangular, GaussLegendre, Healpix, ReducedGaussian, RingGrid

Floats = NDArray[np.float64]
SAME = 16 * float(np.finfo(np.float64).eps)  # relative difference of values that are one


def limit_law(grid: RingGrid, variance: Any = 1.0) -> LimitLaw:
    """Return the limit law of the eigenvalues of (N/4pi) Sigma of plain quadrature on a grid.

    The eigenvalues tend to it as lmax and the grid grow, if the grid stays exact for lmax (HEALPix is
    so as lmax/nside tends to zero). In closed form for uniform noise on Gauss-Legendre, equiangular and
    octahedral reduced Gaussian grids and on HEALPix with equal weights; else the law of the values u of
    the grid's own points, each with its share w/4pi of the sphere: a variance given as an array, constant
    or not, has that law of finite size, which is nearer to small grids than the formula is (octahedral
    grids come to theirs slowly).

    Parameters
    ----------
    grid : rings with weights >= 0
    variance : pixel variance s_p^2 per unit time, a number > 0 or (npix,)

    Returns
    -------
    LimitLaw with cdf, pdf, quantile, support, distance and transport.

    Raises
    ------
    ValueError
        for something that is no grid, negative weights, or a wrong variance.

    Source: our derivation (limit-law, ring-symbol, latitude-limit-law, octahedral-limit-law).

    >>> float(limit_law(GaussLegendre(9, 17)).cdf(np.pi / 2))
    1.0
    """
    if not isinstance(grid, RingGrid):
        raise ValueError(f"grid must be a sphspec grid of rings, e.g. GaussLegendre(9, 17), got {grid!r}")
    if np.ndim(variance):
        field = check.exact_array("variance", variance, grid.npix)
        if field.min() < 0:
            raise ValueError(f"variance must be >= 0, got {field.min()} at point {int(field.argmin())}")
        return _of_points(grid, field)
    scale = check.positive("variance", variance)
    for kind in type(grid).__mro__:
        if kind in CLOSED_FORM:
            return CLOSED_FORM[kind](grid, scale)
    return _of_points(grid, np.full(grid.npix, scale))


def _of_points(grid: RingGrid, variance: Floats) -> LimitLaw:
    if grid.weights.min() < 0 or not grid.weights.any():
        raise ValueError(
            f"a limit law needs weights >= 0, not all of them 0; got {grid.weights.min()} .. "
            f"{grid.weights.max()}"
        )
    seen = grid.weights > 0
    symbol = generated.symbol(grid.weights[seen], variance[seen], grid.npix)
    order = np.argsort(symbol, kind="stable")
    ordered, shares = symbol[order], np.cumsum(grid.weights[seen][order])
    last = np.append(np.diff(ordered) > SAME * ordered[1:], True)  # values equal to rounding are one
    return DiscreteLaw(ordered[last], shares[last] / shares[-1])


def _on_latitudes(grid: RingGrid, scale: float) -> LimitLaw:
    del grid
    return LatitudeLaw(scale)


def _on_equal_areas(grid: RingGrid, scale: float) -> LimitLaw:
    if not (isinstance(grid, Healpix) and grid.equal_area):  # the user's or ring weights
        return _of_points(grid, np.full(grid.npix, scale))
    return DiscreteLaw(np.ones(1), np.ones(1), scale)


def _on_reduced(grid: RingGrid, scale: float) -> LimitLaw:
    from_pole = np.arange(1, grid.nphi.size // 2 + 1)
    octahedral = generated.octahedral_count(from_pole)
    if np.array_equal(grid.nphi, np.concatenate([octahedral, octahedral[::-1]])):
        return OctahedralLaw(scale)
    return _of_points(grid, np.full(grid.npix, scale))


CLOSED_FORM: dict[type, Callable[[RingGrid, float], LimitLaw]] = {
    Equiangular: _on_latitudes,
    GaussLegendre: _on_latitudes,
    Healpix: _on_equal_areas,
    ReducedGaussian: _on_reduced,
}
