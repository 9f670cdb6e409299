"""Zarr: a group with an array of draws; axes are named, as xarray reads them."""

import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np

from sphspec import _validate as check
from sphspec.files.draws import COEFFICIENTS, Draws
from sphspec.files.netcdf import AXES
from sphspec.files.record import NAME, VALUES, Found, found_foreign, found_with, pick_name, record_text
from sphspec.labelled import degree_order

CHUNK = 2.0**22  # bytes
SAFE = {  # what turns bytes into numbers and nothing else; numcodecs knows one that unpickles
    "bytes", "transpose", "sharding_indexed", "crc32c", "zstd", "blosc", "gzip", "zlib", "lz4", "lzma", "bz2",
    "shuffle", "delta", "fixedscaleoffset", "adler32", "crc32", "fletcher32",
}  # fmt: skip


def is_zarr(path: Path) -> bool:
    """Tell whether a folder is a Zarr group or array."""
    return any((path / name).is_file() for name in ("zarr.json", ".zgroup", ".zarray"))


def save_zarr(path: Path, draws: Draws) -> None:
    """Write draws as a Zarr group: a folder beside it first, which then takes its name."""
    _require_zarr()
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        _fill(temporary / "new", draws)
        if path.exists():
            path.rename(temporary / "old")
        (temporary / "new").rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def read_zarr(path: Path) -> Found:
    """Return what a Zarr group, or a single array, holds."""
    _require_zarr()
    import zarr
    from zarr.storage import LocalStore

    opened = zarr.open(LocalStore(path, read_only=True), mode="r")
    if isinstance(opened, zarr.Array):
        return found_foreign(_values(opened), "", dict(opened.attrs))
    group = zarr.open_group(LocalStore(path, read_only=True), mode="r", use_consolidated=False)
    arrays = {name: array for name, array in group.arrays() if name not in ("l", "m")}
    name = pick_name(list(arrays))
    values, said = _values(arrays[name]), dict(group.attrs)
    if NAME in said:
        return found_with(str(said[NAME]), values)
    return found_foreign(values, name, said | dict(arrays[name].attrs))


def _fill(folder: Path, draws: Draws) -> None:
    import zarr
    from zarr.storage import LocalStore

    group = zarr.create_group(LocalStore(folder), zarr_format=3, attributes={NAME: record_text(draws)})
    rows, width = draws.values.shape
    axis = AXES[draws.kind]
    array = group.create_array(
        draws.kind or VALUES, shape=(rows, width), dtype="float64", dimension_names=("draw", axis),
        chunks=(min(rows, max(1, int(CHUNK / (8 * width)))), min(width, int(CHUNK / 8))),
        fill_value=np.nan,  # a chunk that is lost is seen
    )  # fmt: skip
    array[...] = draws.values
    if draws.kind == COEFFICIENTS:
        for name, (_, labels) in degree_order(isqrt(width) - 1, axis).items():
            group.create_array(name, data=labels, dimension_names=(axis,))


def _values(array: Any) -> Any:
    for name in _codecs(array.metadata.to_dict()):
        if name.removeprefix("numcodecs.") not in SAFE:
            raise ValueError(f"its numbers are coded by {name!r}, which is not known to be safe to run")
    if array.dtype.kind not in "iufc":
        raise ValueError(f"it holds {array.dtype}, not numbers")
    check.fits(2.0 * array.nbytes, "its array", "split the file")
    return array[...]


def _codecs(said: dict[str, Any]) -> Iterator[str]:
    """Yield the name of every codec of an array's metadata, Zarr 2 or 3."""
    coded = [*(said.get("codecs") or ()), *(said.get("filters") or ()), said.get("compressor")]
    for each in coded:
        if each is None:
            continue
        plain = each if isinstance(each, dict) else each.get_config()
        yield str(plain.get("name", plain.get("id")))
        inner = plain.get("configuration") or {}
        yield from _codecs({"codecs": [*inner.get("codecs", ()), *inner.get("index_codecs", ())]})


def _require_zarr() -> None:
    if find_spec("zarr") is None:
        raise ValueError("Zarr files need Zarr: pip install 'sphspec[zarr]'")
