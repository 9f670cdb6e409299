"""Blocks by recurrence are the ring sums, entry by entry, for every path and number of threads."""

import numpy as np
import pytest
import scipy.special

from sphspec import Equiangular, GaussLegendre, Healpix, ReducedGaussian, RingGrid
from sphspec.engine import each_order, fold, order_blocks
from sphspec.engine.order_blocks import split

LIMIT = 1e-14  # of sqrt(C_ll C_l'l'), up to lmax 33


def direct_blocks(grid, sums, lmax):
    """C_(lm,l'm) by direct sums over the rings with SciPy's harmonics."""
    for m in range(lmax + 1):
        degrees = np.arange(m, lmax + 1)[:, None]
        table = scipy.special.sph_harm_y(degrees, m, grid.ring_theta, 0.0).real
        yield (table * sums) @ table.T


GRIDS = {
    "one point a ring": (
        RingGrid([0.4, 1.1, 2.9], [1, 1, 1], [0.0, 0.1, 0.2], 2 * np.pi * np.array([0.4, 0.9, 0.7])),
        6,
    ),
    **{f"healpix {nside}": (Healpix(nside), 3 * nside - 1) for nside in (1, 2, 4, 8)},
    **{f"gauss-legendre {nlat}": (GaussLegendre(nlat, 2 * nlat), nlat - 1) for nlat in (1, 2, 7, 33)},
    "few rings": (GaussLegendre(5, 40), 12),
    "poles": (Equiangular(13, 24, rule="clenshaw-curtis"), 11),
    "reduced": (ReducedGaussian.octahedral(6), 11),
    "many rings": (GaussLegendre(200, 9), 4),
}
VARIANCES = {
    "one": lambda theta: np.ones_like(theta),
    "by latitude": lambda theta: 1.0 + 0.5 * np.cos(theta) + 0.3 * np.sin(7 * theta) ** 2,
    "signed": lambda theta: np.cos(3 * theta) + 0.2,
    "northern half": lambda theta: 1.0 * (theta < np.pi / 2),
    "a cap": lambda theta: (1.0 + theta) * (theta < 0.8),
    "both caps": lambda theta: np.cos(theta) ** 2 * (np.sin(theta) < 0.75),
}


def ring_sums(grid, variance):
    return grid.weights[grid.ring_start] ** 2 * grid.nphi * VARIANCES[variance](grid.ring_theta)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("variance", VARIANCES)
@pytest.mark.parametrize("name", GRIDS)
def test_every_entry_is_the_ring_sum(name, variance, threads):
    grid, lmax = GRIDS[name]
    sums = ring_sums(grid, variance)
    blocks = order_blocks(fold(grid, sums), lmax, threads)
    size = direct_blocks(grid, np.abs(sums), lmax)
    for m, expected in enumerate(direct_blocks(grid, sums, lmax)):
        scale = np.sqrt(np.diagonal(next(size)))
        error = np.abs(blocks.block(m) - expected)
        assert error.max() <= LIMIT * scale.max() ** 2
        # on few rings some degrees vanish on every ring; near a zero the rounding of the node itself shows
        regular = scale > (0.1 if np.count_nonzero(sums) == 2 else 1e-3) * scale.max()
        assert np.all((error <= 5 * LIMIT * np.outer(scale, scale))[np.ix_(regular, regular)])


@pytest.mark.parametrize("variance", ["one", "by latitude"])
def test_order_by_order_in_one_buffer_gives_the_same_numbers(variance):
    grid, lmax = GRIDS["gauss-legendre 33"]
    rings = fold(grid, ring_sums(grid, variance))
    blocks = order_blocks(rings, lmax, 1)
    orders = []
    for m, packed in each_order(rings, lmax):
        orders.append(m)
        for part, held in zip(
            split(packed, lmax, m, mirrored=rings.mirrored), blocks.triangles(m), strict=True
        ):
            np.testing.assert_array_equal(part, held)
    assert orders == list(range(lmax + 1))
