"""Variance that depends on latitude: what it does to coefficients, and what coefficients say of it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sphspec.analysis import Quadrature
from sphspec.audit.law import Law
from sphspec.claims import SpectralNoise, WhitePixels
from sphspec.conventions import degrees_orders
from sphspec.covariance import noise_covariance
from sphspec.grids import GaussLegendre
from sphspec.harmonics import LegendreTable

Floats = NDArray[np.float64]
POWERS = (1, 2, 4)  # degrees of the Legendre polynomials in the cosine of the colatitude
LARGEST = 2500  # coefficients up to which a modulated field is analysed


def modulations(law: Law) -> Iterator[tuple[str, str, Any, tuple[float, float]]]:
    """Yield the errors Sigma(variance times 1 + e P_k(cos theta)), and P_k at the pole and the equator.

    Noise on a grid is modulated on its pixels; any other law's field is, to first order in e: Sigma +
    (e/2)(M Sigma + Sigma M^T), M the multiplication by P_k, cut at lmax.
    """
    noise = isinstance(law.claim, SpectralNoise | WhitePixels)
    if (law.n > LARGEST and not noise) or law.claim.lmax == 0:
        return
    sigma = law.sigma
    for power in POWERS:
        if noise:
            operator, variance = _pixels(law)
            pattern = special.eval_legendre(power, np.cos(operator.grid.theta))
            error: Any = (
                noise_covariance(operator, variance * (1 + pattern * (1 - 1e-12))).dense() - sigma.toarray()
            )
        else:
            times = _multiplication(law.claim.lmax, power)
            error = (times @ sigma + (times @ sigma).T) / 2
        ends = (1.0, float(special.eval_legendre(power, 0.0 if power > 1 else -1.0)))
        yield "latitude-variance", f"P_{power}(cos theta)", error, ends


def _pixels(law: Law) -> tuple[Any, Floats]:
    claim = law.claim
    if isinstance(claim, SpectralNoise):
        return claim.cov.operator, claim.cov.variance
    assert isinstance(claim, WhitePixels)
    return claim.operator, claim.variance


def _multiplication(lmax: int, power: int) -> Floats:
    """Return the matrix of multiplication by P_k(cos theta) between coefficients up to lmax, (n, n)."""
    grid = GaussLegendre(lmax + power + 1, 2 * lmax + 2)
    operator = Quadrature(grid, lmax)
    pattern = special.eval_legendre(power, np.cos(grid.theta))
    return np.asarray(operator(operator.synthesis(np.eye(operator.n)) * pattern)).T


def zonal_variance(theta: Floats, covariance: Any, lmax: int) -> Floats:
    """Return the mean over longitude of the field's variance at colatitudes, (T,), for a covariance (n, n).

    sum over m and l, l' of lambda_lm(theta) lambda_l'm(theta) Cov(alpha_lm, alpha_l'm), signed m.
    """
    _, orders = degrees_orders(lmax)
    table, found = LegendreTable(theta, lmax), np.zeros(theta.size)
    for order in range(-lmax, lmax + 1):
        values = table.order(abs(order))
        places = np.flatnonzero(orders == order)
        block = covariance[places][:, places]
        block = block.toarray() if hasattr(block, "toarray") else block
        found += np.einsum("lt,lk,kt->t", values, block, values)
    return found
