"""Sigma without its entries is the dense Sigma: products, solves, draws; estimates hold what they say."""

import numpy as np
import pytest

from sphspec import (
    Equiangular,
    GaussLegendre,
    Healpix,
    ImplicitCovariance,
    Jacobi,
    LeastSquares,
    Quadrature,
    Resampling,
    noise_covariance,
)
from sphspec.conjugate_gradients import conjugate_gradients
from sphspec.lanczos import lanczos


def uneven(grid):
    return 1.0 + 0.5 * np.cos(grid.theta) + 0.3 * np.sin(grid.theta) * np.cos(2 * grid.phi + 0.3)


OPERATORS = {
    "healpix 1": Quadrature(Healpix(1), 2),
    "healpix 4": Quadrature(Healpix(4), 9),
    "gauss-legendre": Quadrature(GaussLegendre(17, 33), 16),
    "jacobi": Jacobi(Healpix(4), 8, iterations=3),
    "least squares": LeastSquares(Equiangular(14, 25, rule="fejer1"), 9),
    "resampling": Resampling(Equiangular(10, 19, rule="mcewen-wiaux"), 8),
}
PAIRS = [(name, uneven_noise) for name in OPERATORS for uneven_noise in (False, True)]


def both(name, uneven_noise):
    operator = OPERATORS[name]
    variance = uneven(operator.grid) if uneven_noise else 0.7
    return ImplicitCovariance(operator, variance), noise_covariance(operator, variance).dense()


@pytest.mark.parametrize(("name", "noise"), PAIRS)
def test_products_are_those_of_the_entries(name, noise, rng):
    implicit, dense = both(name, noise)
    v = rng.standard_normal((2, 3, implicit.n))
    close = {"rtol": 1e-11, "atol": 1e-12 * np.abs(dense).max()}
    np.testing.assert_allclose(implicit.apply(v), v @ dense, **close)
    np.testing.assert_allclose(implicit @ v[0].T, dense @ v[0].T, **close)
    operator = implicit.linear_operator()
    np.testing.assert_allclose(operator @ v[0, 0], dense @ v[0, 0], **close)
    np.testing.assert_allclose(operator @ v[0].T, dense @ v[0].T, **close)
    np.testing.assert_allclose(operator.T @ v[0, 0], dense @ v[0, 0], **close)


@pytest.mark.parametrize(("name", "noise"), [pair for pair in PAIRS if pair[0] != "jacobi"])
def test_solutions_are_as_near_as_they_say(name, noise, rng):
    implicit, dense = both(name, noise)
    v = rng.standard_normal((2, implicit.n))
    for tolerance in (1e-3, 1e-10):
        solved = implicit.solve(v, tolerance)
        wrong = solved.x - np.linalg.solve(dense, v.T).T
        truth = np.linalg.solve(dense, v.T).T
        energy = [np.sqrt(y @ dense @ y) for y in wrong] / np.sqrt([y @ dense @ y for y in truth])
        assert energy.max() <= 1.5 * solved.error + 1e-12  # Ritz values approach the spectrum from inside
        assert solved.error <= tolerance
        left = np.linalg.norm(v - solved.x @ dense, axis=1) / np.linalg.norm(v, axis=1)
        assert solved.residual == pytest.approx(left.max(), rel=1e-3, abs=1e-13)


def test_the_preconditioner_saves_iterations(rng):
    grid = GaussLegendre(65, 129)
    for variance in (1.0, uneven(grid)):
        implicit = ImplicitCovariance(Quadrature(grid, 64), variance)
        v = rng.standard_normal(implicit.n)
        plain = conjugate_gradients(implicit.apply, lambda y: y, v, 1e-8, 2000)
        assert implicit.solve(v, 1e-8).iterations < 0.6 * plain.iterations


def test_singular_and_unfinished_solves_are_said_so(rng):
    singular = ImplicitCovariance(Quadrature(GaussLegendre(4, 9), 6))
    with pytest.raises(ValueError, match="Sigma is singular"):
        singular.solve(rng.standard_normal(singular.n), 1e-12)
    regular = ImplicitCovariance(OPERATORS["gauss-legendre"])
    with pytest.raises(ValueError, match=r"reached an error of .*, not 1.0e-10, in 3 iterations"):
        regular.solve(rng.standard_normal(regular.n), 1e-10, 3)
    with pytest.raises(ValueError, match="tolerance"):
        regular.solve(rng.standard_normal(regular.n), 0.0)
    with pytest.raises(ValueError, match="v must"):
        regular.solve(rng.standard_normal(regular.n - 1))


def test_zero_is_solved_by_zero():
    implicit = ImplicitCovariance(OPERATORS["healpix 1"])
    assert not implicit.solve(np.zeros(implicit.n)).x.any()


@pytest.mark.parametrize(("name", "noise"), PAIRS)
def test_extreme_eigenvalues_are_within_their_error(name, noise):
    implicit, dense = both(name, noise)
    values = np.linalg.eigvalsh(dense)
    for found, truth in zip(implicit.extreme_eigenvalues(1e-8), values[[0, -1]], strict=True):
        assert abs(found.value - truth) <= found.error + 1e-12 * values[-1]
        assert found.error <= 1e-6 * values[-1]


@pytest.mark.parametrize("noise", [False, True])
@pytest.mark.parametrize("name", ["healpix 4", "gauss-legendre", "resampling"])
def test_the_log_determinant_is_within_its_error(name, noise):
    implicit, dense = both(name, noise)
    truth, errors = np.linalg.slogdet(dense)[1], []
    for seed in range(4):
        found = implicit.logdet(np.random.default_rng(seed), 16, 40)
        errors.append(abs(found.value - truth) / found.error)
    assert max(errors) <= 1.6  # 4 standard errors of 16 probes: Student's t with 15 degrees of freedom
    assert np.median(errors) <= 0.5


def test_few_steps_are_counted_in_the_error_of_the_log_determinant():
    implicit, dense = both("gauss-legendre", uneven_noise=True)
    truth = np.linalg.slogdet(dense)[1]
    short = implicit.logdet(np.random.default_rng(0), 64, 3)
    long = implicit.logdet(np.random.default_rng(0), 64, 40)
    assert short.error > long.error + 1.0  # of 1080; the probes' share is the same
    assert abs(short.value - truth) <= short.error
    with pytest.raises(ValueError, match="Sigma may be singular"):
        ImplicitCovariance(Quadrature(GaussLegendre(4, 9), 6)).logdet(np.random.default_rng(0))


def test_gauss_and_radau_rules_hold_their_moments(rng):
    values = np.linspace(1.0, 9.0, 30)
    start = rng.standard_normal(30)
    share = start**2 / np.sum(start**2)
    matrix = lanczos(lambda v: values * v, start, 6)
    for (nodes, weights), exact in ((matrix.gauss(), 11), (matrix.radau(0.5), 12)):
        for power in range(exact + 1):
            assert weights @ nodes**power == pytest.approx(share @ values**power, rel=1e-8)
    assert matrix.radau(0.5)[0].min() == pytest.approx(0.5)
    complete = lanczos(lambda v: values[:4] * v, start[:4], 10)
    np.testing.assert_allclose(complete.gauss()[0], values[:4], rtol=1e-12)


@pytest.mark.parametrize("size", [None, 3, (2, 5)])
def test_draws_are_the_operator_on_pixel_noise(size):
    implicit = ImplicitCovariance(OPERATORS["healpix 4"], uneven(OPERATORS["healpix 4"].grid))
    drawn = implicit.sample(np.random.default_rng(5), size)
    shape = () if size is None else np.atleast_1d(size)
    noise = np.random.default_rng(5).standard_normal((*shape, 192)) * np.sqrt(implicit.variance)
    np.testing.assert_allclose(drawn, implicit.operator(noise), rtol=1e-13, atol=1e-15)


def test_noise_whose_deviation_stands_for_its_variance_is_found(rng):
    implicit, dense = both("healpix 4", uneven_noise=True)
    implicit.__dict__["_strength"] = np.sqrt(implicit._strength)
    v = rng.standard_normal(implicit.n)
    assert np.abs(implicit.apply(v) - dense @ v).max() > 1e-3 * np.abs(dense @ v).max()


def test_bad_input_is_said_so():
    operator = OPERATORS["healpix 1"]
    with pytest.raises(ValueError, match="variance must be >= 0"):
        ImplicitCovariance(operator, -np.ones(12))
    with pytest.raises(ValueError, match="alpha"):
        ImplicitCovariance(operator).apply(np.ones(5))
    with pytest.raises(ValueError, match="probes"):
        ImplicitCovariance(operator).logdet(np.random.default_rng(0), 1)
    with pytest.raises(ValueError, match="GiB"):
        ImplicitCovariance(operator).sample(np.random.default_rng(0), 10**12)
