"""Draws and files that the tests of `sphspec.files` share."""

import warnings

import numpy as np

ENDINGS = ("npz", "npy", "fits", "fits.gz", "nc", "zarr")


def same_bits(one, other):
    """Tell whether two arrays of doubles agree in shape and in every bit, the sign of zero among them."""
    a, b = (np.ascontiguousarray(each, dtype=np.float64) for each in (one, other))
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def healpy():
    """Return healpy, whose import warns of its own dependencies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import healpy as module
    return module
