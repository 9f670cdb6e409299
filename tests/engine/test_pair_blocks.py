"""All pairs of orders by recurrence are sums over the points, entry by entry, for every path and thread."""

import inspect
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import scipy.special

from sphspec import Equiangular, GaussLegendre, Healpix, ReducedGaussian, RingGrid
from sphspec import _validate as check
from sphspec.conventions import degrees_orders
from sphspec.engine import compiled_pairs, pair_sums
from sphspec.engine.pair_blocks import dense_ring_form, pair_blocks
from sphspec.engine.pair_sums import COMPLEX, WIDTH, PairSums, sectoral, slab_shapes
from sphspec.engine.ring_weights import ring_weights
from sphspec.harmonics import LegendreTable

LIMIT = 1e-14  # of the largest of sum |u| Y^2, up to lmax 33
LONG_LIMIT = 5e-14  # of sqrt(sum |u| Y^2 sum |u| Y'^2), up to lmax 128
GRIDS = {
    **{f"healpix {nside}": (Healpix(nside), lmax) for nside, lmax in ((1, 2), (2, 5), (4, 11), (8, 16))},
    **{f"gauss-legendre {nlat}": (GaussLegendre(nlat, 2 * nlat), nlat - 1) for nlat in (1, 2, 7, 33)},
    "few rings": (GaussLegendre(5, 40), 12),
    "few longitudes": (GaussLegendre(12, 9), 11),
    "poles": (Equiangular(13, 24, rule="clenshaw-curtis"), 11),
    "reduced": (ReducedGaussian.octahedral(6), 11),
    "not symmetric": (
        RingGrid([0.4, 1.1, 2.9], [4, 7, 1], [0.3, 5.1, 0.2], 2 * np.pi * np.array([0.1, 0.12, 0.76])),
        6,
    ),
    "many rings": (GaussLegendre(70, 9), 4),
}


def mirror(grid, u):
    """Return the field with the rings in reverse."""
    return np.concatenate(np.split(u, grid.ring_start[1:])[::-1])


FIELDS = {
    "signed": lambda grid, rng: rng.standard_normal(grid.npix),
    "symmetric": lambda grid, rng: (u := rng.standard_normal(grid.npix)) + mirror(grid, u),
    "mask": lambda grid, rng: 1.0 * ((grid.theta < 1.2) & (np.cos(grid.phi) < 0.3)),
    "hit counts": lambda grid, rng: rng.poisson(2.0, grid.npix).astype(float),
}


@lru_cache(maxsize=1)
def harmonics(name):
    """Real harmonics of chart R1 on the points of a grid, (n, npix), from SciPy's."""
    grid, lmax = GRIDS[name]
    degrees, orders = (values[:, None] for values in degrees_orders(lmax))
    waves = scipy.special.sph_harm_y(degrees, np.abs(orders), grid.theta, grid.phi)
    return np.where(orders == 0, waves.real, np.sqrt(2) * np.where(orders > 0, waves.real, waves.imag))


def excess(error, scale, limit):
    """How far errors exceed the limit: of the largest scale, and five times of their own where it is regular.

    Some functions vanish on every point where u does not: their own scale is rounding.
    """
    own, largest = np.outer(scale, scale), scale.max() ** 2
    regular = np.outer(scale, scale > 1e-3 * scale.max()) * (scale > 1e-3 * scale.max())[:, None] > 0
    bound = np.where(regular, np.minimum(5 * limit * own, limit * largest), limit * largest)
    return (error - bound).max() / (limit * largest or 1.0)


def deviation(name, field, threads):
    """Return by how much the worst entry of the dense matrix exceeds the limit: negative is within."""
    grid, lmax = GRIDS[name]
    phi = harmonics(name)
    u = FIELDS[field](grid, np.random.default_rng(20260128))
    matrix = dense_ring_form(grid, u, lmax, threads)
    np.testing.assert_array_equal(matrix, matrix.T)
    return excess(np.abs(matrix - (phi * u) @ phi.T), np.sqrt((phi**2) @ np.abs(u)), LIMIT)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", GRIDS)
def test_every_entry_is_the_sum_over_the_points(name, field, threads):
    assert deviation(name, field, threads) <= 0


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("field", ["signed", "symmetric"])
@pytest.mark.parametrize("name", ["healpix 1", "healpix 4", "healpix 8", "poles", "reduced", "not symmetric"])
def test_every_complex_block_is_the_sum_over_the_points(name, field, threads, rng):
    grid, lmax = GRIDS[name]
    u = FIELDS[field](grid, rng)
    blocks = pair_blocks(grid, u, lmax, threads)
    assert blocks.mirrored == (grid.symmetric and field == "symmetric")
    degrees = np.arange(lmax + 1)[:, None]
    waves = [scipy.special.sph_harm_y(degrees[m:], m, grid.theta, grid.phi) for m in range(lmax + 1)]
    scale = max(np.sqrt((np.abs(wave) ** 2) @ np.abs(u)).max() for wave in waves)
    for m, left in enumerate(waves):
        for other, right in enumerate(waves):
            expected = (left.conj() * u) @ right.T
            assert np.abs(blocks.block(m, other) - expected).max() <= LIMIT * scale**2


def test_fields_symmetric_about_the_equator_take_half_the_numbers(rng):
    grid = GaussLegendre(65, 130)
    u = FIELDS["signed"](grid, rng)
    ratio = pair_blocks(grid, u + mirror(grid, u), 64).packed.size / pair_blocks(grid, u, 64).packed.size
    assert ratio < 0.6


def long_table(theta, m, lmax):
    """lambda_lm for l = m .. lmax in extended precision, (lmax - m + 1, rings)."""
    one, z = np.longdouble(1), np.cos(theta)
    table = np.zeros((lmax - m + 1, z.size), dtype=np.longdouble)
    table[0] = 1 / np.sqrt(16 * np.arctan(one))
    for k in range(1, m + 1):
        table[0] *= -np.sqrt((2 * k + 1) * one / (2 * k)) * np.sin(theta)
    for l in range(m + 1, lmax + 1):
        up = np.sqrt((4 * one * l * l - 1) / (l * l - m * m))
        down = np.sqrt((((l - 1) ** 2 - m * m) * one) / (4 * (l - 1) ** 2 - 1)) if l > m + 1 else 0
        table[l - m] = up * (z * table[l - m - 1] - down * table[l - m - 2])
    return table


def long_block(grid, u, lmax, m, other):
    """C_(lm,l'm') by sums in extended precision, and the entries' scale."""
    theta, turn = grid.ring_theta.astype(np.longdouble), 8 * np.arctan(np.longdouble(1))
    left, right = (long_table(theta, order, lmax) for order in (m, other))
    place = np.arange(grid.npix) - np.repeat(grid.ring_start, grid.nphi)
    phi = np.repeat(grid.phi0.astype(np.longdouble), grid.nphi) + turn * place / np.repeat(
        grid.nphi, grid.nphi
    )
    real, imaginary = (
        (left * np.add.reduceat(u * wave((other - m) * phi), grid.ring_start)) @ right.T
        for wave in (np.cos, np.sin)
    )
    size = np.add.reduceat(np.abs(u), grid.ring_start)
    return real, imaginary, np.sqrt(left**2 @ size)[:, None] * np.sqrt(right**2 @ size)


def sampled_pairs(lmax):
    half = lmax // 2
    return [
        (0, 0), (0, 1), (0, half), (0, lmax), (3, 9), (10, 11), (2, lmax - 5), (half // 2, half),
        (half, half), (half, half + 4), (lmax - 9, lmax - 3), (lmax, lmax),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lmax", "kind"),
    [
        (64, "gauss-legendre"),
        (64, "healpix"),
        pytest.param(128, "gauss-legendre", marks=pytest.mark.nightly),
        pytest.param(128, "healpix", marks=pytest.mark.nightly),
    ],
)
@pytest.mark.parametrize("field", ["signed", "symmetric", "mask"])
def test_sampled_entries_are_sums_in_extended_precision(lmax, kind, field, rng):
    grid = GaussLegendre(lmax + 1, 2 * lmax + 2) if kind == "gauss-legendre" else Healpix(lmax // 2)
    u = FIELDS[field](grid, rng) * grid.weights**2
    blocks = pair_blocks(grid, u, lmax)
    for m, other in sampled_pairs(lmax):
        real, imaginary, scale = long_block(grid, u, lmax, m, other)
        block = blocks.block(m, other)
        error = np.maximum(np.abs(block.real - real), np.abs(block.imag - imaginary))
        # behind a mask some functions are evanescent on every point: they are judged by the largest
        assert (error / (scale.max() if field == "mask" else scale)).max() <= LONG_LIMIT


def planted(name, *replacements):
    """Return a function of the compiled module, as Python, with pieces of its source replaced."""
    source = inspect.getsource(getattr(compiled_pairs, name).py_func).partition("\n")[2]
    for old, new in replacements:
        assert old in source
        source = source.replace(old, new)
    scope = dict(vars(compiled_pairs))
    exec(source, scope)
    return scope[name]


def marched(sums, m, left, right):
    """Return the first slab of order m, its first part, by given marches."""
    first, height, width = slab_shapes(m, sums.lmax, mirrored=False)[1]
    known, inverses = np.empty((2, 1, width + WIDTH))
    above, beyond, slab = np.empty(width + WIDTH), np.empty((height, WIDTH)), np.zeros((height, width))
    compiled_pairs.set_coefficients(first, 1, sums.lmax, sums.lengths, known, inverses)
    ends = sums.rows, sums.offsets, sums._columns(m), slab, above, beyond
    compiled_pairs.set_ends(m, 0, first, 1, sums.lmax, *ends)
    a = sums.lengths[m, m:].copy()
    left(m, first, 1, sums.lmax, a, known, slab, above)
    right(m, first, 1, sums.lmax, a, known, inverses, slab, beyond)
    return slab


def test_marching_by_the_larger_degree_breaks_the_comparison(rng):
    grid, lmax = GRIDS["gauss-legendre 33"]
    u = np.abs(FIELDS["signed"](grid, rng))
    sums = PairSums.of(grid, u, lmax, COMPLEX, lambda work: [work(m) for m in range(lmax + 1)])
    right_split = marched(sums, 3, planted("march_left"), planted("march_right"))
    wrong_split = marched(
        sums,
        3,
        planted("march_left", ("lmax - 1 if m == 0 else min(lmax - 1, (l - 1) * widest // m)", "l - 1")),
        planted(
            "march_right",
            ("((right - 1) * m - 1) // first + 1", "right - 1"),
            ("((bound + l - 1) // l - first + step - 1) // step", "WIDTH"),
        ),
    )
    blocks = pair_blocks(grid, u, lmax)
    for lane, other in enumerate(range(11, 19)):
        expected = blocks.block(3, other).real
        scale = np.abs(expected).max()
        found = right_split[:, lane::WIDTH][:, other - 11 :]
        assert np.abs(found - expected).max() <= LIMIT * scale
        broken = wrong_split[:, lane::WIDTH][:, other - 11 :]
        assert not np.abs(broken - expected).max() <= 1e2 * LIMIT * scale


@pytest.mark.parametrize("name", ["healpix 1", "healpix 4", "not symmetric"])
def test_a_dropped_phase_breaks_the_comparison(name, monkeypatch):
    assert deviation(name, "signed", 1) <= 0

    def without_phase(grid, u, lmax):
        weights = ring_weights(grid, u, lmax)
        sums = weights.real + 1j * weights.imaginary
        sums[:, 0] *= np.exp(-1j * np.arange(2 * lmax + 1) * grid.phi0[0])
        return replace(weights, real=sums.real.copy(), imaginary=sums.imag.copy())

    monkeypatch.setattr(pair_sums, "ring_weights", without_phase)
    assert deviation(name, "signed", 1) > 1e3


def test_a_dropped_boundary_breaks_the_comparison(monkeypatch):
    columns = PairSums._columns

    def without_end(self, m):
        result = columns(self, m)
        result[:, :, 1] = 0.0
        return result

    monkeypatch.setattr(PairSums, "_columns", without_end)
    assert deviation("healpix 4", "signed", 1) > 1e3


@pytest.mark.parametrize("make", [dense_ring_form, pair_blocks])
def test_too_large_a_problem_is_refused_before_it_starts(make, monkeypatch):
    monkeypatch.setattr(pair_sums, "ring_weights", lambda *arguments: pytest.fail("work has started"))
    monkeypatch.setattr(check, "available_memory", lambda: 1e9)
    grid = GaussLegendre(3, 5)
    with pytest.raises(ValueError, match="GiB"):
        make(grid, np.ones(grid.npix), 200)


@pytest.mark.parametrize(
    ("u", "lmax", "threads", "message"),
    [
        (np.ones(14), 2, 1, "15 entries"),
        (np.full(15, np.nan), 2, 1, "finite"),
        (np.ones(15), -1, 1, "lmax"),
        (np.ones(15), 2, 0, "threads"),
    ],
)
@pytest.mark.parametrize("make", [dense_ring_form, pair_blocks])
def test_bad_input_is_refused(make, u, lmax, threads, message):
    with pytest.raises(ValueError, match=message):
        make(GaussLegendre(3, 5), u, lmax, threads)


def test_a_block_of_no_order_is_refused():
    blocks = pair_blocks(GaussLegendre(3, 5), np.ones(15), 2)
    with pytest.raises(ValueError, match="other must be an integer from 0 to 2"):
        blocks.block(0, 3)


@pytest.mark.parametrize("m", [200, 400, 800])
def test_rings_whose_start_underflows_give_nothing(m):
    grid, lmax = GaussLegendre(1001, 1), 1000
    rings = ring_weights(grid, np.zeros(grid.npix), lmax)
    dropped = sectoral(rings, lmax)[m] == 0.0
    values = LegendreTable.on(grid, lmax).order(m)[:, : dropped.size][:, dropped]
    assert dropped.any()
    assert np.abs(values).max() < 1e-60
