"""Corners of the spectral SDEs: what decays fast, times too late to divide by, threads, other libraries."""

import threading

import numpy as np
import pytest
from libraries import library

import sphspec as s

COV = s.noise_covariance(s.Quadrature(s.GaussLegendre(3, 5), 2))
ONES = np.ones((3, 9))


def test_noise_that_decays_fast_keeps_its_law_beside_noise_that_grows(rng):
    """B = diag(25, 0, ...): N ranges over e^50, and every coefficient has its own variance."""
    rates = np.zeros(9)
    rates[0] = 25.0
    sde = s.SpectralSDE(s.SpectralDrift(rates), COV)
    deviations = np.sqrt(np.diagonal(sde.marginal_covariance(1.0)))
    for draws in (sde.sample_marginal(np.zeros((4000, 9)), 1.0, rng), sde.sample_prior(rng, 4000)):
        np.testing.assert_allclose(draws.std(axis=0) / deviations, 1.0, atol=0.08)
    target = sde.score_target(deviations * ONES, 0 * ONES, 1.0)
    inverse = np.linalg.inv(sde.marginal_covariance(1.0) / np.outer(deviations, deviations))
    np.testing.assert_allclose(target * deviations, -(ONES @ inverse), rtol=1e-9)


@pytest.mark.parametrize(
    ("process", "early", "expected"),
    [
        (s.OrnsteinUhlenbeck(400.0), 0.95, np.sqrt(1 / 800)),
        (s.VP(0.1, 1500.0), 0.99, 0.99999984),
    ],
)
def test_transitions_do_not_square_a_mean_that_underflows(process, early, expected):
    _, deviation = s.SpectralSDE(process, COV).transition(ONES, early, 1.0)
    assert deviation == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("function", [abs, lambda maps: maps**3, np.sin])
def test_a_drift_that_is_not_linear_is_refused(function):
    with pytest.raises(ValueError, match="must be a linear function of maps"):
        s.SpectralSDE(s.GridDrift(function), COV)


def test_threads_share_linear_dynamics():
    matrix = np.triu(np.random.default_rng(1).standard_normal((9, 9)))
    sde, errors = s.SpectralSDE(s.SpectralDrift(matrix), COV), []

    def work(seed):
        try:
            for time in np.random.default_rng(seed).random(60):
                sde.marginal(ONES, float(time))
        except Exception as error:  # any
            errors.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


PROCESSES = [s.VP(), s.SubVP(), s.VE(), s.CosineVP(), s.OrnsteinUhlenbeck(), s.Heat(0.1)]


@pytest.mark.parametrize("name", ["torch", "jax"])
@pytest.mark.parametrize("process", PROCESSES, ids=repr)
@pytest.mark.parametrize("batched", [True, False])
def test_single_precision_is_kept_by_every_process(name, process, batched):
    lib, sde = library(name), s.SpectralSDE(process, COV)
    alpha = lib.make(ONES.astype(np.float32))
    time = lib.make(np.full(3, 0.4, dtype=np.float32)) if batched else 0.4
    found = [
        sde.marginal(alpha, time)[0],
        sde.sample_marginal(alpha, time, np.random.default_rng(0)),
        sde.reverse_drift(alpha, time, lambda a, t: -a),
        sde.probability_flow(alpha, time, lambda a, t: -a),
        sde.score_target(alpha, alpha, time),
        sde.reverse_path(alpha, lambda a, t: -a, [alpha] * 4, 4),
    ]
    assert [lib.numpy(value).dtype for value in found] == [np.float32] * len(found)


def test_training_goes_on_after_inference():
    torch = pytest.importorskip("torch")
    sde = s.SpectralSDE(s.VP(), s.noise_covariance(s.Quadrature(s.GaussLegendre(3, 5), 2)))
    with torch.inference_mode():
        sde.reverse_drift(torch.ones(2, 9), 0.5, lambda a, t: -a)
    alpha = torch.ones(2, 9, requires_grad=True)
    sde.reverse_drift(alpha, 0.5, lambda a, t: -a).sum().backward()
    assert torch.isfinite(alpha.grad).all()


def test_torch_maps_over_times():
    torch = pytest.importorskip("torch")
    sde = s.SpectralSDE(s.VP(), COV)
    alpha, times = torch.ones(4, 9, dtype=torch.float64), torch.linspace(0.1, 1, 4, dtype=torch.float64)
    found = torch.func.vmap(lambda a, t: sde.drift(a, t))(alpha, times)
    torch.testing.assert_close(found, sde.drift(alpha, times))


def test_a_prepared_sde_compiles_when_it_is_new():
    torch = pytest.importorskip("torch")
    cov = s.noise_covariance(s.Quadrature(s.GaussLegendre(3, 5), 2), 0.7)
    sde = s.SpectralSDE(s.VP(), cov).prepared()
    call = torch.compile(lambda a, t: sde.score_target(a, 0.1 * a, t), backend="aot_eager")
    alpha, times = torch.ones(3, 9, dtype=torch.float64), torch.full((3,), 0.5, dtype=torch.float64)
    torch.testing.assert_close(call(alpha, times), sde.score_target(alpha, 0.1 * alpha, times))


HEAT = s.SpectralSDE(s.Heat(0.1), COV)
VP = s.SpectralSDE(s.VP(), COV)
SOME = s.noise_covariance(s.Quadrature(s.GaussLegendre(3, 5), 2), np.array([1.0] * 4 + [0.0] * 11))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: HEAT.score_target(ONES, ONES, np.array([0.0, 0.1, 0.2])), "times in an array must be > 0"),
        (lambda: HEAT.sample_marginal(ONES, np.zeros(3), np.random.default_rng(0)), "must be > 0"),
        (
            lambda: s.SpectralSDE(s.Heat(0.1), SOME).score_target(ONES, ONES, np.full(3, 0.2)),
            "Sigma is singular: give one time at a time",
        ),
        (lambda: s.CosineVP(0.0, 1e-300), "cutoff must be >= 1e-06 and < 1"),
        (lambda: s.CosineVP(1e300), "offset must be <= 100"),
        (lambda: s.VE(1e200, 2e200), "is 0 or overflows"),
        (lambda: s.Heat(1.0, 1e200), "diffusion must be from 1e-100 to 1e"),
        (lambda: s.SpectralDrift(np.zeros((0, 0))), "matrix must not be empty"),
        (lambda: s.SpectralSDE(s.SpectralDrift(-np.full((9, 9), 1e308)), COV), "scale it down"),
        (lambda: VP.reverse_drift(ONES, 0.5, None), "score must be a function"),
        (lambda: s.score_matching(VP, lambda a, t: a, ONES, 0.5, ONES, s.SigmaMetric), "metric must be one"),
        (lambda: s.loss_ratio_bounds(None), "covariance must come from"),
        (lambda: s.rounding_error(None), "covariance must come from"),
        (lambda: s.sampler_law(VP, None, 5), "score_matrix must be a function"),
        (lambda: VP.transition(ONES, 0.5, np.full(3, 0.2)), "t = an array of shape"),
        (lambda: HEAT.sample_prior(np.random.default_rng(0), 10**12), "GiB"),
    ],
)
def test_bad_input_is_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
