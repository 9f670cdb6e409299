"""Sigma without entries against Sigma: products, solutions, eigenvalues, determinants, samples."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from oracles import operator_matrix
from scipy.stats import binom

from sphspec import (
    Equiangular,
    GaussLegendre,
    Healpix,
    ImplicitCovariance,
    Jacobi,
    LeastSquares,
    Quadrature,
    ReducedGaussian,
    Resampling,
    conventions,
    implicit,
)
from sphspec.engine.compiled_chart import converters
from sphspec.grids import RingGrid
from sphspec.implicit import conjugate_gradients, sandwich
from sphspec.implicit.lanczos import Lanczos, extreme_eigenvalues
from sphspec.transform import COMPILED, RingTransform


def smooth(grid):
    """Return a variance that depends on the longitude and varies a hundredfold."""
    return np.exp(2.3 * np.sin(grid.theta) * np.cos(grid.phi - 0.4))


def by_ring(grid):
    return 1.1 + np.cos(grid.theta)


def patch(grid):
    """Return the variance of a survey that sees a window ten times more often."""
    return np.where((np.abs(grid.theta - 1.2) < 0.5) & (np.abs(grid.phi - 2) < 0.6), 0.1, 1.0)


MW = Equiangular(9, 18, rule="mcewen-wiaux")
CASES = {
    **{f"healpix {nside}": (Quadrature(Healpix(nside), 3 * nside - 1), smooth) for nside in (1, 2, 4)},
    **{
        f"gauss-legendre {nlat}": (Quadrature(GaussLegendre(nlat, 2 * nlat), nlat - 1), by_ring)
        for nlat in (4, 9, 17)
    },
    "by longitude": (Quadrature(GaussLegendre(12, 24), 11), smooth),
    "patch": (Quadrature(GaussLegendre(12, 24), 11), patch),
    "equiangular": (Quadrature(Equiangular(16, 17, rule="fejer1"), 7), by_ring),
    "reduced": (Quadrature(ReducedGaussian.octahedral(9), 8), smooth),
    "jacobi": (Jacobi(Healpix(4), 9, 2), smooth),
    "least squares": (LeastSquares(Healpix(4), 9), by_ring),
    "resampling": (Resampling(MW, 8), smooth),
}
KINDS = {
    "quadrature": ("jacobi", 0),
    "least-squares": ("least-squares", 0),
    "jacobi:iterations=2": ("jacobi", 2),
}


def case(name):
    operator, variance = CASES[name]
    field = variance(operator.grid)
    matrix = (
        operator.dense()
        if isinstance(operator, Resampling)
        else operator_matrix(operator.grid, operator.lmax, *KINDS[operator.name])
    )
    return ImplicitCovariance(operator, field), matrix, (matrix * field) @ matrix.T


REGULAR = [name for name in CASES if not name.startswith("healpix")] + ["healpix 2", "healpix 4"]


@pytest.mark.parametrize("name", CASES)
def test_every_entry_of_the_product_is_that_of_sigma(name):
    cov, _, sigma = case(name)
    unit, limit = np.eye(cov.n), 2e-14 * np.abs(sigma).max()
    operator = cov.linear_operator()
    for found in (
        cov.apply(unit),
        cov @ unit,
        operator.matmat(unit),
        operator.rmatmat(unit),
        np.array([operator.matvec(row) for row in unit]),
        np.array([operator.rmatvec(row[:, None])[:, 0] for row in unit]),
        (operator @ (unit + 2j * unit)).imag / 2,
    ):
        np.testing.assert_allclose(found, sigma, rtol=0, atol=limit)


def test_a_wrong_weight_shows_in_the_product():
    cov, _, sigma = case("by longitude")
    wrong = cov.variance * (1 + 1e-9 * (np.arange(cov.variance.size) == 100))
    found = ImplicitCovariance(cov.operator, wrong).apply(np.eye(cov.n))
    assert np.abs(found - sigma).max() > 2e-14 * np.abs(sigma).max()


@pytest.mark.parametrize("lmax", [0, 1, 2, 7, 33])
def test_compiled_change_of_chart_is_the_plain_one(lmax, rng):
    pack, unpack = converters()
    alpha = rng.standard_normal((3, conventions.size(lmax)))
    alm, back = np.empty((3, (lmax + 1) * (lmax + 2) // 2), dtype=complex), np.empty_like(alpha)
    pack(alpha, lmax, np.sqrt(2), alm)
    unpack(alm, lmax, np.sqrt(2), back)
    np.testing.assert_array_equal(alm, conventions.to_complex(alpha, lmax))
    np.testing.assert_array_equal(back, conventions.from_complex(alm, lmax))


def test_large_transforms_take_the_compiled_chart_and_agree(rng, monkeypatch):
    transform = RingTransform(GaussLegendre(3, 5), COMPILED)
    alpha, x = rng.standard_normal((2, conventions.size(COMPILED))), rng.standard_normal((2, 15))
    compiled = transform.synthesis(alpha), transform.adjoint(x)
    monkeypatch.setattr("sphspec.transform.COMPILED", COMPILED + 1)
    np.testing.assert_array_equal(compiled[0], transform.synthesis(alpha))
    np.testing.assert_array_equal(compiled[1], transform.adjoint(x))


@pytest.mark.parametrize("name", ["by longitude", "resampling"])
def test_many_products_at_once_in_parts_are_those_one_by_one(name, rng, monkeypatch):
    cov = case(name)[0]
    monkeypatch.setattr("sphspec.transform.BATCH_BYTES", 3 * 8 * cov.operator.grid.npix)
    monkeypatch.setattr(sandwich, "BATCH_BYTES", 3 * 8 * cov.operator.grid.npix)
    small = ImplicitCovariance(cov.operator, cov.variance)
    vectors = rng.standard_normal((2, 4, cov.n))
    np.testing.assert_allclose(small.apply(vectors), cov.apply(vectors), rtol=0, atol=1e-14)
    draws = small.sample(np.random.default_rng(3), (2, 4))
    np.testing.assert_allclose(draws, cov.sample(np.random.default_rng(3), (2, 4)), rtol=0, atol=1e-13)


def test_products_of_several_threads_do_not_meet(rng):
    cov = case("gauss-legendre 17")[0]
    vectors = rng.standard_normal((60, cov.n))
    expected = [cov.apply(vector) for vector in vectors]
    with ThreadPoolExecutor(3) as pool:
        np.testing.assert_array_equal(list(pool.map(cov.apply, vectors)), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(cov)).apply(vectors[0]), expected[0])


@pytest.mark.parametrize("preconditioner", ["auto", "information", "none"])
@pytest.mark.parametrize("name", REGULAR)
def test_the_error_of_a_solution_is_between_its_bounds(name, preconditioner, rng):
    cov, _, sigma = case(name)
    truth = rng.standard_normal((3, 2, cov.n))
    solved = cov.solve(truth @ sigma, preconditioner=preconditioner)
    off = solved.x - truth
    error = np.sqrt(np.einsum("abi,ij,abj->ab", off, sigma, off))
    size = np.sqrt(np.einsum("abi,ij,abj->ab", truth, sigma, truth))
    assert solved.error.shape == solved.residual.shape == (3, 2)
    assert np.all(solved.lower <= error)
    assert np.all(error <= solved.error)
    assert np.all(solved.error <= 1e-10 * size * (1 + 1e-6))
    assert np.all(solved.residual <= 1e-9)


def test_the_upper_bound_is_missed_with_a_floor_too_high(rng):
    cov, _, sigma = case("by longitude")
    truth = rng.standard_normal((4, cov.n))
    solved = conjugate_gradients.conjugate_gradients(
        cov.apply, np.array, truth @ sigma, 1e-6, 500, 100 * np.linalg.eigvalsh(sigma)[0]
    )
    off = solved.x - truth
    assert np.any(np.sqrt(np.einsum("ai,ij,aj->a", off, sigma, off)) > solved.error)


@pytest.mark.parametrize(
    ("operator", "variance"),
    [
        (Quadrature(GaussLegendre(65, 130), 64), np.ones_like),
        (Quadrature(GaussLegendre(65, 130), 64), patch),
        (Quadrature(Healpix(16), 32), smooth),
    ],
    ids=["condition 33", "patch", "healpix"],
)
def test_the_information_saves_more_than_it_costs(operator, variance, rng):
    field = variance(operator.grid.theta) if variance is np.ones_like else variance(operator.grid)
    cov, v = ImplicitCovariance(operator, field), rng.standard_normal(operator.n)
    informed, plain = (cov.solve(v, preconditioner=kind).iterations for kind in ("information", "none"))
    assert cov.solve(v).iterations == informed
    assert 2 * informed < plain


def test_where_the_grid_is_too_coarse_the_information_is_not_taken(rng):
    cov = ImplicitCovariance(Quadrature(Healpix(8), 23), smooth(Healpix(8)))
    v = rng.standard_normal(cov.n)
    assert cov.solve(v, 1e-6).iterations == cov.solve(v, 1e-6, preconditioner="none").iterations


def test_the_information_is_at_least_the_inverse():
    for name in ("by longitude", "least squares", "resampling"):
        cov, _, sigma = case(name)
        phi = cov.operator.synthesis(np.eye(cov.n))
        information = (phi / cov.variance) @ phi.T
        assert np.linalg.eigvals(information @ sigma).real.min() >= cov._symbol.information_floor - 1e-12


def test_no_eigenvalue_is_below_the_smallest_symbol():
    cov, _, sigma = case("by longitude")
    assert np.linalg.eigvalsh(sigma)[0] >= cov._symbol.floor > 0
    assert case("healpix 4")[0]._symbol.floor is None


@pytest.mark.parametrize("name", [*REGULAR, "healpix 1"])
@pytest.mark.parametrize("tolerance", [1e-2, 1e-5])
def test_extreme_eigenvalues_are_within_their_errors(name, tolerance):
    cov, _, sigma = case(name)
    values = np.linalg.eigvalsh(sigma)
    if values[0] < 1e-12 * values[-1]:
        with pytest.raises(ValueError, match="smallest eigenvalue"):
            cov.extreme_eigenvalues(tolerance)
        return
    low, high = cov.extreme_eigenvalues(tolerance)
    assert low.covers(values[0])
    assert high.covers(values[-1])
    assert low.error <= tolerance * low.value


def test_a_wrong_product_leaves_the_eigenvalue_outside_the_error():
    cov, _, sigma = case("by longitude")
    low, high = extreme_eigenvalues(lambda v: 1.00001 * cov.apply(v), np.ones(cov.n), 1e-7, 500)
    values = np.linalg.eigvalsh(sigma)
    assert not low.covers(values[0])
    assert not high.covers(values[-1])


@pytest.mark.parametrize("name", REGULAR)
def test_the_quadrature_of_the_logarithm_is_between_its_bounds(name, rng):
    cov, _, sigma = case(name)
    values, vectors = np.linalg.eigh(sigma)
    start = rng.standard_normal(cov.n)
    truth = (vectors.T @ start) ** 2 @ np.log(values)
    krylov, widths = Lanczos(cov.apply, start, cov.n), []
    rounding = 1e-11 * abs(truth)
    while not krylov.exhausted:
        krylov.advance(2)
        for floor in (values[0] * (1 - 1e-9), values[0] / 3):
            low, high = krylov.log_form(floor)
            assert low - rounding <= truth <= high + rounding
        widths.append(high - low)
        if widths[-1] < 1e-6:
            break
    assert widths[-1] < 1e-5
    wrong = Lanczos(lambda v: 1.001 * cov.apply(v), start, cov.n)
    wrong.advance(krylov.diagonal.size)
    assert wrong.log_form(values[0])[0] > truth + rounding


@pytest.mark.parametrize("name", REGULAR)
def test_log_determinant_is_within_its_error(name):
    cov, _, sigma = case(name)
    truth = np.linalg.slogdet(sigma)[1]
    assert cov.logdet(np.random.default_rng(5), confidence=1 - 1e-6).covers(truth)
    assert cov.logdet(np.random.default_rng(5)).error < 0.3 * np.sqrt(cov.n)


def test_log_determinant_covers_the_truth_as_often_as_it_says():
    cov, _, sigma = case("gauss-legendre 9")
    truth, seeds = np.linalg.slogdet(sigma)[1], 150
    found = [cov.logdet(np.random.default_rng([7, seed]), 6, confidence=0.8) for seed in range(seeds)]
    hits = sum(estimate.covers(truth) for estimate in found)
    assert binom.ppf(1e-6, seeds, 0.8) <= hits <= binom.ppf(1 - 1e-6, seeds, 0.88)
    shifted = sum(estimate.covers(truth + 1.0) for estimate in found)
    assert shifted < binom.ppf(1e-6, seeds, 0.8)


def test_the_symbol_takes_most_of_the_scatter():
    cov = case("gauss-legendre 17")[0]
    with_symbol = cov.logdet(np.random.default_rng(1)).error
    cov._symbol.__dict__["logarithm"] = (1.0, np.zeros(cov.variance.size), 0.0)
    assert cov.logdet(np.random.default_rng(1)).error > 4 * with_symbol


@pytest.mark.parametrize("name", CASES)
def test_a_sample_is_the_analysis_of_scaled_normals(name):
    cov, matrix, _ = case(name)
    draws = cov.sample(np.random.default_rng(2), 5)
    normals = np.random.default_rng(2).standard_normal((5, cov.operator.grid.npix))
    expected = (normals * np.sqrt(cov.variance)) @ matrix.T
    np.testing.assert_allclose(draws, expected, rtol=0, atol=1e-13 * np.abs(expected).max())
    assert cov.sample(np.random.default_rng(2)).shape == (cov.n,)
    assert cov.sample(np.random.default_rng(2), (0, 3)).shape == (0, 3, cov.n)


class Turned(Jacobi):
    """An operator whose adjoint starts the rings at another point."""

    def _adjoint(self, alpha):
        return np.roll(super()._adjoint(alpha), 1, axis=-1)


def test_an_adjoint_that_is_none_is_said(rng):
    cov = ImplicitCovariance(Turned(GaussLegendre(9, 17), 8, 1), smooth(GaussLegendre(9, 17)))
    with pytest.raises(ValueError, match=r"not symmetric|not positive"):
        cov.solve(rng.standard_normal(cov.n))
    with pytest.raises(ValueError, match="not symmetric"):
        cov.extreme_eigenvalues()
    with pytest.raises(ValueError, match="not symmetric"):
        cov.logdet(rng)


SINGULAR = {
    "fewer points": (Quadrature(GaussLegendre(3, 5), 4), 1.0),
    "few points with variance": (Quadrature(Healpix(2), 5), np.arange(48.0) % 2),
    "no sines": (Quadrature(GaussLegendre(30, 1), 4), 1.0),
    "cap": (Quadrature(GaussLegendre(49, 34), 16), 1.0 * (GaussLegendre(49, 34).theta < 1.0)),
}


@pytest.mark.parametrize("name", SINGULAR)
def test_a_singular_covariance_is_refused(name, rng):
    cov = ImplicitCovariance(*SINGULAR[name])
    v = rng.standard_normal((2, cov.n))
    with pytest.raises(ValueError, match=r"singular|do not converge"):
        cov.solve(v)
    with pytest.raises(ValueError, match="smallest eigenvalue"):
        cov.extreme_eigenvalues()
    if name.startswith("few"):
        assert cov.logdet(rng) == implicit.Estimate(-np.inf, 0.0)
    else:
        with pytest.raises(ValueError, match=r"singular|no lower bound"):
            cov.logdet(rng)


def test_a_zero_right_hand_side_has_the_zero_solution(rng):
    cov = case("by longitude")[0]
    v = np.stack([np.zeros(cov.n), rng.standard_normal(cov.n)])
    solved = cov.solve(v)
    assert not solved.x[0].any()
    assert solved.residual[0] == solved.error[0] == solved.lower[0] == 0
    np.testing.assert_allclose(cov.apply(solved.x), v, atol=1e-8)
    assert cov.solve(np.zeros(cov.n)).iterations == 0


GRID = GaussLegendre(5, 10)
COV = ImplicitCovariance(Quadrature(GRID, 4), by_ring(GRID))
NO_NOISE = ImplicitCovariance(Quadrature(GRID, 3), 1.0 * (np.arange(50) != 7))


@pytest.mark.parametrize(
    ("work", "complaint"),
    [
        (lambda: ImplicitCovariance(GRID), "operator must be"),
        (lambda: ImplicitCovariance(COV.operator, -1.0), "variance must be"),
        (lambda: ImplicitCovariance(COV.operator, np.full(50, -1.0)), "variance must be >= 0"),
        (lambda: ImplicitCovariance(COV.operator, np.ones(3)), "variance must have 50 entries"),
        (lambda: COV.apply(np.ones(3)), "25 entries"),
        (lambda: COV @ np.full(25, np.nan), "finite"),
        (lambda: COV.solve(np.ones(25), tolerance=0), "tolerance must be"),
        (lambda: COV.solve(np.ones(25), tolerance=1e-15), "raise tolerance"),
        (lambda: COV.solve(np.arange(25.0), max_iterations=2), "do not converge: after 2 iterations"),
        (lambda: COV.solve(np.ones(25), preconditioner="diagonal"), "unknown preconditioner"),
        (lambda: NO_NOISE.solve(np.ones(16), preconditioner="information"), "variance > 0 at every point"),
        (lambda: COV.extreme_eigenvalues(max_steps=3), "after 3 steps"),
        (lambda: COV.extreme_eigenvalues(0.0), "tolerance must be"),
        (lambda: COV.logdet(3), "numpy.random.Generator"),
        (lambda: COV.logdet(np.random.default_rng(1), 1), "probes must be"),
        (lambda: COV.logdet(np.random.default_rng(1), confidence=1.0), "confidence must be"),
        (lambda: COV.sample(np.random.default_rng(1), -1), "size must be"),
        (lambda: COV.sample(np.random.default_rng(1), 10**12), "GiB"),
        (lambda: COV.sample(7), "numpy.random.Generator"),
    ],
)
def test_bad_input_is_refused(work, complaint):
    with pytest.raises(ValueError, match=complaint):
        work()


def test_points_without_noise_are_solved_without_the_information():
    sigma = NO_NOISE.apply(np.eye(16))
    assert np.linalg.norm(sigma @ NO_NOISE.solve(np.ones(16)).x - 1) < 1e-9
    assert NO_NOISE.logdet(np.random.default_rng(1), confidence=1 - 1e-6).covers(np.linalg.slogdet(sigma)[1])


def test_lanczos_vectors_that_do_not_fit_are_refused(monkeypatch):
    monkeypatch.setattr("sphspec._validate.available_memory", lambda: 1e3)
    with pytest.raises(ValueError, match="Lanczos vectors needs"):
        COV.extreme_eigenvalues()


def test_one_coefficient():
    grid = RingGrid([1.0], [4], [0.0], [np.pi])
    cov = ImplicitCovariance(Quadrature(grid, 0), 2.0)
    value = float(cov.apply(np.ones(1))[0])
    assert value == pytest.approx(2 * np.pi)
    assert cov.solve(np.ones(1)).x[0] == pytest.approx(1 / value)
    assert cov.extreme_eigenvalues()[0].covers(value)
    assert cov.logdet(np.random.default_rng(1)).covers(np.log(value))


@pytest.mark.parametrize("exponent", [-300, -150, 150, 300])
def test_any_scale_of_the_variance_is_the_same_problem(exponent):
    """Sigma times a number: x over it, eigenvalues times it, whatever their squares are."""
    operator = Quadrature(Healpix(4), 8)
    variance = 1 + np.cos(operator.grid.theta) ** 2
    plain = ImplicitCovariance(operator, variance)
    scaled = ImplicitCovariance(operator, variance * 10.0**exponent)
    v = np.random.default_rng(3).standard_normal(81)
    found, expected = scaled.solve(v * 10.0**exponent), plain.solve(v)
    np.testing.assert_allclose(found.x, expected.x, rtol=1e-8)
    np.testing.assert_allclose(found.error / 10.0 ** (exponent / 2), expected.error, rtol=1e-2, atol=1e-15)
    for one, other in zip(scaled.extreme_eigenvalues(), plain.extreme_eigenvalues(), strict=True):
        assert one.value / 10.0**exponent == pytest.approx(other.value, rel=1e-9)
        assert one.error / 10.0**exponent <= 1e-3 * other.value
    determinant = scaled.logdet(np.random.default_rng(4))
    shift = 81 * exponent * np.log(10.0)
    assert determinant.value - shift == pytest.approx(plain.logdet(np.random.default_rng(4)).value, abs=1e-6)
