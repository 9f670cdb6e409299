"""npz and npy: plain numbers, never pickled.

In npz the description is an entry of text; in npy it follows the values as a second array, which
numpy.load leaves alone.
"""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from sphspec import _validate as check
from sphspec.files.draws import Draws
from sphspec.files.record import NAME, VALUES, Found, found_foreign, found_with, pick_name, record_text


def npz_bytes(draws: Draws) -> bytes:
    """Return draws as a npz file."""
    stream = BytesIO()
    entries: dict[str, Any] = {draws.kind or VALUES: draws.values, NAME: np.array(record_text(draws))}
    np.savez(stream, allow_pickle=False, **entries)
    return stream.getvalue()


def npy_bytes(draws: Draws) -> bytes:
    """Return draws as a npy file."""
    stream = BytesIO()
    npy.write_array(stream, np.ascontiguousarray(draws.values), allow_pickle=False)
    npy.write_array(stream, np.array(record_text(draws)), allow_pickle=False)
    return stream.getvalue()


def read_npz(path: Path) -> Found:
    """Return what a npz file holds."""
    with zipfile.ZipFile(path) as archive:
        arrays = {}
        for entry in archive.namelist():
            with archive.open(entry) as stream:
                arrays[entry.removesuffix(".npy")] = _array(stream)
                if stream.read(1):  # and only so is the checksum looked at
                    raise ValueError(f"more follows the array {entry}")
    record = arrays.pop(NAME, None)
    if record is not None:
        return found_with(str(record[()]), arrays[pick_name(list(arrays))])
    name = pick_name([name for name, array in arrays.items() if array.ndim])
    return found_foreign(arrays[name], name, {key: a.item() for key, a in arrays.items() if not a.ndim})


def read_npy(path: Path) -> Found:
    """Return what a npy file holds."""
    with path.open("rb") as stream:
        values = _array(stream)
        if not stream.read(1):
            return Found(values)
        stream.seek(-1, 1)
        record = _array(stream)
        if record.dtype.kind != "U" or record.ndim or stream.read(1):
            raise ValueError("more than one array is in it; write one a file")
    return found_with(str(record[()]), values)


def _array(stream: IO[bytes]) -> Any:
    """Return the array that a stream is at, once its header has been looked at."""
    start = stream.tell()
    version = npy.read_magic(stream)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = header(stream)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are never unpickled; save plain numbers")
    check.fits(2.0 * float(np.prod(shape, dtype=np.float64)) * dtype.itemsize, "its array", "split the file")
    stream.seek(start)
    return npy.read_array(stream, allow_pickle=False)
