"""Which file is written and read how: by its ending."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphspec import _validate as check
from sphspec.files.draws import Draws
from sphspec.files.fits_read import read_fits
from sphspec.files.fits_write import fits_bytes, gzipped_fits_bytes
from sphspec.files.netcdf import netcdf_bytes, read_netcdf
from sphspec.files.numpy_files import npy_bytes, npz_bytes, read_npy, read_npz
from sphspec.files.record import Found, reading
from sphspec.files.zarr_group import is_zarr, read_zarr, save_zarr


@dataclass(frozen=True)
class Format:
    """How draws become a file, and a file what it holds.

    Attributes
    ----------
    name : in words
    save : writes draws at a path, in one step
    read : the other way
    """

    name: str
    save: Callable[[Path, Draws], None]
    read: Callable[[Path], Found]


def _whole(encode: Callable[[Draws], bytes]) -> Callable[[Path, Draws], None]:
    return lambda path, draws: check.replace_file(path, encode(draws))


ZARR = Format("Zarr", save_zarr, read_zarr)
FORMATS = {
    ".npz": Format("npz", _whole(npz_bytes), read_npz),
    ".npy": Format("npy", _whole(npy_bytes), read_npy),
    ".fits": Format("FITS", _whole(fits_bytes), read_fits),
    ".fits.gz": Format("FITS", _whole(gzipped_fits_bytes), read_fits),
    ".nc": Format("netCDF", _whole(netcdf_bytes), read_netcdf),
    ".zarr": ZARR,
}


def write(path: Any, draws: Draws, overwrite: bool = False) -> None:
    """Write draws to a file, whose ending says how: npz, npy, fits, fits.gz, nc or zarr.

    The file is there whole or not at all. `read` gives back every bit.

    Raises
    ------
    ValueError
        for another ending, a file that exists (unless it may be overwritten), a folder that cannot be
        written, a package that is not installed, and whatever a format cannot hold.
    """
    path = Path(path)
    form = _by_ending(path)
    if form is None:
        raise ValueError(f"unknown ending of {path}; known: {', '.join(sorted(FORMATS))}")
    if not isinstance(draws, Draws):
        raise ValueError(
            f"draws must be sphspec.files.Draws(values, kind, metadata), got {type(draws).__name__}"
        )
    if path.exists() or path.is_symlink():
        if not overwrite:
            raise ValueError(f"{path} exists; name another file, or overwrite it")
        if form is ZARR and not is_zarr(path):
            raise ValueError(f"{path} exists and is not a Zarr group; name another")
    check.writable(path / ".probe" if form is ZARR and path.is_dir() else path)
    check.fits(3.0 * draws.values.nbytes, f"writing {draws!r}", "write fewer draws a file")
    try:
        form.save(path, draws)
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}; name another file") from None


def read_file(path: Path) -> Found:
    """Return what a file holds; ValueError for an ending that is not known or a file that is damaged."""
    form = ZARR if path.is_dir() else _by_ending(path)
    if form is None:
        raise ValueError(f"unknown ending of {path}; known: {', '.join(sorted(FORMATS))}")
    with reading(path, form.name):
        return form.read(path)


def has_format(path: Path) -> bool:
    """Tell whether something can be read as draws, going by its name alone."""
    return is_zarr(path) if path.is_dir() else _by_ending(path) is not None


def _by_ending(path: Path) -> Format | None:
    fitting = [ending for ending in FORMATS if path.name.lower().endswith(ending) and path.name != ending]
    return FORMATS[fitting[0]] if fitting else None
