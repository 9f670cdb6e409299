"""Reduced Gaussian grids, scattered points, healpy's ring weights, and weights that are not whole."""

import healpy
import numpy as np
import pytest
from oracles import real_harmonics, relative_error

from sphspec import Healpix, Jacobi, PointGrid, Quadrature, ReducedGaussian, RingGrid, noise_covariance
from sphspec.conventions import from_complex
from sphspec.simulate import HealpyWitness
from sphspec.simulate.points import points


@pytest.mark.parametrize("n", [1, 2, 8, 320])
def test_octahedral_grids_have_the_points_of_ecmwf(n):
    grid = ReducedGaussian.octahedral(n)
    assert grid.npix == 4 * n * (n + 9)
    assert np.array_equal(grid.nphi[:n], 20 + 4 * np.arange(n))
    assert np.array_equal(grid.nphi, grid.nphi[::-1])
    assert grid.symmetric
    assert grid.mirrored


def test_o320_and_n32_have_their_known_totals():
    assert ReducedGaussian.octahedral(320).npix == 421120
    assert ReducedGaussian.classical(32).npix == 6114


@pytest.mark.parametrize("grid", [ReducedGaussian.octahedral(5), ReducedGaussian([3, 7, 2])], ids=repr)
def test_reduced_gaussian_points_are_the_independent_ones(grid):
    for found, expected in zip((grid.theta, grid.phi, grid.weights), points(grid), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-15)


def test_octahedral_quadrature_is_exact_where_no_ring_aliases():
    grid = ReducedGaussian.octahedral(8)
    harmonics = real_harmonics(grid.theta, grid.phi, 9)
    np.testing.assert_allclose((harmonics.T * grid.weights) @ harmonics, np.eye(100), atol=1e-13)


def test_fibonacci_lattice_has_equal_weights_and_the_golden_angle():
    grid = PointGrid.fibonacci(100)
    np.testing.assert_allclose(np.cos(grid.theta), 1 - (2 * np.arange(100) + 1) / 100, atol=1e-15)
    turns = np.diff(grid.phi) / (2 * np.pi) % 1
    np.testing.assert_allclose(turns, 1 - 2 / (1 + np.sqrt(5)), atol=1e-13)
    np.testing.assert_allclose(grid.weights, 4 * np.pi / 100, rtol=1e-15)


def test_icosahedron_is_a_spherical_5_design_and_no_6_design():
    grid = PointGrid.icosahedron()
    means = real_harmonics(grid.theta, grid.phi, 6).T @ grid.weights
    np.testing.assert_allclose(means[1:36], 0, atol=1e-14)
    assert np.abs(means[36:]).max() > 0.1
    x = np.stack(
        [np.sin(grid.theta) * np.cos(grid.phi), np.sin(grid.theta) * np.sin(grid.phi), np.cos(grid.theta)]
    )
    cosines = np.sort((x.T @ x).round(12), axis=1)
    expected = [-1] + [-1 / np.sqrt(5)] * 5 + [1 / np.sqrt(5)] * 5 + [1]
    np.testing.assert_allclose(cosines, np.tile(expected, (12, 1)), atol=1e-11)


@pytest.mark.parametrize("parts", [1, 3])
def test_scattered_points_by_brute_force_whole_and_in_parts(monkeypatch, rng, parts):
    """Long sums over rings are cut into parts; the entries do not depend on the cut."""
    npix, lmax = 500, 9
    theta, phi = np.arccos(rng.uniform(-1, 1, npix)), rng.uniform(-4, 9, npix)
    weights = rng.uniform(0.5, 1.5, npix)
    grid = PointGrid(theta, phi, weights * 4 * np.pi / weights.sum())
    monkeypatch.setattr("sphspec.gram.ring_sum.TABLE_BYTES", 8.0 * 10 * 13 * (npix / parts))
    variance = rng.uniform(0.5, 2, npix)
    harmonics = real_harmonics(theta, phi, lmax)
    expected = (harmonics.T * (grid.weights**2 * variance)) @ harmonics
    cov = noise_covariance(Quadrature(grid, lmax), variance)
    assert len(cov.blocks.blocks) == 1
    assert relative_error(cov.dense(), expected) <= 1e-13


def test_memory_of_scattered_points_is_foreseen():
    grid = PointGrid.fibonacci(200_000)
    with pytest.raises(ValueError, match=r"one transform at lmax=60000 needs [\d.]+ GiB"):
        Quadrature(grid, 60_000)
    cov = noise_covariance(Quadrature(grid, 400))
    with pytest.raises(ValueError, match="GiB"):
        cov.dense()
    small = noise_covariance(Quadrature(grid, 6)).diagonal()
    np.testing.assert_allclose(small, 4 * np.pi / grid.npix, rtol=1e-3)


@pytest.mark.parametrize("nside", [2, 4, 8])
@pytest.mark.parametrize("iterations", [0, 3])
def test_ring_weights_are_healpys(nside, iterations):
    lmax = 3 * nside - 1
    operator = Jacobi(Healpix.ring_weighted(nside), lmax, iterations)
    assert operator.grid.weights.sum() == pytest.approx(4 * np.pi, rel=1e-9)
    rows = [
        healpy.map2alm(unit, lmax=lmax, iter=iterations, use_weights=True, pol=False)
        for unit in np.eye(operator.grid.npix)
    ]
    theirs = from_complex(np.array(rows), lmax).T
    assert np.abs(operator.dense() - theirs).max() <= 5e-14 * np.abs(theirs).max()
    assert relative_error(noise_covariance(operator).dense(), theirs @ theirs.T) <= 1e-13


def test_ring_weights_that_healpy_lacks_are_refused(monkeypatch):
    with pytest.raises(
        ValueError, match=r"healpy has no ring weights for nside=3; it has them for 2, 4, 8, .*8192"
    ):
        Healpix.ring_weighted(3)
    with pytest.raises(ValueError, match="nside must be an integer from 1"):
        Healpix.ring_weighted(0)
    monkeypatch.setattr("sphspec.grids.healpix.find_spec", lambda name: None)
    with pytest.raises(ValueError, match="ring weights come with healpy: pip install"):
        Healpix.ring_weighted(4)


def test_healpy_is_no_witness_of_weights_it_cannot_take():
    grid = Healpix(2, weights=np.full(7, 4 * np.pi / 48) * (1 + 1e-12))
    with pytest.raises(
        ValueError, match="healpy cannot be given the weights of healpix:nside=2,weights=given"
    ):
        HealpyWitness(grid, 4, 0)


def test_weights_that_are_not_whole_are_said():
    with pytest.warns(
        UserWarning, match=r"sum to 6\.28318531, not to 4 pi.* a_00 by 0\.5; multiply them by 2 unless"
    ):
        RingGrid([1.0], [2], [0.0], [np.pi])
    with pytest.warns(UserWarning, match="sum to 0,"):
        RingGrid([1.0], [2], [0.0], [0.0])
    RingGrid([1.0], [2], [0.0], [2 * np.pi * (1 + 5e-7)])  # within the tolerance: no warning


def test_masked_points_are_as_good_as_absent():
    weights = np.full(48, 4 * np.pi / 48)
    weights[5:20] = 0.0
    with pytest.warns(UserWarning, match="mask"):
        masked = Healpix(2, weights=weights)
    kept = weights > 0
    with pytest.warns(UserWarning, match="mask"):
        absent = PointGrid(masked.theta[kept], masked.phi[kept], weights[kept])
    found = noise_covariance(Quadrature(masked, 4)).dense()
    expected = noise_covariance(Quadrature(absent, 4)).dense()
    np.testing.assert_allclose(found, expected, atol=1e-15)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ReducedGaussian([]), "counts must be integers >= 1"),
        (lambda: ReducedGaussian([4, -1]), "counts must be integers >= 1"),
        (lambda: ReducedGaussian([4, 2.5]), "counts must be integers >= 1"),
        (lambda: ReducedGaussian.octahedral(0), "n must be an integer from 1 to .* got 0"),
        (lambda: ReducedGaussian.octahedral(500_000), "GiB"),
        (lambda: ReducedGaussian.classical(48), r"N48 is not built in, known n: 32; give any list"),
        (lambda: PointGrid([1.0, 2.0], [0.0], [6.0, 6.0]), "phi must have 2 entries"),
        (lambda: PointGrid([1.0], [0.0], [6.0, 6.0]), "weights must have 1 entries"),
        (lambda: PointGrid([-0.1], [0.0], [12.0]), r"theta must be in \[0, pi\], got -0.1"),
        (lambda: PointGrid([1.0], [np.inf], [12.0]), "phi must be finite"),
        (lambda: PointGrid.fibonacci(0), "npix must be an integer >= 1"),
        (lambda: RingGrid([1.0, 2.0], [3, 3], [0.0], [1.0, 1.0]), "phi0 must have 2 entries"),
    ],
)
def test_bad_points_are_refused_in_one_line(make, message):
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
