"""Run the whole suite on a study: provenance, process, deterministic tiers, paths, Monte Carlo."""

import time
from dataclasses import dataclass, replace

from sphspec.study import MARGINAL_TIMES, Study
from sphspec.suite.alternatives import untested
from sphspec.suite.closed_forms import CASE as CLOSED_FORMS
from sphspec.suite.closed_forms import closed_form_results
from sphspec.suite.engine import BLOCK, Blockwise, Engine, Inline
from sphspec.suite.gaunt import left_out
from sphspec.suite.guard import guarded
from sphspec.suite.helper import Helper, Offer
from sphspec.suite.linear import CASE as DRIFT
from sphspec.suite.linear import linear_draws
from sphspec.suite.losses import CASE as LOSSES
from sphspec.suite.losses import loss_results
from sphspec.suite.montecarlo import Run
from sphspec.suite.parts import exact_part, judged, large_part, laws_of
from sphspec.suite.pooled import CASE as POOLED_CASE
from sphspec.suite.pooled import pooled_results
from sphspec.suite.prepared import Prepared, prepare
from sphspec.suite.process import process_results
from sphspec.suite.progress import Progress, silent
from sphspec.suite.provenance import can_derive, provenance_result
from sphspec.suite.reverse import CASE as SAMPLER
from sphspec.suite.reverse import reverse_draws, sampler_results
from sphspec.suite.store import Store
from sphspec.suite.threads import one_thread
from sphspec.verify.budget import MONTE_CARLO
from sphspec.verify.result import Evidence, Result, RoundTrip, Verdict

OF_PROCESS = len(MARGINAL_TIMES) + 1  # laws of the process on the first case of a grid
OF_SAMPLER = 2  # laws of the reverse sampler
OF_DRIFT = 1  # of the heat flow


def run_suite(
    study: Study,
    progress: Progress = silent,
    *,
    derivations: bool = True,
    provenance: Result | None = None,
    engine: Engine | None = None,
    helper: Helper | None = None,
) -> Verdict:
    """Verify everything that a study names; return the verdict.

    Parameters
    ----------
    study : grids, operators, process and budget
    progress : told of every step
    derivations : whether to run the proofs and compare the generated code too
    provenance : the result of that, where it is at hand
    engine : who computes the blocks of draws; by default this process
    helper : a second process that takes cases from the end; the verdict is the same

    Raises
    ------
    ValueError
        before any work, where a case does not fit in memory or healpy is not installed.
    """
    with one_thread():  # more threads a library would change the last bits
        return _run(study, progress, derivations, provenance, engine or Inline(), helper)


@dataclass(frozen=True, eq=False)
class Part:
    """What one case gives: `keys` of the blocks on disk, `steps` of its progress."""

    results: list[Result]
    evidence: list[Evidence]
    trips: list[RoundTrip]
    notes: list[str]
    keys: frozenset[str]
    steps: int


def _case(
    study: Study, run: Run, item: Prepared, engine: Engine, progress: Progress, *, rehearse: bool
) -> Part:
    """Return what a case says; with rehearse its positive control is drawn again whatever it says."""
    if item.large:
        note = (
            f"{item.case.label}: too large for brute force ({item.cov.n} coefficients, "
            f"{item.cov.operator.grid.npix} points); only its sum rule, its adjoint and its variances "
            f"were checked, not its couplings"
        )
        return Part(large_part(study, item, run, engine, progress), [], [], [note], frozenset(), 0)
    process, evidence = study.process.make(), list[Evidence]()
    results, trip = exact_part(study, item, process, progress)
    laws = laws_of(study, item, process, run)
    results = [*results, *judged(item.case.label, laws, run, engine, progress, evidence, rehearse=rehearse)]
    return Part(results, evidence, [trip] if trip else [], [], frozenset(), 0)


def _beside(study: Study, run: Run, number: int, store: Store | None) -> Part:
    """Return what a case says, computed by the helper."""
    steps = 0

    def count(message: str, advance: int = 0, total: int | None = None) -> None:
        nonlocal steps
        del message, total
        steps += advance

    engine = Inline(store)
    with one_thread():
        part = _case(study, run, prepare(study)[number], engine, count, rehearse=False)
    return replace(part, keys=engine.keys, steps=steps)


def _offered(
    helper: Helper | None, study: Study, run: Run, places: range, engine: Engine
) -> dict[int, Offer]:
    """Hand out the cases at these places."""
    if helper is None or not isinstance(engine, Blockwise):
        return {}
    return {place: helper.offer(_beside, study, run, place, engine.store) for place in places}


def _run(
    study: Study,
    progress: Progress,
    derivations: bool,
    provenance: Result | None,
    engine: Engine,
    helper: Helper | None,
) -> Verdict:
    begun = time.perf_counter()
    prepared = prepare(study)
    process = study.process.make()
    results: list[Result] = []
    evidence: list[Evidence] = []
    trips: list[RoundTrip] = []
    notes: list[str] = []
    runs = len(prepared) + OF_PROCESS * sum(item.leading for item in prepared) + OF_SAMPLER + OF_DRIFT
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
        notes.append("derivations: proofs were not run again; sphspec run does that")
    results += guarded(repr(process), "moments", process_results(process))
    progress("process", advance=1)
    results += guarded(SAMPLER, "law", sampler_results(process))
    results += guarded(LOSSES, "losses", loss_results(process))
    results += guarded(CLOSED_FORMS, "entries", closed_form_results())
    progress(CLOSED_FORMS, advance=1)
    notes += filter(None, (left_out(item.case.label, item.cov) for item in prepared if not item.large))
    notes += filter(None, (untested(item.cov) for item in prepared if not item.large))
    first = next((number for number, item in enumerate(prepared) if not item.large), len(prepared))
    offers = _offered(helper, study, run, range(len(prepared) - 1, first, -1), engine)
    for number, item in enumerate(prepared):
        offer = offers.get(number)
        if offer is not None and offer.taken():
            progress(f"{item.case.label}: done beside")
            part = offer.result()
            progress(f"{item.case.label}: done beside", advance=part.steps)
            if isinstance(engine, Blockwise):
                engine.adopt(part.keys)
        else:
            part = _case(study, run, item, engine, progress, rehearse=number == first)
        results += part.results
        evidence += part.evidence
        trips += part.trips
        notes += part.notes
    results += judged(SAMPLER, reverse_draws(process), run, engine, progress, evidence, rehearse=not evidence)
    results += judged(DRIFT, linear_draws(), run, engine, progress, evidence)
    engine.finish()
    pooled = pooled_results(evidence, study.budget.false_alarm)
    results += guarded(POOLED_CASE, "pooled", pooled)
    return Verdict(
        study.name, tuple(results), tuple(evidence), tuple(trips), tuple(notes),
        study.budget.false_alarm, time.perf_counter() - begun,
    )  # fmt: skip
