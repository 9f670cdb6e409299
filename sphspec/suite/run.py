"""Run the whole suite on a study: provenance, process, deterministic tiers, paths, Monte Carlo."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Protocol

from sphspec import _validate as check
from sphspec.analysis import LeastSquares
from sphspec.covariance import NoiseCovariance, noise_covariance
from sphspec.processes import Process
from sphspec.sde import SpectralSDE
from sphspec.simulate import moments
from sphspec.study import MARGINAL_TIMES, PATH_TIMES, Case, Study
from sphspec.suite.alternatives import untested
from sphspec.suite.closed_forms import CASE as CLOSED_FORMS
from sphspec.suite.closed_forms import closed_form_results
from sphspec.suite.deterministic import deterministic_results
from sphspec.suite.draws import BrownianDraws, Draws, MarginalDraws, PathDraws
from sphspec.suite.engine import BLOCK, Engine, Inline
from sphspec.suite.gaunt import gaunt_results, left_out
from sphspec.suite.guard import BROKEN, broken, guarded
from sphspec.suite.large import is_large, judge_large, large_results
from sphspec.suite.montecarlo import Run, judge, start_field
from sphspec.suite.pooled import CASE as POOLED_CASE
from sphspec.suite.pooled import pooled_results
from sphspec.suite.process import (
    path_results,
    process_results,
    reverse_results,
    scalar_sde,
    score_results,
)
from sphspec.suite.provenance import can_derive, provenance_result
from sphspec.suite.reverse import CASE as SAMPLER
from sphspec.suite.reverse import reverse_draws, reverse_path_results, sampler_results
from sphspec.suite.round_trip import round_trip_result
from sphspec.suite.threads import one_thread
from sphspec.suite.witnesses import direct_witness, healpy_witness, simulated_through
from sphspec.verify.budget import MONTE_CARLO
from sphspec.verify.result import Evidence, Result, RoundTrip, Verdict
from sphspec.verify.streams import stream

OF_PROCESS = len(MARGINAL_TIMES) + 1  # laws of the process on the first case of a grid
OF_SAMPLER = 2  # laws of the reverse sampler


class Progress(Protocol):
    """What the suite tells of its progress: a total number of steps first, then step by step."""

    def __call__(self, message: str, advance: int = 0, total: int | None = None) -> None:
        """Show a message; add finished steps; set the total."""


def silent(message: str, advance: int = 0, total: int | None = None) -> None:
    """Show nothing."""
    del message, advance, total


@dataclass(frozen=True, eq=False)
class _Prepared:
    case: Case
    cov: NoiseCovariance
    leading: bool  # the first case of its setting: the SDE is checked there
    large: bool  # brute force does not fit in memory


def preflight(study: Study, *, entries: bool = False) -> None:
    """Raise ValueError where a study cannot be verified here: a library or memory is missing.

    With entries, as the report needs them, also where a covariance is known by its diagonal alone.
    """
    for item in _prepare(study):
        if entries and item.large:
            npix, n = item.cov.operator.grid.npix, item.cov.n
            cure = "lower lmax, or verify it without a report: sphspec verify"
            check.fits(_brute(npix, n), f"every entry of {item.case.label}", cure)


def run_suite(
    study: Study,
    progress: Progress = silent,
    *,
    derivations: bool = True,
    provenance: Result | None = None,
    engine: Engine | None = None,
) -> Verdict:
    """Verify everything that a study names; return the verdict.

    Parameters
    ----------
    study : grids, operators, process and budget
    progress : told of every step
    derivations : whether to run the proofs and compare the generated code too
    provenance : the result of that, where it is at hand
    engine : who computes the blocks of draws; by default this process

    Raises
    ------
    ValueError
        before any work, where a case does not fit in memory or healpy is not installed.
    """
    with one_thread():  # more threads a library would change the last bits
        return _run(study, progress, derivations, provenance, engine or Inline())


def _run(
    study: Study, progress: Progress, derivations: bool, provenance: Result | None, engine: Engine
) -> Verdict:
    begun = time.perf_counter()
    prepared = _prepare(study)
    process = study.process.make()
    results: list[Result] = []
    evidence: list[Evidence] = []
    trips: list[RoundTrip] = []
    notes: list[str] = []
    runs = len(prepared) + OF_PROCESS * sum(item.leading for item in prepared) + OF_SAMPLER
    run = Run(study.budget.samples, study.budget.seed, MONTE_CARLO * study.budget.false_alarm / runs)
    blocks = -(-study.budget.samples // BLOCK)
    progress("starting", total=runs * blocks + 2 * len(prepared) + 2)
    if provenance is not None:
        results.append(provenance)
    elif derivations and can_derive():
        progress("derivations: proofs and generated code")
        results.append(provenance_result())
    elif derivations:
        notes.append("derivations not checked: SymPy is not installed; pip install 'sphspec[derive]'")
    else:
        notes.append("derivations not checked: they were left out")
    results += guarded(repr(process), "moments", process_results(process))
    progress("process", advance=1)
    results += guarded(SAMPLER, "law", sampler_results(process))
    results += guarded(CLOSED_FORMS, "entries", closed_form_results())
    progress(CLOSED_FORMS, advance=1)
    notes += filter(None, (left_out(item.case.label, item.cov) for item in prepared if not item.large))
    notes += filter(None, (untested(item.cov) for item in prepared if not item.large))
    for item in prepared:
        if item.large:
            results += _large_part(study, item, run, engine, progress)
            notes.append(
                f"{item.case.label}: too large for brute force ({item.cov.n} coefficients, "
                f"{item.cov.operator.grid.npix} points); only its sum rule, its adjoint and its variances "
                f"were checked, not its couplings"
            )
            continue
        found, trip = _exact_part(study, item, process, progress)
        results += found
        trips += [trip] if trip else []
        laws = _laws(study, item, process, run)
        results += _judged(item.case.label, laws, run, engine, progress, evidence)
    results += _judged(SAMPLER, reverse_draws(process), run, engine, progress, evidence)
    engine.finish()
    pooled = pooled_results(evidence, study.budget.false_alarm)
    results += guarded(POOLED_CASE, "pooled", pooled)
    return Verdict(
        study.name, tuple(results), tuple(evidence), tuple(trips), tuple(notes),
        study.budget.false_alarm, time.perf_counter() - begun,
    )  # fmt: skip


def _prepare(study: Study) -> list[_Prepared]:
    if find_spec("healpy") is None:
        raise ValueError("verification needs healpy: pip install 'sphspec[verify]'")
    prepared, seen = [], set()
    for case in study.cases():
        npix, n = case.operator.grid.npix, case.operator.n
        cov = noise_covariance(case.operator, case.variance)
        large = is_large(cov)
        if not large:
            check.fits(_brute(npix, n), f"verifying {case.label} by brute force")
        if isinstance(case.operator, LeastSquares):
            case.operator.require_regular()
        key = case.operator.grid.name
        prepared.append(_Prepared(case, cov, key not in seen and not large, large))
        seen |= set() if large else {key}
    return prepared


def _brute(npix: int, n: int) -> float:
    """Return the bytes that brute force takes."""
    return 8.0 * (4 * n * npix + 8 * n * n)


def _exact_part(
    study: Study, item: _Prepared, process: Process, progress: Progress
) -> tuple[list[Result], RoundTrip | None]:
    case, cov = item.case.label, item.cov
    direct, healpy = direct_witness(cov.operator), healpy_witness(cov.operator)
    rng = stream(study.budget.seed, case, "probes", 0)
    progress(f"{case}: every entry")
    results = list(guarded(case, "entries", deterministic_results(case, cov, direct, healpy, rng)))
    results += guarded(case, "Gaunt form", gaunt_results(case, cov))
    progress(f"{case}: paths", advance=1)
    sde = SpectralSDE(process, cov)
    results += guarded(case, "paths", path_results(case, sde, direct, rng))
    if item.leading:
        results += guarded(case, "reverse process", reverse_results(case, sde, direct))
        results += guarded(case, "reverse path", reverse_path_results(case, sde, direct, rng))
        results += guarded(case, "score", score_results(case, sde, direct, rng))
    trip = None
    try:
        trip = round_trip_result(case, cov, direct, healpy, rng)
    except BROKEN as error:
        results.append(broken(case, "round trip", error))
    progress(f"{case}: Monte Carlo", advance=1)
    return results + ([trip[0]] if trip else []), trip[1] if trip else None


def _large_part(study: Study, item: _Prepared, run: Run, engine: Engine, progress: Progress) -> list[Result]:
    case, rng = item.case.label, stream(study.budget.seed, item.case.label, "probes", 0)
    progress(f"{case}: sum rule")
    results = list(guarded(case, "diagonal", large_results(case, item.cov, rng)))
    progress(f"{case}: Monte Carlo", advance=2)
    tick = partial(progress, f"{case}: Monte Carlo", advance=0)
    label = f"{case} pixel noise"
    return results + list(guarded(label, "Monte Carlo", judge_large(run, label, item.cov, engine, tick)))


def _laws(study: Study, item: _Prepared, process: Process, run: Run) -> Iterator[Draws]:
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


def _judged(
    case: str,
    laws: Iterator[Draws],
    run: Run,
    engine: Engine,
    progress: Progress,
    evidence: list[Evidence],
) -> list[Result]:
    """Simulate laws one by one; return their results and add what was seen to the evidence."""
    results: list[Result] = []
    try:
        for draws in laws:
            message = f"{draws.label}: Monte Carlo"
            tick = partial(progress, message, advance=1)
            found, seen = judge(run, draws, engine, tick, rehearse=not evidence)
            results += found
            evidence.append(seen)
    except BROKEN as error:
        results.append(broken(case, "Monte Carlo", error))
    return results
