"""Other orders that pixels come in when they are taken for the grid's."""

from collections.abc import Iterator

import ducc0
import numpy as np
from numpy.typing import NDArray

from sphspec.grids import Healpix
from sphspec.grids.ring import RingGrid

Ints = NDArray[np.int64]


def pixel_orders(grid: RingGrid) -> Iterator[tuple[str, Ints]]:
    """Yield names and orders: pixel p of the draws holds pixel order[p] of the claim's."""
    if isinstance(grid, Healpix) and grid.nside & (grid.nside - 1) == 0 and grid.nside > 1:
        base, pixels = ducc0.healpix.Healpix_Base(grid.nside, "RING"), np.arange(grid.npix)
        yield "NEST order given as RING", np.asarray(base.nest2ring(pixels), np.int64)
        yield "RING order turned twice (ring2nest)", np.asarray(base.ring2nest(pixels), np.int64)
    nphi = grid.nphi
    if nphi.size > 1 and nphi[0] > 1 and np.all(nphi == nphi[0]):
        square = np.arange(grid.npix).reshape(nphi.size, nphi[0])
        yield "longitude-major maps", np.ascontiguousarray(square.T).ravel()
        yield "longitude-major maps, turned twice", np.argsort(square.T.ravel())
    south_first = np.argsort(-grid.theta, kind="stable")
    yield "south pole first", south_first
