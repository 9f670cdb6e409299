"""The command `sphspec convert`: its options, and what they mean."""

from pathlib import Path
from typing import Annotated

import typer

from sphspec import _validate as check


def convert(
    source: Annotated[Path, typer.Argument(help="The array, a .npy file.", show_default=False)],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The array to write, a .npy file.", show_default=False)
    ],
    old: Annotated[str, typer.Option("--from", help="Convention of the array.", show_default=False)],
    new: Annotated[str, typer.Option("--to", help="Convention that is wanted.", show_default=False)],
    lmax: Annotated[
        int | None, typer.Option(help="Band limit, where the shape does not tell.", show_default=False)
    ] = None,
    covariance: Annotated[
        bool, typer.Option("--covariance", help="The array is a covariance in r1: T Sigma T^T.")
    ] = False,
    lossy: Annotated[bool, typer.Option("--lossy", help="Drop what the new convention cannot hold.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
) -> None:
    """Convert coefficients, pixel orders or power spectra between the conventions of libraries.

    Coefficients: `r1` (ours), `r2`, `complex` (signed m), `healpy`, `glass`, `s2fft`, `libsharp`, `nifty`,
    `sphericart`, `e3nn`, `torch-harmonics:norm=ortho,csphase=1`, `pyshtools:norm=4pi,csphase=1` ...
    Pixels: `ring`, `nest`, `xy:origin=N,clockwise=1`. Powers: `c_l`, `per_l`, `per_lm`.

    What a convention cannot hold (an imaginary part at m = 0, say) is refused, unless `--lossy` is given.

    Examples: `sphspec convert alm.npy -o alpha.npy --from healpy --to r1`,
    `sphspec convert map.npy -o ring.npy --from nest --to ring`
    """
    if lmax is not None:
        check.integer("--lmax", lmax, 0)
    from sphspec.commands.convert import converted

    converted(source, output, old, new, lmax, covariance=covariance, lossy=lossy, overwrite=overwrite)
