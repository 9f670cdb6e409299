"""The dictionary of errors that a noise covariance is tested for: what goes wrong in practice, as directions.

For Sigma + eps E the direction is B = W^T E W, z = W^T x the white coordinates. Directions E of a covariance:

    trends          D Sigma + Sigma D, D a diagonal: Legendre P_1 .. P_3 in 2 l/lmax - 1, |m|/lmax, [m = 0],
                    the sign of m, (-1)^l
    anisotropy      A diag(s_p^2 Y_LM) A^T for L <= 3: pixel variances modulated over the sphere
    reflections     T Sigma T^T - Sigma: cosines and sines swapped, sines negated, north and south exchanged
    longitude       J Sigma - Sigma J, J the generator of rotations about the axis
    couplings       Sigma without its diagonal, and without what couples different orders
    isotropic       the mean variance in place of Sigma

Anisotropies are those of a grid's noise; a covariance that is given as a matrix has none. A direction that
vanishes, where Sigma has the symmetry, or that is another one times a number, is left out.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sphspec.conventions import degrees_orders
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.suite.dense import Covariance
from sphspec.verify.deterministic import EPS
from sphspec.verify.dictionary import Direction

Floats = NDArray[np.float64]
LARGEST = 1200  # rank up to which the dictionary is held: 28 matrices of 11 MB, and their eigenvalues
ROUNDING = 1e3  # times eps, |W|^2 and |E|: what is left of a direction that vanishes
PARALLEL = 1e-9  # 1 - |cosine| of two directions that are one
DEGREE = 3  # of the anisotropies and the trends


@lru_cache(maxsize=1)  # all runs of one case
def directions(cov: Covariance) -> tuple[Direction, ...]:
    """Return the directions of a covariance, each scaled to a largest |eigenvalue| of 1; () beyond LARGEST.

    What is left out: a direction whose B is rounding, |B|_F <= ROUNDING eps |W|_F^2 |E|_F, and one that is
    parallel to the identity, which is the total variance, or to a direction before it.
    """
    if cov.n > LARGEST:
        return ()
    whitening, _ = cov.whiten(np.eye(cov.n))
    rank = whitening.shape[1]
    scale = ROUNDING * EPS * float(np.sum(whitening**2))
    seen = [np.eye(rank) / np.sqrt(rank)]
    found = []
    for name, error, size in _errors(cov):
        matrix = whitening.T @ error @ whitening
        length = float(np.linalg.norm(matrix))
        if length <= scale * size:
            continue
        unit = (matrix + matrix.T) / (2 * length)
        if any(abs(float(np.vdot(unit, other))) > 1 - PARALLEL for other in seen):
            continue
        seen.append(unit)
        found.append(Direction.scaled(name, unit))
    return tuple(found)


def untested(cov: Covariance) -> str | None:
    """Return the note on a covariance that no directions are held for."""
    if cov.n <= LARGEST:
        return None
    return f"{cov!r}: structured directions were not tested, n = {cov.n} > {LARGEST}"


def _errors(cov: Covariance) -> Iterator[tuple[str, Floats, float]]:
    """Yield name, E, and the size of the terms whose difference E is."""
    sigma = cov.dense()
    size = float(np.linalg.norm(sigma))
    degrees, orders = degrees_orders(cov.lmax)
    top = max(cov.lmax, 1)
    for power in range(1, DEGREE + 1):
        trend = special.eval_legendre(power, 2 * degrees / top - 1)
        yield f"trend in l of order {power}", _product(trend, sigma), size
    for name, diagonal in (
        ("trend in |m|", np.abs(orders) / top),
        ("power at m = 0", (orders == 0) * 1.0),
        ("cosine against sine power", np.sign(orders) * 1.0),
        ("even against odd l", (-1.0) ** degrees),
    ):
        yield name, _product(np.asarray(diagonal, float), sigma), size
    if isinstance(cov, NoiseCovariance):
        yield from _anisotropies(cov, sigma)
    swap = degrees**2 + degrees - orders
    yield "cosine-sine swap", sigma[np.ix_(swap, swap)] - sigma, size
    for name, signs in (
        ("sign of the sine part", np.where(orders < 0, -1.0, 1.0)),
        ("north-south flip", (-1.0) ** (degrees + orders)),
    ):
        yield name, signs[:, None] * sigma * signs - sigma, size
    turned = orders[:, None] * sigma[swap] / top
    yield "longitude shift", turned + turned.T, size
    yield "couplings", sigma - np.diag(np.diagonal(sigma)), size
    same = np.abs(orders)[:, None] == np.abs(orders)
    yield "couplings between orders", np.where(same, 0.0, sigma), size
    yield "isotropic noise in its place", np.eye(cov.n) * np.diagonal(sigma).mean() - sigma, size


def _product(diagonal: Floats, sigma: Floats) -> Floats:
    return np.asarray(diagonal[:, None] * sigma + sigma * diagonal)


def _anisotropies(cov: NoiseCovariance, sigma: Floats) -> Iterator[tuple[str, Floats, float]]:
    for degree in range(1, DEGREE + 1):
        for order in range(-degree, degree + 1):
            yield f"anisotropy Y_{degree},{order}", *_anisotropy(cov, sigma, degree, order)


def _anisotropy(cov: NoiseCovariance, sigma: Floats, degree: int, order: int) -> tuple[Floats, float]:
    """Return the covariance of pixel variances times 1 + Y/(2 max |Y|), less Sigma; and its size."""
    grid = cov.operator.grid
    harmonic = special.sph_harm_y(degree, abs(order), grid.theta, grid.phi)
    pattern = harmonic.imag if order < 0 else harmonic.real
    pattern = pattern / max(float(np.abs(pattern).max()), 1e-300) / 2
    modulated = noise_covariance(cov.operator, cov.variance * (1 + pattern)).dense()
    return modulated - sigma, float(np.linalg.norm(sigma))
