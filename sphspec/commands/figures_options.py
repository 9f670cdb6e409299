"""The command `sphspec figures`: its options, and what they mean."""

from pathlib import Path
from typing import Annotated

import typer

from sphspec import _validate as check
from sphspec.commands.options import StudyFile

FORMATS = ("pdf", "png", "svg")


def figures(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The folder to write to.", show_default=False)
    ],
    study: StudyFile = None,
    form: Annotated[str, typer.Option("--format", help="svg, pdf or png.")] = "svg",
    dpi: Annotated[int, typer.Option(help="Dots per inch of a PNG, and of rasters in SVG and PDF.")] = 300,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print names, captions and alternative texts as JSON.")
    ] = False,
) -> None:
    """Write the report's figures of a study, each as a file of its own, with captions.json beside them.

    Those that need no Monte Carlo: for every grid and band limit correlations, block norms, spectra and the
    variance on the sphere; limit law, noise design, process, masks, the expansion on HEALPix. Files with the
    same names are replaced, others left alone; the same study gives the same bytes.

    In Python: `sphspec.plot` draws each of them into Axes of yours.

    Examples: `sphspec figures -o figures`, `sphspec figures study.toml -o figures --format pdf`,
    `sphspec figures study.toml -o figures --format png --dpi 150`
    """
    check.known("format", form, dict.fromkeys(FORMATS))
    check.integer("--dpi", dpi, 30, 1200)
    from sphspec.commands.figures import write_figures

    write_figures(study, output, form, dpi, as_json=as_json)
