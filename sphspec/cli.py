"""The command line: derive, verify, report, and run, which does all three; audit, and the engine's."""

import sys
from importlib.util import find_spec
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from sphspec import _validate as check
from sphspec.commands.audit_options import audit
from sphspec.commands.convert_options import convert
from sphspec.commands.derive import derive
from sphspec.commands.figures_options import figures
from sphspec.commands.options import (
    AsJson,
    BlockScheduler,
    Chosen,
    ResumeStore,
    StoreOutput,
    StudyFile,
    SummaryJson,
    Threads,
)
from sphspec.commands.report_options import report, run
from sphspec.commands.verify_options import verify

INTERRUPTED = 130  # exit code after Ctrl-C, as shells have it

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


for command in (derive, verify, report, run, audit, figures, convert):
    app.command()(command)


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
    from sphspec.commands.cov import write_covariance
    from sphspec.commands.studies import chosen_study

    chosen = chosen_study(study, None, None)
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
        sys.exit(INTERRUPTED)
    except SystemExit as end:  # what typer makes of Ctrl-C says nothing
        if end.code == INTERRUPTED:
            errors.print("interrupted")
        raise
