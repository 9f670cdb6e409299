"""The command `sphspec derive`: proofs, generated code, standalone modules, formulas in LaTeX."""

import subprocess
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sphspec import _validate as check


def derive(
    write: Annotated[
        bool, typer.Option("--write", help="Rewrite sphspec/_generated where it differs.")
    ] = False,
    grid: Annotated[
        str | None,
        typer.Option(
            help="Write a standalone module for this grid, e.g. healpix:nside=4.", show_default=False
        ),
    ] = None,
    lmax: Annotated[
        int | None, typer.Option(help="Band limit of the standalone module.", show_default=False)
    ] = None,
    process: Annotated[str, typer.Option(help="Process of the standalone module: vp, sub-vp, ve ...")] = "vp",
    latex: Annotated[
        bool, typer.Option("--latex", help="Print all formulas in LaTeX, for papers; nothing is run.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="The standalone module or the LaTeX; without it, or as -, it is printed.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run every proof and compare the generated code with what the derivations give.

    With --grid and --lmax: write a module that needs NumPy alone and holds the exact covariance of that
    grid's noise, its Cholesky factor, drifts, diffusion and score target. The module is yours. A singular
    Sigma has its rank in the module; on grids without exact sums (reduced Gaussian, scattered points) it is
    refused, and so is an odd nlon that couples orders of different parity.

    With --latex: every statement of the catalogue as a labelled equation (amsmath), with scope and source.

    Examples: `sphspec derive`, `sphspec derive --write`, `sphspec derive --latex -o formulas.tex`,
    `sphspec derive --grid healpix:nside=4 --lmax 8 -o noise.py`
    """
    output = None if output == Path("-") else output
    if latex:
        if grid is not None or lmax is not None or write:
            raise ValueError("--latex prints the catalogue: give it -o at most")
        _print_latex(output)
        return
    if grid is None and lmax is None:
        if output is not None:
            raise ValueError("--output is for a standalone module: give --grid and --lmax too")
        raise typer.Exit(derived(["--write"] if write else ["--check"]).returncode)
    if grid is None or lmax is None or write:
        raise ValueError(
            "a standalone module needs --grid and --lmax, e.g. --grid healpix:nside=4 --lmax 8, not --write"
        )
    from sphspec.specs import PROCESSES

    if process not in PROCESSES:
        raise ValueError(f"unknown process {process!r}; known: {', '.join(sorted(PROCESSES))}")
    if output is not None:
        check.writable(output)
    target = [] if output is None else ["--output", str(output.resolve())]
    options = ["--grid", grid, "--lmax", str(lmax), "--process", process, *target, *_ring_weights(grid)]
    raise typer.Exit(derived(options).returncode)


def derived(options: list[str], stdout: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run `python -m derivations` with options.

    Raises
    ------
    ValueError
        where SymPy or python-flint is missing, or the run was stopped by a signal.
    """
    from sphspec.suite.provenance import can_derive, run_derivations

    if not can_derive():
        raise ValueError("deriving needs SymPy and python-flint: pip install 'sphspec[derive]'")
    finished = run_derivations(options, stdout=stdout)
    if finished.returncode < 0:
        raise ValueError(f"the derivation was stopped by signal {-finished.returncode}; out of memory?")
    return finished


def _ring_weights(grid: str) -> list[str]:
    """Return healpy's ring weights as options of the derivation, where a grid asks for them."""
    from sphspec.grids.healpix import healpy_ring_weights
    from sphspec.specs import GRIDS, parse_spec

    _, arguments = parse_spec(grid, GRIDS, "grid")
    if (kind := grid.partition(":")[0]) not in GRIDS:
        raise ValueError(
            f"exact entries need a symbolic grid, {kind!r} is a plug-in's; known: {', '.join(sorted(GRIDS))}"
        )
    if arguments.get("weights") != "ring":
        return []
    return ["--ring-weights", *(float(value).hex() for value in healpy_ring_weights(arguments["nside"]))]


def _print_latex(output: Path | None) -> None:
    from sphspec.formulas import formulas_in_latex

    if output is None:
        print(formulas_in_latex(), end="")
        return
    check.writable(output)
    check.replace_file(output, formulas_in_latex().encode())
    Console(stderr=True, soft_wrap=True).print(f"written: {output}", highlight=False, markup=False)
