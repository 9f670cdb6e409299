"""netCDF through xarray: coefficients on labelled axes (draw, mode) with l and m, maps on (draw, pixel)."""

from pathlib import Path
from typing import Any

import numpy as np

from sphspec.conventions import degrees_orders
from sphspec.files.draws import Draws
from sphspec.specs import make_grid

AXES = {"coefficients": ("draw", "mode"), "maps": ("draw", "pixel"), None: ("draw", "number")}
PREFIX = "sphspec_"  # of metadata among the attributes


def to_dataset(draws: Draws) -> Any:
    """Return draws as an xarray.Dataset, labelled by l and m, or by colatitude and longitude."""
    import xarray

    coordinates: dict[str, Any] = {}
    if draws.kind == "coefficients":
        degrees, orders = degrees_orders(int(np.sqrt(draws.values.shape[1])) - 1)
        coordinates = {"l": ("mode", degrees), "m": ("mode", orders)}
    elif draws.kind == "maps" and "grid" in draws.metadata:
        grid = make_grid(str(draws.metadata["grid"]))
        coordinates = {"colatitude": ("pixel", grid.theta), "longitude": ("pixel", grid.phi)}
    attributes = {f"{PREFIX}{name}": value for name, value in draws.metadata.items()}
    attributes["kind"] = draws.kind or ""
    return xarray.Dataset({"values": (AXES[draws.kind], draws.values)}, coordinates, attributes)


def read(path: Path) -> Draws:
    """Return the draws of a netCDF file that has a variable `values` (draw, ...)."""
    import h5netcdf  # noqa: F401 - the engine and its own; absent, they are named
    import h5py  # noqa: F401
    import xarray

    with xarray.open_dataset(path, engine="h5netcdf") as dataset:
        if "values" not in dataset:
            raise ValueError(f"{path} has no variable 'values', but {', '.join(map(str, dataset)) or 'none'}")
        attributes = dict(dataset.attrs)
        said = {
            str(name).removeprefix(PREFIX): value
            for name, value in attributes.items()
            if str(name).startswith(PREFIX)
        }
        return Draws(np.array(dataset["values"].values), str(attributes.get("kind", "")) or None, said)


def write(path: Path, draws: Draws) -> None:
    """Write draws with their labels."""
    import h5netcdf  # noqa: F401
    import h5py  # noqa: F401

    to_dataset(draws).to_netcdf(path, engine="h5netcdf")
