"""Sigma of a grid, an operator and a pixel variance: the ring sum, then the operator's filter."""

from typing import Any

import numpy as np

from sphspec import _validate as check
from sphspec.covariance.entries import Entries
from sphspec.covariance.noise import NoiseCovariance
from sphspec.operator import Operator


def noise_covariance(operator: Operator, variance: Any = 1.0) -> NoiseCovariance:
    """Return the covariance per unit time of v_t = A w_t, E[w_t w_t^T] = t diag(s_p^2).

    Sigma = Q Phi^T diag(w^2 s^2) Phi Q^T, for Resampling with its own table in place of w Phi. Nothing
    large is computed before it is asked for. Entries are right to 1e-13 sqrt(C_ii C_jj) plus a few
    roundings of the largest |Q|^2 |Phi^T diag(u) Phi|: on grids too coarse for the band limit,
    coefficients that are nearly invisible have that absolute accuracy.

    Parameters
    ----------
    operator : Quadrature, Jacobi, LeastSquares or Resampling
    variance : pixel variance s_p^2 per unit time, a number >= 0 or (npix,)

    Returns
    -------
    NoiseCovariance, n = (lmax + 1)^2, chart R1, units of variance times steradian^2.

    Raises
    ------
    ValueError
        for negative or non-finite variance or a wrong length; when entries are asked for that do not
        fit in memory (the GiB are named).

    Source: our derivation (spectral-covariance, ring-sum, filtered-covariance).

    >>> from sphspec import Healpix, Quadrature
    >>> cov = noise_covariance(Quadrature(Healpix(nside=1), lmax=2))
    >>> round(float(cov.diagonal()[0] / (4 * np.pi / 12)), 12)
    1.0
    """
    if not isinstance(operator, Operator):
        raise ValueError(
            f"operator must be an analysis operator, e.g. Quadrature(grid, lmax), got {operator!r}"
        )
    field = check.pixel_variance("variance", variance, operator.grid.npix)
    with np.errstate(over="ignore", invalid="ignore"):
        strength = operator.strength(field)
    check.finite_result("w^2 s^2", strength, "scale weights or variance down")
    return NoiseCovariance(operator, field, Entries(operator, strength))
