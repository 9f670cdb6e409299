"""Samplers of the reverse process: exact laws, orders, the Euclidean and the circular case, refusals."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest
from libraries import NAMES, library
from scipy.linalg import eigh
from scipy.special import sph_harm_y

from sphspec import (
    VE,
    VP,
    Denoiser,
    EulerMaruyama,
    Exponential,
    ExponentialFlow,
    GaussLegendre,
    Heun,
    NoisePrediction,
    PredictorCorrector,
    Quadrature,
    RingGrid,
    SpectralSDE,
    SubVP,
    gaussian_score,
    noise_covariance,
    reverse_path,
    sampler_law,
)
from sphspec.conventions import degrees_orders, index
from sphspec.sampler import LinearReverse

COV = noise_covariance(Quadrature(GaussLegendre(3, 4), 2), 1.5 + np.sin(np.arange(12)))
DATA = np.diag(1.0 / np.arange(1, 10)) + 0.1
SAMPLERS = [
    EulerMaruyama(),
    Exponential(),
    ExponentialFlow(),
    Heun(),
    PredictorCorrector(),
    PredictorCorrector(Exponential(), 2, 0.3),
    PredictorCorrector(Heun(), size=0.01),
]
QUADRATIC = (np.arange(8, -1, -1) / 8) ** 2


def sde_of(process=VP(), cov=COV):  # noqa: B008  frozen values
    return SpectralSDE(process, cov)


def root_of(sde, model, sampler, steps, count):
    """Return what a sampler makes of each unit normal alone, from a start of covariance Sigma."""
    n = sde.covariance.n
    total = n * (1 + count * sampler.draws)
    units = np.eye(total).reshape(total, -1, n).swapaxes(0, 1)
    noise = sde.covariance.apply_root(units)
    return reverse_path(sde, noise[0], model, noise[1:], steps, sampler)


@pytest.mark.parametrize("process", [VP(), SubVP(), VE(0.1, 2.0)], ids=repr)
@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
@pytest.mark.parametrize("steps", [5, QUADRATIC], ids=["equal", "quadratic"])
def test_the_law_is_that_of_the_steps_in_every_normal(process, sampler, steps):
    """A linear sampler fed with unit normals gives a root of its law."""
    sde = sde_of(process)
    score = gaussian_score(sde, DATA)
    root = root_of(sde, score, sampler, steps, 5 if steps is not QUADRATIC else 8)
    law = sampler_law(sde, score.matrix, steps, sampler, COV.dense())
    np.testing.assert_allclose(root.T @ root, law, atol=1e-13 * np.abs(law).max())


def t12(process=VP()):  # noqa: B008
    """DESIGN T11's setting: GL 7 x 13, C_l = 1/(1+l)^2, Sigma of uniform noise scaled to trace n."""
    operator = Quadrature(GaussLegendre(7, 13), 6)
    cov = noise_covariance(operator, 1.0)
    cov = noise_covariance(operator, cov.variance * cov.n / np.sum(cov.diagonal()))
    degrees, _ = degrees_orders(6)
    data, sde = np.diag(1.0 / (1.0 + degrees) ** 2), SpectralSDE(process, cov)
    exact = process.mean(1.0) ** 2 * data + process.variance(1.0) * cov.dense()
    return sde, data, gaussian_score(sde, data).matrix, exact


def error(law, data):
    return np.linalg.norm(law - data) / np.linalg.norm(data)


def fitted_order(process, sampler, power):
    """Return the slope of log error over log steps, from the exact p_1, steps at (k/K)^power."""
    sde, data, score, exact = t12(process)
    counts = np.array([200, 400, 800])
    grids = [(np.arange(count, -1, -1) / count) ** power for count in counts]
    errors = [error(sampler_law(sde, score, grid, sampler, exact), data) for grid in grids]
    return -np.polyfit(np.log(counts), np.log(errors), 1)[0]


@pytest.mark.parametrize("process", [VP(), SubVP(), VE(0.1, 2.0)], ids=repr)
@pytest.mark.parametrize(
    ("sampler", "power", "order"),
    [
        (EulerMaruyama(), 1, 1),
        (Heun(), 1, 2),
        (Exponential(), 2, 1),
        (ExponentialFlow(), 2, 1),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, int) else str(value),
)
def test_order_of_the_sampler(process, sampler, power, order):
    assert fitted_order(process, sampler, power) == pytest.approx(order, abs=0.08)


def test_exponential_steps_of_equal_time_err_like_dt_log_dt():
    """Noise levels grow like the root of t: sum (d lambda)^2 = (dt/4) log(1/dt) near t = 0."""
    sde, data, score, exact = t12()
    counts = np.array([100, 200, 400, 800])
    errors = [error(sampler_law(sde, score, int(count), Exponential(), exact), data) for count in counts]
    plain = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    logged = -np.polyfit(np.log(counts), np.log(errors / np.log(counts)), 1)[0]
    assert plain < 0.95
    assert logged > 1.05  # the bracket: between dt and dt log(1/dt)


def test_mismatch_of_the_prior_is_a_number():
    """What v(1) Sigma in place of p_1 costs: m_1^2 P_0 at t = 1, and at t = 0 in closed form.

    Where V^T Sigma V = 1 and V^T P_0 V = d the exact flow is diagonal, d/(m_1^2 d + v_1) of a variance.
    """
    sde, data, score, exact = t12()
    kept = np.exp(-0.1 - 19.9 / 2)  # m_1^2
    at_one = kept * np.linalg.norm(data) / np.linalg.norm(exact)
    assert error(sde.marginal_covariance(1.0), exact) == pytest.approx(at_one, rel=1e-6)
    assert 6e-6 < at_one < 8e-6
    values, basis = eigh(data, sde.covariance.dense())
    back = np.linalg.inv(basis)
    missing = back.T @ np.diag(kept * values**2 / (kept * values + 1 - kept)) @ back
    laws = [sampler_law(sde, score, 400, Heun(), start) for start in (exact, None)]
    np.testing.assert_allclose(laws[0] - laws[1], missing, atol=2e-3 * np.abs(missing).max())
    assert 4e-5 < np.linalg.norm(missing) / np.linalg.norm(data) < 5e-5


def test_more_corrections_at_many_steps_set_the_law():
    """A correction errs by h^2 Sigma P^-1 Sigma whatever dt: more steps do not take that away."""
    sde, score = sde_of(), gaussian_score(sde_of(), DATA)
    linear = LinearReverse(sde, score.matrix)
    law = VP().mean(0.4) ** 2 * DATA + VP().variance(0.4) * COV.dense()
    correction, _ = PredictorCorrector(ratio=0.3).moves(linear, 0.4, 0.3)
    size = 2 * 0.3**2 * VP().variance(0.4)
    after = correction.transition @ law @ correction.transition.T + correction.power * COV.dense()
    bias = size**2 * COV.dense() @ np.linalg.solve(law, COV.dense())
    np.testing.assert_allclose(after - law, bias, atol=1e-13 * np.abs(law).max())


@pytest.mark.parametrize("ratio", [0.16, 0.9])
def test_corrections_are_stable_for_any_sigma(ratio, rng):
    root = rng.standard_normal((9, 9)) * 10.0 ** rng.uniform(-2, 2, 9)
    for time in (0.01, 0.5, 1.0):
        score = gaussian_score(sde_of(), root @ root.T)
        move, _ = PredictorCorrector(ratio=ratio).moves(LinearReverse(sde_of(), score.matrix), time, 0.0)
        factors = np.linalg.eigvals(move.transition)
        assert np.abs(factors.imag).max() < 1e-7
        assert factors.real.min() > 1 - 2 * ratio**2 - 1e-7
        assert factors.real.max() < 1 + 1e-7


@pytest.mark.parametrize("process", [VP(), SubVP(), VE(0.1, 2.0)], ids=repr)
def test_exponential_steps_are_exact_for_a_constant_noise_prediction(process, rng):
    sde, (start, eps) = sde_of(process), rng.standard_normal((2, 9))
    model = NoisePrediction(lambda alpha, t: eps)
    whole = reverse_path(sde, start, model, (), 1, ExponentialFlow())
    level = np.sqrt(process.variance(1.0)) / process.mean(1.0)
    np.testing.assert_allclose(whole, start / process.mean(1.0) - level * eps, rtol=1e-12)
    np.testing.assert_allclose(reverse_path(sde, start, model, (), 7, ExponentialFlow()), whole, rtol=1e-11)
    law = [sampler_law(sde, lambda t: np.zeros((9, 9)), steps, Exponential()) for steps in (1, 7)]
    np.testing.assert_allclose(law[0], law[1], rtol=1e-11)
    np.testing.assert_allclose(law[0], 2 * level**2 * COV.dense(), rtol=1e-11)  # the prior's and the noise's


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_no_score_is_asked_for_at_time_zero(sampler):
    seen = []

    def score(alpha, t):
        seen.append(t)
        return -alpha

    noise = np.zeros((4 * sampler.draws, 9))
    reverse_path(sde_of(), np.ones(9), score, noise, 4, sampler)
    assert min(seen) == 0.25
    assert max(seen) == 1.0


@pytest.mark.parametrize("sampler", [Exponential(), ExponentialFlow()], ids=repr)
def test_every_parametrisation_takes_the_same_path(sampler, rng):
    sde, sigma = sde_of(), COV.dense()
    noise = COV.apply_root(rng.standard_normal((6, 2, 9)))
    score = gaussian_score(sde, DATA)

    def smoothed(alpha, t):
        return score(alpha, t) @ sigma

    models = (
        score,
        NoisePrediction(lambda a, t: -np.sqrt(VP().variance(t)) * smoothed(a, t)),
        Denoiser(lambda a, t: (a + VP().variance(t) * smoothed(a, t)) / VP().mean(t)),
    )
    paths = [reverse_path(sde, noise[0], model, noise[1:], 5, sampler) for model in models]
    for path in paths[1:]:
        np.testing.assert_allclose(path, paths[0], rtol=1e-9, atol=1e-11)


# with Sigma = 1: the formulas of the literature, from their papers

GRID = GaussLegendre(5, 9)
WHITE = noise_covariance(Quadrature(GRID, 4), 1 / GRID.weights)


def one_step(sampler, model, alpha, noise, process=VP(), t=0.6, s=0.5):  # noqa: B008
    return sampler.step(SpectralSDE(process, WHITE), model, alpha, t, s, noise)


def test_with_sigma_one_the_steps_are_the_euclidean_ones(rng):
    """Song et al. 2011.13456: reverse SDE (eq. 6) and flow (eq. 13) of VP (eq. 11); algorithm 5."""
    np.testing.assert_allclose(WHITE.dense(), np.eye(25), atol=1e-13)
    alpha, first, second = rng.standard_normal((3, 2, 25))

    def score(x, t):
        return -np.tanh(x) * (1 + t)

    def beta(t):
        return 0.1 + t * 19.9

    def flow(x, t):
        return -beta(t) * x / 2 - beta(t) * score(x, t) / 2

    def euler(x, t, z):
        return x - 0.1 * (-beta(t) * x / 2 - beta(t) * score(x, t)) + np.sqrt(beta(t) * 0.1) * z

    found = one_step(EulerMaruyama(), score, alpha, [first])
    np.testing.assert_allclose(found, euler(alpha, 0.6, first), rtol=1e-11, atol=1e-12)
    ahead = alpha - 0.1 * flow(alpha, 0.6)
    expected = alpha - 0.05 * (flow(alpha, 0.6) + flow(ahead, 0.5))
    np.testing.assert_allclose(one_step(Heun(), score, alpha, []), expected, rtol=1e-11, atol=1e-12)
    size = 2 * (0.16 * np.sqrt(1 - np.exp(-0.06 - 19.9 * 0.18))) ** 2
    corrected = alpha + size * score(alpha, 0.6) + np.sqrt(2 * size) * first
    found = one_step(PredictorCorrector(), score, alpha, [first, second])
    np.testing.assert_allclose(found, euler(corrected, 0.6, second), rtol=1e-11, atol=1e-12)


def test_with_sigma_one_the_exponential_steps_are_ddim_and_dpm_solver(rng):
    """DDIM: 2010.02502, eq. 12 at sigma = 0, alpha = m^2. SDE-DPM-Solver-1: 2211.01095, lambda = log(m/s)."""
    alpha, noise = rng.standard_normal((2, 2, 25))
    kept = [np.exp(-0.1 * t - 19.9 * t * t / 2) for t in (0.6, 0.5)]  # alpha_t of DDIM

    def eps(x, t):
        return np.sin(x) + t

    model, at = NoisePrediction(eps), eps(alpha, 0.6)
    data = (alpha - np.sqrt(1 - kept[0]) * at) / np.sqrt(kept[0])
    ddim = np.sqrt(kept[1]) * data + np.sqrt(1 - kept[1]) * at
    np.testing.assert_allclose(one_step(ExponentialFlow(), model, alpha, []), ddim, rtol=1e-11, atol=1e-12)
    signal, level = np.sqrt(kept), np.sqrt(1 - np.array(kept))
    growth = np.log(signal[1] / level[1]) - np.log(signal[0] / level[0])
    solver = (
        signal[1] / signal[0] * alpha
        - 2 * level[1] * np.expm1(growth) * at
        + level[1] * np.sqrt(np.expm1(2 * growth)) * noise
    )
    found = one_step(Exponential(), model, alpha, [noise])
    np.testing.assert_allclose(found, solver, rtol=1e-11, atol=1e-12)


def test_on_the_circle_sigma_is_the_law_of_the_mirrored_brownian_motion(rng):
    """Crabbe et al. 2402.05933: the unitary DFT of real Brownian motions is mirrored.

    Lambda^2 is 1 at m = 0 and at N/2, where it is real, and 1/2 for real and imaginary parts else.
    """
    count, lmax = 8, 4
    grid = RingGrid([np.pi / 2], np.array([count]), [0.0], [4 * np.pi / count])
    cov = noise_covariance(Quadrature(grid, lmax))
    orders = np.arange(-lmax, lmax + 1)
    places = np.array([index(abs(m), m) for m in orders])
    heights = np.array([sph_harm_y(abs(m), abs(m), np.pi / 2, 0.0).real for m in orders])
    scale = heights * 4 * np.pi / np.sqrt(count)  # of a_mm over the unitary DFT
    scale *= np.where(orders == 0, 1.0, np.sqrt(2.0)) * np.where(orders < 0, -1.0, 1.0)  # R1 to Re and Im
    sigma = cov.dense()[np.ix_(places, places)] / np.outer(scale, scale)
    square = np.where(orders % (count // 2) == 0, 1.0, 0.5)
    square[0] = 0.0  # no imaginary part at N/2
    np.testing.assert_allclose(sigma, np.diag(square), atol=1e-13)

    sde, alpha, given = SpectralSDE(VP(), cov), rng.standard_normal(cov.n), rng.standard_normal(orders.size)

    def score(a, t):
        del t
        found = np.zeros_like(a)
        found[places] = given / scale  # gradients go by the inverse: theirs is with respect to Re, Im
        return found

    beta, parts = 0.1 + 19.9 * 0.3, alpha[places] / scale
    for found, share in ((sde.reverse_drift, 1.0), (sde.probability_flow, 0.5)):
        theirs = -beta * parts / 2 - share * beta * square * given
        np.testing.assert_allclose(found(alpha, 0.3, score)[places] / scale, theirs, rtol=1e-12, atol=1e-12)


# arrays of other libraries, other dynamics, refusals


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_other_libraries_take_numpy_s_path(name, sampler, rng):
    lib, sde = library(name), sde_of()
    start, noise = rng.standard_normal((2, 9)), rng.standard_normal((4 * sampler.draws, 2, 9))

    def score(alpha, t):
        return -0.3 * alpha / (1 + t)

    expected = reverse_path(sde, start, score, noise, 4, sampler)
    found = reverse_path(sde, lib.make(start), score, map(lib.make, noise), 4, sampler)
    np.testing.assert_allclose(lib.numpy(found), expected, rtol=1e-11, atol=1e-12)


def test_a_path_has_the_derivative_of_its_score():
    torch = pytest.importorskip("torch")
    start, noise = torch.ones(9, dtype=torch.float64), torch.ones(8, 9, dtype=torch.float64)

    def end(weight):
        path = reverse_path(sde_of(), start, lambda a, t: -weight * a, noise, 4, PredictorCorrector())
        return path.sum()

    weight = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    end(weight).backward()
    slope = (end(weight.detach() + 1e-6) - end(weight.detach() - 1e-6)) / 2e-6
    assert float(weight.grad) == pytest.approx(float(slope), rel=1e-6)


@dataclass(frozen=True)
class Decay:
    """The drift of d alpha = -k alpha dt + g dv with a rate for each coefficient: no scalar process."""

    rates: np.ndarray

    def drift(self, alpha, t):
        """Return -k alpha."""
        del t
        return -self.rates * alpha

    def power(self, t):
        """Return g^2."""
        return 1.0 + t


class DecayingSDE(SpectralSDE):
    """An SDE with these dynamics."""

    @cached_property
    def dynamics(self):
        """A rate for each coefficient."""
        return Decay(np.linspace(0.1, 3.0, self.covariance.n))


@pytest.mark.parametrize(
    "sampler", [EulerMaruyama(), Heun(), PredictorCorrector(Heun(), size=0.02)], ids=repr
)
def test_other_linear_dynamics_have_their_law_too(sampler):
    sde = DecayingSDE(VP(), COV)

    def score(t):
        return -np.linalg.inv((1 + t) * COV.dense() + DATA)

    root = root_of(sde, lambda a, t: a @ score(t).T, sampler, 6, 6)
    law = sampler_law(sde, score, 6, sampler, COV.dense())
    np.testing.assert_allclose(root.T @ root, law, atol=1e-13 * np.abs(law).max())


def zero_score(t):
    """Return no score."""
    del t
    return np.zeros((9, 9))


def path(noise=(), steps=4, sampler=EulerMaruyama(), start=np.zeros(9), model=lambda a, t: -a):  # noqa: B008
    return reverse_path(sde_of(), start, model, noise, steps, sampler)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: path(np.zeros((3, 9))), "noise must have a draw for each of 4 steps, got 3"),
        (
            lambda: path(np.zeros((5, 9)), sampler=PredictorCorrector()),
            "noise must have 2 draws for each of 4 steps, got 5",
        ),
        (lambda: path(np.zeros((4, 8))), "noise must have 9 entries"),
        (lambda: path(start=np.zeros(8)), "start must have 9 entries"),
        (lambda: path(steps=0), "steps must be an integer >= 1"),
        (lambda: path(steps=[1.0, 0.5, 0.5, 0.0]), "times that decrease from 1 to 0"),
        (lambda: path(steps=[0.9, 0.0]), "times that decrease from 1 to 0"),
        (lambda: path(steps=[1.0, 0.1]), r"decrease from 1 to 0, got \[1.0, 0.1\]"),
        (lambda: path(sampler=Heun), "sampler must be one such as EulerMaruyama"),
        (lambda: path(sampler=Heun(), model=lambda a, t: a[:3]), r"score must return shape \(9,\)"),
        (lambda: PredictorCorrector(ratio=1.0), "ratio must be < 1, got 1.0"),
        (lambda: PredictorCorrector(corrections=0), "corrections must be an integer >= 1"),
        (lambda: PredictorCorrector(predictor=Heun), "sampler must be one such as EulerMaruyama"),
        (lambda: PredictorCorrector(size=-1.0), "size must be a finite number > 0"),
        (lambda: sampler_law(sde_of(), zero_score, 2, start=np.ones(9)), r"start must be \(9, 9\)"),
        (lambda: sampler_law(sde_of(), zero_score, 2, start=-np.eye(9)), "start must have no negative"),
        (
            lambda: sampler_law(DecayingSDE(VP(), COV), zero_score, 2, Exponential(), np.eye(9)),
            "Exponential needs a scalar process such as VP",
        ),
        (
            lambda: sampler_law(DecayingSDE(VP(), COV), zero_score, 2, ExponentialFlow(), np.eye(9)),
            "ExponentialFlow needs a scalar process",
        ),
        (
            lambda: sampler_law(DecayingSDE(VP(), COV), zero_score, 2, PredictorCorrector(), np.eye(9)),
            "PredictorCorrector without a size needs a scalar process",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
