"""Noise design: the pixel variances whose spectral noise is white, or as near to it as a grid allows.

s^2 = c/w gives Sigma = c I where the quadrature is exact. Elsewhere u = w^2 s^2 >= 0 minimises
|Sigma - c I|_F^2 = sum_pq u_p u_q k_pq^2 - 2 c (n/4pi) sum_p u_p + n c^2, a convex problem with the
reproducing kernel k. Its minimisers are the noise that comes back with one variance everywhere.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial.legendre import legval
from numpy.typing import NDArray
from scipy.optimize import nnls

from sphspec import _validate as check
from sphspec._generated import noise_design as generated
from sphspec._generated import reproducing_kernel
from sphspec.analysis import Quadrature
from sphspec.conventions import size
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.gram import SectorMatrix
from sphspec.gram.sectors import is_ring_constant
from sphspec.grids import PointGrid, RingGrid

Floats = NDArray[np.float64]
EXACT = 1e-12  # |G - 1| of an exact quadrature: ten times what the entries of G are right to
FAINT = 1e-140  # weights below this have squares that underflow beside others
CHUNK = 1 << 20  # values of the kernel at a time
POLISHING = 20  # points that may join the support after the solver has stopped
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class NoiseDesign:
    """Pixel variances, and how white their spectral noise is; stands for its variance as an array.

    Attributes
    ----------
    variance : (npix,) pixel variance per unit time
    mean : c, the mean eigenvalue of Sigma: 4 pi/npix, as of unit noise on points of equal area
    left_over : |Sigma - c I|_F / |c I|_F
    exact : whether Sigma = c I to 1e-12 because the quadrature is exact
    restriction : what the variances were free to be: "none" (exact), "rings" (one value on each ring) or
        "points" (any)
    gap : certificate: the relative squared distance from the nearest multiple of I is at most this above
        its minimum under the restriction; zero where exact
    """

    variance: Floats
    mean: float
    left_over: float
    exact: bool
    restriction: str
    gap: float

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.variance, dtype=dtype, copy=copy)


def isotropising_variance(grid: RingGrid, lmax: int, *, points: bool = False) -> NoiseDesign:
    """Return the pixel variances >= 0 whose noise, after plain quadrature, is nearest to white.

    Nearest in the relative Frobenius distance |Sigma - c I|/|c I|, which does not depend on scale; the
    scale is set by c = 4 pi/npix. Exact quadrature with positive weights gives s^2 = c/w and Sigma = c I.
    Otherwise one value a ring is sought, R x R; that is a restriction on grids whose symmetries do not
    carry every point of a ring into every other, such as HEALPix (a quarter turn). Points of weight zero
    do not matter; they get the mean variance of the others.

    Parameters
    ----------
    grid : points and weights
    lmax : band limit, inclusive, >= 0
    points : whether each point may have its own variance, npix x npix; so it is on grids whose weights
        differ along a ring

    Returns
    -------
    NoiseDesign, which `noise_covariance(Quadrature(grid, lmax), design)` accepts as a variance.

    Raises
    ------
    ValueError
        for lmax < 0, for weights that are all zero, or where the problem does not fit in memory.

    Source: our derivation (whitening-variance, distance-from-white, white-as-can-be, optimality-gap).

    >>> from sphspec import GaussLegendre
    >>> isotropising_variance(GaussLegendre(5, 9), lmax=4).exact
    True
    """
    operator = Quadrature(grid, lmax)
    if not grid.weights.any():
        raise ValueError("all weights are zero: no noise reaches the coefficients; give weights")
    least = float(np.abs(grid.weights[grid.weights != 0]).min())
    if least < FAINT:
        raise ValueError(f"weights must be 0 or at least {FAINT:.0e} in size, got {least}: w^2 underflows")
    mean = 4 * np.pi / grid.npix
    seen = grid.weights != 0
    if grid.weights.min() >= 0 and deviation(operator.gram, 1.0, np.inf) <= EXACT:
        variance = np.zeros(grid.npix)
        variance[seen] = generated.flattening_variance(grid.weights[seen], mean)
        return _design(operator, variance, seen, "none", 0.0)
    each = points or grid.nphi.max() == 1 or not is_ring_constant(grid, grid.weights)
    free = _scattered(grid) if each else grid
    strength, gap = _whitest(free, lmax)
    variance = np.zeros(grid.npix)
    variance[seen] = np.repeat(strength, free.nphi)[seen] / grid.weights[seen] ** 2
    return _design(operator, variance, seen, "points" if each else "rings", gap)


def _scattered(grid: RingGrid) -> PointGrid:
    """Return the points of a grid without their rings; what was warned of is not warned of again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return PointGrid(grid.theta, grid.phi, grid.weights)


def deviation(matrix: SectorMatrix, mean: float, norm: float = 2.0) -> float:
    """Return |M - c I|: the Frobenius norm over |c I|_F, or with norm = inf the largest entry."""
    parts = [block - mean * np.eye(block.shape[0]) for block in matrix.blocks]
    if norm == np.inf:
        return max(float(np.abs(part).max()) for part in parts)
    return float(np.sqrt(sum(np.sum(part**2) for part in parts) / matrix.dimension)) / mean


def squared_kernel_sums(grid: RingGrid, lmax: int) -> Floats:
    """Return H_rs = sum over the points p of ring r and q of ring s of k(p, q)^2, (R, R).

    k^2 has the azimuthal band limit 2 lmax, and the lags between two rings are equispaced, lcm(n_r, n_s)
    of them: more than 2 lmax equispaced lags have the mean of any 2 lmax + 1.
    """
    rings, cosine, counts = grid.ring_theta.size, np.cos(grid.ring_theta), grid.nphi
    check.fits(48.0 * rings**2, f"noise design with {rings} free variances", "use one a ring")
    coefficients = reproducing_kernel.coefficient(np.arange(lmax + 1))
    sums = np.empty((rings, rings))
    lags = np.lcm(counts[:, None], counts[None, :])
    lags = np.where(lags > 2 * lmax, 2 * lmax + 1, lags)
    for ring in range(rings):
        for number in np.unique(lags[ring, ring:]):
            others = ring + np.flatnonzero(lags[ring, ring:] == number)
            for part in np.array_split(others, 1 + others.size * int(number) // CHUNK):
                turn = grid.phi0[ring] - grid.phi0[part][:, None] + 2 * np.pi * np.arange(number) / number
                angle = reproducing_kernel.cos_angle(cosine[ring], cosine[part][:, None], np.cos(turn))
                squares = np.mean(legval(angle, coefficients) ** 2, axis=1)
                sums[ring, part] = sums[part, ring] = counts[ring] * counts[part] * squares
    return sums


def _whitest(grid: RingGrid, lmax: int) -> tuple[Floats, float]:
    """Return u = w^2 s^2 of each ring for c = 1, and the gap."""
    n, usable = size(lmax), grid.weights[grid.ring_start] != 0
    counts = grid.nphi[usable]
    sums = squared_kernel_sums(grid, lmax)[np.ix_(usable, usable)]
    target = -counts * generated.slope(0.0, 1.0, n)  # n_r n/(4 pi)
    found = np.zeros(usable.size)
    # solved for n_r u_r, so that H is in units of k^2 on rings of any length
    found[usable] = _non_negative(sums / np.outer(counts, counts), target / counts) / counts
    if grid.symmetric:
        found = (found + found[::-1]) / 2  # as good, by convexity and symmetry
    u = found[usable]
    slope = generated.slope(sums @ u / counts, 1.0, n)
    slack, worst = float(np.sum(np.abs(slope) * counts * u)), max(0.0, -float(slope.min()))
    return found, float(generated.optimality_gap(slack, worst, 1.0, n))


def _non_negative(sums: Floats, target: Floats) -> Floats:
    """Return the minimiser of u^T H u - 2 g^T u over u >= 0, H positive semi-definite, g in its range."""
    root, vectors = _square_root(sums)
    reduced = (vectors.T @ target) / root
    free = vectors @ (reduced / root)
    if free.min() >= 0:
        return np.asarray(free)
    solution, _ = nnls(root[:, None] * vectors.T, reduced, maxiter=10 * target.size)
    return _polished(sums, target, np.asarray(solution))


def _polished(sums: Floats, target: Floats, start: Floats) -> Floats:
    """Return the minimiser on the support that was found, to rounding; enlarged where the slope falls."""
    found, support = start, start > 0
    for _ in range(POLISHING):
        root, vectors = _square_root(sums[np.ix_(support, support)])
        trial = np.zeros_like(start)
        trial[support] = vectors @ ((vectors.T @ target[support]) / root**2)
        if trial.min() < 0:
            break
        found, slope = trial, sums @ trial - target
        if slope.min() >= -EPS * np.abs(target).max():
            break
        support = support | (slope == slope.min())
    return found


def _square_root(sums: Floats) -> tuple[Floats, Floats]:
    """Return the roots of the eigenvalues above rounding, and their vectors."""
    values, vectors = np.linalg.eigh(sums)
    kept = values > values.size * EPS * values[-1]
    return np.sqrt(values[kept]), vectors[:, kept]


def _design(
    operator: Quadrature, variance: Floats, seen: NDArray[np.bool_], restriction: str, gap: float
) -> NoiseDesign:
    """Scale the variances to c = 4 pi/npix, fill in the points of weight zero, and measure."""
    mean = 4 * np.pi / operator.grid.npix
    variance = variance * (mean / float(noise_covariance(operator, variance).diagonal().mean()))
    variance[~seen] = variance[seen].mean()
    variance.setflags(write=False)
    cov: NoiseCovariance = noise_covariance(operator, variance)
    left_over = deviation(cov.blocks, mean)
    return NoiseDesign(variance, mean, left_over, restriction == "none", restriction, gap)
