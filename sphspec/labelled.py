"""xarray objects whose axes carry the degree l and the order m of every coefficient in chart R1."""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import degrees_orders


def require_xarray() -> None:
    """Raise ValueError where xarray or what writes netCDF is not installed."""
    for name in ("xarray", "h5netcdf"):
        if find_spec(name) is None:
            raise ValueError(f"labelled arrays and netCDF need {name}: pip install 'sphspec[files]'")


def degree_order(lmax: int, axis: str, prime: str = "") -> dict[str, tuple[str, NDArray[np.int64]]]:
    """Return the coordinates l and m along an axis of (lmax + 1)^2 coefficients.

    They are plain coordinates, which files can hold; `set_xindex(["l", "m"])` lets
    `sel(l=2, m=-1)` look them up.
    """
    degrees, orders = degrees_orders(lmax)
    return {f"l{prime}": (axis, degrees), f"m{prime}": (axis, orders)}


def labelled(sigma: NDArray[np.float64], lmax: int, attributes: Mapping[str, Any]) -> Any:
    """Return Sigma (n, n) as a DataArray "covariance", rows (l, m), columns (l_2, m_2).

    Raises
    ------
    ValueError
        where xarray is not installed.
    """
    require_xarray()
    import xarray

    return xarray.DataArray(
        sigma, dims=("coefficient", "coefficient_2"), name="covariance",
        coords=degree_order(lmax, "coefficient") | degree_order(lmax, "coefficient_2", "_2"),
        attrs={
            name: json.dumps(said) if isinstance(said, dict) else said for name, said in attributes.items()
        },
    )  # fmt: skip
