"""Files of maps and coefficients: npy, npz, FITS, netCDF, Zarr; written whole or not at all.

Nothing is ever unpickled. `read` gives float64 draws (size, k), coefficients in chart R1, maps in RING order.
"""

from sphspec.files.draws import Draws, describe
from sphspec.files.endings import read, write

__all__ = ["Draws", "describe", "read", "write"]
