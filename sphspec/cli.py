"""The command line: derive, verify, report, and run, which does all three; audit, and the engine's."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from sphspec import _validate as check
from sphspec.commands.audit_options import audit
from sphspec.commands.convert_options import convert
from sphspec.commands.cov import write_covariance
from sphspec.commands.deep import verify_deep
from sphspec.commands.derive import derive, derived
from sphspec.commands.figures_options import figures
from sphspec.commands.options import (
    AsJson,
    BlockScheduler,
    Chosen,
    Current,
    Deep,
    LedgerFile,
    Minutes,
    Mutants,
    Output,
    Proofs,
    Resume,
    ResumeStore,
    Samples,
    Scheduler,
    Seed,
    StoreFolder,
    StoreOutput,
    StudyFile,
    StudyFiles,
    SummaryJson,
    Threads,
    Workers,
)
from sphspec.commands.reporting import finish, prepared_beside, target_of
from sphspec.commands.verify import engine_of, mutants_killed, verified
from sphspec.console import show
from sphspec.study import Study
from sphspec.suite import preflight
from sphspec.suite.deep import deep_study
from sphspec.suite.helper import helping
from sphspec.suite.provenance import provenance_result
from sphspec.suite.store import Store, default_folder

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The exact law of noise on the sphere: **derive** it, **verify** it, **report** it.\n\n"
    "Start with `sphspec run`: all three on the default study (HEALPix and Gauss-Legendre).\n\n"
    "Exit codes: 0 passed, 1 verification failed, 2 bad usage.",
)


app.command()(derive)
app.command()(figures)
app.command()(audit)
app.command()(convert)


@app.command()
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
    if mutants:
        if single or workers != 1 or study is not None or seed is not None:
            raise ValueError("--mutants has fixtures and draws of its own: it goes with --json alone")
        raise typer.Exit(0 if mutants_killed(as_json) else 1)
    if deep:
        chosen = _study(study, None, seed, deep_study())
        raise typer.Exit(0 if verify_deep(chosen, ledger, minutes, as_json) else 1)
    chosen = _study(study, samples, seed)
    preflight(chosen)
    blocks = Store(store or default_folder(), resume).ready()
    verdict = verified(chosen, engine=engine_of(workers, scheduler, blocks), derivations=proofs)
    if as_json:
        print(verdict.to_json())
    else:
        show(verdict, Console(), full=True)
    raise typer.Exit(0 if verdict.ok else 1)


@app.command()
def report(
    studies: StudyFiles = None,
    output: Output = None,
    samples: Samples = None,
    seed: Seed = None,
    current: Current = False,
    as_json: AsJson = False,
) -> None:
    """Verify a study and write its PDF: theorems, structure, evidence. Several: grids side by side.

    The proofs of the derivations are left to `sphspec run`. With --check nothing is written: the PDFs that
    are there are held against what the code gives today.

    Examples: `sphspec report`, `sphspec report reports/healpix.toml -o noise.pdf`,
    `sphspec report reports/healpix.toml reports/gauss-legendre.toml -o compared.pdf`,
    `sphspec report --check`
    """
    if current:
        if output is not None or samples is not None or seed is not None:
            raise ValueError("--check writes nothing: give it studies at most")
        from sphspec.commands.current import all_current

        raise typer.Exit(0 if all_current(studies or [], as_json) else 1)
    from sphspec.report.compare import compared

    together = compared([Study.load(path) for path in studies] if studies else [Study()])
    chosen = _budgeted(together, samples, seed)
    preflight(chosen, entries=True)
    target = target_of(chosen, output)
    with helping() as helper:
        prepared = prepared_beside(chosen, helper)
        verdict = verified(chosen, derivations=False, helper=helper)
        ok = finish(chosen, verdict, target, prepared, as_json, helper)
    raise typer.Exit(0 if ok else 1)


@app.command()
def run(
    study: StudyFile = None,
    output: Output = None,
    samples: Samples = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Do everything: derive, verify, report.

    Examples: `sphspec run`, `sphspec run reports/default.toml -o noise.pdf`
    """
    chosen = _study(study, samples, seed)
    preflight(chosen, entries=True)
    target = target_of(chosen, output)
    with helping() as helper:
        prepared = prepared_beside(chosen, helper)
        finished = derived(["--check"], stdout=subprocess.PIPE)
        lines = [line for line in finished.stdout.splitlines() if line.startswith(("proved", "current"))]
        Console(stderr=True, soft_wrap=True).print("derive: " + "; ".join(lines), highlight=False)
        if finished.returncode:
            raise typer.Exit(finished.returncode)
        verdict = verified(chosen, provenance_result(finished), helper=helper)
        ok = finish(chosen, verdict, target, prepared, as_json, helper)
    raise typer.Exit(0 if ok else 1)


@app.command()
def bench(
    lmax: Annotated[int, typer.Option(help="Largest band limit; 2048 needs 6 GiB.")] = 1024,
    rounds: Annotated[int, typer.Option(help="Rounds whose median counts.")] = 5,
    growth: Annotated[
        bool, typer.Option("--growth", help="Seconds against lmax instead: the [cost] table of a study.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Time the covariance engine and references in turn, and print the ratios.

    The references: the matrix products of the same blocks, the first touch of the same memory, Monte Carlo
    with ducc0 and healpy, brute force, NaMaster where it is installed. Exit code 1 where a ratio is larger
    than it should be: on a busy machine, more --rounds help.

    With --growth: how seconds grow with the band limit; put what is printed into a study file, and its
    report draws it.

    Examples: `sphspec bench`, `sphspec bench --lmax 512 --json`, `sphspec bench --growth >> study.toml`
    """
    check.integer("--lmax", lmax, 512, 2048)
    check.integer("--rounds", rounds, 1)
    missing = [name for name in ("healpy", "threadpoolctl") if find_spec(name) is None]
    if missing:
        raise ValueError(f"timing needs {', '.join(missing)}: pip install 'sphspec[verify]'")
    from sphspec.commands.bench import bench as timed
    from sphspec.commands.bench import bench_growth

    if growth:
        bench_growth(lmax, rounds, as_json)
        return
    raise typer.Exit(0 if timed(lmax, rounds, as_json) else 1)


@app.command()
def cov(
    output: StoreOutput,
    study: StudyFile = None,
    setting: Chosen = None,
    workers: Threads = 1,
    scheduler: BlockScheduler = None,
    resume: ResumeStore = False,
    as_json: SummaryJson = False,
) -> None:
    """Write the exact covariance of a study's case as a Zarr store, order by order, in bounded memory.

    The store holds C_(lm,l'm) for every order m, 8 bytes an entry, each block with its checksum: 0.7 GB at
    lmax 1024, 46 GB at 4096 on a grid that is symmetric about the equator. Where orders couple (HEALPix) it
    holds the blocks m = m' alone, and says so. After a crash, a full disk or Ctrl-C add --resume: blocks that
    are missing or damaged are written, the others kept.

    In Python: `sphspec.open_covariance("cov.zarr")` has block, diagonal, logdet, solve, sample, @ and dense.

    Examples: `sphspec cov study.toml -o cov.zarr`, `sphspec cov study.toml -o cov.zarr --workers 4 --resume`,
    `sphspec cov -o cov.zarr --setting 7 --json`,
    `sphspec cov study.toml -o /shared/cov.zarr --scheduler tcp://host:8786`
    """
    chosen = Study() if study is None else Study.load(study)
    write_covariance(chosen, setting, output, workers, scheduler, resume, as_json)


def main() -> None:
    """Run the application; ValueErrors become one line and exit code 2, Ctrl-C exit code 130."""
    errors = Console(stderr=True, soft_wrap=True)
    try:
        app()
    except ValueError as error:
        errors.print(f"[bold red]error:[/] {escape(' '.join(str(error).split()))}", highlight=False)
        sys.exit(2)
    except OSError as error:
        errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False)
        sys.exit(2)
    except KeyboardInterrupt:
        errors.print("interrupted")
        sys.exit(130)


def _study(path: Path | None, samples: int | None, seed: int | None, default: Study | None = None) -> Study:
    return _budgeted(default or Study() if path is None else Study.load(path), samples, seed)


def _budgeted(chosen: Study, samples: int | None, seed: int | None) -> Study:
    changes = {key: value for key, value in (("samples", samples), ("seed", seed)) if value is not None}
    if not changes:
        return chosen
    try:
        budget = type(chosen.budget)(**{**chosen.budget.model_dump(), **changes})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"--{first['loc'][0]}: {first['msg']}, got {first['input']}") from None
    return chosen.model_copy(update={"budget": budget})
