"""The isotropising variance: white where quadrature is exact, else certified to be the least coloured."""

import numpy as np
import pytest
from oracles import operator_matrix, real_harmonics

import sphspec
from sphspec import (
    Equiangular,
    GaussLegendre,
    Healpix,
    PointGrid,
    Quadrature,
    ReducedGaussian,
    RingGrid,
    isotropising_variance,
    noise_covariance,
)
from sphspec._generated import reproducing_kernel
from sphspec.noise_design import squared_kernel_sums

EXACT = {
    "gauss-legendre": (GaussLegendre(17, 33), 16),
    "fejer1": (Equiangular(18, 17), 8),
    "clenshaw-curtis": (Equiangular(17, 17, rule="clenshaw-curtis"), 8),
    "single poles": (Equiangular(17, 17, rule="clenshaw-curtis", poles="single"), 8),
    "driscoll-healy": (Equiangular(18, 17, rule="driscoll-healy"), 8),
    "octahedral": (ReducedGaussian.octahedral(8), 7),
    "icosahedron": (PointGrid.icosahedron(), 2),
}
COARSE = {
    "healpix": (Healpix(4), 8, False),
    "healpix beyond": (Healpix(4), 11, False),
    "healpix points": (Healpix(2), 5, True),
    "few latitudes": (Equiangular(9, 17), 8, False),
    "few longitudes": (GaussLegendre(9, 11), 8, False),
    "scattered": (PointGrid.fibonacci(60), 5, False),
}


def brute(grid, lmax, variance):
    operator = operator_matrix(grid, lmax, "jacobi")
    return (operator * variance) @ operator.T


def colour(sigma):
    mean = np.trace(sigma) / sigma.shape[0]
    return np.linalg.norm(sigma - mean * np.eye(sigma.shape[0])) / (mean * np.sqrt(sigma.shape[0]))


@pytest.mark.parametrize("name", list(EXACT))
def test_inverse_weights_whiten_exact_grids(name):
    grid, lmax = EXACT[name]
    design = isotropising_variance(grid, lmax)
    assert design.exact
    assert design.restriction == "none"
    sigma = brute(grid, lmax, design.variance)
    np.testing.assert_allclose(sigma, design.mean * np.eye(sigma.shape[0]), atol=1e-12 * design.mean)
    assert design.mean == 4 * np.pi / grid.npix
    assert design.left_over < 1e-12


@pytest.mark.parametrize("name", list(COARSE))
def test_no_feasible_direction_makes_the_noise_whiter(name, rng):
    """The certificate, and against it random feasible changes of the variance."""
    grid, lmax, points = COARSE[name]
    design = isotropising_variance(grid, lmax, points=points)
    assert not design.exact
    assert design.gap < 1e-12
    assert abs(colour(brute(grid, lmax, design.variance)) - design.left_over) < 1e-12
    assert design.left_over < noise_covariance(Quadrature(grid, lmax)).isotropy().distance
    for size in (1e-3, 1e-1):
        change = rng.uniform(-1, 1, grid.npix if design.restriction == "points" else grid.nphi.size)
        field = change if design.restriction == "points" else np.repeat(change, grid.nphi)
        other = np.maximum(0, design.variance * (1 + size * field) + size * np.maximum(field, 0))
        assert colour(brute(grid, lmax, other)) > design.left_over


@pytest.mark.parametrize("name", list(COARSE))
def test_the_whitest_noise_comes_back_with_one_variance(name):
    grid, lmax, points = COARSE[name]
    design = isotropising_variance(grid, lmax, points=points)
    phi = real_harmonics(grid.theta, grid.phi, lmax)
    returned = np.einsum("pi,ij,pj->p", phi, brute(grid, lmax, design.variance), phi)
    if design.restriction == "rings":
        returned = np.add.reduceat(returned, grid.ring_start) / grid.nphi
        returned = np.repeat(returned, grid.nphi)
    used = design.variance > 1e-12
    level = returned[used].mean()
    np.testing.assert_allclose(returned[used], level, rtol=1e-9)
    assert returned.min() >= level * (1 - 1e-9)


def test_free_points_do_at_least_as_well_as_rings():
    grid, lmax = Healpix(4), 11
    rings, points = (isotropising_variance(grid, lmax, points=free).left_over for free in (False, True))
    assert points < rings


def test_sums_of_the_squared_kernel_by_brute_force():
    for grid, lmax in ((Healpix(3), 7), (GaussLegendre(5, 6), 9), (ReducedGaussian.octahedral(3), 4)):
        phi = real_harmonics(grid.theta, grid.phi, lmax)
        kernel = (phi @ phi.T) ** 2
        summed = np.add.reduceat(np.add.reduceat(kernel, grid.ring_start, 0), grid.ring_start, 1)
        np.testing.assert_allclose(squared_kernel_sums(grid, lmax), summed, rtol=1e-11)


def test_a_wrong_kernel_gives_noise_less_white(monkeypatch):
    grid, lmax = Healpix(4), 8
    right = isotropising_variance(grid, lmax)
    coefficient = reproducing_kernel.coefficient
    monkeypatch.setattr(reproducing_kernel, "coefficient", lambda l: coefficient(l + 1))
    wrong = isotropising_variance(grid, lmax)
    assert colour(brute(grid, lmax, wrong.variance)) > (1 + 1e-4) * right.left_over


def test_design_stands_for_its_variance():
    grid = GaussLegendre(5, 9)
    design = isotropising_variance(grid, 4)
    np.testing.assert_array_equal(np.asarray(design), design.variance)
    cov = noise_covariance(Quadrature(grid, 4), design)
    assert abs(cov.isotropy().condition - 1) < 1e-12
    with pytest.raises(ValueError, match="read-only"):
        design.variance[0] = 1.0


def test_points_of_weight_zero_get_the_mean_variance():
    grid, lmax = EXACT["driscoll-healy"]
    design = isotropising_variance(grid, lmax)
    pole = grid.weights == 0
    assert pole.any()
    np.testing.assert_allclose(design.variance[pole], design.variance[~pole].mean())


def test_negative_weights_are_not_divided_by():
    weights = np.array([0.5, -0.1, 0.5, -0.1, 0.5])
    weights *= 4 * np.pi / (9 * weights.sum())
    grid = RingGrid([0.3, 1.0, np.pi / 2, np.pi - 1.0, np.pi - 0.3], [9] * 5, [0.0] * 5, weights)
    design = isotropising_variance(grid, 2)
    assert design.variance.min() >= 0
    assert design.gap < 1e-12


def test_weights_that_differ_along_a_ring_free_every_point(rng):
    weights = rng.uniform(0.8, 1.2, 48)
    grid = Healpix(2, weights=weights * 4 * np.pi / weights.sum())
    assert isotropising_variance(grid, 3).restriction == "points"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((Healpix(2), -1), "lmax"),
        (("grid", 4), "must be a sphspec grid"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        isotropising_variance(*arguments)


def test_a_grid_without_weights_is_refused():
    with pytest.warns(UserWarning, match="weights sum to 0"):
        grid = RingGrid([1.0], [4], [0.0], [0.0])
    with pytest.raises(ValueError, match="all weights are zero"):
        isotropising_variance(grid, 1)


def test_too_many_free_points_are_refused_before_work():
    with pytest.raises(ValueError, match="free variances"):
        squared_kernel_sums(PointGrid.fibonacci(10**6), 2)


def test_names_are_public():
    assert {"isotropising_variance", "limit_law", "LimitLaw", "NoiseDesign"} <= set(sphspec.__all__)
