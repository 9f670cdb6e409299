"""The command `sphspec verify`: its options, and what they mean."""

import typer
from rich.console import Console

from sphspec.commands.options import (
    AsJson,
    Deep,
    LedgerFile,
    Minutes,
    Mutants,
    Proofs,
    Resume,
    Samples,
    Scheduler,
    Seed,
    StoreFolder,
    StudyFile,
    Workers,
)


def verify(
    study: StudyFile = None,
    samples: Samples = None,
    seed: Seed = None,
    mutants: Mutants = False,
    as_json: AsJson = False,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    store: StoreFolder = None,
    resume: Resume = False,
    proofs: Proofs = True,
    deep: Deep = False,
    ledger: LedgerFile = None,
    minutes: Minutes = None,
) -> None:
    """Verify the covariances and SDEs of a study against healpy, brute force and Monte Carlo.

    Blocks of draws are kept as they are finished: after a crash, a full disk or Ctrl-C add --resume.

    With --deep: only Monte Carlo, for --minutes, of a few fixed configurations (reports/deep.toml), whose
    evidence a ledger keeps from night to night; several processes may share one ledger on a local disk. Red
    is final until code or study change; that opens a new epoch with an alpha of its own.

    Examples: `sphspec verify`, `sphspec verify reports/default.toml --json > verdict.json`,
    `sphspec verify --samples 100000 --workers 4`, `sphspec verify --resume`, `sphspec verify --mutants`,
    `sphspec verify --deep --ledger nights.sqlite --minutes 60`
    """
    single = samples is not None or scheduler is not None or store is not None or resume or not proofs
    if not deep and (ledger is not None or minutes is not None):
        raise ValueError("--ledger and --minutes belong to --deep: add it")
    if deep and (single or mutants or workers != 1):
        raise ValueError(
            "--deep takes --ledger, --minutes, --seed and --json: start it again to use more cores"
        )
    from sphspec.commands.studies import chosen_study
    from sphspec.commands.verify import engine_of, mutants_killed, verified
    from sphspec.console import show
    from sphspec.suite import preflight
    from sphspec.suite.store import Store, default_folder

    if mutants:
        if single or workers != 1 or study is not None or seed is not None:
            raise ValueError("--mutants has fixtures and draws of its own: it goes with --json alone")
        raise typer.Exit(0 if mutants_killed(as_json) else 1)
    if deep:
        from sphspec.commands.deep import verify_deep
        from sphspec.suite.deep import deep_study

        chosen = chosen_study(study, None, seed, deep_study())
        raise typer.Exit(0 if verify_deep(chosen, ledger, minutes, as_json) else 1)
    chosen = chosen_study(study, samples, seed)
    preflight(chosen)
    blocks = Store(store or default_folder(), resume).ready()
    verdict = verified(chosen, engine=engine_of(workers, scheduler, blocks), derivations=proofs)
    if as_json:
        print(verdict.to_json())
    else:
        show(verdict, Console(), full=True)
    raise typer.Exit(0 if verdict.ok else 1)
