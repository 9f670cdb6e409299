"""Verifying a study: who simulates, and what becomes of an interruption."""

from rich.console import Console

from sphspec.console import progress_bar, show_mutants
from sphspec.helper import Helper
from sphspec.study import Study
from sphspec.suite import run_suite
from sphspec.suite.cluster import Cluster
from sphspec.suite.engine import Blockwise, Inline
from sphspec.suite.mutants import run_mutants, to_json
from sphspec.suite.store import Store, default_folder
from sphspec.suite.workers import Processes
from sphspec.verify.result import Result, Verdict


def verified(
    study: Study,
    provenance: Result | None = None,
    engine: Blockwise | None = None,
    derivations: bool = True,
    helper: Helper | None = None,
) -> Verdict:
    """Return the verdict of a study; blocks are kept on disk until it is there."""
    engine = engine or Inline(Store(default_folder()).ready())
    try:
        with progress_bar() as progress:
            return run_suite(
                study,
                progress,
                provenance=provenance,
                engine=engine,
                derivations=derivations,
                helper=helper,
            )
    except KeyboardInterrupt:
        if engine.store is not None and engine.store.kept():
            kept = f"{engine.store.kept()} finished blocks are kept in {engine.store.folder}"
            Console(stderr=True, soft_wrap=True).print(f"{kept}; sphspec verify --resume goes on with them")
        raise
    finally:
        engine.close()


def engine_of(workers: int, scheduler: str | None, store: Store) -> Blockwise:
    """Return who simulates: this process, several, or a cluster."""
    if scheduler is None:
        return Inline(store) if workers == 1 else Processes(workers, store)
    if workers != 1:
        raise ValueError("--workers is for this machine and --scheduler for a cluster: give one of them")
    return Cluster(scheduler, store)


def mutants_killed(as_json: bool) -> bool:
    """Print the table of mutants; return whether each was killed."""
    with progress_bar() as progress:
        outcomes = run_mutants(progress=progress)
    if as_json:
        print(to_json(outcomes))
    else:
        show_mutants(outcomes, Console())
    return all(outcome.ok for outcome in outcomes)
