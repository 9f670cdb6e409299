"""Score, noise and denoiser: the same Sigma score from each, maps there and back, refusals."""

import numpy as np
import pytest
from libraries import NAMES, library

from sphspec import (
    VE,
    VP,
    Denoiser,
    GaussLegendre,
    NoisePrediction,
    Quadrature,
    SpectralSDE,
    SubVP,
    gaussian_score,
    noise_covariance,
    smoothed_score,
)
from sphspec import parametrisation as maps

COV = noise_covariance(Quadrature(GaussLegendre(4, 7), 3), 1.5 + np.sin(np.arange(28)))
SINGULAR = noise_covariance(Quadrature(GaussLegendre(3, 4), 4))
DATA = np.diag(1.0 / np.arange(1, 17)) + 0.02
PROCESSES = [VP(), SubVP(), VE(0.1, 2.0)]
TIMES = np.array([0.05, 0.4, 1.0])


@pytest.fixture(params=PROCESSES, ids=repr)
def sde(request):
    return SpectralSDE(request.param, COV)


def three(sde, score):
    """Return one model as score, noise prediction and denoiser, by plain matrix algebra."""
    sigma, process = sde.covariance.dense(), sde.process

    def smoothed(alpha, t):
        return score(alpha, t) @ sigma

    def noise(alpha, t):
        return -np.sqrt(process.variance(t)) * smoothed(alpha, t)

    def data(alpha, t):
        return (alpha + process.variance(t) * smoothed(alpha, t)) / process.mean(t)

    return score, NoisePrediction(noise), Denoiser(data)


@pytest.mark.parametrize("time", TIMES)
def test_every_parametrisation_gives_the_same_sigma_score(sde, rng, time):
    alpha, score = rng.standard_normal((3, COV.n)), lambda a, t: np.sin(a) / (1 + t)
    expected = score(alpha, time) @ COV.dense()
    for model in three(sde, score):
        found = smoothed_score(model, sde, alpha, time)
        np.testing.assert_allclose(found, expected, atol=1e-11 * np.abs(alpha).max())


def test_denoiser_of_gaussian_data_is_the_conditional_mean(sde, rng):
    """For jointly Gaussian alpha_0, alpha_t: E[alpha_0 | alpha_t] = m P_0 P_t^-1 alpha_t, no score in it."""
    alpha, exact = rng.standard_normal((3, COV.n)), gaussian_score(sde, DATA)
    for time in TIMES:
        mean, variance = sde.process.mean(time), sde.process.variance(time)
        law = mean**2 * DATA + variance * COV.dense()
        expected = mean * alpha @ np.linalg.solve(law, DATA)
        found = maps.denoised_of_score(sde, alpha, exact(alpha, time), time)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)
        eps = np.sqrt(variance) * alpha @ np.linalg.solve(law, COV.dense())
        np.testing.assert_allclose(maps.noise_of_score(sde, exact(alpha, time), time), eps, atol=1e-11)


def test_maps_lead_there_and_back(sde, rng):
    alpha, score = rng.standard_normal((2, 3, COV.n))
    noise = maps.noise_of_score(sde, score, TIMES)
    data = maps.denoised_of_noise(sde, alpha, noise, TIMES)
    np.testing.assert_allclose(maps.denoised_of_score(sde, alpha, score, TIMES), data, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(maps.noise_of_denoised(sde, alpha, data, TIMES), noise, atol=1e-10)
    np.testing.assert_allclose(maps.score_of_noise(sde, noise, TIMES), score, atol=1e-10)
    np.testing.assert_allclose(maps.score_of_denoised(sde, alpha, data, TIMES), score, atol=1e-8)


def test_noise_in_the_score_target_is_the_noise(sde, rng):
    start, noise = rng.standard_normal((2, COV.n))
    mean, deviation = sde.marginal(start, 0.4)
    target = sde.score_target(mean + deviation * noise, start, 0.4)
    np.testing.assert_allclose(maps.noise_of_score(sde, target, 0.4), noise, atol=1e-11)


def test_on_a_singular_sigma_the_score_is_had_on_the_range(rng):
    sde, noise = SpectralSDE(VP(), SINGULAR), SINGULAR.sample(rng, 3)
    assert SINGULAR.rank() < SINGULAR.n
    score = maps.score_of_noise(sde, noise, 0.4)
    np.testing.assert_allclose(maps.noise_of_score(sde, score, 0.4), noise, atol=1e-12)
    off = noise + rng.standard_normal(noise.shape)
    for call in (
        lambda: maps.score_of_noise(sde, off, 0.4),
        lambda: maps.score_of_denoised(sde, noise, off, 0.4),
    ):
        with pytest.raises(ValueError, match=rf"rank {SINGULAR.rank()} of {SINGULAR.n}.*off its range"):
            call()
    smoothed = smoothed_score(NoisePrediction(lambda a, t: off), sde, noise, 0.4)  # needs no inverse
    np.testing.assert_allclose(smoothed, -off / np.sqrt(VP().variance(0.4)))


@pytest.mark.parametrize("name", NAMES)
def test_other_libraries_give_numpy_s_values(name, sde, rng):
    lib, (alpha, score) = library(name), rng.standard_normal((2, 3, COV.n))
    for model in three(sde, lambda a, t: -0.5 * a):
        kind = type(model)
        if kind is NoisePrediction:
            model = NoisePrediction(lambda a, t: 0.3 * a)
        elif kind is Denoiser:
            model = Denoiser(lambda a, t: 0.7 * a)
        found = smoothed_score(model, sde, lib.make(alpha), lib.make(TIMES))
        np.testing.assert_allclose(
            lib.numpy(found), smoothed_score(model, sde, alpha, TIMES), rtol=1e-11, atol=1e-13
        )
    calls = [
        lambda make: maps.noise_of_score(sde, make(score), make(TIMES)),
        lambda make: maps.score_of_noise(sde, make(score), make(TIMES)),
        lambda make: maps.denoised_of_score(sde, make(alpha), make(score), make(TIMES)),
        lambda make: maps.score_of_denoised(sde, make(alpha), make(score), make(TIMES)),
        lambda make: maps.denoised_of_noise(sde, make(alpha), make(score), make(TIMES)),
        lambda make: maps.noise_of_denoised(sde, make(alpha), make(score), make(TIMES)),
    ]
    for call in calls:
        expected = call(np.asarray)
        found = lib.numpy(call(lib.make))
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-11 * np.abs(expected).max())


def test_a_noise_prediction_has_the_derivative_of_its_network():
    torch = pytest.importorskip("torch")
    sde = SpectralSDE(VP(), COV)
    alpha, weight = torch.ones(2, COV.n, dtype=torch.float64), torch.tensor(0.3, requires_grad=True)
    model = NoisePrediction(lambda a, t: weight.double() * a)
    smoothed_score(model, sde, alpha, 0.4).sum().backward()
    assert float(weight.grad) == pytest.approx(-2 * COV.n / np.sqrt(VP().variance(0.4)), rel=1e-6)


ALPHA = np.zeros((2, COV.n))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: smoothed_score(lambda a, t: a[0], s, ALPHA, 0.4), r"score must return shape \(2, 16\)"),
        (
            lambda s: smoothed_score(NoisePrediction(lambda a, t: a[0]), s, ALPHA, 0.4),
            r"the predicted noise must return shape \(2, 16\), like alpha; got \(16,\)",
        ),
        (
            lambda s: smoothed_score(Denoiser(lambda a, t: 1j * a), s, ALPHA, 0.4),
            "the denoised data must be real numbers, got dtype complex128",
        ),
        (lambda s: smoothed_score(NoisePrediction(lambda a, t: a), s, ALPHA, 0.0), "t must be > 0"),
        (lambda s: smoothed_score(Denoiser(lambda a, t: a), s, ALPHA, 0.0), "t must be > 0"),
        (lambda s: maps.score_of_noise(s, ALPHA, 0.0), "t must be > 0"),
        (lambda s: maps.noise_of_score(s, ALPHA, 1.1), r"t must be in \[0, 1\]"),
        (lambda s: maps.denoised_of_noise(s, ALPHA, ALPHA[0], 0.4), r"alpha must have the shape \(16,\)"),
        (lambda s: maps.noise_of_score(s, ALPHA[:, :3], 0.4), "must have 16 entries"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(SpectralSDE(VP(), COV))
