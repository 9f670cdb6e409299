"""Property-based: random grids, weights, variances, operators and processes through the whole chain.

Deterministic tiers on every example, Monte Carlo on some; streams are keyed by the example's content,
so a shrunk or repeated example draws the same numbers. The family-wise false-alarm rate of all Monte
Carlo examples here is at most 1e-6: EXAMPLES is fixed in advance and shares it.
"""

import json

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracles import whole

from sphspec import (
    VE,
    VP,
    GaussLegendre,
    Healpix,
    Jacobi,
    LeastSquares,
    Quadrature,
    RingGrid,
    SpectralSDE,
    SubVP,
    noise_covariance,
)
from sphspec.simulate import moments
from sphspec.suite.deterministic import deterministic_results
from sphspec.suite.draws import BrownianDraws, MarginalDraws, PathDraws
from sphspec.suite.engine import Inline
from sphspec.suite.montecarlo import Run, judge, start_field
from sphspec.suite.process import path_results, process_results, scalar_sde
from sphspec.suite.reverse import reverse_path_results, sampler_results
from sphspec.suite.witnesses import direct_witness, healpy_witness
from sphspec.verify.streams import stream

ROOT_SEED = 20260128
EXAMPLES = 25
ALPHA = 1e-6 / (3 * EXAMPLES)


@st.composite
def healpix_problems(draw):
    nside = draw(st.sampled_from([1, 2, 3, 5, 6]))
    rings = 4 * nside - 1
    weights = st.none() | st.lists(st.floats(0.01, 1.0), min_size=rings, max_size=rings)
    lmax = draw(st.integers(0, 3 * nside - 1))
    return {"grid": "healpix", "nside": nside, "lmax": lmax, "weights": draw(weights)}


@st.composite
def gauss_legendre_problems(draw):
    return {
        "grid": "gauss-legendre",
        "nlat": draw(st.integers(1, 9)),
        "nlon": draw(st.integers(1, 15)),
        "lmax": draw(st.integers(0, 7)),
    }


@st.composite
def ring_problems(draw):
    rings = draw(st.integers(1, 6))

    def values(low, high):
        return [draw(st.floats(low, high)) for _ in range(rings)]

    return {
        "grid": "rings",
        "theta": values(0.01, 3.13),
        "nphi": [draw(st.integers(1, 12)) for _ in range(rings)],
        "phi0": values(0.0, 6.28),
        "weights": values(0.05, 2.0),
        "lmax": draw(st.integers(0, 5)),
    }


@st.composite
def problems(draw):
    problem = draw(st.one_of(healpix_problems(), gauss_legendre_problems(), ring_problems()))
    problem["iterations"] = draw(st.integers(0, 3))
    problem["variance"] = draw(st.sampled_from(["uniform", "ring", "point"]))
    problem["scale"] = draw(st.floats(0.1, 5.0))
    return problem


def build(problem):
    if problem["grid"] == "healpix":
        grid = Healpix(problem["nside"])
        if problem.get("weights"):
            grid = Healpix(problem["nside"], whole(problem["weights"], grid.nphi))
    elif problem["grid"] == "gauss-legendre":
        grid = GaussLegendre(problem["nlat"], problem["nlon"])
    else:
        weights = whole(problem["weights"], problem["nphi"])
        grid = RingGrid(problem["theta"], problem["nphi"], problem["phi0"], weights)
    pattern = {
        "uniform": np.ones(grid.npix),
        "ring": 1.1 + np.cos(grid.theta) + 0.3 * np.cos(2 * grid.theta),
        "point": 1.5 + np.sin(2.0 + 3.7 * np.arange(grid.npix)),
    }[problem["variance"]]
    operator = (
        Jacobi(grid, problem["lmax"], problem["iterations"])
        if problem["iterations"]
        else Quadrature(grid, problem["lmax"])
    )
    return noise_covariance(operator, problem["scale"] * pattern)


def key(problem):
    return json.dumps(problem, sort_keys=True)


def assert_all(results):
    failed = [result for result in results if not result.ok]
    assert not failed, failed[0]


@settings(max_examples=200)
@given(problem=problems())
@example(
    problem={"grid": "healpix", "nside": 1, "lmax": 2, "iterations": 3, "variance": "point", "scale": 1.0}
)
@example(
    problem={"grid": "healpix", "nside": 6, "lmax": 17, "iterations": 3, "variance": "uniform", "scale": 1.0}
)
@example(
    problem={
        "grid": "gauss-legendre",
        "nlat": 1,
        "nlon": 1,
        "lmax": 3,
        "iterations": 0,
        "variance": "uniform",
        "scale": 1.0,
    }
)
@example(
    problem={
        "grid": "gauss-legendre",
        "nlat": 5,
        "nlon": 4,
        "lmax": 7,
        "iterations": 1,
        "variance": "ring",
        "scale": 2.0,
    }
)
def test_every_random_problem_passes_the_deterministic_tiers(problem):
    cov = build(problem)
    direct, rng = direct_witness(cov.operator), stream(ROOT_SEED, key(problem), "probes", 0)
    assert_all(deterministic_results(key(problem), cov, direct, healpy_witness(cov.operator), rng))
    assert_all(path_results(key(problem), SpectralSDE(VP(), cov), direct, rng))
    assert_all(reverse_path_results(key(problem), SpectralSDE(VP(), cov), direct, rng))


@settings(max_examples=40)
@given(nside=st.integers(2, 6), lmax=st.integers(0, 6), scale=st.floats(0.1, 5.0))
def test_least_squares_passes_the_deterministic_tiers(nside, lmax, scale):
    operator = LeastSquares(Healpix(nside), min(lmax, 3 * nside - 1))
    cov, label = noise_covariance(operator, scale), f"{nside} {lmax} {scale}"
    rng = stream(ROOT_SEED, label, "probes", 0)
    assert_all(deterministic_results(label, cov, direct_witness(operator), None, rng))


@settings(max_examples=60)
@given(kind=st.sampled_from([VP, SubVP, VE]), low=st.floats(0.01, 2.0), ratio=st.floats(1.01, 40.0))
def test_every_random_process_solves_its_moment_equations(kind, low, ratio):
    assert_all(process_results(kind(low, low * ratio)))
    assert_all(sampler_results(kind(low, low * ratio)))


@settings(max_examples=EXAMPLES)
@given(
    problem=problems(),
    times=st.lists(st.floats(0.05, 1.0), min_size=1, max_size=3, unique_by=lambda t: round(t, 2)),
)
def test_brownian_motion_through_the_witness_has_the_claimed_law(problem, times):
    cov = build(problem)
    witness = healpy_witness(cov.operator) or direct_witness(cov.operator)
    draws = BrownianDraws(key({**problem, "times": sorted(times)}), cov, witness, tuple(sorted(times)))
    assert_all(judge(Run(1000, ROOT_SEED, ALPHA), draws, Inline())[0])


@settings(max_examples=EXAMPLES)
@given(
    problem=problems(),
    kind=st.sampled_from([VP, SubVP, VE]),
    low=st.floats(0.05, 2.0),
    ratio=st.floats(1.01, 20.0),
    time=st.floats(0.05, 1.0),
)
def test_sde_marginals_through_the_witness_have_the_claimed_law(problem, kind, low, ratio, time):
    cov, process = build(problem), kind(low, low * ratio)
    witness = healpy_witness(cov.operator) or direct_witness(cov.operator)
    run, label = Run(1000, ROOT_SEED, ALPHA), key({**problem, "process": repr(process), "t": time})
    start = start_field(run, label, cov)
    centre, deviation = SpectralSDE(process, cov).marginal(witness.analyse(start[None])[0], time)
    twin = moments(scalar_sde(process), time)
    draws = MarginalDraws(label, cov, witness, start, centre, float(deviation), *twin)
    assert_all(judge(run, draws, Inline())[0])


@settings(max_examples=EXAMPLES)
@given(
    problem=problems(),
    kind=st.sampled_from([VP, SubVP, VE]),
    low=st.floats(0.05, 2.0),
    ratio=st.floats(1.01, 20.0),
    times=st.lists(st.floats(0.05, 1.0), min_size=1, max_size=3, unique_by=lambda t: round(t, 2)),
)
def test_sde_paths_through_the_witness_have_the_claimed_kernel(problem, kind, low, ratio, times):
    cov, process, when = build(problem), kind(low, low * ratio), tuple(sorted(times))
    witness = healpy_witness(cov.operator) or direct_witness(cov.operator)
    run, label = Run(1000, ROOT_SEED, ALPHA), key({**problem, "process": repr(process), "times": when})
    start, sde = start_field(run, label, cov), SpectralSDE(process, cov)
    draws = PathDraws.of(label, sde, scalar_sde(process), witness, start, when)
    assert_all(judge(run, draws, Inline())[0])
