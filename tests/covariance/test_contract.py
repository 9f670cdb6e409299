"""One contract for every grid x operator x variance: the object is A D A^T, by every method."""

import numpy as np
import pytest
from oracles import operator_matrix, relative_error, whole

from sphspec import (
    Equiangular,
    GaussLegendre,
    Healpix,
    Jacobi,
    LeastSquares,
    PointGrid,
    Quadrature,
    ReducedGaussian,
    Resampling,
    RingGrid,
    noise_covariance,
)
from sphspec.conventions import degrees_orders, index
from sphspec.simulate import ResamplingWitness


def masked():
    """Return a grid that sees no southern polar cap and not one of its other points."""
    weights = Healpix(3).weights.copy()
    weights[90:] = weights[20] = 0.0
    with pytest.warns(UserWarning, match="unless that is meant, e.g. by a mask"):
        return Healpix(3, weights=weights)


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
    "fejer1": (Equiangular(6, 11), 5),
    "fejer1-aliased": (Equiangular(7, 8), 4),
    "clenshaw-curtis": (Equiangular(7, 11, "clenshaw-curtis"), 5),
    "clenshaw-curtis-single": (Equiangular(7, 11, "clenshaw-curtis", "single"), 5),
    "fejer2": (Equiangular(9, 9, "fejer2"), 4),
    "driscoll-healy": (Equiangular(8, 7, "driscoll-healy"), 3),
    "mcewen-wiaux": (Equiangular(6, 12, "mcewen-wiaux"), 5),
    "mcewen-wiaux-fine": (Equiangular(9, 7, "mcewen-wiaux"), 3),
    "mcewen-wiaux-single": (Equiangular(6, 11, "mcewen-wiaux", "single"), 4),
    "octahedral": (ReducedGaussian.octahedral(3), 5),
    "reduced": (ReducedGaussian([3, 7, 8, 9, 4]), 4),
    "fibonacci": (PointGrid.fibonacci(40), 5),
    "icosahedron": (PointGrid.icosahedron(), 2),
    "scattered": (PointGrid([0, 0.4, 1, 2, np.pi], [1, 2, 0, 5, 3], whole([1, 2, 3, 2, 1])), 3),
    "healpix-ring": (Healpix.ring_weighted(2), 5),
    "masked": (masked(), 3),
}
OPERATORS = {
    "quadrature": lambda grid, lmax: (Quadrature(grid, lmax), operator_matrix(grid, lmax, "jacobi", 0)),
    "jacobi": lambda grid, lmax: (Jacobi(grid, lmax, 2), operator_matrix(grid, lmax, "jacobi", 2)),
    "least-squares": lambda grid, lmax: (
        LeastSquares(grid, lmax),
        operator_matrix(grid, lmax, "least-squares"),
    ),
    "resampling": lambda grid, lmax: (Resampling(grid, lmax), ResamplingWitness(grid, lmax).matrix),
}
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


REFUSED = {
    "least-squares": "least squares needs npix|rank|condition",
    "resampling": "resampling needs a rectangular grid|analyses degrees up to",
}


@pytest.fixture(params=list(VARIANCES))
def problem(request, grid, kind):
    points, lmax = grid
    try:
        operator, matrix = OPERATORS[kind](points, lmax)
        operator(np.zeros(points.npix))
    except (ValueError, np.linalg.LinAlgError):
        with pytest.raises(ValueError, match=REFUSED[kind]):
            {"least-squares": LeastSquares, "resampling": Resampling}[kind](points, lmax)(
                np.zeros(points.npix)
            )
        return None
    variance = VARIANCES[request.param](points)
    return noise_covariance(operator, variance), matrix, (matrix * variance) @ matrix.T


def test_operators_are_refused_just_where_they_do_not_exist():
    seen = {kind: set() for kind in OPERATORS}
    for name, (points, lmax) in GRIDS.items():
        for kind in OPERATORS:
            try:
                OPERATORS[kind](points, lmax)[0](np.zeros(points.npix))
                seen[kind].add(name)
            except (ValueError, np.linalg.LinAlgError):
                continue
    assert seen["quadrature"] == seen["jacobi"] == set(GRIDS)
    assert set(GRIDS) - seen["least-squares"] == {"gl-aliased", "fejer1-aliased", "scattered"}
    rectangular = {"gl-exact", "gl-even", "fejer1", "fejer2", "driscoll-healy", "clenshaw-curtis"}
    assert seen["resampling"] == rectangular | {"mcewen-wiaux", "mcewen-wiaux-fine"}


def test_covariance_obeys_its_contract(problem, rng):
    if problem is None:
        return  # the operator does not exist there: the fixture has seen it refused
    cov, matrix, expected = problem
    sigma = cov.dense()
    values = np.linalg.eigvalsh(expected)
    solved = 2 if isinstance(cov.operator, LeastSquares) else 1
    assert relative_error(sigma, expected) <= solved * 1e-13
    assert np.array_equal(sigma, sigma.T)
    assert values[0] >= -cov.n * np.finfo(float).eps * values[-1]
    np.testing.assert_allclose(cov.diagonal(), np.diagonal(sigma), rtol=1e-15)
    np.testing.assert_allclose(cov.eigenvalues(), values, atol=1e-12 * values[-1])
    vectors = rng.standard_normal((3, cov.n))
    np.testing.assert_allclose(cov.apply(vectors), vectors @ sigma, atol=1e-13 * values[-1] * cov.n)
    np.testing.assert_allclose(cov @ vectors.T, sigma @ vectors.T, atol=1e-13 * values[-1] * cov.n)
    np.testing.assert_allclose(cov @ vectors[0], sigma @ vectors[0], atol=1e-13 * values[-1] * cov.n)
    _check_operator(cov, matrix, rng)
    _check_inverse(cov, sigma, vectors)
    _check_blocks(cov, sigma)
    _check_sum_rule(cov)


def _check_operator(cov, matrix, rng):
    operator, scale = cov.operator, np.abs(matrix).max()
    maps = rng.standard_normal((2, operator.grid.npix))
    alpha = rng.standard_normal((2, cov.n))
    np.testing.assert_allclose(operator(maps), maps @ matrix.T, atol=1e-13 * scale * operator.grid.npix)
    np.testing.assert_allclose(operator.adjoint(alpha), alpha @ matrix, atol=1e-13 * scale * cov.n)
    np.testing.assert_allclose(
        np.sum(operator(maps) * alpha), np.sum(maps * operator.adjoint(alpha)), rtol=1e-10
    )


def _check_sum_rule(cov):
    if not cov.operator.harmonic:
        return
    degrees, _ = degrees_orders(cov.lmax)
    total = np.sum(cov.operator.grid.weights**2 * cov.variance)
    expected = (2 * np.arange(cov.lmax + 1) + 1) / (4 * np.pi) * total
    np.testing.assert_allclose(np.bincount(degrees, cov.diagonal()), expected, rtol=1e-14)


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
        cov.eigenvalues()


def test_order_outside_the_band_is_refused():
    with pytest.raises(ValueError, match="m must be an integer from 0 to 4, got 5"):
        noise_covariance(Quadrature(Healpix(2), 4)).block(5)
