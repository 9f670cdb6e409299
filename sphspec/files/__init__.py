"""Maps and coefficients in files: npz, npy, FITS, netCDF, Zarr; never pickled, to the last bit."""

from sphspec.described import describe
from sphspec.files.draws import Draws
from sphspec.files.folder import read
from sphspec.files.formats import write

__all__ = ["Draws", "describe", "read", "write"]
