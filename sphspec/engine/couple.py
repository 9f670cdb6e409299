"""Blocks of each order and factors of the couplings, from a grid and a field that is constant on rings."""

from dataclasses import replace
from typing import Any

import numpy as np

from sphspec import _validate as check
from sphspec._generated import covariance
from sphspec.engine.coupled_blocks import CoupledBlocks
from sphspec.engine.couplings import Couplings
from sphspec.engine.fold import fold
from sphspec.engine.order_blocks import order_blocks, packed_sizes, usual_threads
from sphspec.engine.short_rings import ShortRings, ring_tables
from sphspec.grids.ring import RingGrid


def coupled_blocks(grid: RingGrid, u: Any, lmax: int, threads: int | None = None) -> CoupledBlocks:
    """Return Phi^T diag(u) Phi as blocks of each order and factors of the couplings.

    Parameters
    ----------
    grid : the rings
    u : (npix,) field on the points, e.g. w^2 s^2, one value on each ring
    lmax : band limit
    threads : how many; default all of this process, one below lmax 256

    Raises
    ------
    ValueError
        for a field that varies along a ring, or where blocks and factors do not fit in memory; the GiB
        are named.

    Source: our derivation (ring-sum, displacement).
    """
    limit = check.integer("lmax", lmax, 0)
    workers = usual_threads(limit) if threads is None else check.integer("threads", threads, 1)
    field = check.exact_array("u", u, grid.npix)
    values = field[grid.ring_start]
    varying = np.flatnonzero(field != np.repeat(values, grid.nphi))
    if varying.size:
        raise ValueError(
            f"u must have one value on each ring, got {field[varying[0]]} at point {varying[0]} of a ring "
            f"that begins with another value; use the form for fields that vary along rings"
        )
    sums = np.asarray(covariance.ring_fourier(values, grid.nphi, grid.phi0, 0)[0])
    folded = fold(grid, sums)
    mirrored = folded.mirrored and grid.symmetric
    rings = ShortRings.of(grid, values, limit, mirrored=mirrored)
    blocks = 8.0 * float(packed_sizes(limit, np.arange(limit + 1), mirrored=mirrored).sum())
    check.fits(blocks + rings.table_bytes, f"blocks and factors at lmax={limit}")
    orders = order_blocks(replace(folded, mirrored=mirrored), limit, workers)
    tables = ring_tables(rings, workers)
    return CoupledBlocks(orders, tables, Couplings.of(tables), workers)
