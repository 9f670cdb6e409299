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
POINTS = 3  # a coefficient, up to which sums run over the points of a grid
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
    found, seen = list[Direction](), Distinct(rank)
    seen.new(np.eye(rank) / np.sqrt(rank))
    for name, matrix, size in _errors(cov, whitening):
        length = float(np.linalg.norm(matrix))
        if length <= scale * size:
            continue
        unit = (matrix + matrix.T) / (2 * length)
        if seen.new(unit):
            found.append(Direction.scaled(name, unit))
    return tuple(found)


class Distinct:
    """Matrices (r, r) of norm 1, no two of them parallel."""

    def __init__(self, rank: int) -> None:
        self._probe = np.cos(np.arange(rank))  # parallel matrices have parallel products with any vector
        self._far = np.sqrt(2 * PARALLEL) * float(np.linalg.norm(self._probe))  # |A - B|_F^2 = 2 - 2 cosine
        self._seen = list[tuple[Floats, Floats]]()

    def new(self, unit: Floats) -> bool:
        """Remember a matrix, and tell whether |cosine| <= 1 - PARALLEL with all before it."""
        product = unit @ self._probe
        for other, known in self._seen:
            apart = min(float(np.linalg.norm(product - known)), float(np.linalg.norm(product + known)))
            if apart <= self._far and abs(float(np.vdot(unit, other))) > 1 - PARALLEL:
                return False
        self._seen.append((unit, product))
        return True


def untested(cov: Covariance) -> str | None:
    """Return the note on a covariance that no directions are held for."""
    if cov.n <= LARGEST:
        return None
    return f"{cov!r}: structured directions were not tested, n = {cov.n} > {LARGEST}"


def _errors(cov: Covariance, whitening: Floats) -> Iterator[tuple[str, Floats, float]]:
    """Yield name, B = W^T E W, and the size of the terms whose difference E is."""
    sigma = cov.dense()
    size = float(np.linalg.norm(sigma))
    degrees, orders = degrees_orders(cov.lmax)
    top = max(cov.lmax, 1)

    colour = sigma @ whitening  # W^T Sigma W = 1

    def white(error: Floats) -> Floats:
        return np.asarray(whitening.T @ (error @ whitening))

    def product(diagonal: Floats) -> Floats:
        half = whitening.T @ (diagonal[:, None] * colour)
        return np.asarray(half + half.T)

    for power in range(1, DEGREE + 1):
        trend = special.eval_legendre(power, 2 * degrees / top - 1)
        yield f"trend in l of order {power}", product(trend), size
    for name, diagonal in (
        ("trend in |m|", np.abs(orders) / top),
        ("power at m = 0", (orders == 0) * 1.0),
        ("cosine against sine power", np.sign(orders) * 1.0),
        ("even against odd l", (-1.0) ** degrees),
    ):
        yield name, product(np.asarray(diagonal, float)), size
    if isinstance(cov, NoiseCovariance):
        for name, matrix in _anisotropies(cov, whitening):
            yield name, matrix, size
    swap = degrees**2 + degrees - orders
    yield "cosine-sine swap", white(sigma[np.ix_(swap, swap)] - sigma), size
    for name, signs in (
        ("sign of the sine part", np.where(orders < 0, -1.0, 1.0)),
        ("north-south flip", (-1.0) ** (degrees + orders)),
    ):
        yield name, white(signs[:, None] * sigma * signs - sigma), size
    turned = orders[:, None] * sigma[swap] / top
    yield "longitude shift", white(turned + turned.T), size
    yield "couplings", white(sigma - np.diag(np.diagonal(sigma))), size
    same = np.abs(orders)[:, None] == np.abs(orders)
    yield "couplings between orders", white(np.where(same, 0.0, sigma)), size
    yield "isotropic noise in its place", white(np.eye(cov.n) * np.diagonal(sigma).mean() - sigma), size


def _anisotropies(cov: NoiseCovariance, whitening: Floats) -> Iterator[tuple[str, Floats]]:
    """Yield what pixel variances times 1 + Y/(2 max |Y|) add: B = (W^T A) diag(s^2 Y/(2 max |Y|)) (W^T A)^T.

    The points of a fine grid are many: there the ring sum gives the entries first.
    """
    grid = cov.operator.grid
    few = grid.npix <= POINTS * cov.n
    analysed = cov.operator.adjoint(np.ascontiguousarray(whitening.T)) if few else None
    for degree in range(1, DEGREE + 1):
        for order in range(-degree, degree + 1):
            harmonic = special.sph_harm_y(degree, abs(order), grid.theta, grid.phi)
            pattern = harmonic.imag if order < 0 else harmonic.real
            change = cov.variance * pattern / max(float(np.abs(pattern).max()), 1e-300) / 2
            if analysed is not None:
                matrix = (analysed * change) @ analysed.T
            else:
                modulated = noise_covariance(cov.operator, cov.variance + change).dense()
                matrix = whitening.T @ (modulated - cov.dense()) @ whitening
            yield f"anisotropy Y_{degree},{order}", np.asarray(matrix)
