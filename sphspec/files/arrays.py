"""NumPy's own files: .npy holds draws alone, .npz draws and metadata. Nothing is ever unpickled."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import convert
from sphspec.files.draws import Draws

VALUES, METADATA, KIND = "values", "metadata", "kind"


def read(path: Path) -> Draws:
    """Return the draws of a .npy or .npz file; complex numbers are healpy's alm (size, k)."""
    found = _arrays(path)
    if VALUES not in found:
        raise ValueError(f"{path} has no array named {VALUES!r}, but {', '.join(found) or 'none'}")
    said = json.loads(str(found[METADATA])) if METADATA in found else {}
    kind = str(found[KIND]) or None if KIND in found else None
    values = found[VALUES]
    if values.dtype.kind == "c":
        rows = np.atleast_2d(values)
        return Draws(convert(rows, "healpy", "r1"), "coefficients", {**said, "convention": "healpy"})
    if values.dtype.itemsize < 8 and values.dtype.kind == "f":
        said = {**said, "stored": str(values.dtype)}
    return Draws(np.atleast_2d(values), kind, said)


def write(path: Path, draws: Draws) -> None:
    """Write draws; .npy has no room for metadata."""
    if path.suffix == ".npy":
        np.save(path, draws.values, allow_pickle=False)
        return
    kind, said = np.array(draws.kind or ""), np.array(json.dumps(dict(draws.metadata)))
    with path.open("wb") as stream:
        np.savez(stream, values=draws.values, metadata=said, kind=kind)


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by name; its bytes are read first, so that no file stays open."""
    found = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
    if isinstance(found, np.ndarray):
        return {VALUES: found}
    return {name: found[name] for name in found.files}
