"""Every derivation proves itself, and a planted error breaks its proof."""

import dataclasses
from fractions import Fraction

import pytest
from entries import entry_of, forget
from sympy import Eq, Integer, Symbol, pi, sqrt

from derivations import (
    chart,
    closed_forms,
    coefficients,
    conventions,
    cosine,
    covariance,
    expansion,
    exponential,
    faulhaber,
    gaunt,
    gaussian_coordinates,
    growth,
    harmonics,
    healpix_forms,
    heun,
    isotropy,
    langevin,
    laplacian,
    likelihood,
    limit_families,
    limit_law,
    linear_drift,
    linear_moments,
    linear_steps,
    loss_forms,
    losses,
    minimisers,
    mode_coupling,
    noise_design,
    ornstein_uhlenbeck,
    parametrisation,
    reproducing_kernel,
    reverse,
    ring_sum,
    sampler,
    score,
    score_classes,
    sde,
    transition,
    wigner,
    zonal_block,
)
from derivations.catalogue import catalogue
from derivations.derivation import Derivation, ProofError, Step, prove
from derivations.exact import statement as exact
from derivations.grids import equiangular, gauss_legendre, healpix
from derivations.process import process_derivation

ENTRIES = {entry.name: entry for entry in catalogue()}
BELT_ALONE = closed_forms.belt_sum(0)


@pytest.mark.nightly  # one by one; all at once they run wherever the generated code is compared
@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_proof_reduces_to_zero(name):
    assert prove(ENTRIES[name]) >= 1


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_entry_says_what_it_holds_for(name):
    entry = ENTRIES[name]
    assert entry.title
    assert entry.statement
    assert entry.scope
    assert entry.reference


def test_required_theorems_are_in_the_catalogue():
    required = {
        "legendre-recurrence", "real-chart", "basis-norms", "classical-norm", "no-phase", "complex-moments",
        "azimuthal-nyquist", "power-units", "healpix-rings", "gauss-legendre-rings", "spectral-covariance",
        "limit-law", "latitude-limit-law", "octahedral-limit-law", "zonal-block", "whitening-variance",
        "white-as-can-be",
        "sum-rule", "ring-sum", "displacement", "jacobi-operator", "least-squares-operator",
        "vp-kernel", "subvp-kernel", "ve-kernel", "reverse-sde", "probability-flow", "score-target",
        "cosine-kernel", "ou-kernel", "growth", "response", "modified-drift", "closure", "heat-flow",
        "linear-moments", "linear-between", "linear-doubling", "van-loan", "symmetric-drift",
        "transition-kernel", "gaussian-score", "sampler-step", "sampler-law",
        "spatial-loss", "spatial-offset", "root-loss", "likelihood-weighting", "best-linear-score",
        "denoiser",
        "noise-parametrisation", "noise-and-denoiser", "exponential-step", "exponential-flow",
        "flow-heun", "langevin-step",
        "healpix-closed-form", "healpix-coupling", "healpix-coupling-order", "healpix-anisotropy",
    }  # fmt: skip
    assert required <= ENTRIES.keys()


def test_a_proof_without_steps_is_no_proof():
    empty = Derivation("x", "x", "x", Integer(0), tuple, "none", "none")
    with pytest.raises(ProofError, match="no steps"):
        prove(empty)


def test_a_residual_that_is_left_over_is_named():
    wrong = Derivation("x", "x", "x", Integer(0), lambda: (Step("one", Symbol("a")),), "none", "none")
    with pytest.raises(ProofError, match="x: one: left over a"):
        prove(wrong)


@pytest.mark.parametrize(
    ("module", "attribute", "wrong", "name"),
    [
        (covariance, "STRENGTH", covariance.w * covariance.s2, "spectral-covariance"),
        (covariance, "FLAT_POWER", covariance.FLAT_POWER * 2, "sum-rule"),
        (chart, "unitary_factor", lambda: Integer(1), "real-chart"),
        (conventions, "classical_start", lambda: sqrt(4 * pi), "classical-norm"),
        (conventions, "classical_real", lambda: conventions.above, "classical-norm"),
        (conventions, "parity", lambda order: (-1) ** (order + 1), "no-phase"),
        (coefficients, "real_moments", lambda: coefficients.MOMENTS.rhs / 2, "complex-moments"),
        (harmonics, "SECTORAL_RATIO", -harmonics.SECTORAL_RATIO * sqrt(2), "legendre-sectoral"),
        (ring_sum, "ring_kernel", lambda: 2 * chart.real_covariance(), "ring-sum"),
        (reverse, "FLOW_SHARE", Integer(1), "probability-flow"),
        (reverse, "REVERSE_SHARE", Integer(2), "reverse-sde"),
        (reverse, "BACKWARD_STEP", reverse.BACKWARD_STEP + reverse.noise, "backward-step"),
        (reverse, "BACKWARD_STEP", reverse.BACKWARD_STEP + reverse.noise, "sampler-step"),
        (sampler, "POWER", 2 * sampler.POWER, "sampler-step"),
        (parametrisation, "NOISE", -parametrisation.NOISE, "noise-parametrisation"),
        (parametrisation, "SMOOTHED_OF_NOISE", parametrisation.predicted, "noise-parametrisation"),
        (parametrisation, "DENOISED", parametrisation.DENOISED / 2, "denoiser"),
        (parametrisation, "SMOOTHED_OF_DENOISED", -parametrisation.SMOOTHED_OF_DENOISED, "denoiser"),
        (parametrisation, "DENOISED_OF_NOISE", parametrisation.state, "noise-and-denoiser"),
        (parametrisation, "NOISE_OF_DENOISED", -parametrisation.NOISE_OF_DENOISED, "noise-and-denoiser"),
        (exponential, "STEP", exponential.FLOW + exponential.noise, "exponential-step"),
        (exponential, "POWER", exponential.GAP**2, "exponential-step"),
        (exponential, "FLOW", exponential.STEP.subs({exponential.noise: 0}), "exponential-flow"),
        (exponential, "STEP_KERNEL", exponential.FLOW_KERNEL, "exponential-step-matrix"),
        (exponential, "FLOW_KERNEL", exponential.STEP_KERNEL, "exponential-flow-matrix"),
        (heun, "EULER", heun.EULER + heun.dt * heun.state, "flow-euler"),
        (heun, "HEUN", heun.EULER, "flow-heun"),
        (reverse, "FLOW_SHARE", Integer(1), "flow-velocity"),
        (heun, "EULER", heun.EULER + heun.dt * heun.state, "flow-euler-matrix"),
        (heun, "HEUN", heun.EULER, "flow-heun-matrix"),
        (langevin, "STEP", langevin.STEP + langevin.size * langevin.smoothed, "langevin-step"),
        (langevin, "POWER", langevin.POWER / 2, "langevin-step"),
        (langevin, "SIZE", langevin.SIZE / 2, "langevin-size"),
        (langevin, "STEP", langevin.STEP + langevin.size * langevin.smoothed, "langevin-matrix"),
        (reverse, "REVERSE_SHARE", Integer(2), "sampler-step"),
        (sampler, "MINUS", sampler.solved, "gaussian-score"),
        (growth, "SERIES", growth.SERIES + growth.x**9 / 7, "growth"),
        (growth, "NEAR", growth.NEAR * 2, "growth"),
        (linear_drift, "DRIFT", linear_drift.generator, "modified-drift"),
        (linear_drift, "SOLVED", 2 * linear_drift.SOLVED, "closure"),
        (linear_drift, "LEFT_OVER", linear_drift.analysed, "closure"),
        (linear_drift, "CLOSED", Eq(linear_drift.B, linear_drift.K), "closure"),
        (linear_moments, "NOISE", linear_moments.NOISE / 2, "linear-moments"),
        (linear_moments, "NOISE", linear_moments.NOISE * linear_moments.grown, "van-loan"),
        (linear_moments, "FACTOR", linear_moments.FACTOR**2, "linear-moments"),
        (linear_moments, "MOVE", linear_moments.FACTOR, "linear-between"),
        (linear_steps, "SQUARED", linear_steps.STEP, "linear-doubling"),
        (growth, "TERMS", growth.TERMS - 1, "growth"),
        (cosine, "VARIANCE", cosine.VARIANCE * 2, "cosine-kernel"),
        (cosine, "RATE", 2 * cosine.RATE, "cosine-kernel"),
        (ornstein_uhlenbeck, "EVALUATED", 2 * ornstein_uhlenbeck.EVALUATED, "ou-kernel"),
        (sampler, "second_moment", lambda m, v, p, s: m * p + v * s, "gaussian-score"),
        (score, "RESIDUAL", score.state, "score-target"),
        (score, "RESIDUAL", score.state + score.mean * score.start, "smoothed-score"),
        (score, "TARGET", score.solved / score.variance, "score-target"),
        (losses, "HIDDEN", losses.PIXELS.I, "spatial-offset"),
        (losses, "SPECTRAL_DIFFERENCE", losses.SCORE, "spatial-loss"),
        (losses, "PIXEL_DIFFERENCE", 2 * losses.PIXEL_DIFFERENCE, "spatial-loss"),
        (losses, "OFFSET", losses.pixel_count / losses.variance, "spatial-offset"),
        (loss_forms, "DEPARTURE", loss_forms.predicted - loss_forms.white, "root-loss"),
        (loss_forms, "NOISE_DEPARTURE", loss_forms.predicted, "white-noise-loss"),
        (loss_forms, "NOISE_DEPARTURE", loss_forms.predicted, "coloured-noise-loss"),
        (loss_forms, "ROOTED_DIFFERENCE", loss_forms.SCORE, "root-loss"),
        (likelihood, "LIKELIHOOD", likelihood.weighted, "likelihood-weighting"),
        (score_classes, "HADAMARD", score_classes.metric + score_classes.law, "best-diagonal-score"),
        (minimisers, "LEFT_OVER", minimisers.power + minimisers.reached, "least-loss"),
        (minimisers, "LEFT_OVER", minimisers.power + minimisers.reached, "excess-loss"),
        (minimisers, "TARGET_POWER", minimisers.trace, "score-target-moments"),
        (isotropy, "divergence", lambda: isotropy.ratio - 1, "divergence"),
        (reproducing_kernel, "HARMONIC_SUM", reproducing_kernel.HARMONIC_SUM / 2, "reproducing-kernel"),
        (reproducing_kernel, "SPREAD", 2 * reproducing_kernel.SPREAD, "reproducing-kernel"),
        (limit_law, "SYMBOL", limit_law.SYMBOL / 2, "symbol-compression"),
        (limit_law, "DEFICIT", limit_law.DEFICIT / 2, "limit-law"),
        (limit_families, "LATITUDE", limit_families.LATITUDE * 2, "ring-symbol"),
        (limit_families, "OCTAHEDRAL", limit_families.OCTAHEDRAL * 2, "ring-symbol"),
        (limit_families, "OCTAHEDRAL_COUNT", limit_families.OCTAHEDRAL_COUNT + 4, "ring-symbol"),
        (limit_families, "LATITUDE_QUANTILE", limit_families.LATITUDE_QUANTILE / 2, "latitude-limit-law"),
        (limit_families, "OCTAHEDRAL_DENSITY", -limit_families.OCTAHEDRAL_DENSITY, "octahedral-limit-law"),
        (zonal_block, "RING_LEVEL", zonal_block.RING_LEVEL * 2, "zonal-block"),
        (zonal_block, "LEAST", zonal_block.LEAST / 2, "gauss-legendre-growth"),
        (noise_design, "FLATTENING", noise_design.FLATTENING**2, "whitening-variance"),
        (noise_design, "DIAGONAL", noise_design.DIAGONAL * 2, "distance-from-white"),
        (faulhaber, "power_sum", lambda power: BELT_ALONE, "faulhaber"),
        (closed_forms, "divisor_sum", lambda steps, power: steps**power, "healpix-coupling"),
        (closed_forms, "root", lambda *key: (1, Fraction(1)), "healpix-closed-form"),
        (healpix_forms, "lowest_power", lambda m, m2: 2 + (abs(m) + abs(m2)) // 2, "healpix-coupling-order"),
        (healpix_forms, "TAIL", healpix_forms.TAIL * 2, "healpix-coupling-order"),
        (expansion, "belt", lambda: expansion.cap(), "healpix-anisotropy"),
        (healpix, "belt_cosine", lambda i: 1 - 2 * i / (3 * healpix.N), "healpix-rings"),
        (gauss_legendre, "weight_polynomial", lambda nodes: Integer(2), "gauss-legendre-rings"),
    ],
)  # fmt: skip
def test_planted_error_breaks_the_proof(monkeypatch, module, attribute, wrong, name):
    monkeypatch.setattr(module, attribute, wrong)
    forget()
    try:
        with pytest.raises(ProofError):
            prove(entry_of(name))
    finally:
        forget()


PRINTED_AS_DEFINED = {
    *(f"{process.name}-kernel" for process in sde.processes()), "jacobi-operator", "filtered-covariance",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ENTRIES.keys() - PRINTED_AS_DEFINED))
def test_a_wrong_printed_equation_breaks_its_proof(monkeypatch, name):
    """The module's stated equation, its right side doubled, no longer passes as an instance."""
    stated = {
        "legendre-recurrence": (harmonics, "RECURRENCE"), "legendre-sectoral": (harmonics, "SECTORAL"),
        "legendre-parity": (harmonics, "PARITY"), "addition-theorem": (harmonics, "ADDITION"),
        "reality-constraint": (chart, "REALITY"), "basis-norms": (conventions, "NORMS"),
        "classical-norm": (conventions, "CLASSICAL"), "no-phase": (conventions, "PLAIN"),
        "complex-moments": (coefficients, "MOMENTS"), "azimuthal-nyquist": (coefficients, "NYQUIST"),
        "power-units": (coefficients, "POWER"), "healpix-selection": (healpix, "SELECTION"),
        "spectral-covariance": (covariance, "LAW"), "sum-rule": (covariance, "SUM_RULE"),
        "ring-sum": (ring_sum, "RING_SUM"), "displacement": (ring_sum, "DISPLACEMENT"),
        "addition-theorem-between-points": (reproducing_kernel, "ADDITION"),
        "reproducing-kernel": (reproducing_kernel, "CLOSED"),
        "symbol-compression": (limit_law, "COMPRESSION"), "symbol-first-moment": (limit_law, "FIRST_MOMENT"),
        "limit-law": (limit_law, "SECOND_MOMENT"), "ring-symbol": (limit_families, "RING_SYMBOL"),
        "latitude-limit-law": (limit_families, "LATITUDE_CDF"),
        "octahedral-limit-law": (limit_families, "OCTAHEDRAL_CDF"), "zonal-block": (zonal_block, "ZONAL"),
        "gauss-legendre-condition": (zonal_block, "CONDITION"),
        "gauss-legendre-growth": (zonal_block, "ASYMPTOTIC"),
        "distance-from-white": (noise_design, "OBJECTIVE"), "white-as-can-be": (noise_design, "SLOPE"),
        "left-over": (noise_design, "LEFT_OVER"), "optimality-gap": (noise_design, "GAP"),
        "faulhaber": (faulhaber, "FAULHABER"), "healpix-closed-form": (healpix_forms, "RINGS"),
        "healpix-coupling": (healpix_forms, "ALIASES"), "healpix-coupling-order": (healpix_forms, "LEADING"),
        "healpix-anisotropy": (expansion, "EXPANSION"),
        "three-j-elements": (wigner, "ELEMENTS"), "three-j-recurrence": (wigner, "RECURRENCE"),
        "harmonic-product": (gaunt, "PRODUCT"), "gaunt-form": (gaunt, "GAUNT_FORM"),
        "gaunt-relation": (gaunt, "RELATION"), "mode-coupling": (mode_coupling, "COUPLING"),
        "pseudo-spectrum": (mode_coupling, "PSEUDO"),
        "transition-kernel": (transition, "BETWEEN"), "gaussian-score": (sampler, "GAUSSIAN"),
        "sampler-step": (sampler, "STEP"),
        "gaussian-coordinates": (gaussian_coordinates, "LAW"), "sampler-law": (sampler, "RECURSION"),
        "noise-parametrisation": (parametrisation, "STATED_NOISE"),
        "denoiser": (parametrisation, "STATED_DENOISED"),
        "noise-and-denoiser": (parametrisation, "STATED_SUM"),
        "exponential-step": (exponential, "STATED_STEP"), "exponential-flow": (exponential, "STATED_FLOW"),
        "exponential-step-matrix": (exponential, "STEP_MATRIX"),
        "exponential-flow-matrix": (exponential, "FLOW_MATRIX"),
        "flow-euler": (heun, "STATED_EULER"), "flow-heun": (heun, "STATED_HEUN"),
        "flow-velocity": (heun, "VELOCITY"), "flow-euler-matrix": (heun, "EULER_MATRIX"),
        "flow-heun-matrix": (heun, "HEUN_MATRIX"), "langevin-step": (langevin, "STATED"),
        "langevin-size": (langevin, "STATED_SIZE"), "langevin-matrix": (langevin, "STEP_MATRIX"),
        "score-target": (score, "STATED_TARGET"), "smoothed-score": (score, "STATED_SMOOTHED"),
        "spatial-loss": (losses, "GAP"), "spatial-offset": (losses, "MEAN_GAP"),
        "chart-invariance": (losses, "NEW_CHART"), "loss-ratio": (losses, "BOUND"),
        "root-loss": (loss_forms, "ROOT_FORM"), "white-noise-loss": (loss_forms, "NOISE_FORM"),
        "coloured-noise-loss": (loss_forms, "COLOURED_FORM"), "likelihood-weighting": (likelihood, "RATE"),
        "best-linear-score": (minimisers, "NORMAL"), "least-loss": (minimisers, "LOWEST"),
        "excess-loss": (minimisers, "EXCESS"), "score-target-moments": (minimisers, "TARGET_MOMENT"),
        "best-diagonal-score": (score_classes, "ENTRY"), "best-degree-score": (score_classes, "PER_DEGREE"),
        "best-filter": (score_classes, "FILTER"),
        "exact-entries": (exact, "HARMONIC"), "exact-operators": (exact, "POWER"),
        "growth": (growth, "GROWTH"), "heat-flow": (laplacian, "HEAT"),
        "fractional-laplacian": (laplacian, "FRACTIONAL"), "response": (linear_drift, "RESPONSE"),
        "modified-drift": (linear_drift, "MODIFIED"), "closure": (linear_drift, "RESIDUAL"),
        "closure-by-synthesis": (linear_drift, "SYNTHESISED"), "linear-moments": (linear_moments, "ENTRY"),
        "linear-between": (linear_moments, "BETWEEN"), "linear-doubling": (linear_steps, "DOUBLED"),
        "van-loan": (linear_steps, "VAN_LOAN"), "linear-basis": (linear_steps, "CARRIED"),
        "symmetric-drift": (linear_steps, "SYMMETRIC"),
    }.get(name)  # fmt: skip
    if stated is None:  # printed from the very functions that the proof calls
        assert name in {
            "real-chart", "real-covariance", "healpix-rings", "gauss-legendre-rings", "round-trip",
            "divergence", "whitening-variance",
            *(f"equiangular-{family.name}" for family in equiangular.FAMILIES),
            "least-squares-operator", "spectral-sde", "reverse-sde", "probability-flow", "backward-step",
        }  # fmt: skip
        return
    module, attribute = stated
    equation = getattr(module, attribute)
    monkeypatch.setattr(module, attribute, Eq(equation.lhs, 2 * equation.rhs))
    with pytest.raises(ProofError):
        prove(entry_of(name))


@pytest.mark.parametrize("family", equiangular.FAMILIES, ids=lambda family: family.name)
def test_a_wrong_equiangular_weight_breaks_its_proof(monkeypatch, family):
    wrong = dataclasses.replace(family, statement=Eq(family.statement.lhs, 2 * family.statement.rhs))
    monkeypatch.setattr(equiangular, "FAMILIES", (wrong,))
    (entry,) = equiangular.derivations()
    with pytest.raises(ProofError, match="the stated weight"):
        prove(entry)


def test_a_wrong_equiangular_rule_breaks_its_proof(monkeypatch):
    rule = equiangular.RULES["fejer1"]
    wrong = {
        **equiangular.RULES,
        "fejer1": lambda nlat: dataclasses.replace(rule(nlat), weight=2 * rule(nlat).weight),
    }
    monkeypatch.setattr(equiangular, "RULES", wrong)
    with pytest.raises(ProofError):
        prove(equiangular.derivations()[0])


def test_a_wrong_norm_breaks_the_exact_entries(monkeypatch):
    monkeypatch.setattr(exact, "norm_squared", lambda l, m: 2)
    with pytest.raises(ProofError, match="norm as a rational"):
        prove(exact.derivations()[0])


@pytest.mark.parametrize("process", sde.processes(), ids=lambda process: process.name)
@pytest.mark.parametrize("field", ["mean", "variance", "power"])
def test_wrong_moment_breaks_the_kernel_proof(process, field):
    wrong = dataclasses.replace(process, **{field: getattr(process, field) * 2})
    entry = process_derivation(wrong)
    with pytest.raises(ProofError):
        prove(entry)
