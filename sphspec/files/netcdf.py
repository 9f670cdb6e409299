"""netCDF through xarray: a variable of draws, whose coefficients carry degree l and order m."""

from math import isqrt
from pathlib import Path
from typing import Any

from sphspec import _validate as check
from sphspec.files.draws import COEFFICIENTS, Draws
from sphspec.files.record import KNOWN, NAME, VALUES, Found, found_foreign, found_with, pick_name, record_text
from sphspec.labelled import degree_order, require_xarray

AXES = {"maps": "pixel", "coefficients": "coefficient", None: "place"}
CLASSIC = b"CDF"  # how netCDF 3 begins, which SciPy reads


def netcdf_bytes(draws: Draws) -> bytes:
    """Return draws as a netCDF file."""
    return bytes(to_dataset(draws).to_netcdf(engine="h5netcdf"))


def to_dataset(draws: Draws) -> Any:
    """Return draws as an xarray Dataset, coordinates l and m along the axis of coefficients."""
    require_xarray()
    import xarray

    axis = AXES[draws.kind]
    lmax = isqrt(draws.values.shape[1]) - 1
    coordinates = degree_order(lmax, axis) if draws.kind == COEFFICIENTS else {}
    units = {"units": str(draws.metadata["units"])} if "units" in draws.metadata else {}
    variable = xarray.Variable(("draw", axis), draws.values, attrs=units, encoding={"_FillValue": None})
    return xarray.Dataset({draws.kind or VALUES: variable}, coordinates, {NAME: record_text(draws)})


def read_netcdf(path: Path) -> Found:
    """Return what a netCDF file holds."""
    require_xarray()
    import xarray

    _probe(path)
    with xarray.open_dataset(path, decode_times=False, cache=False) as dataset:
        name = pick_name([str(each) for each in dataset.data_vars])
        variable, said = dataset[name], dataset.attrs
        check.fits(2.0 * variable.nbytes, "its variable", "split the file")
        values = variable.values
        if NAME in said:
            return found_with(str(said[NAME]), values)
        return found_foreign(values, name, {key: said[key] for key in KNOWN if key in said} | variable.attrs)


def _probe(path: Path) -> None:
    """Open a file as HDF5, whose library says in one line what is wrong with it; h5netcdf says more."""
    import h5py

    with path.open("rb") as stream:
        if stream.read(3) == CLASSIC:
            return
    with h5py.File(path, "r"):
        pass
