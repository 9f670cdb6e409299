"""Noise design and exact spectra against brute force: white, as white as can be, eigenvalues known."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sphspec._generated import covariance, limit_law, noise_design
from sphspec.conventions import index
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.gram.sectors import is_ring_constant
from sphspec.noise_design import NoiseDesign, isotropising_variance
from sphspec.simulate import DirectWitness, squared
from sphspec.verify import deterministic as verify
from sphspec.verify.parts import forms
from sphspec.verify.result import Result

Floats = NDArray[np.float64]
WHITE = 1e-12  # what a Gram matrix may differ from 1 by to count as exact
ROUNDINGS = 16  # of a sum over the coefficients, which the certificate is
SPECTRUM = 1e-13  # of the largest eigenvalue


def design_results(case: str, cov: NoiseCovariance, direct: DirectWitness) -> Iterator[Result]:
    """Yield the checks of the isotropising variance, and of the zonal spectrum where it is known."""
    design = isotropising_variance(cov.operator.grid, cov.lmax)
    sigma = squared(direct.matrix, design.variance)
    if design.exact:
        claimed = noise_covariance(cov.operator, design.variance).dense()
        yield _white(case, "isotropising variance: Sigma = c I", design, sigma)
        yield _white(case, "isotropising variance: claimed Sigma = c I", design, claimed)
    else:
        yield _certificate(case, cov, direct, design, sigma)
    if _is_square(cov, direct):
        yield _zonal(case, cov, direct)


def _white(case: str, check: str, design: NoiseDesign, sigma: Floats) -> Result:
    error = np.abs(sigma / design.mean - np.eye(sigma.shape[0]))
    return verify.residual_result(
        case, check, 1, float(error.max()), WHITE,
        f"entry {divmod(int(error.argmax()), error.shape[1])}",
        f"a variance that leaves the noise coloured by {WHITE:.0e}", verify.SHARED,
    )  # fmt: skip


def _certificate(
    case: str, cov: NoiseCovariance, direct: DirectWitness, design: NoiseDesign, sigma: Floats
) -> Result:
    """Bound from brute force how much nearer to white any other variance could be."""
    grid, n = cov.operator.grid, cov.n
    strength = covariance.noise_strength(grid.weights, design.variance)
    mean = float(np.sum(sigma**2) / np.trace(sigma))  # c for which this scale is the best
    returned = forms(direct.harmonics, sigma, ROUNDINGS * verify.EPS * np.sqrt(n))
    slope = noise_design.slope(returned, mean, n)
    if design.restriction == "rings":
        slope = np.repeat(np.add.reduceat(slope, grid.ring_start) / grid.nphi, grid.nphi)
    slope = np.where(grid.weights == 0, 0.0, slope)
    worst = max(0.0, -float(slope.min()))
    gap = float(noise_design.optimality_gap(np.sum(np.abs(slope) * strength), worst, mean, n))
    centred = sigma - design.mean * np.eye(n)
    stated = abs(float(np.linalg.norm(centred)) / (design.mean * np.sqrt(n)) - design.left_over)
    limit = ROUNDINGS * verify.EPS * n
    return verify.residual_result(
        case, "isotropising variance: none is better (certificate)", 1, max(gap, stated), limit,
        f"gap {gap:.1e}, stated left-over off by {stated:.1e}",
        f"a squared left-over {limit:.0e} above the least possible, or misstated",
        "variances that differ along a ring, where one a ring was asked for",
    )  # fmt: skip


def _is_square(cov: NoiseCovariance, direct: DirectWitness) -> bool:
    """Tell whether the zonal harmonics are orthonormal on as many rings as there are degrees."""
    grid = cov.operator.grid
    if grid.ring_theta.size != cov.lmax + 1 or not is_ring_constant(grid, cov.variance * grid.weights):
        return False
    places = _zonal_places(cov.lmax)
    gram = direct.matrix[places] @ direct.harmonics[:, places]
    return bool(np.abs(gram - np.eye(places.size)).max() <= WHITE)


def _zonal(case: str, cov: NoiseCovariance, direct: DirectWitness) -> Result:
    grid, places = cov.operator.grid, _zonal_places(cov.lmax)
    start = grid.ring_start
    claimed = np.sort(limit_law.ring_eigenvalue(grid.weights[start], cov.variance[start]))
    block = (direct.matrix[places] * cov.variance) @ direct.matrix[places].T
    found = np.asarray(np.linalg.eigvalsh(block), dtype=np.float64)
    return verify.same_vectors(
        case, "zonal eigenvalues, one a ring", 1, claimed, found, SPECTRUM,
        f"an eigenvalue off by {SPECTRUM:.0e} of the largest",
    )  # fmt: skip


def _zonal_places(lmax: int) -> NDArray[np.int64]:
    return np.array([index(degree, 0) for degree in range(lmax + 1)])
