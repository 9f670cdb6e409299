"""What is verified of one case: exactly, without matrices where it is large, and by Monte Carlo."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from sphspec.processes import Process
from sphspec.sde import SpectralSDE
from sphspec.simulate import DirectWitness, moments
from sphspec.study import MARGINAL_TIMES, PATH_TIMES, Study
from sphspec.suite.deterministic import deterministic_results
from sphspec.suite.draws import BrownianDraws, Draws, MarginalDraws, PathDraws
from sphspec.suite.engine import Engine
from sphspec.suite.gaunt import gaunt_results
from sphspec.suite.guard import BROKEN, broken, guarded
from sphspec.suite.large import judge_large, large_results
from sphspec.suite.linear import linear_results
from sphspec.suite.montecarlo import Run, judge, start_field
from sphspec.suite.prepared import Prepared
from sphspec.suite.process import (
    path_results,
    reverse_results,
    scalar_sde,
    score_results,
)
from sphspec.suite.progress import Progress
from sphspec.suite.reverse import reverse_path_results
from sphspec.suite.round_trip import round_trip_result
from sphspec.suite.witnesses import healpy_witness, simulated_through
from sphspec.verify.result import Evidence, Result, RoundTrip
from sphspec.verify.streams import stream

ENTRIES, DYNAMICS = 0, 1  # halves of what is exact


def exact_part(
    study: Study,
    item: Prepared,
    process: Process,
    progress: Progress,
    halves: tuple[int, ...],
    direct: DirectWitness,
) -> tuple[list[Result], RoundTrip | None]:
    """Return tiers 0 to 2 of a case, and white noise there and back where the grid has equal weights.

    Halves that are done apart have random vectors of their own; `direct` is the case's brute-force twin.
    """
    case, trip = item.case.label, None
    rng = stream(study.budget.seed, case, "probes", halves[0])
    results = list[Result]()
    if ENTRIES in halves:
        progress(f"{case}: every entry")
        healpy = healpy_witness(item.cov.operator)
        results += guarded(case, "entries", deterministic_results(case, item.cov, direct, healpy, rng))
        results += guarded(case, "Gaunt form", gaunt_results(case, item.cov))
    progress(f"{case}: paths", advance=len(halves) - 1)
    if DYNAMICS in halves:
        found, trip = _dynamics(item, SpectralSDE(process, item.cov), direct, rng)
        results += found
    progress(f"{case}: Monte Carlo", advance=1)
    return results, trip


def _dynamics(
    item: Prepared, sde: SpectralSDE, direct: DirectWitness, rng: np.random.Generator
) -> tuple[list[Result], RoundTrip | None]:
    case, cov, trip = item.case.label, item.cov, None
    results = list(guarded(case, "paths", path_results(case, sde, direct, rng)))
    results += guarded(case, "heat flow", linear_results(case, cov, direct, rng))
    if item.leading:
        results += guarded(case, "reverse process", reverse_results(case, sde, direct, rng))
        results += guarded(case, "reverse path", reverse_path_results(case, sde, direct, rng))
        results += guarded(case, "score", score_results(case, sde, direct, rng))
    try:
        trip = round_trip_result(case, cov, direct, healpy_witness(cov.operator), rng)
    except BROKEN as error:
        results.append(broken(case, "round trip", error))
    return results + ([trip[0]] if trip else []), trip[1] if trip else None


def large_part(study: Study, item: Prepared, run: Run, engine: Engine, progress: Progress) -> list[Result]:
    """Return what a case says whose matrices do not fit in memory."""
    case, rng = item.case.label, stream(study.budget.seed, item.case.label, "probes", 0)
    progress(f"{case}: sum rule")
    results = list(guarded(case, "diagonal", large_results(case, item.cov, rng)))
    progress(f"{case}: Monte Carlo", advance=2)
    tick = partial(progress, f"{case}: Monte Carlo", advance=0)
    label = f"{case} pixel noise"
    return results + list(guarded(label, "Monte Carlo", judge_large(run, label, item.cov, engine, tick)))


def laws_of(study: Study, item: Prepared, process: Process, run: Run) -> Iterator[Draws]:
    """Yield what is simulated of one case: Brownian motion, and the process on the first of a grid."""
    label, cov = item.case.label, item.cov
    witness = simulated_through(cov.operator)
    yield BrownianDraws(f"{label} Brownian motion", cov, witness, study.budget.times)
    if not item.leading:
        return
    sde, twin = SpectralSDE(process, cov), scalar_sde(process)
    for when in MARGINAL_TIMES:
        name = f"{label} SDE marginal t={when}"
        start = start_field(run, name, cov)
        centre, deviation = sde.marginal(witness.analyse(start[None])[0], when)
        mean, variance = moments(twin, when)
        law = f"{process!r} t={when}"
        yield MarginalDraws(name, cov, witness, start, centre, float(deviation), mean, variance, law)
    name = f"{label} SDE path"
    yield PathDraws.of(name, sde, twin, witness, start_field(run, name, cov), PATH_TIMES)


def judged(
    case: str,
    laws: Iterator[Draws],
    run: Run,
    engine: Engine,
    progress: Progress,
    evidence: list[Evidence],
    *,
    rehearse: int | None = None,
) -> list[Result]:
    """Simulate laws one by one; return their results and add what was seen to the evidence.

    The positive control of the law whose place is `rehearse` is drawn again whatever it says.
    """
    results: list[Result] = []
    try:
        for place, draws in enumerate(laws):
            message = f"{draws.label}: Monte Carlo"
            tick = partial(progress, message, advance=1)
            found, seen = judge(run, draws, engine, tick, rehearse=place == rehearse)
            results += found
            evidence.append(seen)
    except BROKEN as error:
        results.append(broken(case, "Monte Carlo", error))
    return results
