"""The commands `sphspec report` and `sphspec run`: their options, and what they mean."""

from pathlib import Path

import typer

from sphspec.commands.options import AsJson, Current, Output, Samples, Seed, StudyFile, StudyFiles
from sphspec.helper import helping

IMPORTED = ("sphspec.report.prepare", "sphspec.suite.pieces", "healpy")  # by the helper, while this one does


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
    from sphspec.commands.studies import chosen_study

    paths: list[Path | None] = [*studies] if studies else [None]
    chosen = [chosen_study(path, samples, seed) for path in paths]
    with helping(*IMPORTED) as helper:
        from sphspec.commands.reporting import report_study
        from sphspec.report.compare import compared

        ok = report_study(compared(chosen), output, as_json, helper)
    raise typer.Exit(0 if ok else 1)


def run(
    study: StudyFile = None,
    output: Output = None,
    samples: Samples = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Do everything: derive, verify, plant errors that the checks must find, report.

    Examples: `sphspec run`, `sphspec run reports/default.toml -o noise.pdf`
    """
    from sphspec.commands.studies import chosen_study

    chosen = chosen_study(study, samples, seed)
    with helping(*IMPORTED) as helper:
        from sphspec.commands.reporting import report_study

        ok = report_study(chosen, output, as_json, helper, prove=True)
    raise typer.Exit(0 if ok else 1)
