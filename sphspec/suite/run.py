"""Run the whole suite on a study: provenance, process, deterministic tiers, paths, Monte Carlo."""

import time
from importlib import import_module

from sphspec.helper import Helper
from sphspec.study import MARGINAL_TIMES, Study
from sphspec.suite.alternatives import untested
from sphspec.suite.closed_forms import CASE as CLOSED_FORMS
from sphspec.suite.closed_forms import closed_form_results
from sphspec.suite.engine import BLOCK, Engine, Inline
from sphspec.suite.gaunt import left_out
from sphspec.suite.guard import guarded
from sphspec.suite.linear import CASE as DRIFT
from sphspec.suite.linear import linear_draws
from sphspec.suite.losses import CASE as LOSSES
from sphspec.suite.losses import loss_results
from sphspec.suite.montecarlo import Run
from sphspec.suite.parts import judged
from sphspec.suite.pieces import Shared, Work
from sphspec.suite.pooled import CASE as POOLED_CASE
from sphspec.suite.pooled import pooled_results
from sphspec.suite.prepared import prepare
from sphspec.suite.process import process_results
from sphspec.suite.progress import Progress, silent
from sphspec.suite.provenance import can_derive, provenance_result
from sphspec.suite.reverse import CASE as SAMPLER
from sphspec.suite.reverse import reverse_draws, sampler_results
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
    shared = Shared(Work(study, run, prepared), engine, progress, helper)
    shared.advance()
    again = 0 if all(item.large for item in prepared) else None  # what no case of its own has rehearsed
    last, seen = list[Result](), list[Evidence]()
    last += judged(SAMPLER, reverse_draws(process), run, engine, progress, seen, rehearse=again)
    last += judged(DRIFT, linear_draws(), run, engine, progress, seen)
    import_module(
        "scipy.stats"
    )  # half a second that `pooled_results` would take, while the helper is at work
    for part in shared.parts():
        results += part.results
        evidence += part.evidence
        trips += part.trips
        notes += part.notes
    results, evidence = [*results, *last], [*evidence, *seen]
    engine.finish()
    pooled = pooled_results(evidence, study.budget.false_alarm)
    results += guarded(POOLED_CASE, "pooled", pooled)
    return Verdict(
        study.name, tuple(results), tuple(evidence), tuple(trips), tuple(notes),
        study.budget.false_alarm, time.perf_counter() - begun,
    )  # fmt: skip
