"""Dense sectors from blocks and factors, row by row: every number is written once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sphspec.engine.couplings import Terms
from sphspec.engine.layout import Lane
from sphspec.engine.order_blocks import OrderBlocks, in_threads
from sphspec.engine.short_rings import RingTables, widths

Floats = NDArray[np.float64]
GROUP = 4  # lanes that one call of the compiled loop does


def filled(
    blocks: OrderBlocks,
    tables: RingTables,
    terms: Terms,
    lanes: Sequence[Lane],
    parity: int | None,
    *,
    packed: bool,
    threads: int,
) -> Floats:
    """Return the square of some lanes, or its upper triangle, packed row by row.

    Parameters
    ----------
    blocks : C_(lm,l'm)
    tables : lambda_lm on the short rings
    terms : what couples the lanes
    lanes : (m, sign)
    parity : of l - m, or None where the blocks are of all l
    packed : whether the triangle is asked for
    threads : how many; each does some lanes at a time
    """
    from sphspec.engine.compiled_coupled import fill_lanes

    orders, part = np.array([order for order, _ in lanes]), parity or 0
    sizes = widths(blocks.lmax, blocks.mirrored)[orders]
    counts = sizes[:, part].copy()
    places = np.concatenate([[0], np.cumsum(counts)])
    triangles = blocks.offsets[orders] + part * (sizes[:, 0] * (sizes[:, 0] + 1) // 2)
    total, starts = int(places[-1]), tables.starts[orders, part]
    out = np.empty(total * (total + 1) // 2 if packed else total * total)

    def fill(begin: int) -> None:
        fill_lanes(
            begin, min(begin + GROUP, len(lanes)), out, packed, places, counts, starts, tables.values,
            triangles, blocks.packed, terms.pointers, terms.left, terms.right, terms.coefficients,
        )  # fmt: skip

    for _ in in_threads(fill, range(0, len(lanes), GROUP), threads):
        pass
    return out if packed else out.reshape(total, total)
