"""The command `sphspec figures`: its options, and what they mean."""

from pathlib import Path
from typing import Annotated

import typer

from sphspec import _validate as check
from sphspec.commands.options import StudyFile


def figures(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The folder; made where it is missing.", show_default=False)
    ],
    study: StudyFile = None,
    form: Annotated[str, typer.Option("--format", help="svg, pdf or png.")] = "svg",
    dpi: Annotated[int, typer.Option(help="Dots an inch of png, and of what is rasterised.")] = 300,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print files, captions and alt texts as JSON.")
    ] = False,
) -> None:
    """Write the report's figures of a study, each as a file of its own: what needs no Monte Carlo.

    Correlations, block norms and variance maps, spectra, limit law, noise design, the study's process. Beside
    them `captions.json`: caption and alternative text of every file. In Python `sphspec.plot` draws into your
    own axes.

    Examples: `sphspec figures -o figures`, `sphspec figures reports/healpix.toml -o figures --format pdf`
    """
    check.integer("--dpi", dpi, 30, 2400)
    from sphspec.commands.figures import write_figures

    write_figures(study, output, form, dpi, as_json)
