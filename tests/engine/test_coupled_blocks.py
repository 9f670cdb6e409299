"""Blocks and factors together are Phi^T diag(u) Phi, entry by entry, on every kind of short ring."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from oracles import real_harmonics, unwhole, whole

from sphspec import Equiangular, GaussLegendre, Healpix, Quadrature, ReducedGaussian, RingGrid
from sphspec._validate import GIB
from sphspec.conventions import degrees_orders
from sphspec.engine.couple import coupled_blocks
from sphspec.engine.coupled_blocks import CoupledBlocks
from sphspec.engine.couplings import Couplings, pairs_of_length
from sphspec.gram import partition, quadratic_form
from sphspec.harmonics import LegendreTable

LIMIT = 1e-14  # of sqrt(C_ii C_jj) with |u| in place of u, up to lmax 23


def turned(counts, phi0, symmetric=True):
    """Rings whose first points are turned: cosine and sine parts mix."""
    theta = np.linspace(0.15, np.pi - (0.15 if symmetric else 0.4), len(counts))
    return RingGrid(theta, counts, phi0, whole(np.sin(theta), np.array(counts)))


GRIDS = {
    **{f"healpix {nside}": (Healpix(nside), 3 * nside - 1) for nside in (1, 2, 4, 8)},
    "healpix 8, low": (Healpix(8), 9),
    "octahedral": (ReducedGaussian.octahedral(8), 15),
    "octahedral, aliased": (ReducedGaussian.octahedral(4), 20),
    **{f"gauss-legendre {nlon}": (GaussLegendre(9, nlon), 8) for nlon in (1, 2, 3, 7, 8, 16, 17)},
    "gauss-legendre, even": (GaussLegendre(12, 15), 11),
    "poles": (Equiangular(9, 10, rule="clenshaw-curtis"), 8),
    "turned": (turned([3, 5, 8, 7, 4], [0.1, 0.2, 0.3, 0.4, 0.5]), 7),
    "turned alike": (turned([3, 5, 8, 5, 3], [0.1, 0.2, 0.3, 0.2, 0.1]), 7),
    "mirrored, not symmetric": (turned([4, 5, 6], [0.0, np.pi / 5, np.pi], symmetric=False), 6),
    "one image is turned": (turned([4, 8, 4], [0.0, 0.0, np.pi / 4]), 6),
    "one point a ring": (turned([1, 1], [0.0, 0.0]), 4),
    "degree 0": (GaussLegendre(2, 1), 0),
}
VARIANCES = {
    "one": lambda theta: np.ones_like(theta),
    "symmetric": lambda theta: 1.0 + 0.8 * np.cos(theta) ** 2,
    "by latitude": lambda theta: 1.0 + 0.5 * np.cos(theta) + 0.3 * np.sin(7 * theta) ** 2,
    "signed": lambda theta: np.cos(3 * theta) + 0.2,
    "cap": lambda theta: 1.0 * (theta < np.pi / 3),
}


CASES = [(name, 1) for name in VARIANCES] + [(name, n) for name in ("one", "by latitude") for n in (2, 3)]


@lru_cache(maxsize=len(GRIDS))
def harmonics(name):
    grid, lmax = GRIDS[name]
    matrix = real_harmonics(grid.theta, grid.phi, lmax)
    matrix.setflags(write=False)
    return matrix


@lru_cache(maxsize=2 * len(GRIDS) * len(VARIANCES))
def brute(name, variance):
    """u, Phi^T diag(u) Phi, and the scale of its rounding errors."""
    grid, _ = GRIDS[name]
    u = grid.weights**2 * np.repeat(VARIANCES[variance](grid.ring_theta), grid.nphi)
    phi = harmonics(name)
    size = np.sqrt(np.abs(u) @ phi**2)
    return u, (phi.T * u) @ phi, size


def assert_entries(found, expected, largest):
    """Every entry, to the limit times the largest: so accurate are blocks m = m' by recurrence."""
    assert found.shape == expected.shape
    assert np.all(np.abs(found - expected) <= LIMIT * largest)


def assert_couplings(found, expected, size, lmax):
    """Entries of different orders, which are direct sums: to the limit times their own size.

    The size is that of |a_lm|: points where sin(m phi) should be 0 have the rounding of its argument.
    """
    degrees, orders = degrees_orders(lmax)
    centre = degrees**2 + degrees
    size = np.maximum(size[centre + orders], size[centre - orders])
    size = np.maximum(size, 1e-10 * size.max())  # the nodes are the zeros of P_nlat, but for rounding
    apart = np.abs(orders)[:, None] != np.abs(orders)
    assert np.all(np.abs(found - expected)[apart] <= LIMIT * np.outer(size, size)[apart])


def built(name, variance, threads=1):
    grid, lmax = GRIDS[name]
    return coupled_blocks(grid, brute(name, variance)[0], lmax, threads)


def complex_moments(real, lmax):
    """C and P for all signed orders at the places of R1, from E[alpha alpha^T] by the chart's definition."""
    degrees, orders = degrees_orders(lmax)
    chart = np.zeros((degrees.size,) * 2, dtype=complex)  # a = chart alpha
    for place, (l, m) in enumerate(zip(degrees, orders, strict=True)):
        centre = l * l + l
        if m == 0:
            chart[place, centre] = 1.0
        else:
            sign = 1.0 if m > 0 else (-1.0) ** m
            chart[place, centre + abs(m)] = sign * np.sqrt(0.5)
            chart[place, centre - abs(m)] = -1j * np.sign(m) * sign * np.sqrt(0.5)
    return chart @ real @ chart.conj().T, chart @ real @ chart.T


@pytest.mark.parametrize(("variance", "threads"), CASES)
@pytest.mark.parametrize("name", GRIDS)
def test_every_entry_is_that_of_the_points(name, variance, threads):
    _, expected, size = brute(name, variance)
    dense = built(name, variance, threads).dense()
    assert_entries(dense, expected, size.max() ** 2)
    assert_couplings(dense, expected, size, GRIDS[name][1])
    np.testing.assert_array_equal(dense, dense.T)


@pytest.mark.parametrize("variance", VARIANCES)
@pytest.mark.parametrize("name", GRIDS)
def test_every_entry_of_the_sectors_of_a_partition(name, variance):
    grid, lmax = GRIDS[name]
    u, expected, size = brute(name, variance)
    coupled = built(name, variance, 2)
    for sector in partition(grid, [u], lmax):
        lanes = [(lane.order, lane.sign) for lane in sector.lanes]
        places = sector.indices
        found = coupled.sector(lanes, sector.parity)
        assert_entries(found, expected[np.ix_(places, places)], size.max() ** 2)
        np.testing.assert_array_equal(found, found.T)
        if coupled.mirrored == (sector.parity is not None):
            triangle = coupled.triangle(lanes, sector.parity)
            np.testing.assert_array_equal(triangle.square(), found)
            np.testing.assert_array_equal(triangle.row(len(places) - 1), found[-1:, -1])


@pytest.mark.parametrize("variance", ["symmetric", "by latitude"])
@pytest.mark.parametrize("name", GRIDS)
def test_lanes_in_any_order_and_both_parities(name, variance):
    _, lmax = GRIDS[name]
    _, expected, size = brute(name, variance)
    lanes = [(m, sign) for m in range(lmax, -1, -1) for sign in (-1, 1) if m or sign == 1][::2]
    places = np.concatenate([l * l + l + sign * m for m, sign in lanes for l in [np.arange(m, lmax + 1)]])
    found = built(name, variance).sector(lanes)
    assert_entries(found, expected[np.ix_(places, places)], size.max() ** 2)


@pytest.mark.parametrize(("variance", "threads"), [("one", 1), ("by latitude", 2), ("cap", 3)])
@pytest.mark.parametrize("name", GRIDS)
def test_products_are_those_of_the_matrix(name, variance, threads):
    _, expected, size = brute(name, variance)
    coupled = built(name, variance, threads)
    alpha = np.random.default_rng(1).standard_normal((2, 3, size.size))
    sigma = coupled.dense()
    scale = np.abs(alpha).sum(axis=-1, keepdims=True) * size.max() ** 2
    assert np.all(np.abs(coupled.apply(alpha) - alpha @ sigma) <= LIMIT * scale)
    assert np.all(np.abs(coupled.apply(alpha[0, 0]) - expected @ alpha[0, 0]) <= LIMIT * scale[0, 0])


@pytest.mark.parametrize("variance", ["one", "by latitude"])
@pytest.mark.parametrize("name", [name for name in GRIDS if name != "healpix 8"])
def test_blocks_and_relations_of_signed_orders(name, variance):
    _, lmax = GRIDS[name]
    _, expected, size = brute(name, variance)
    coupled = built(name, variance)
    covariance, relation = complex_moments(expected, lmax)
    for m in range(-lmax, lmax + 1):
        rows = np.array([l * l + l + m for l in range(abs(m), lmax + 1)])
        for m2 in range(-lmax, lmax + 1):
            columns = np.array([l * l + l + m2 for l in range(abs(m2), lmax + 1)])
            block = coupled.block(m, m2)
            assert np.isrealobj(block) == coupled.real
            assert_entries(block, covariance[np.ix_(rows, columns)], size.max() ** 2)
            assert_entries(coupled.relation(m, m2), relation[np.ix_(rows, columns)], size.max() ** 2)
            assert np.linalg.matrix_rank(block, tol=1e-12 * size.max() ** 2) <= coupled.rank(m, m2)


@pytest.mark.parametrize("variance", ["one", "by latitude"])
@pytest.mark.parametrize("name", [name for name in GRIDS if GRIDS[name][0].mirrored])
def test_hermitian_triangles_hold_all_of_the_covariance(name, variance):
    _, lmax = GRIDS[name]
    _, expected, size = brute(name, variance)
    coupled = built(name, variance, 2)
    covariance = complex_moments(expected, lmax)[0]
    left = covariance.copy()
    total = 0
    for triangle in coupled.hermitian():
        step = 1 if triangle.parity is None else 2
        degrees = [np.arange(m + (triangle.parity or 0), lmax + 1, step) for m, _ in triangle.lanes]
        places = np.concatenate([l * l + l + m for l, (m, _) in zip(degrees, triangle.lanes, strict=True)])
        assert_entries(triangle.square(), covariance[np.ix_(places, places)].real, size.max() ** 2)
        left[np.ix_(places, places)] = 0.0
        total += triangle.values.nbytes
    upwards = np.flatnonzero(degrees_orders(lmax)[1] >= 0)
    assert np.abs(left[np.ix_(upwards, upwards)]).max(initial=0) <= LIMIT * size.max() ** 2
    assert total == coupled.hermitian_bytes


def test_healpix_couplings_have_as_many_terms_as_divisors():
    coupled = built("healpix 8", "one")
    for m, m2 in ((0, 4), (1, 9), (3, 15), (0, 16), (2, 14)):
        k = (m2 - m) // 4
        divisors = sum(k % ring == 0 for ring in range(1, 8))  # the polar rings, with their images
        block = coupled.block(m, m2)
        assert coupled.rank(m, m2) == 2 * divisors  # for either parity
        assert np.linalg.matrix_rank(block, tol=1e-3 * np.abs(block).max()) <= 2 * divisors
    assert coupled.rank(2, 5) == 0
    assert not coupled.block(2, 5).any()


@pytest.mark.parametrize("name", ["healpix 4", "octahedral, aliased", "turned", "gauss-legendre 3"])
def test_a_ring_left_out_is_seen(name):
    _, expected, size = brute(name, "one")
    coupled = built(name, "one")
    rings = coupled.tables.rings
    for ring in range(rings.z.size):
        strength = rings.strength.copy()
        strength[ring] = 0.0
        tables = replace(coupled.tables, rings=replace(rings, strength=strength))
        planted = replace(coupled, tables=tables, couplings=Couplings.of(tables))
        with pytest.raises(AssertionError):
            assert_entries(planted.dense(), expected, size.max() ** 2)


@pytest.mark.parametrize("name", ["healpix 4", "turned"])
def test_an_azimuth_of_the_wrong_sign_is_seen(name):
    _, expected, size = brute(name, "one")
    coupled = built(name, "one")
    rings = coupled.tables.rings
    turn = 0.0 if rings.real else -1.0
    tables = replace(coupled.tables, rings=replace(rings, phi0=turn * rings.phi0))
    planted = replace(coupled, tables=tables, couplings=Couplings.of(tables))
    with pytest.raises(AssertionError):
        assert_entries(planted.dense(), expected, size.max() ** 2)


def test_what_is_nearly_zero_on_a_ring_is_left_out_unseen():
    grid, lmax = Healpix(64), 130
    coupled = coupled_blocks(grid, grid.weights**2, lmax, 2)
    tables = coupled.tables
    assert tables.heights.sum() < tables.rings.z.size * (lmax + 1)
    alpha = np.random.default_rng(2).standard_normal((lmax + 1) ** 2)
    operator = Quadrature(grid, lmax)
    expected = operator(operator.adjoint(alpha))
    assert np.abs(coupled.apply(alpha) - expected).max() <= 1e-13 * np.abs(expected).max()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_sectors_are_the_ring_sums_of_products_of_matrices(threads):
    grid, lmax = Healpix(16), 47
    u = grid.weights**2 * (1 + 0.5 * np.cos(grid.theta))
    coupled = coupled_blocks(grid, u, lmax, threads)
    sectors = partition(grid, [u], lmax)
    expected = quadratic_form(grid, u, lmax, sectors, lambda rings: LegendreTable.on(grid, lmax, rings))
    largest = expected.diagonal().max()
    for sector, block in zip(sectors, expected.blocks, strict=True):
        found = coupled.sector([(lane.order, lane.sign) for lane in sector.lanes], sector.parity)
        assert np.abs(found - block).max() <= 2 * LIMIT * largest


def test_pairs_are_those_whose_sum_or_difference_a_length_divides():
    for count in range(1, 14):
        expected = [
            (m, m2)
            for m in range(7)
            for m2 in range(m, 7)
            if ((m2 - m) % count == 0 and m2 > m) or ((m + m2) % count == 0 and m + m2 > 0)
        ]
        assert list(zip(*map(list, pairs_of_length(count, 6)), strict=True)) == expected


def test_memory_is_stated():
    coupled = built("healpix 8", "one")
    blocks = coupled.orders.packed.nbytes
    assert blocks < coupled.nbytes < coupled.dense().nbytes
    assert coupled.tables.values.nbytes <= coupled.tables.rings.table_bytes


def test_too_large_is_refused_before_any_work(monkeypatch):
    coupled, grid = built("healpix 8", "one"), Healpix(64)
    monkeypatch.setattr("sphspec._validate.available_memory", lambda: 1e-5 * GIB)
    monkeypatch.setattr(CoupledBlocks, "_filled", None)
    monkeypatch.setattr("sphspec.engine.couple.order_blocks", None)
    for work in (
        coupled.dense,
        coupled.hermitian,
        lambda: coupled.sector([(m, 1) for m in range(1, 24, 2)], 0),
        lambda: coupled.triangle([(m, 1) for m in range(24)], 0),
        lambda: coupled_blocks(grid, np.ones(grid.npix), 130),
    ):
        with pytest.raises(ValueError, match="GiB"):
            work()


def test_bad_input_is_refused():
    grid = Healpix(2)
    field = np.ones(grid.npix)
    field[5] = 2.0
    with pytest.raises(ValueError, match="one value on each ring, got"):
        coupled_blocks(grid, field, 3)
    with pytest.raises(ValueError, match="lmax must be an integer >= 0"):
        coupled_blocks(grid, np.ones(grid.npix), -1)
    with pytest.raises(ValueError, match="threads must be an integer >= 1"):
        coupled_blocks(grid, np.ones(grid.npix), 3, 0)
    coupled = coupled_blocks(grid, np.ones(grid.npix), 3)
    for lanes, parity, message in (
        ([(4, 1)], 0, "order of a lane must be an integer"),
        ([(0, -1)], 0, "for m > 0"),
        ([(1, 2)], 0, "for m > 0"),
        ([(1, 1), (1, 1)], 0, "must differ"),
        ([(1, 1)], 2, "parity must be 0, 1 or None"),
        ([], 0, "lanes are empty"),
    ):
        with pytest.raises(ValueError, match=message):
            coupled.sector(lanes, parity)
    with pytest.raises(ValueError, match="two triangles"):
        coupled.triangle([(1, 1)])
    with pytest.raises(ValueError, match="m2 must be an integer from -3 to 3"):
        coupled.block(0, 4)
    with pytest.raises(ValueError, match="alpha"):
        coupled.apply(np.ones(15))
    mixed = coupled_blocks(*_one_sided())
    with pytest.raises(ValueError, match="cosine and sine parts mix"):
        mixed.hermitian()
    with pytest.raises(ValueError, match="even and odd l - m couple"):
        mixed.sector([(1, 1)], 1)


def _one_sided():
    grid = unwhole([0.5, 1.0], [3, 4], [0.1, 0.2], [1.0, 1.0])
    return grid, np.ones(grid.npix), 3
