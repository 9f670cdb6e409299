"""Variance of the noise at points of the sphere, after the transform and its synthesis.

Var(theta, phi) = sum over i, j of Y_i(theta, phi) Sigma_ij Y_j(theta, phi)
"""

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import chart
from sphspec._generated import covariance as generated
from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance
from sphspec.harmonics import LegendreTable

Floats = NDArray[np.float64]


def field_variance(cov: NoiseCovariance, theta: Floats, phi: Floats) -> Floats:
    """Return Var at every colatitude and longitude, (T, P): its mean over the sphere is trace(Sigma)/(4 pi).

    A function of band limit 2 lmax, exact at each point.

    Parameters
    ----------
    cov : Sigma
    theta : (T,) colatitudes in radians
    phi : (P,) longitudes in radians

    Raises
    ------
    ValueError
        where the entries of Sigma do not fit in memory.
    """
    _, orders = degrees_orders(cov.lmax)
    table, variance = LegendreTable(theta, cov.lmax), np.zeros((theta.size, phi.size))
    functions = [table.order(m) for m in range(cov.lmax + 1)]
    for members, block in zip(cov.blocks.indices, cov.blocks.blocks, strict=True):
        mine = orders[members]
        lanes = sorted(set(mine.tolist()), key=lambda order: (abs(order), order))
        places = {order: np.flatnonzero(mine == order) for order in lanes}
        degrees = {order: _steps(members[places[order]], abs(order)) for order in lanes}
        for number, order in enumerate(lanes):
            left = functions[abs(order)][degrees[order]]
            for other in lanes[number:]:
                part = block[np.ix_(places[order], places[other])]
                if not part.any():
                    continue
                sums = np.einsum("lt,lt->t", left, part @ functions[abs(other)][degrees[other]])
                double = 1.0 if order == other else 2.0
                variance += np.outer(double * sums, _product(order, other, phi))
    return variance


def _steps(members: NDArray[np.int64], order: int) -> NDArray[np.int64]:
    """Return l - |m| of coefficients l^2 + l + m."""
    return np.sqrt(members).astype(np.int64) - order


def _product(order: int, other: int, phi: Floats) -> Floats:
    """Return Y_lm Y_l'm' over lambda_l|m| lambda_l'|m'|, |m| <= |m'|, at longitudes: kernels of one point."""
    m, m2 = abs(order), abs(other)
    difference, total = (m2 - m) * phi, (m + m2) * phi
    cc, cs, sc, ss = generated.ring_kernel(
        chart.scale(m), chart.scale(m2), np.cos(difference), np.sin(difference), np.cos(total), np.sin(total)
    )
    return np.asarray((cc if other >= 0 else cs) if order >= 0 else (sc if other >= 0 else ss))
