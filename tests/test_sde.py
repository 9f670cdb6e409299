"""Spectral SDEs: moments, reverse time, scores, the sampler's exact law (DESIGN T9-T12), bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphspec import VE, VP, GaussLegendre, Healpix, Quadrature, SpectralSDE, SubVP, noise_covariance
from sphspec.conventions import degrees_orders
from sphspec.simulate import moments
from sphspec.suite.process import scalar_sde

PROCESSES = [VP(), VP(0.5, 3.0), SubVP(), VE(), VE(0.1, 2.0)]
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


def test_variance_preserving_keeps_the_sum_of_squares():
    times = np.linspace(0, 1, 11)
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


def test_sampler_has_the_exact_law_of_its_recursion():
    """The Euler-Maruyama law of `sample`, propagated through its own drift, converges at first order."""
    right = [_law_error(steps, isotropic=False) for steps in (250, 1000, 4000)]
    np.testing.assert_allclose(right, [5.8e-3, 1.4e-3, 3.5e-4], rtol=0.03)
    assert _law_error(1000, isotropic=True) == pytest.approx(0.15, abs=0.01)


def _law_error(steps, isotropic):
    """Return |P - P_0|_F/|P_0|_F of the reverse sampler's law for C_l = 1/(1+l)^2, Sigma of trace n."""
    raw = noise_covariance(Quadrature(GaussLegendre(7, 13), 6))
    cov = noise_covariance(raw.operator, raw.n / np.sum(raw.diagonal()))
    sde, sigma, n = SpectralSDE(VP(), cov), cov.dense(), cov.n
    degrees, _ = degrees_orders(6)
    data = np.diag(1.0 / (1.0 + degrees) ** 2)
    noise = np.eye(n) if isotropic else sigma
    law, step = sde.marginal(np.zeros(n), 1.0)[1] ** 2 * noise, 1.0 / steps
    for remaining in range(steps, 0, -1):
        time = remaining * step
        mean, deviation = sde.marginal(np.ones(n), time)
        precision = np.linalg.inv(mean[0] ** 2 * data + deviation**2 * sigma)
        drift = float(sde.process.rate(time)) * np.eye(n) + sde.diffusion(time) ** 2 * noise @ precision
        transition = np.eye(n) - step * drift
        law = transition @ law @ transition.T + step * sde.diffusion(time) ** 2 * noise
    return np.linalg.norm(law - data) / np.linalg.norm(data)


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
        (lambda s: VP(2.0, 1.0), "beta_min must be <= beta_max"),
        (lambda s: VE(0.0, 1.0), "sigma_min must be a finite number > 0"),
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
