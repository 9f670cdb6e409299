"""A clean run passes every check; each check fails on an error planted for it, in process."""

from dataclasses import replace

import numpy as np
import pytest

import sphspec
from sphspec._generated import (
    closed_form,
    covariance,
    gaunt,
    legendre,
    limit_law,
    linear_drift,
    loss,
    minimisers,
    noise_design,
    parametrisation,
    samplers,
    score,
    sde,
    sde_vp,
    wigner,
)
from sphspec.covariance.noise import NoiseCovariance
from sphspec.noise_design import squared_kernel_sums
from sphspec.simulate import DuccWitness, brownian_increments
from sphspec.study import Budget, Setting
from sphspec.suite import run_suite
from sphspec.suite.closed_forms import closed_form_results
from sphspec.transform import RingTransform
from sphspec.verify.streams import stream
from sphspec.wigner import orders_table, three_j

STUDY = sphspec.Study(
    name="mutants",
    settings=(
        Setting(
            grid="healpix:nside=2", lmax=5, operators=("quadrature", "jacobi:iterations=3", "least-squares")
        ),
        Setting(grid="gauss-legendre:nlat=3,nlon=4", lmax=4),  # too few points: a singular covariance
        Setting(grid="gauss-legendre:nlat=5,nlon=9", lmax=4),  # exact
    ),
    budget=Budget(samples=1001, times=(0.3, 1.0)),  # two blocks
)


def scaled(function, factor):
    return lambda *arguments: factor * function(*arguments)


def reused_increments(normals, times, variance):
    steps = np.diff(np.concatenate([[0.0], times]))
    return normals[:, :1] * np.sqrt(steps)[:, None] * np.sqrt(variance)


def dt_for_sqrt_dt(normals, times, variance):
    steps = np.diff(np.concatenate([[0.0], times]))
    return normals * steps[:, None] * np.sqrt(variance)


def with_common_factor(normals, times, variance):
    return brownian_increments(normals, times, variance) * (1 + 0.2 * np.tanh(normals[:, :1, :1]))


def slightly_small(self, alpha):
    white, outside = original_whiten(self, alpha)
    return 0.98 * white, outside


def equal_steps(normals, times, variance):
    return normals * np.sqrt(times[-1] / len(times) * variance)


def mirrored_paths(normals, times, variance):
    increments = brownian_increments(normals, times, variance)
    increments[1::2] = -increments[: increments.shape[0] - 1 : 2]
    return increments


def without_one_coupling(self):
    matrix = original_blocks.func(self)
    block = matrix.blocks[0].copy()
    block[0, 1] = block[1, 0] = 0.0
    return replace(matrix, blocks=(block, *matrix.blocks[1:]))


def with_one_large_variance(self):
    matrix = original_blocks.func(self)
    block = matrix.blocks[0].copy()
    block[2, 2] *= 2.0
    return replace(matrix, blocks=(block, *matrix.blocks[1:]))


def with_negative_variance(self):
    matrix = original_blocks.func(self)
    block = matrix.blocks[0].copy()
    block[0, 0] *= -0.1
    return replace(matrix, blocks=(block, *matrix.blocks[1:]))


def diagonal_only(self):
    return original_blocks.func(self).map(lambda block: np.diag(np.diagonal(block)))


def leaking(self, maps):
    clean = original_analyse(self, maps)
    return clean + 0.01 * np.abs(clean).max() * np.cos(np.arange(clean.size)).reshape(clean.shape)


def wrong_sign(l, l2):
    table = orders_table(l, l2).copy()
    table[0, 1:] *= -1  # the lowest L, m > 0; at m = 0 it would square away
    return table


def range_cut(l, l2):
    table = orders_table(l, l2).copy()
    table[-1] = 0.0  # L = l + l' left out
    return table


def one_symbol_off(l, l2, m, m2):
    lowest, symbols = three_j(l, l2, m, m2)
    return lowest, symbols * np.where(np.arange(symbols.size) == symbols.size // 2, 1 + 1e-9, 1)


original_blocks = NoiseCovariance.__dict__["blocks"]
displacement, step_back = legendre.displacement, sde.backward_step
exponential_step, exponential_flow = samplers.exponential_step, samplers.exponential_flow
langevin_step = samplers.langevin_step
minimisers_entry = minimisers.normal_entry
original_whiten, original_analyse = NoiseCovariance.whiten, DuccWitness.analyse
elements, gaunt_coefficient = wigner.elements, gaunt.coefficient

# target, replacement, the checks that must fail
MUTANTS = {
    "sum rule doubled": (
        covariance,
        "degree_power",
        scaled(covariance.degree_power, 2),
        {"flat power spectrum (sum rule)"},
    ),
    "A_l with l off by one": (
        legendre,
        "displacement",
        lambda l, m: displacement(l + 1, m),
        {"displacement recurrence in every block m = m'"},
    ),
    "w for w^2": (
        covariance,
        "noise_strength",
        lambda w, variance: w * variance,
        {
            "adjoint probe",
            "every entry by brute force (scipy)",
            "every entry by unit pixels through healpy.map2alm(iter=0)",
            "every entry by unit pixels through healpy.map2alm(iter=3)",
            "every entry by unit pixels through ducc0.sht.adjoint_synthesis",
            "every entry by unit pixels through ducc0.sht.adjoint_synthesis, 3 iterations",
            "white noise there and back: standard deviation",
            "Monte Carlo: total",
            "Monte Carlo: degree",
            "Monte Carlo: order",
            "Monte Carlo: coefficient",
        },
    ),
    "deviation for variance": (
        covariance,
        "noise_strength",
        lambda w, variance: w**2 * np.sqrt(variance),
        {"covariance of Brownian motion at t is t Sigma"},
    ),
    "variance averaged over the points": (
        covariance,
        "noise_strength",
        lambda w, variance: w**2 * np.mean(variance),
        {"noise of one point alone: Sigma = s^2 a a^T", "isotropising variance: claimed Sigma = c I"},
    ),
    "diagonal only": (
        NoiseCovariance,
        "blocks",
        property(diagonal_only),
        {"Monte Carlo: pair", "Monte Carlo: omnibus", "adjoint probe"},
    ),
    "coupling dropped": (
        NoiseCovariance,
        "blocks",
        property(without_one_coupling),
        {
            "every entry by brute force (scipy)",
            "adjoint probe",
            "displacement recurrence in every block m = m'",
        },
    ),
    "one variance doubled": (
        NoiseCovariance,
        "blocks",
        property(with_one_large_variance),
        {"Monte Carlo: coefficient", "flat power spectrum (sum rule)"},
    ),
    "negative variance": (
        NoiseCovariance,
        "blocks",
        property(with_negative_variance),
        {"symmetric, no negative eigenvalue"},
    ),
    "transform one percent off": (
        RingTransform,
        "adjoint",
        scaled(RingTransform.adjoint, 1.01),
        {
            "operator on random maps",
            "Brownian path: sum of transformed increments",
            "adjoint of the operator: <A x, y> = <x, A^T y>",
        },
    ),
    "drift one percent off": (
        sde_vp,
        "rate",
        scaled(sde_vp.rate, 1.01),
        {
            "SDE path: spectral drift and diffusion",
            "probability flow carries the marginal",
            "drift rate and noise power are the stated ones",
        },
    ),
    "variance ten percent off": (
        sde_vp,
        "variance",
        scaled(sde_vp.variance, 1.1),
        {"mean and variance solve their moment equations", "Monte Carlo: total"},
    ),
    "mean twice": (
        sde_vp,
        "mean",
        scaled(sde_vp.mean, 2),
        {"mean and variance solve their moment equations", "Monte Carlo: mean"},
    ),
    "score target with the wrong sign": (
        score,
        "target",
        scaled(score.target, -1),
        {"score target is the gradient of the log density"},
    ),
    "residual without the mean": (
        score,
        "residual",
        lambda state, start, mean: state,
        {"score: the code under test raised ValueError"},
    ),
    "flow with g^2": (sde, "probability_flow", sde.reverse_drift, {"probability flow carries the marginal"}),
    "reverse with g^2/2": (sde, "reverse_drift", sde.probability_flow, {"reverse SDE carries the marginal"}),
    "kernel between times with m(t) for m(t)/m(s)": (
        sde,
        "mean_between",
        lambda mean, mean_s: mean,
        {"kernel between two times solves its moment equations", "Monte Carlo: increments"},
    ),
    "kernel between times with v(t)": (
        sde,
        "variance_between",
        lambda ratio, variance, variance_s: variance,
        {"kernel between two times solves its moment equations", "Monte Carlo: steps"},
    ),
    "sampler's law five percent too large in each step": (
        sde,
        "step_law",
        scaled(sde.step_law, 1.05),
        {"law of EulerMaruyama, by unit normals", "Monte Carlo: total"},
    ),
    "score with its sign turned": (
        score,
        "gaussian",
        scaled(score.gaussian, -1),
        {"law of EulerMaruyama, by unit normals"},
    ),
    "sampler's noise ten percent too large": (
        sde,
        "backward_step",
        lambda state, backward, g2, dt, noise: step_back(state, backward, g2, dt, 1.1 * noise),
        {"reverse path: the steps of EulerMaruyama", "Monte Carlo: total"},
    ),
    "sampler's noise without Sigma": (
        NoiseCovariance,
        "sample",
        lambda self, rng, size=None: (
            rng.standard_normal((*np.atleast_1d(size), self.n)) * np.sqrt(self.diagonal().mean())
        ),
        {"Monte Carlo: pair"},
    ),
    "exponential step by half the way": (
        samplers,
        "exponential_step",
        lambda state, predicted, *others: exponential_step(state, predicted / 2, *others),
        {"reverse path: the steps of Exponential"},
    ),
    "exponential step's law without what is left of its noise": (
        samplers,
        "exponential_matrix",
        samplers.exponential_flow_matrix,
        {"law of Exponential, by unit normals"},
    ),
    "flow step twice the way": (
        samplers,
        "exponential_flow",
        lambda state, predicted, *ends: exponential_flow(state, 2 * predicted, *ends),
        {"reverse path: the steps of ExponentialFlow"},
    ),
    "flow step's law one percent off": (
        samplers,
        "exponential_flow_matrix",
        scaled(samplers.exponential_flow_matrix, 1.01),
        {"law of ExponentialFlow, by unit normals"},
    ),
    "Heun without its second slope": (
        samplers,
        "flow_heun",
        lambda state, first, second, dt: samplers.flow_euler(state, first, dt),
        {"reverse path: the steps of Heun"},
    ),
    "Heun's law without its second slope": (
        samplers,
        "flow_heun_matrix",
        lambda velocity, velocity_s, dt: samplers.flow_euler_matrix(velocity, dt),
        {"law of Heun, by unit normals"},
    ),
    "correction with h for 2 h in its noise": (
        samplers,
        "langevin_step",
        lambda state, sigma_score, size, noise: langevin_step(state, sigma_score, size, noise * 0.5**0.5),
        {"reverse path: the steps of PredictorCorrector"},
    ),
    "corrections ten percent longer": (
        samplers,
        "langevin_size",
        scaled(samplers.langevin_size, 1.1),
        {"reverse path: the steps of PredictorCorrector", "law of PredictorCorrector, by unit normals"},
    ),
    "heat flow with M for K M": (
        "sphspec.drifts.response",
        None,
        lambda operator: operator.gram.map(lambda block: np.eye(len(block))),
        {
            "heat flow: the drift of the coefficients is that of the field",
            "heat flow: the mean is e^(B t)",
            "heat flow: the noise solves its equation",
            "Monte Carlo: mean",
        },
    ),
    "noise that gathers twice as fast": (
        linear_drift,
        "noise_entry",
        scaled(linear_drift.noise_entry, 2),
        {"heat flow: the noise solves its equation", "heat flow: noise over a short time"},
    ),
    "spatial loss without its constant": (
        loss,
        "offset",
        scaled(loss.offset, 0.9),
        {"spatial score matching is the Sigma-weighted one and a constant"},
    ),
    "normal equations without their coupling": (
        minimisers,
        "normal_entry",
        lambda weight, law: minimisers_entry(weight, law) * np.eye(len(law)),
        {"best score of each degree: the slope of its loss vanishes, SigmaMetric"},
    ),
    "normal equations one percent off": (
        minimisers,
        "normal_entry",
        scaled(minimisers.normal_entry, 1.01),
        {"best score of each degree: the slope of its loss vanishes, PlainMetric"},
    ),
    "data for noise with the wrong sign": (
        parametrisation,
        "noise_of_denoised",
        scaled(parametrisation.noise_of_denoised, -1),
        {"score, noise and denoised data belong together"},
    ),
    "round trip ten percent off": (
        covariance,
        "round_trip_variance",
        scaled(covariance.round_trip_variance, 1.1),
        {"white noise there and back: standard deviation"},
    ),
    "flattening by 1/w^2": (
        noise_design,
        "flattening_variance",
        lambda w, c: c / w**2,
        {"isotropising variance: Sigma = c I"},
    ),
    "design without its squares": (
        "sphspec.noise_design.squared_kernel_sums",
        None,
        lambda grid, lmax: np.diag(np.diagonal(squared_kernel_sums(grid, lmax))),
        {"isotropising variance: none is better (certificate)"},
    ),
    "ring eigenvalue w^2 s^2": (
        limit_law,
        "ring_eigenvalue",
        lambda w, variance: w**2 * variance,
        {"zonal eigenvalues, one a ring"},
    ),
    "dt for sqrt(dt)": (
        "sphspec.suite.draws.brownian_increments",
        None,
        dt_for_sqrt_dt,
        {"Monte Carlo: total", "Monte Carlo: steps", "Monte Carlo: direction"},
    ),
    "increments reused": (
        "sphspec.suite.draws.brownian_increments",
        None,
        reused_increments,
        {"Monte Carlo: increments"},
    ),
    "a random factor common to each path": (
        "sphspec.suite.draws.brownian_increments",
        None,
        with_common_factor,
        {"Monte Carlo: shape"},
    ),
    "white coordinates two percent small": (
        NoiseCovariance,
        "whiten",
        slightly_small,
        {"pooled: total", "p uniform: total"},
    ),
    "equal time steps": (
        "sphspec.suite.draws.brownian_increments",
        None,
        equal_steps,
        {"Monte Carlo: steps"},
    ),
    "antithetic paths": (
        "sphspec.suite.draws.brownian_increments",
        None,
        mirrored_paths,
        {"Monte Carlo: paths"},
    ),
    "one stream for all blocks": (
        "sphspec.suite.engine.stream",
        None,
        lambda root, content, stage, block: stream(root, content, stage, 0),
        {"blocks of draws are distinct"},
    ),
    "noise outside the range": (DuccWitness, "analyse", leaking, {"draws lie in the range of Sigma"}),
    "one closed form's coefficient": (
        closed_form,
        "FORMS",
        closed_form.FORMS | {(1, 0, 3, 0): (1, 21, 2916, (0, -190, -108, -30, -9))},
        {"closed forms through healpy"},
    ),
    "closed forms for 4 pi/N^2": (
        closed_form,
        "entry",
        scaled(closed_form.entry, 2),
        {"closed forms through healpy"},
    ),
    "3j symbol of the lowest L with the wrong sign": (
        "sphspec.covariance.gaunt.orders_table",
        None,
        wrong_sign,
        {"Gaunt form against the ring sum"},
    ),
    "highest L left out": (
        "sphspec.covariance.gaunt.orders_table",
        None,
        range_cut,
        {"Gaunt form against the ring sum"},
    ),
    "one 3j symbol in each row off by 1e-9": (
        "sphspec.wigner.three_j",
        None,
        one_symbol_off,
        {"Gaunt form against the ring sum", "3j symbols obey their recurrence"},
    ),
    "Gaunt coefficient without its sign": (
        gaunt,
        "coefficient",
        lambda l, l2, l3, m, zeros, orders: np.abs(gaunt_coefficient(l, l2, l3, m, zeros, orders)),
        {"Gaunt form against the ring sum"},
    ),
    "3j elements without M": (
        wigner,
        "elements",
        lambda l3, l, l2, order_sum: elements(l3, l, l2, 0.0),
        {"3j symbols obey their recurrence"},
    ),
    "a control too small": ("sphspec.suite.montecarlo.CONTROL", None, 1e-3, {"positive control"}),
}


def short(check):
    if check.startswith("closed forms to lmax"):
        return "closed forms through healpy"
    for name in ("positive control", "draws lie in the range of Sigma"):
        if check.startswith(name):
            return name
    return check


def test_a_clean_run_passes_every_check():
    verdict = run_suite(STUDY, derivations=False)
    assert verdict.ok, verdict.failures
    covered = set().union(*(checks for *_, checks in MUTANTS.values()))
    covered = {check for check in covered if "raised" not in check}
    assert {short(result.check) for result in verdict.results} == covered


BY_DAY = 3  # every third of them: each takes seconds; all by night


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.nightly if place % BY_DAY else ())
        for place, name in enumerate(MUTANTS)
    ],
)
def test_mutant_is_killed_by_the_checks_named(monkeypatch, name):
    target, attribute, wrong, checks = MUTANTS[name]
    if isinstance(target, str):
        monkeypatch.setattr(target, wrong)
    else:
        monkeypatch.setattr(target, attribute, wrong)
    verdict = run_suite(STUDY, derivations=False)
    assert not verdict.ok
    assert checks <= {short(result.check) for result in verdict.failures}


def test_a_wrong_coefficient_is_named_with_its_entry(monkeypatch):
    """One numerator of (1, 0) with (3, 0) off by one in 2916: seen wherever lmax >= 3."""
    key = (1, 0, 3, 0)
    valid_from, radicand, denominator, (zero, second, *rest) = closed_form.FORMS[key]
    wrong = (valid_from, radicand, denominator, (zero, second + 1, *rest))
    monkeypatch.setattr(closed_form, "FORMS", closed_form.FORMS | {key: wrong})
    failed = [result for result in closed_form_results() if not result.ok]
    assert [result.check.split(",")[0].split("nside ")[1] for result in failed] == list("12345678")
    assert all(result.where.startswith(("entry (1, 0), (3, 0)", "entry (3, 0), (1, 0)")) for result in failed)


def test_a_closed_form_left_out_is_found(monkeypatch):
    kept = {key: row for key, row in closed_form.FORMS.items() if key != (8, 0, 8, 4)}
    monkeypatch.setattr(closed_form, "FORMS", kept)
    failed = [result for result in closed_form_results() if not result.ok]
    assert len(failed) == len(list(closed_form_results())) - 1  # not in lmax 4
    assert all("(8, 0)" in result.where for result in failed)
