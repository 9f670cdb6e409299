"""One contract for every grid x operator x variance: the object is A D A^T, by every method."""

import numpy as np
import pytest
from oracles import operator_matrix, relative_error, whole

from sphspec import GaussLegendre, Healpix, Jacobi, LeastSquares, Quadrature, RingGrid, noise_covariance
from sphspec.conventions import degrees_orders, index

GRIDS = {
    "healpix-1": (Healpix(1), 2),
    "healpix-3": (Healpix(3), 8),
    "healpix-weights": (Healpix(2, weights=whole(np.linspace(0.1, 0.4, 48))), 4),
    "gl-exact": (GaussLegendre(7, 13), 6),
    "gl-even": (GaussLegendre(8, 16), 6),
    "gl-aliased": (GaussLegendre(4, 5), 5),
    "rings": (
        RingGrid(
            [0.3, 0.9, 1.4, 2.2, 2.9],
            [5, 7, 9, 8, 3],
            [0.1, 0.0, 0.5, 2.0, 1.0],
            whole([0.3, 0.5, 0.4, 0.6, 0.2], [5, 7, 9, 8, 3]),
        ),
        3,
    ),
}
OPERATORS = {"quadrature": ("jacobi", 0), "jacobi": ("jacobi", 2), "least-squares": ("least-squares", 0)}
VARIANCES = {
    "scalar": lambda grid: 0.7,
    "by ring": lambda grid: 0.5 + np.cos(grid.theta) ** 2 + 0.2 * np.cos(grid.theta),
    "by point": lambda grid: 1.2 + np.sin(3 * np.arange(grid.npix)),
}


@pytest.fixture(params=list(GRIDS))
def grid(request):
    return GRIDS[request.param]


@pytest.fixture(params=list(OPERATORS))
def kind(request):
    return request.param


@pytest.fixture(params=list(VARIANCES))
def problem(request, grid, kind):
    points, lmax = grid
    if kind == "least-squares" and points.npix < (lmax + 1) ** 2:
        with pytest.raises(ValueError, match="least squares needs npix"):
            LeastSquares(points, lmax)
        return None
    operator = {
        "quadrature": lambda: Quadrature(points, lmax),
        "jacobi": lambda: Jacobi(points, lmax, 2),
        "least-squares": lambda: LeastSquares(points, lmax),
    }[kind]()
    variance = VARIANCES[request.param](points)
    matrix = operator_matrix(points, lmax, *OPERATORS[kind])
    return noise_covariance(operator, variance), (matrix * variance) @ matrix.T


def test_covariance_obeys_its_contract(problem, rng):
    if problem is None:
        return  # least squares does not exist there: the fixture has seen it refused
    cov, expected = problem
    sigma = cov.dense()
    values = np.linalg.eigvalsh(expected)
    solved = 2 if isinstance(cov.operator, LeastSquares) else 1
    assert relative_error(sigma, expected) <= solved * 1e-13
    assert np.array_equal(sigma, sigma.T)
    np.testing.assert_allclose(cov.diagonal(), np.diagonal(sigma), rtol=1e-15)
    np.testing.assert_allclose(cov.eigenvalues(), values, atol=1e-12 * values[-1])
    vectors = rng.standard_normal((3, cov.n))
    np.testing.assert_allclose(cov.apply(vectors), vectors @ sigma, atol=1e-13 * values[-1] * cov.n)
    np.testing.assert_allclose(cov @ vectors.T, sigma @ vectors.T, atol=1e-13 * values[-1] * cov.n)
    np.testing.assert_allclose(cov @ vectors[0], sigma @ vectors[0], atol=1e-13 * values[-1] * cov.n)
    _check_inverse(cov, sigma, vectors)
    _check_blocks(cov, sigma)


def _check_inverse(cov, sigma, vectors):
    if cov.rank() < cov.n:
        assert cov.logdet() == -np.inf
        assert cov.isotropy().condition == np.inf
        with pytest.raises(ValueError, match=f"rank {cov.rank()} of {cov.n}"):
            cov.solve(vectors)
        image = cov.apply(vectors)
        back = cov.apply(cov.solve(image, on_range=True))
        np.testing.assert_allclose(back, image, atol=1e-9 * np.abs(image).max())
        return
    condition = cov.isotropy().condition
    assert condition == pytest.approx(np.linalg.cond(sigma), rel=1e-10)
    np.testing.assert_allclose(
        cov.solve(vectors),
        np.linalg.solve(sigma, vectors.T).T,
        rtol=1e-11,
        atol=1e-12 * condition / cov.diagonal().max(),
    )
    assert cov.logdet() == pytest.approx(np.linalg.slogdet(sigma)[1], rel=1e-11, abs=1e-10)
    white, outside = cov.whiten(vectors @ np.linalg.cholesky(sigma).T)
    assert outside == 0
    np.testing.assert_allclose(np.sum(white**2, axis=1), np.sum(vectors**2, axis=1), rtol=1e-9)


def _check_blocks(cov, sigma):
    for m in range(cov.lmax + 1):
        plus = [index(l, m) for l in range(m, cov.lmax + 1)]
        minus = [index(l, -m) for l in range(m, cov.lmax + 1)]
        chart = np.zeros((len(plus), cov.n), dtype=complex)  # a_lm = (alpha_lm - i alpha_l,-m)/sqrt2
        for row, (p, q) in enumerate(zip(plus, minus, strict=True)):
            chart[row, p] = 1.0 if m == 0 else np.sqrt(0.5)
            chart[row, q] += 0.0 if m == 0 else -1j * np.sqrt(0.5)
        expected = chart @ sigma @ chart.conj().T
        block = cov.block(m)
        assert block.shape == (cov.lmax - m + 1, cov.lmax - m + 1)
        np.testing.assert_allclose(block, expected, atol=1e-14 * np.abs(sigma).max())


def test_variance_scales_linearly(grid):
    operator = Quadrature(*grid)
    one, four = noise_covariance(operator), noise_covariance(operator, 4.0)
    np.testing.assert_allclose(four.dense(), 4 * one.dense(), rtol=1e-14, atol=1e-18)


def test_samples_have_the_covariance(grid):
    cov = noise_covariance(Quadrature(*grid), 2.0)
    draws = cov.sample(np.random.default_rng(5), 40_000)
    assert draws.shape == (40_000, cov.n)
    white, outside = cov.whiten(draws)
    assert outside < 1e-9
    deviation = np.abs(white.T @ white / 40_000 - np.eye(white.shape[1])).max() * np.sqrt(40_000 / 2)
    assert deviation < 6.5  # n(n+1)/2 <= 3321 nearly normal entries: p < 1e-6


def test_sample_shapes():
    cov = noise_covariance(Quadrature(Healpix(1), 2))
    rng = np.random.default_rng(0)
    assert cov.sample(rng).shape == (9,)
    assert cov.sample(rng, 4).shape == (4, 9)
    assert cov.sample(rng, (2, 3)).shape == (2, 3, 9)


def test_large_problems_go_through_the_transforms(monkeypatch, rng):
    cov = noise_covariance(Jacobi(Healpix(2), 5, 1), np.linspace(1, 2, 48))
    vectors = rng.standard_normal((2, cov.n))
    by_blocks = cov.apply(vectors)
    lazy = noise_covariance(cov.operator, cov.variance)
    monkeypatch.setattr("sphspec.covariance.noise.HELD", 0.0)
    np.testing.assert_allclose(lazy.apply(vectors), by_blocks, rtol=1e-12, atol=1e-16)
    white, _ = cov.whiten(lazy.sample(np.random.default_rng(1), 20_000))
    assert abs(np.sum(white**2) / white.size - 1) < 5 * np.sqrt(2 / white.size)
    assert "blocks" not in lazy.__dict__


def test_sectors_partition_the_coefficients(grid):
    from sphspec.gram.sectors import covered

    operator = Quadrature(*grid)
    assert covered(operator.sectors, operator.lmax)


def test_healpix_couples_only_what_the_selection_rule_allows():
    operator = Quadrature(Healpix(4), 9)
    sigma = noise_covariance(operator).dense()
    degrees, orders = degrees_orders(9)
    same_part = (orders[:, None] >= 0) == (orders[None, :] >= 0)
    absolute = np.abs(orders)
    congruent = ((absolute[:, None] - absolute) % 4 == 0) | ((absolute[:, None] + absolute) % 4 == 0)
    parity = (degrees[:, None] + absolute[:, None] + degrees + absolute) % 2 == 0
    assert np.all(sigma[~(same_part & congruent & parity)] == 0)
    assert np.count_nonzero(sigma) < 0.2 * sigma.size


@pytest.mark.parametrize(
    ("variance", "message"),
    [
        (-1.0, "variance must be a finite number >= 0, got -1.0"),
        (np.nan, "variance"),
        (np.ones(47), "variance must have 48 entries"),
        (np.ones((2, 48)), "variance must have one axis"),
        (np.full(48, -0.5), "variance must be >= 0, got -0.5 at point 0"),
        (np.full(48, np.inf), "variance must be finite"),
        (np.ones(48, dtype=np.float32), "float32"),
        ("one", "variance"),
    ],
)
def test_bad_variance_is_refused(variance, message):
    with pytest.raises(ValueError, match=message):
        noise_covariance(Quadrature(Healpix(2), 4), variance)


def test_what_does_not_fit_is_refused_with_the_gib():
    cov = noise_covariance(Quadrature(Healpix(8), 3000))
    with pytest.raises(ValueError, match=r"needs [\d.]+ GiB, [\d.]+ GiB are free"):
        cov.dense()
    with pytest.raises(ValueError, match="GiB"):
        cov.diagonal()


def test_order_outside_the_band_is_refused():
    with pytest.raises(ValueError, match="m must be an integer from 0 to 4, got 5"):
        noise_covariance(Quadrature(Healpix(2), 4)).block(5)
