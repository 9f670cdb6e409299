"""Reading and writing by the ending of a name; folders of files."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from sphspec import _validate as check
from sphspec.files import arrays, fits, netcdf, zarr_store
from sphspec.files.draws import Draws

FORMATS: dict[str, ModuleType] = {
    ".npy": arrays, ".npz": arrays, ".fits": fits, ".fit": fits, ".nc": netcdf, ".zarr": zarr_store,
}  # fmt: skip


def read(path: str | os.PathLike[str]) -> Draws:
    """Return the draws in a file, or in all files of a folder by name.

    Parameters
    ----------
    path : .npy (real draws, or complex m-major alm), .npz, .fits (healpy's alm or maps, NEST is put in RING
        order), .nc, a .zarr folder, or a folder of such files that are alike

    Raises
    ------
    ValueError
        one line: what is not there, cut short, of another kind, not finite, or contradicts its metadata.
    """
    path = Path(path)
    if not path.exists():
        raise ValueError(f"cannot read {path}: there is no such file or folder")
    if path.is_dir() and path.suffix not in FORMATS:
        return _folder(path)
    return _guarded(path, lambda: _format(path).read(path))


def write(path: str | os.PathLike[str], draws: Draws, *, overwrite: bool = False) -> None:
    """Write draws into a file by its ending; it appears in one step, or not at all.

    Raises
    ------
    ValueError
        for an unknown ending, a file that is there (without overwrite), or a place that cannot be written.
    """
    path = Path(path)
    chosen = _format(path)
    if not isinstance(draws, Draws):
        raise ValueError(f"draws must be sphspec.files.Draws, got {type(draws).__name__}")
    if path.exists() and not overwrite:
        raise ValueError(f"{path} exists; name another file, or pass overwrite=True")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            new, old = Path(folder) / path.name, Path(folder) / "old"
            chosen.write(new, draws)
            if path.is_dir():
                path.rename(old)
            os.replace(new, path)
    except OSError as error:
        raise ValueError(f"cannot write {path}: {error.strerror or error}; name another place") from None


def _folder(path: Path) -> Draws:
    names = sorted(each for each in path.iterdir() if each.suffix in FORMATS)
    if not names:
        raise ValueError(f"{path} has no file that ends in {', '.join(FORMATS)}")
    parts = [read(name) for name in names]
    first = parts[0]
    for name, part in zip(names[1:], parts[1:], strict=True):
        if (part.kind, part.values.shape[1]) != (first.kind, first.values.shape[1]):
            raise ValueError(
                f"{name.name} has draws of {part.values.shape[1]} numbers ({part.kind}), {names[0].name} of "
                f"{first.values.shape[1]} ({first.kind}); a folder must hold one kind"
            )
    check.fits(8.0 * sum(part.values.size for part in parts), f"the draws in {path}", "read fewer files")
    return Draws(np.concatenate([part.values for part in parts]), first.kind, first.metadata)


def _format(path: Path) -> Any:
    if path.suffix not in FORMATS:
        raise ValueError(f"{path} must end in {', '.join(FORMATS)}")
    return FORMATS[path.suffix]


def _guarded(path: Path, work: Callable[[], Draws]) -> Draws:
    """Return what is read; whatever a library says of a broken file becomes one line."""
    try:
        return work()
    except ModuleNotFoundError as error:
        raise ValueError(f"{path} needs {error.name}: pip install 'sphspec[files]'") from None
    except MemoryError:
        raise ValueError(f"{path} does not fit in memory") from None
    except Exception as error:  # whatever the libraries make of what is there
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise ValueError(said if str(path) in said else f"{path}: {said}") from None


def remove(path: Path) -> None:
    """Remove a file or a folder."""
    shutil.rmtree(path) if path.is_dir() else path.unlink()
