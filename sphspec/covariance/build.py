"""Sigma of a grid, an operator and a pixel variance: the ring sum, then the operator's filter."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import analysis as generated_analysis
from sphspec._generated import covariance as generated
from sphspec.analysis import Quadrature
from sphspec.covariance.noise import NoiseCovariance
from sphspec.gram import SectorMatrix, partition, quadratic_form, sector_bytes

Floats = NDArray[np.float64]
WORKSPACE = 5  # sector-sized arrays alive at once: Sigma, Gram, eigenvectors, two products


def noise_covariance(operator: Quadrature, variance: Any = 1.0) -> NoiseCovariance:
    """Return the covariance per unit time of v_t = A w_t, E[w_t w_t^T] = t diag(s_p^2).

    Sigma = Q Phi^T diag(w^2 s^2) Phi Q^T. Nothing large is computed before it is asked for.

    Parameters
    ----------
    operator : Quadrature, Jacobi or LeastSquares
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
    if not isinstance(operator, Quadrature):
        raise ValueError(
            f"operator must be an analysis operator, e.g. Quadrature(grid, lmax), got {operator!r}"
        )
    field = _variance_field(operator, variance)
    strength = generated.noise_strength(operator.grid.weights, field)
    sectors = partition(operator.grid, [operator.grid.weights, strength], operator.lmax)
    needed = WORKSPACE * sector_bytes(sectors)

    def build() -> SectorMatrix:
        check.fits(needed, f"the covariance of {operator!r}")
        sigma = quadratic_form(operator.grid, strength, operator.lmax, sectors)
        if operator.plain:
            return sigma
        gram = quadratic_form(operator.grid, operator.grid.weights, operator.lmax, sectors)
        blocks = tuple(_filtered(operator, g, s) for g, s in zip(gram.blocks, sigma.blocks, strict=True))
        return SectorMatrix(sigma.dimension, sigma.indices, blocks)

    return NoiseCovariance(operator, field, needed, build)


def _variance_field(operator: Quadrature, variance: Any) -> Floats:
    npix = operator.grid.npix
    if np.ndim(variance) == 0:
        return np.full(npix, check.positive("variance", variance, allow_zero=True))
    field = check.exact_array("variance", variance, npix)
    if field.shape != (npix,):
        raise ValueError(f"variance must be a number or ({npix},), got shape {field.shape}")
    if field.min() < 0:
        raise ValueError(f"variance must be >= 0, got {field.min()} at point {int(field.argmin())}")
    return field


def _filtered(operator: Quadrature, gram: Floats, sigma: Floats) -> Floats:
    spectral_filter = operator.filter(gram)
    product: Floats = np.asarray(generated_analysis.filtered_covariance(spectral_filter, sigma))
    return (product + product.T) / 2
