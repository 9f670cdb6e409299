"""Score matching on pixels and on coefficients: the identity between them, metrics, forms, bad input."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from problems import annihilated, build, build_process, no_noise, problems, processes
from scipy import stats

from sphspec import (
    VP,
    Equiangular,
    GaussLegendre,
    Healpix,
    Jacobi,
    LikelihoodMetric,
    NoiseMetric,
    PlainMetric,
    Quadrature,
    SigmaMetric,
    SpectralSDE,
    coloured_noise_loss,
    loss_ratio_bounds,
    noise_covariance,
    score_loss,
    score_matching,
    spatial_loss,
    spatial_offset,
    spatial_score_matching,
    state_loss,
    white_noise_loss,
)
from sphspec.simulate import DirectWitness, moments
from sphspec.suite.process import scalar_sde

GRID = GaussLegendre(7, 13)
OPERATOR = Quadrature(GRID, 6)
COV = noise_covariance(OPERATOR, 0.3 + 0.1 * np.cos(3.0 * np.arange(GRID.npix)))
SDE = SpectralSDE(VP(), COV)
SINGULAR = noise_covariance(Quadrature(GaussLegendre(4, 5), 5))
METRICS = (SigmaMetric(), PlainMetric(), LikelihoodMetric(), NoiseMetric())
NEVER_NULL = 1e-6  # false-alarm rate of the Monte Carlo test


def root_of(cov):
    """Return R, (n, n)."""
    return cov.blocks.root(np.eye(cov.n)).T


def expected(loss, *sizes):
    """Return the exact mean of a quadratic form of independent standard normals: its trace, by unit ones."""
    total, whole = 0.0, sum(sizes)
    units = np.split(np.eye(whole), np.cumsum(sizes)[:-1], axis=1)
    for start in range(0, whole, 256):
        total += loss(*(unit[start : start + 256] for unit in units)).sum()
    return total


def linear(matrix):
    return lambda alpha, t: alpha @ matrix.T


def network(rng, n, width=7):
    """Return a random score tanh(alpha W_1 + t b) W_2."""
    first, second = rng.standard_normal((n, width)), rng.standard_normal((width, n))
    shift = rng.standard_normal(width)
    return lambda alpha, t: np.tanh(alpha @ first + shift * t) @ second


def both_means(sde, matrix, data_root, t, metric):
    """Return the exact means of the loss on the pixels and of the spectral one in a metric, s = S alpha."""
    cov, npix = sde.covariance, sde.covariance.variance.size
    score = linear(matrix)

    def on_pixels(data, noise):
        return spatial_score_matching(sde, score, data @ data_root.T, t, noise)

    def on_coefficients(data, noise):
        return score_matching(sde, score, cov.operator(data @ data_root.T), t, noise, metric)

    columns = data_root.shape[1]
    return expected(on_pixels, columns, npix), expected(on_coefficients, columns, cov.n)


@settings(max_examples=25)
@given(
    problem=problems(operators=("quadrature", "jacobi", "least-squares")),
    process=processes(),
    t=st.floats(0.05, 1.0),
    seed=st.integers(0, 2**32 - 1),
)
def test_spatial_loss_is_the_sigma_weighted_one_plus_a_constant_exactly(problem, process, t, seed):
    cov = build(problem)
    assume(cov is not None and cov.n <= 64 and not no_noise(cov) and not annihilated(cov))
    rng = np.random.default_rng(seed)
    sde = SpectralSDE(build_process(process), cov)
    scale = np.sqrt(np.mean(cov.diagonal()))
    matrix = rng.standard_normal((cov.n, cov.n)) / (scale**2 * cov.n)
    data = rng.standard_normal((cov.variance.size, 3)) * np.sqrt(cov.variance.max())
    pixels, coefficients = both_means(sde, matrix, data, t, SigmaMetric())
    offset = (np.count_nonzero(cov.variance) - cov.rank()) / sde.process.variance(t)
    assert spatial_offset(sde, t) == pytest.approx(offset)
    assert pixels - coefficients == pytest.approx(offset, abs=1e-9 * pixels)


CASES = {
    "gauss-legendre": COV,
    "equiangular": noise_covariance(Quadrature(Equiangular(8, 13, "clenshaw-curtis"), 5), 0.7),
    "healpix": noise_covariance(Jacobi(Healpix(2), 5, 3), 0.5),
    "singular": SINGULAR,
    "silent pixels": noise_covariance(OPERATOR, np.where(np.arange(GRID.npix) % 9 == 0, 0.0, 1.0)),
}


@pytest.mark.parametrize("cov", CASES.values(), ids=CASES)
def test_planted_errors_break_the_identity(cov, rng):
    """The plain metric in place of Sigma's, N or n alone for N - rank, and N for the noisy pixels."""
    sde, t = SpectralSDE(VP(), cov), 0.3
    matrix = rng.standard_normal((cov.n, cov.n)) / np.mean(cov.diagonal())
    data = rng.standard_normal((cov.variance.size, 4))
    pixels, coefficients = both_means(sde, matrix, data, t, SigmaMetric())
    variance = sde.process.variance(t)
    degrees = (pixels - coefficients) * variance
    noisy = np.count_nonzero(cov.variance)
    roundoff = 1e-11 * pixels * variance
    assert abs(degrees - (noisy - cov.rank())) < roundoff
    wrong = {float(noisy), float(noisy - cov.n), float(cov.variance.size - cov.rank())} - {noisy - cov.rank()}
    assert wrong
    assert min(abs(degrees - other) for other in wrong) > 0.9 > roundoff
    if cov.rank() == cov.n:
        _, plain = both_means(sde, matrix, data, t, PlainMetric())
        assert abs(pixels - plain - spatial_offset(sde, t)) > 0.01 * pixels


@pytest.mark.parametrize("kind", ["linear", "network"])
@pytest.mark.parametrize("name", ["gauss-legendre", "equiangular", "healpix", "silent pixels"])
def test_the_identity_by_monte_carlo(kind, name):
    """Pixels by scipy's harmonics and integrated moments, coefficients by the package, one noise for both.

    The difference of an example times v is chi-square with N - n degrees of freedom exactly, whatever the
    score, so the sum over K examples is with K (N - n): the test's false-alarm rate is NEVER_NULL.
    """
    cov, t = CASES[name], 0.37
    degrees = np.count_nonzero(cov.variance) - cov.n
    count = 250 * degrees  # one degree too many is 11 standard deviations: missed at a rate below 1e-9
    rng = np.random.default_rng([20260129, *map(ord, kind + name)])
    sde, process = SpectralSDE(VP(), cov), scalar_sde(VP())
    matrix = rng.standard_normal((cov.n, cov.n)) / cov.n
    score = linear(matrix) if kind == "linear" else network(rng, cov.n)
    witness = DirectWitness(cov.operator.grid, cov.lmax, "jacobi", getattr(cov.operator, "iterations", 0))
    mean, variance = moments(process, t)
    noisy = cov.variance > 0
    x0 = rng.standard_normal((count, noisy.size))
    error = np.sqrt(variance * cov.variance) * rng.standard_normal((count, noisy.size))
    x = mean * x0 + error
    target = np.where(noisy, -error / (variance * np.where(noisy, cov.variance, 1.0)), 0.0)
    pixel_score = score(witness.analyse(x), t) @ witness.matrix
    pixels = ((pixel_score - target) ** 2 * cov.variance).sum(axis=1)
    state = witness.analyse(x)

    def surprise(coefficients, degrees):
        law = stats.chi2(count * degrees)
        total = variance * (pixels - coefficients).sum()
        return 2 * min(law.cdf(total), law.sf(total))

    coefficients = state_loss(sde, score(state, t), state, witness.analyse(x0), t)
    assert surprise(coefficients, degrees) > NEVER_NULL
    plain = state_loss(sde, score(state, t), state, witness.analyse(x0), t, PlainMetric())
    assert surprise(plain, degrees) < NEVER_NULL
    assert surprise(coefficients, degrees + 1) < NEVER_NULL  # and N - n may not be off by one
    assert surprise(coefficients, int(noisy.sum())) < NEVER_NULL


def weight_of(metric, cov, t):
    sigma = cov.dense()
    return {
        "SigmaMetric": sigma,
        "PlainMetric": np.eye(cov.n),
        "LikelihoodMetric": VP().power(t) * sigma,
        "NoiseMetric": sigma @ sigma,
    }[type(metric).__name__]


@pytest.mark.parametrize("metric", METRICS, ids=repr)
def test_every_form_is_the_square_of_the_difference(metric, rng):
    """score_loss, state_loss and both noise losses against d^T W d with d = s - score_target."""
    times = np.array([0.1, 0.5, 0.9])
    start, white, guess = (rng.standard_normal((2, 3, COV.n)) for _ in range(3))
    mean, deviation = SDE.marginal(start, times)
    root = root_of(COV)
    state = mean + deviation[:, None] * white @ root.T
    difference = guess - SDE.score_target(state, start, times)
    weights = np.stack([weight_of(metric, COV, t) for t in times])
    wanted = np.einsum("bti,tij,btj->bt", difference, weights, difference)
    coloured = -deviation[:, None] * guess @ COV.dense()
    found = (
        score_loss(SDE, guess, times, white, metric),
        state_loss(SDE, guess, state, start, times, metric),
        score_matching(SDE, lambda alpha, t: guess, start, times, white, metric),
        white_noise_loss(SDE, -deviation[:, None] * guess @ root, times, white, metric),
        coloured_noise_loss(SDE, coloured, times, white, metric),
    )
    for loss in found:
        np.testing.assert_allclose(loss, wanted, rtol=1e-10)
    one = score_loss(SDE, guess[1, 2], times[2], white[1, 2], metric)
    assert one == pytest.approx(wanted[1, 2], rel=1e-10)


@pytest.mark.parametrize("metric", METRICS, ids=repr)
def test_spatial_loss_is_the_square_on_the_pixels(metric, rng):
    t, white, guess = 0.4, rng.standard_normal((5, GRID.npix)), rng.standard_normal((5, GRID.npix))
    d = COV.variance
    difference = guess + white / np.sqrt(VP().variance(t) * d)
    weight = {"PlainMetric": d**0, "NoiseMetric": d**2}.get(type(metric).__name__, d)
    weight = weight * (VP().power(t) if isinstance(metric, LikelihoodMetric) else 1.0)
    loss = spatial_loss(SDE, guess, t, white, metric)
    np.testing.assert_allclose(loss, (difference**2 * weight).sum(axis=1), rtol=1e-12)


def test_the_usual_noise_losses_have_these_metrics(rng):
    """|zeta - z|^2/v for white noise, |eta - R z|^2/v for the noise as it is: plain arithmetic."""
    white, guess, t = rng.standard_normal((4, COV.n)), rng.standard_normal((4, COV.n)), 0.6
    variance, noise = VP().variance(t), COV.blocks.root(white)
    np.testing.assert_allclose(
        white_noise_loss(SDE, guess, t, white), ((guess - white) ** 2).sum(axis=1) / variance, rtol=1e-13
    )
    np.testing.assert_allclose(
        coloured_noise_loss(SDE, guess, t, white), ((guess - noise) ** 2).sum(axis=1) / variance, rtol=1e-12
    )


def test_with_sigma_one_all_metrics_are_one(rng):
    """Song et al. 2011.13456, eq. 7: |s + z/s_t|^2."""
    cov = noise_covariance(OPERATOR, 1 / GRID.weights)
    sde, t = SpectralSDE(VP(), cov), 0.3
    white, guess = rng.standard_normal((2, 4, cov.n))
    noise = cov.blocks.root(white)
    wanted = ((guess + noise / np.sqrt(VP().variance(t))) ** 2).sum(axis=1)
    for metric in (SigmaMetric(), PlainMetric(), NoiseMetric()):
        np.testing.assert_allclose(score_loss(sde, guess, t, white, metric), wanted, rtol=1e-11)
    assert loss_ratio_bounds(cov) == pytest.approx((1.0, 1.0), rel=1e-12)


@settings(max_examples=40)
@given(problem=problems(), seed=st.integers(0, 2**32 - 1), t=st.floats(0.05, 1.0))
def test_the_ratio_of_the_losses_keeps_its_bounds_and_attains_them(problem, seed, t):
    cov = build(problem)
    assume(cov is not None and cov.n <= 64 and cov.rank() == cov.n)
    assume(np.linalg.cond(cov.dense()) < 1e8)
    sde, rng = SpectralSDE(VP(), cov), np.random.default_rng(seed)
    lowest, highest = loss_ratio_bounds(cov)
    white = rng.standard_normal((20, cov.n))
    target = score_loss(sde, np.zeros_like(white), t, white, PlainMetric())
    guess = rng.standard_normal((20, cov.n)) * np.sqrt(target / cov.n)[:, None]
    sigma, plain = (score_loss(sde, guess, t, white, metric) for metric in (SigmaMetric(), PlainMetric()))
    room = 1e-8 * highest
    assert (sigma >= lowest * plain * (1 - 1e-8)).all()
    assert (sigma <= (highest + room) * plain).all()
    _, axes = np.linalg.eigh(cov.dense())
    silent = np.zeros(cov.n)  # z = 0: the target is 0 and the score is the difference
    for axis, bound in ((axes[:, 0], lowest), (axes[:, -1], highest)):
        assert score_loss(sde, axis, t, silent) == pytest.approx(bound, abs=room)
        assert score_loss(sde, axis, t, silent, PlainMetric()) == pytest.approx(1.0)


def test_a_singular_sigma_has_a_lowest_ratio_of_zero():
    assert SINGULAR.rank() < SINGULAR.n
    assert loss_ratio_bounds(SINGULAR)[0] == 0.0


def test_losses_of_a_singular_sigma_agree_on_its_range(rng):
    sde, t = SpectralSDE(VP(), SINGULAR), 0.5
    start, white, guess = (rng.standard_normal((3, SINGULAR.n)) for _ in range(3))
    mean, deviation = sde.marginal(start, t)
    state = mean + deviation * SINGULAR.blocks.root(white)
    for metric in (SigmaMetric(), LikelihoodMetric(), NoiseMetric()):
        one = score_loss(sde, guess, t, white, metric)
        np.testing.assert_allclose(one, state_loss(sde, guess, state, start, t, metric), rtol=1e-9)
        difference = guess - sde.score_target(state, start, t)
        weight = {"NoiseMetric": SINGULAR.dense() @ SINGULAR.dense()}.get(
            type(metric).__name__, SINGULAR.dense()
        )
        factor = VP().power(t) if isinstance(metric, LikelihoodMetric) else 1.0
        wanted = factor * np.einsum("bi,ij,bj->b", difference, weight, difference)
        np.testing.assert_allclose(one, wanted, rtol=1e-9)


Z = np.zeros(COV.n)
PIXELS = np.zeros(GRID.npix)
SILENT = SpectralSDE(VP(), CASES["silent pixels"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: score_loss(SDE, Z, 0.0, Z), r"t must be in \(0, 1\]"),
        (lambda: score_loss(SDE, Z, 1e-300, Z), r"with s_t\^2 >= 1e-290"),
        (lambda: score_loss(SDE, Z, 1.5, Z), r"t must be in \(0, 1\]"),
        (lambda: score_loss(SDE, Z, np.nan, Z), "t must be finite"),
        (lambda: score_loss(SDE, Z, 1j, Z), "t must be real"),
        (lambda: score_loss(SDE, Z[1:], 0.5, Z), "predicted must have 49 entries"),
        (lambda: score_loss(SDE, np.zeros((2, 49)), 0.5, Z), r"predicted must have the shape of normals"),
        (lambda: score_loss(SDE, np.zeros((2, 49)), np.full(3, 0.5), np.zeros((2, 49))), "must broadcast"),
        (lambda: score_loss(SDE, Z, np.full(3, 0.5), Z), r"t must broadcast to the batch axes of normals"),
        (lambda: score_loss(SDE, Z * 1j, 0.5, Z), "predicted must be real"),
        (lambda: score_matching(SDE, lambda a, t: a[:5], Z, 0.5, Z), "predicted must have 49 entries"),
        (lambda: score_matching(SDE, lambda a, t: a, Z, 0.5, np.zeros((3, 49))), "must have the shape"),
        (lambda: state_loss(SDE, Z, Z, Z, 0.0), r"t must be in \(0, 1\]"),
        (lambda: state_loss(SDE, Z, Z[None], Z, 0.1), "alpha0 must have the shape of alpha_t"),
        (lambda: spatial_loss(SDE, Z, 0.5, PIXELS), "predicted must have 91 entries"),
        (lambda: spatial_score_matching(SDE, lambda a, t: a, Z, 0.5, PIXELS), "x0 must have 91 entries"),
        (lambda: spatial_offset(SDE, 0.0), r"t must be in \(0, 1\]"),
        (
            lambda: spatial_loss(SILENT, PIXELS, 0.5, PIXELS, PlainMetric()),
            "got 11 of 91 without",
        ),
        (
            lambda: score_loss(
                SpectralSDE(VP(), SINGULAR), np.zeros(36), 0.5, np.zeros(36), PlainMetric()
            ),
            f"rank is {SINGULAR.rank()} of 36; use SigmaMetric",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
