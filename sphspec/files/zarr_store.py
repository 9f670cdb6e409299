"""Draws in a Zarr group: the array `values` and metadata as attributes."""

from pathlib import Path

import numpy as np

from sphspec.files.draws import Draws

FORMAT = "sphspec draws"


def read(path: Path) -> Draws:
    """Return the draws of a Zarr group."""
    import zarr
    from zarr.storage import LocalStore

    group = zarr.open_group(LocalStore(path, read_only=True), mode="r")
    said = dict(group.attrs)
    if said.get("format") != FORMAT or "values" not in group:
        raise ValueError(f"{path} holds no draws: its format is {said.get('format')!r}")
    array = group["values"]
    assert isinstance(array, zarr.Array)
    missing = array.nchunks - array.nchunks_initialized
    if missing:
        raise ValueError(f"{path} is cut short: {missing} of {array.nchunks} chunks are missing")
    kind = said.get("kind") or None
    metadata = said.get("metadata", {})
    assert isinstance(metadata, dict)
    return Draws(np.asarray(array[:]), None if kind is None else str(kind), metadata)


def write(path: Path, draws: Draws) -> None:
    """Write draws as a group of one array."""
    import zarr
    from zarr.storage import LocalStore

    said = {"format": FORMAT, "kind": draws.kind or "", "metadata": dict(draws.metadata)}
    group = zarr.create_group(LocalStore(path), zarr_format=3, attributes=said)
    array = group.create_array("values", data=draws.values, config={"write_empty_chunks": True})
    assert array.shape == draws.values.shape
