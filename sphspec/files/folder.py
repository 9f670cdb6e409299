"""Read draws: from a file, or from all files of a folder that are alike."""

from pathlib import Path
from typing import Any

import numpy as np

from sphspec import _validate as check
from sphspec.files.draws import Draws, check_grid
from sphspec.files.formats import has_format, read_file
from sphspec.files.layouts import draws_of
from sphspec.files.zarr_group import is_zarr
from sphspec.grids import RingGrid

OWN = ("seed", "ignored_imaginary_m0", "columns")  # what may differ from file to file of a folder


def read(path: Any, grid: RingGrid | None = None) -> Draws:
    """Return the draws in a file, or in the files of a folder, sorted by name and put one after another.

    Formats are npz, npy, FITS (as healpy writes maps and a_lm), netCDF and Zarr. Complex coefficients are
    taken in healpy's layout and converted to chart R1, NESTED maps are reordered, single precision is
    widened; the metadata say so. Nothing is ever unpickled.

    Parameters
    ----------
    path : of a file, a Zarr group, or a folder of such; hidden files and other endings there are passed by
    grid : against which lengths and weights are held, instead of the one that the file names

    Raises
    ------
    ValueError
        one line: for a file that is missing, damaged or not of its format; for NaN and UNSEEN; for lengths
        that do not fit grid or lmax; for weights that are not the grid's; for files that are not alike.
    """
    path = Path(path)
    if grid is not None and not isinstance(grid, RingGrid):
        raise ValueError(f"grid must be a sphspec grid, e.g. Healpix(nside=8), got {grid!r}")
    if not path.exists():
        raise ValueError(f"{path} does not exist; name a file or a folder of draws")
    if not path.is_dir() or is_zarr(path):
        return _one(path, grid)
    parts = sorted(each for each in path.iterdir() if not each.name.startswith(".") and has_format(each))
    if not parts:
        raise ValueError(f"{path} has no files of draws")
    return _joined([_one(each, grid) for each in parts], parts)


def _one(path: Path, grid: RingGrid | None) -> Draws:
    found = read_file(path)
    try:
        draws = draws_of(found)
        if grid is not None:
            check_grid(draws.values.shape[1], draws.kind, draws.metadata, grid)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return draws


def _joined(parts: list[Draws], paths: list[Path]) -> Draws:
    first = parts[0]
    for draws, path in zip(parts, paths, strict=True):
        for what, one, other in _compared(first, draws):
            if one != other:
                raise ValueError(
                    f"files of a folder must be alike: {paths[0]} has {what} {one}, {path} has {other}"
                )
    check.fits(8.0 * sum(float(each.values.size) for each in parts), "all draws at once", "give fewer files")
    metadata = {key: value for key, value in first.metadata.items() if key not in OWN}
    if "seed" in first.metadata:
        metadata["seed"] = [draws.metadata.get("seed") for draws in parts]
    metadata["files"] = [path.name for path in paths]
    return Draws(np.concatenate([draws.values for draws in parts]), first.kind, metadata)


def _compared(first: Draws, other: Draws) -> list[tuple[str, Any, Any]]:
    """Return what must be the same in two files, by name."""
    names = sorted({*first.metadata, *other.metadata} - {*OWN, "versions"})
    return [
        ("kind", first.kind, other.kind),
        ("length", first.values.shape[1], other.values.shape[1]),
        *((name, first.metadata.get(name), other.metadata.get(name)) for name in names),
    ]
