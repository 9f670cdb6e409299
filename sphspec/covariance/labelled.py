"""A covariance with labelled axes, for xarray."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import degrees_orders

Floats = NDArray[np.float64]


def labelled(matrix: Floats, lmax: int, attributes: dict[str, Any]) -> Any:
    """Return Sigma (n, n) as an xarray.DataArray; both axes are labelled by degree and order.

    Raises
    ------
    ValueError
        where xarray is not installed.
    """
    try:
        import xarray
    except ModuleNotFoundError:
        raise ValueError("labelled arrays need xarray: pip install 'sphspec[files]'") from None
    degrees, orders = degrees_orders(lmax)
    return xarray.DataArray(
        matrix, dims=("mode", "mode2"), name="covariance", attrs=attributes,
        coords={
            "l": ("mode", degrees), "m": ("mode", orders),
            "l2": ("mode2", degrees), "m2": ("mode2", orders),
        },
    )  # fmt: skip
