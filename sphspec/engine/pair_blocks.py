"""Entries of a ring sum for all pairs of orders, by the displacement recurrence on both sides (T2b).

Sums over the rings give what has l or l' = lmax, lmax + 1; every other entry follows from its neighbours.
With u = w^2 s^2 on the points,

    C_(lm,l'm') = sum_r F_r(m' - m) lambda_lm(z_r) lambda_l'm'(z_r),

and likewise in chart R1, where a ring's weights are the four parts of the generated kernel.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._cores import cores
from sphspec.conventions import size
from sphspec.engine.pair_sums import COMPLEX, REAL, WIDTH, PairSums, slab_shapes
from sphspec.grids.ring import RingGrid

Floats = NDArray[np.float64]
WIDE = 64  # lmax from which threads pay


def dense_ring_form(grid: RingGrid, u: Floats, lmax: int, threads: int | None = None) -> Floats:
    """Return Phi^T diag(u) Phi in chart R1, (n, n), n = (lmax + 1)^2; exactly symmetric.

    Parameters
    ----------
    grid : the rings
    u : (npix,) any real field on the points
    lmax : band limit
    threads : how many; default all of this process, one below lmax 64

    Raises
    ------
    ValueError
        for a field, band limit or number of threads out of range, or where the matrix does not fit in
        memory; the GiB are named.
    """
    from sphspec.engine.compiled_pairs import pair_loops

    u, lmax, workers = _checked(grid, u, lmax, threads)
    n = size(lmax)
    needed = 8.0 * (float(n) ** 2 + workers * (lmax + 1) * (lmax + 1 + WIDTH) ** 2 / 2)
    check.fits(needed + PairSums.needed(grid, lmax, REAL), f"the dense matrix of all orders at lmax={lmax}")
    sums = PairSums.of(grid, u, lmax, REAL, lambda work: each(work, range(lmax + 1), workers))
    matrix, held = np.zeros((n, n)), local()

    def fill(m: int) -> None:
        if not hasattr(held, "slab"):
            held.slab = np.empty(sums.part_size(0))
        sums.fill(m, held.slab, matrix)

    reflect = pair_loops()[2]
    each(fill, range(lmax + 1), workers)
    each(lambda l: reflect(l, lmax, matrix), range(lmax, -1, -1), workers)
    return matrix


def pair_blocks(grid: RingGrid, u: Floats, lmax: int, threads: int | None = None) -> "PairBlocks":
    """Return C_(lm,l'm') for all 0 <= m <= m'.

    Parameters
    ----------
    grid, u, lmax, threads : as for `dense_ring_form`

    Raises
    ------
    ValueError
        as there.
    """
    u, lmax, workers = _checked(grid, u, lmax, threads)
    needed = 2.0 * float(lmax + 2 + WIDTH) ** 4  # sum of 16 n^2 (n + WIDTH) / 2, n = lmax - m + 1
    check.fits(needed + PairSums.needed(grid, lmax, COMPLEX), f"C of all pairs of orders at lmax={lmax}")
    sums = PairSums.of(grid, u, lmax, COMPLEX, lambda work: each(work, range(lmax + 1), workers))
    offsets = np.concatenate([[0], np.cumsum([sums.size(m) for m in range(lmax + 1)])])
    packed, nowhere = np.empty(int(offsets[-1])), np.empty((0, 0))
    each(lambda m: sums.fill(m, packed[offsets[m] : offsets[m + 1]], nowhere), range(lmax + 1), workers)
    return PairBlocks(lmax, sums.rings.mirrored, packed, offsets)


@dataclass(frozen=True, eq=False)
class PairBlocks:
    """C_(lm,l'm') for all 0 <= m <= m', packed as slabs (`slab_shapes`), real and imaginary part in turn.

    Attributes
    ----------
    lmax : band limit
    mirrored : whether only even l + m + l' + m' couple
    packed : all numbers
    offsets : where each order begins, and the end
    """

    lmax: int
    mirrored: bool
    packed: Floats
    offsets: NDArray[np.int64]

    def block(self, m: int, other: int) -> NDArray[np.complex128]:
        """Return C_(lm,l'm'), l = m .. lmax, l' = m' .. lmax, for any two orders >= 0."""
        check.integer("m", m, 0, self.lmax)
        check.integer("other", other, 0, self.lmax)
        if m > other:
            return self.block(other, m).conj().T
        step, place = 2 if self.mirrored else 1, 0
        for first, height, width in slab_shapes(m, self.lmax, mirrored=self.mirrored):
            lane, rest = divmod(other - first, step)
            if rest == 0 and 0 <= lane < WIDTH:
                break
            place += height * width
        halves = self.packed[self.offsets[m] : self.offsets[m + 1]].reshape(2, -1)
        parts = halves[:, place : place + height * width].reshape(2, height, width)[..., lane::WIDTH]
        result = np.zeros((height, self.lmax - other + 1), dtype=np.complex128)
        for right in range(other, self.lmax + 1):
            rows, slot = slice((right - first) % step, None, step), (right - first) // step
            result.real[rows, right - other], result.imag[rows, right - other] = parts[:, rows, slot]
        return result


def _checked(grid: RingGrid, u: Floats, lmax: int, threads: int | None) -> tuple[Floats, int, int]:
    lmax = check.integer("lmax", lmax, 0)
    default = cores() if lmax >= WIDE else 1
    workers = default if threads is None else check.integer("threads", threads, 1)
    return check.exact_array("u", u, grid.npix), lmax, workers


def each(work: Callable[[int], None], items: Iterable[int], workers: int) -> None:
    """Do the work for every item, in threads if there are several."""
    if workers == 1:
        for item in items:
            work(item)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, items))
