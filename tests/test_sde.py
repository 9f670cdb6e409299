"""Spectral SDEs: moments, reverse time, scores, the sampler's exact law (DESIGN T9-T12), bad input."""

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphspec import (
    VE,
    VP,
    CosineVP,
    GaussLegendre,
    Healpix,
    OrnsteinUhlenbeck,
    Quadrature,
    SpectralSDE,
    SubVP,
    gaussian_score,
    noise_covariance,
    sampler_law,
)
from sphspec.conventions import degrees_orders
from sphspec.simulate import moments
from sphspec.suite.process import scalar_sde

PROCESSES = [
    VP(), VP(0.5, 3.0), SubVP(), VE(), VE(0.1, 2.0), CosineVP(), OrnsteinUhlenbeck(2.0, 0.7),
]  # fmt: skip
COV = noise_covariance(Quadrature(GaussLegendre(7, 13), 6), 0.3)


@pytest.fixture(params=PROCESSES, ids=repr)
def process(request):
    return request.param


@given(
    low=st.floats(0.01, 2.0),
    ratio=st.floats(1.01, 50.0),
    time=st.floats(1e-3, 1.0),
    kind=st.sampled_from([VP, SubVP, VE]),
)
def test_moments_solve_their_equations(low, ratio, time, kind):
    process = kind(low, low * ratio)
    mean, variance = moments(scalar_sde(process), time)
    assert process.mean(time) == pytest.approx(mean, rel=1e-9)
    assert process.variance(time) == pytest.approx(variance, rel=1e-8, abs=1e-15)


def test_variance_keeps_its_digits_near_zero():
    assert VP().variance(1e-12) == pytest.approx(0.1 * 1e-12, rel=1e-9)
    assert VE().variance(1e-12) == pytest.approx(2 * np.log(5000) * 1e-4 * 1e-12, rel=1e-9)
    assert SubVP().variance(1e-9) == pytest.approx((0.1e-9) ** 2, rel=1e-6)


@given(offset=st.floats(0, 2.0), cutoff=st.floats(1e-3, 0.9), time=st.floats(1e-3, 1.0))
def test_cosine_moments_solve_their_equations(offset, cutoff, time):
    process = CosineVP(offset, cutoff)
    mean, variance = moments(scalar_sde(process), time)
    assert process.mean(time) == pytest.approx(mean, rel=1e-9)
    assert process.variance(time) == pytest.approx(variance, rel=1e-8, abs=1e-15)


@given(reversion=st.floats(0, 50.0), diffusion=st.floats(0.01, 9.0), time=st.floats(1e-3, 1.0))
def test_ornstein_uhlenbeck_moments_solve_their_equations(reversion, diffusion, time):
    process = OrnsteinUhlenbeck(reversion, diffusion)
    mean, variance = moments(scalar_sde(process), time)
    assert process.mean(time) == pytest.approx(mean, rel=1e-9)
    assert process.variance(time) == pytest.approx(variance, rel=1e-8, abs=1e-15)


def test_cosine_schedule_is_the_published_one():
    """alpha-bar = f(t')/f(0), f = cos^2 of pi/2 (t' + s)/(1 + s), s = 0.008, to the digits of mpmath."""
    process = CosineVP()
    for time in (1e-12, 1e-3, 0.5, 1.0):
        angle = [
            mpmath.pi / 2 * (mpmath.mpf(1.0 - 0.01) * u + mpmath.mpf(0.008)) / mpmath.mpf(1.008)
            for u in (time, 0)
        ]
        bar = (mpmath.cos(angle[0]) / mpmath.cos(angle[1])) ** 2
        assert process.mean(time) ** 2 == pytest.approx(float(bar), rel=1e-13)
        assert process.variance(time) == pytest.approx(float(1 - bar), rel=1e-13)


def test_ornstein_uhlenbeck_without_reversion_is_brownian_motion():
    times = np.array([0.0, 1e-300, 0.3, 1.0])
    np.testing.assert_array_equal(OrnsteinUhlenbeck(0.0, 2.0).variance(times), 4 * times)
    np.testing.assert_array_equal(OrnsteinUhlenbeck(1e-300, 2.0).variance(times), 4 * times)
    assert OrnsteinUhlenbeck(1e-9).variance(1.0) == pytest.approx(1 - 1e-9, rel=1e-15)
    assert OrnsteinUhlenbeck(300.0).variance(1.0) == 1 / 600


def test_variance_preserving_keeps_the_sum_of_squares():
    times = np.linspace(0, 1, 11)
    np.testing.assert_allclose(CosineVP().mean(times) ** 2 + CosineVP().variance(times), 1.0, rtol=1e-14)
    np.testing.assert_allclose(VP().mean(times) ** 2 + VP().variance(times), 1.0, rtol=1e-14)


def test_marginal_and_drift_have_the_stated_form(process, rng):
    sde = SpectralSDE(process, COV)
    alpha, times = rng.standard_normal((5, COV.n)), np.linspace(0.1, 1, 5)
    mean, deviation = sde.marginal(alpha, times)
    assert mean.shape == (5, COV.n)
    assert deviation.shape == (5,)
    one, scalar = sde.marginal(alpha[2], times[2])
    np.testing.assert_array_equal(one, mean[2])
    assert scalar == deviation[2]
    np.testing.assert_allclose(sde.drift(alpha, times), process.rate(times)[:, None] * alpha, rtol=1e-14)
    assert sde.diffusion(0.5) ** 2 == pytest.approx(process.power(0.5))


def test_reverse_drift_and_flow_use_sigma(process, rng):
    sde, alpha = SpectralSDE(process, COV), rng.standard_normal((4, COV.n))

    def score(a, t):
        return np.sin(a) * (1 + np.asarray(t))[..., None]

    times = np.array([0.2, 0.4, 0.6, 0.9])
    noise = process.power(times)[:, None] * (score(alpha, times) @ COV.dense())
    scale = np.abs(noise).max()
    np.testing.assert_allclose(
        sde.reverse_drift(alpha, times, score), sde.drift(alpha, times) - noise, atol=1e-13 * scale
    )
    np.testing.assert_allclose(
        sde.probability_flow(alpha, times, score), sde.drift(alpha, times) - noise / 2, atol=1e-13 * scale
    )


def test_score_target_is_the_gradient_of_the_log_density(process, rng):
    sde, sigma = SpectralSDE(process, COV), COV.dense()
    start, state = rng.standard_normal(COV.n), rng.standard_normal(COV.n)
    mean, deviation = sde.marginal(start, 0.7)
    precision = np.linalg.inv(deviation**2 * sigma)

    def log_density(a):
        return -(a - mean) @ precision @ (a - mean) / 2

    step = 1e-4
    gradient = [
        (log_density(state + step * unit) - log_density(state - step * unit)) / (2 * step)
        for unit in np.eye(COV.n)
    ]
    target = sde.score_target(state, start, 0.7)
    np.testing.assert_allclose(target, gradient, rtol=1e-6, atol=1e-6 * np.abs(target).max())


def test_with_sigma_one_the_formulas_are_the_euclidean_ones(rng):
    grid = GaussLegendre(5, 9)
    cov = noise_covariance(Quadrature(grid, 4), 1 / grid.weights)
    sde, alpha = SpectralSDE(VP(), cov), rng.standard_normal((2, 25))
    reverse = sde.reverse_drift(alpha, 0.3, lambda a, t: -a)
    beta = 0.1 + 0.3 * 19.9
    np.testing.assert_allclose(reverse, -beta * alpha / 2 + beta * alpha, atol=1e-12)


def t12(variance=None):
    """DESIGN T11's setting: GL 7 x 13, C_l = 1/(1+l)^2, Sigma of uniform noise scaled to trace n."""
    operator = Quadrature(GaussLegendre(7, 13), 6)
    cov = noise_covariance(operator, 1.0 if variance is None else variance)
    cov = noise_covariance(operator, cov.variance * cov.n / np.sum(cov.diagonal()))
    degrees, _ = degrees_orders(6)
    return SpectralSDE(VP(), cov), np.diag(1.0 / (1.0 + degrees) ** 2)


def law_error(law, data):
    return np.linalg.norm(law - data) / np.linalg.norm(data)


def test_sampler_law_converges_to_the_data_at_first_order():
    """|P - P_0|_F/|P_0|_F at t = 0, steps from t_k = k/steps with drift and score at t_k, k = steps .. 1."""
    sde, data = t12()
    score = gaussian_score(sde, data).matrix
    errors = [law_error(sampler_law(sde, score, steps), data) for steps in (250, 1000, 4000)]
    np.testing.assert_allclose(errors, [5.8e-3, 1.4e-3, 3.5e-4], rtol=0.03)


def test_isotropic_noise_in_place_of_sigma_gives_the_wrong_law():
    """Prior, drift and noise with 1 for Sigma, the score of the true noise: 15 % at any number of steps."""
    sde, data = t12()
    white, _ = t12(1 / GaussLegendre(7, 13).weights)
    np.testing.assert_allclose(white.covariance.dense(), np.eye(49), atol=1e-13)
    score = gaussian_score(sde, data).matrix
    errors = [law_error(sampler_law(white, score, steps), data) for steps in (1000, 4000)]
    np.testing.assert_allclose(errors, 0.15, atol=0.01)


def test_sampler_law_is_that_of_the_runtime_sampler_in_every_normal():
    """`sample` is linear in the normals that it takes: fed with unit ones it gives a root of its law."""
    cov, steps = noise_covariance(Quadrature(GaussLegendre(3, 4), 2), 0.4), 5
    sde = SpectralSDE(SubVP(), cov)
    score = gaussian_score(sde, np.diag(1.0 / np.arange(1, 10)) + 0.1)
    count = 9 * (steps + 1)
    units = np.eye(count).reshape(count, steps + 1, 9).swapaxes(0, 1)

    class Units(np.random.Generator):
        def standard_normal(self, shape):
            assert shape == (count, 9)
            return next(sequence)

    sequence = iter(units)
    root = sde.sample(score, Units(np.random.PCG64(0)), count, steps)
    law = sampler_law(sde, score.matrix, steps)
    np.testing.assert_allclose(root.T @ root, law, atol=1e-13 * np.abs(law).max())


def test_transition_composes_and_ends_at_the_marginal(process, rng):
    sde, alpha = SpectralSDE(process, COV), rng.standard_normal(COV.n)
    times = (0.0, 0.15, 0.4, 1.0)
    mean, variance = alpha, 0.0
    for early, late in pairwise(times):
        carried, deviation = sde.transition(mean, early, late)
        variance = variance * (sde.process.mean(late) / sde.process.mean(early)) ** 2 + deviation**2
        mean = carried
        expected, marginal = sde.marginal(alpha, late)
        np.testing.assert_allclose(mean, expected, rtol=1e-13)
        assert variance == pytest.approx(marginal**2, rel=1e-13)
    assert sde.transition(alpha, 0.3, 0.3)[1] == 0.0


def test_transition_of_a_batch_of_times(process, rng):
    sde, alpha = SpectralSDE(process, COV), rng.standard_normal((3, COV.n))
    early, late = np.array([0.0, 0.2, 0.5]), np.array([0.1, 0.9, 0.5 + 1e-15])
    mean, deviation = sde.transition(alpha, early, late)
    assert mean.shape == (3, COV.n)
    for place in range(3):
        one, scale = sde.transition(alpha[place], early[place], late[place])
        np.testing.assert_array_equal(one, mean[place])
        assert scale == deviation[place]
    assert np.isfinite(deviation).all()


def test_sample_follows_its_recursion_step_by_step():
    sde, steps = SpectralSDE(VP(), COV), 7
    found = sde.sample(lambda a, t: -a / (1 + t), np.random.default_rng(3), 4, steps)
    rng = np.random.default_rng(3)
    alpha = sde.marginal(np.zeros(COV.n), 1.0)[1] * COV.sample(rng, 4)
    for k in range(steps, 0, -1):
        t, noise = k / steps, COV.sample(rng, 4)
        drift = sde.reverse_drift(alpha, t, lambda a, t: -a / (1 + t))
        alpha = alpha - drift / steps + np.sqrt(1 / steps) * sde.diffusion(t) * noise
    np.testing.assert_allclose(found, alpha, rtol=1e-12)


def test_singular_sigma_is_used_on_its_range(rng):
    cov = noise_covariance(Quadrature(GaussLegendre(4, 5), 5))
    assert cov.rank() < cov.n
    sde = SpectralSDE(VP(), cov)
    start = rng.standard_normal(cov.n)
    state = sde.sample_marginal(start, 0.5, rng)
    target = sde.score_target(state, start, 0.5)
    mean, deviation = sde.marginal(start, 0.5)
    np.testing.assert_allclose(-cov.apply(target) * deviation**2, state - mean, atol=1e-9)
    with pytest.raises(ValueError, match=f"rank {cov.rank()} of {cov.n}"):
        sde.score_target(state + 1.0, start, 0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.marginal(np.zeros(49), 1.5), r"t must be in \[0, 1\], got 1.5"),
        (lambda s: s.drift(np.zeros(49), -0.1), r"t must be in \[0, 1\]"),
        (lambda s: s.drift(np.zeros(48), 0.1), "alpha must have 49 entries"),
        (lambda s: s.drift(np.zeros(49, dtype=complex), 0.1), "alpha must be real"),
        (lambda s: s.score_target(np.zeros(49), np.zeros(49), 0.0), "t must be > 0"),
        (
            lambda s: s.reverse_drift(np.zeros(49), 0.1, lambda a, t: a[:3]),
            r"score must return shape \(49,\)",
        ),
        (lambda s: s.sample(lambda a, t: a, np.random.default_rng(0), 2, 0), "steps must be an integer >= 1"),
        (lambda s: s.transition(np.zeros(49), 0.5, 0.4), "s must be <= t, got s = 0.5, t = 0.4"),
        (lambda s: s.transition(np.zeros(49), 0.5, 1.4), r"t must be in \[0, 1\]"),
        (lambda s: gaussian_score(s, np.eye(48)), "data_covariance must have 49 entries"),
        (lambda s: gaussian_score(s, np.ones(49)), r"data_covariance must be \(49, 49\), got shape \(49,\)"),
        (lambda s: gaussian_score(s, np.triu(np.ones((49, 49)))), "data_covariance must be symmetric"),
        (lambda s: gaussian_score(s, -np.eye(49)), "no negative eigenvalue, got -1.000e"),
        (lambda s: gaussian_score(s, np.zeros((49, 49))).matrix(0.0), "at t = 0.0 is singular"),
        (lambda s: sampler_law(s, lambda t: np.eye(49), 0), "steps must be an integer >= 1"),
        (lambda s: sampler_law(s, lambda t: np.eye(3), 2), r"score_matrix\(t\) must be \(49, 49\)"),
        (
            lambda s: sampler_law(s, lambda t: 1e200 * np.eye(49), 4),
            "law overflows double precision; take more",
        ),
        (lambda s: VP(2.0, 1.0), "beta_min must be <= beta_max"),
        (lambda s: VE(0.0, 1.0), "sigma_min must be a finite number > 0"),
        (lambda s: CosineVP(-0.1), "offset must be a finite number >= 0"),
        (lambda s: CosineVP(cutoff=1.0), "cutoff must be >= 1e-06 and < 1, got 1.0"),
        (lambda s: CosineVP(cutoff=0.0), "cutoff must be a finite number > 0"),
        (lambda s: OrnsteinUhlenbeck(-1.0), "reversion must be a finite number >= 0"),
        (lambda s: OrnsteinUhlenbeck(1.0, 0.0), "diffusion must be a finite number > 0"),
        (lambda s: OrnsteinUhlenbeck(1e4), "mean, variance or power at t = 1 is 0"),
        (lambda s: SubVP(np.nan, 1.0), "beta_min must be a finite number > 0"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(SpectralSDE(VP(), COV))


def test_healpix_sde_runs_end_to_end(rng):
    cov = noise_covariance(Quadrature(Healpix(2), 5))
    draws = SpectralSDE(VE(), cov).sample(lambda a, t: np.zeros_like(a), rng, 3, 5)
    assert np.isfinite(draws).all()
