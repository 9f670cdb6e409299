"""Arguments and options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

StudyFile = Annotated[
    Path | None,
    typer.Argument(
        help="Study, a TOML file such as reports/default.toml; without one the default study.",
        show_default=False,
    ),
]
StudyFiles = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Studies, TOML files such as reports/default.toml; several are put side by side.",
        show_default=False,
    ),
]
Current = Annotated[
    bool, typer.Option("--check", help="Tell whether the reports beside the studies are current.")
]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="The PDF; default reports/NAME.pdf.", show_default=False),
]
Samples = Annotated[int | None, typer.Option(help="Draws of each Monte Carlo run, instead of the study's.")]
Seed = Annotated[int | None, typer.Option(help="Root of all random streams, instead of the study's.")]
Workers = Annotated[
    int, typer.Option(min=1, max=256, help="Processes that simulate; the verdict is the same.")
]
Scheduler = Annotated[
    str | None,
    typer.Option(help="Dask scheduler whose workers simulate, e.g. tcp://host:8786.", show_default=False),
]
StoreFolder = Annotated[
    Path | None,
    typer.Option(
        "--store",
        help="Where finished blocks are kept until the verdict, default the user's cache.",
        show_default=False,
    ),
]
Proofs = Annotated[
    bool, typer.Option("--proofs/--no-proofs", help="Run the derivations' proofs too, if they are installed.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the blocks of an interrupted run.")]
Mutants = Annotated[
    bool, typer.Option("--mutants", help="Show that the checks can fail: every planted error, who finds it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the verdict as JSON and nothing else.")]

Deep = Annotated[bool, typer.Option("--deep", help="Add to the evidence of all nights in a ledger.")]
LedgerFile = Annotated[
    Path | None,
    typer.Option(
        help="SQLite file of --deep, default sphspec-ledger.sqlite; grows by 4 (lmax + 1)^4 bytes for every "
        "4096 draws: 27 kB at lmax 8.",
        show_default=False,
    ),
]
Minutes = Annotated[float | None, typer.Option(help="How long --deep draws, default 10.", show_default=False)]

StoreOutput = Annotated[
    Path,
    typer.Option("-o", "--output", help="The Zarr store, a new folder such as cov.zarr.", show_default=False),
]
Chosen = Annotated[
    int | None,
    typer.Option(
        "--setting",
        help="Which of the study's cases (grid, lmax, operator), counted from 1; not needed for one alone.",
        show_default=False,
    ),
]
Threads = Annotated[
    int, typer.Option("--workers", min=1, max=256, help="Threads that compute; the bytes are the same.")
]
BlockScheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        help="Dask scheduler whose workers compute and write, e.g. tcp://host:8786; they must see the store.",
        show_default=False,
    ),
]
ResumeStore = Annotated[bool, typer.Option("--resume", help="Go on with the whole blocks that are there.")]
SummaryJson = Annotated[bool, typer.Option("--json", help="Print a summary as JSON and nothing else.")]
