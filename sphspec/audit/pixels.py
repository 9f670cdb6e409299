"""Tests of independent pixels: variance by latitude, neighbours, shape, mean, each with an exact law."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sphspec.audit.law import Law
from sphspec.audit.pixel_orders import pixel_orders
from sphspec.verify.shape import EVEN, FEWEST, ODD, energy_log_p, energy_sum, shape_log_p, shape_sums
from sphspec.verify.statistics import Family
from sphspec.verify.tails import chi_square, normal, quadratic_tails, two_sided

Floats = NDArray[np.float64]


def pixel_families(law: Law, pixels: Floats) -> Iterator[tuple[str, Family]]:
    """Yield defect and family for pixels (K, npix) in units of their claimed deviation."""
    grid, count = law.claim.grid, pixels.shape[0]
    assert grid is not None
    squares = np.einsum("kp,kp->p", pixels, pixels)
    total = chi_square(np.array([squares.sum()]), pixels.size)
    yield "scale", Family("pixels", total, ("all pixels",).__getitem__)
    rings, ring = np.unique(grid.theta, return_inverse=True)
    sums, sizes = np.bincount(ring, squares), np.bincount(ring)
    names = tuple(f"colatitude {np.degrees(theta):.2f} degrees" for theta in rings)
    yield "latitude-variance", Family("rings", chi_square(sums, count * sizes), names.__getitem__)
    points = tuple(f"pixel {place}" for place in range(grid.npix))
    yield "latitude-variance", Family("pixels", chi_square(squares, count), points.__getitem__)
    for power in (1, 2):
        pattern = special.eval_legendre(power, np.cos(grid.theta))
        label = (f"P_{power}(cos theta) of the pixels",)
        yield "latitude-variance", Family("pattern", _pattern(squares, pattern, count), label.__getitem__)
    deviation = law.claim.pixel_deviation
    assert deviation is not None
    for detail, order in pixel_orders(grid):
        pattern = (deviation[order] / deviation) ** 2 - 1
        if np.abs(pattern).max() > 1e-9:
            yield "ordering", Family("order", _pattern(squares, pattern, count), (detail,).__getitem__)
    yield "mean", _means(pixels, points)
    yield "coupling", _chain(pixels, squares)
    if pixels.size >= FEWEST:
        yield "non-gaussian", _shapes(pixels)


def _pattern(squares: Floats, pattern: Floats, count: int) -> Floats:
    """Return log p of sum of pattern_p z_p^2, equal factors taken together."""
    tails = quadratic_tails(float(pattern @ squares), pattern, count)
    return np.atleast_1d(two_sided(*tails))


def _means(pixels: Floats, points: tuple[str, ...]) -> Family:
    scores = pixels.sum(axis=0) / np.sqrt(pixels.shape[0])
    log_p = np.append(normal(scores), chi_square(scores @ scores, scores.size))
    return Family("mean", log_p, (*points, "all pixels").__getitem__)


def _chain(pixels: Floats, squares: Floats) -> Family:
    """Return neighbours in order: z_p . z_(p+1)/|z_p| are independent standard normals."""
    products = np.einsum("kp,kp->p", pixels[:, :-1], pixels[:, 1:]) / np.sqrt(squares[:-1])
    score = products.sum(keepdims=True) / np.sqrt(products.size)
    return Family("neighbours", normal(score), ("neighbouring pixels",).__getitem__)


def _shapes(pixels: Floats) -> Family:
    sums = shape_sums(pixels).sum(axis=1, keepdims=True)
    log_p = np.concatenate(
        [
            *(shape_log_p(sums[kind], pixels.size, kind) for kind in (ODD, EVEN)),
            energy_log_p(energy_sum(pixels), pixels.shape[0]),
        ]
    )
    labels = ("skewness of the pixels", "kurtosis of the pixels", "length of maps")
    return Family("shape", log_p, labels.__getitem__)
