"""Blocks C_(lm,l'm) of a ring sum, order by order, by the displacement recurrence (T2b).

Two rows, l = lmax + 1 and lmax, are summed over the rings; every other entry follows from three
neighbours on the march down in l. Where only even l + l' couple, an order is two triangles.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._cores import cores
from sphspec.engine.fold import Fold
from sphspec.engine.polar import row_sums

T = TypeVar("T")
R = TypeVar("R")
Floats = NDArray[np.float64]
CHUNK = 16  # orders that one call of the compiled loop does at most
SMALL = 128  # four times as many up to this lmax
NUMBERS = 2**22  # and while a group has at most about a quarter of so many entries
WIDE = 256  # lmax from which threads pay


def packed_sizes(lmax: int, orders: NDArray[np.int64], *, mirrored: bool) -> NDArray[np.int64]:
    """Return how many numbers the triangles of each order are."""
    n = lmax - orders + 1
    even, odd = (n + 1) // 2, n // 2
    return even * (even + 1) // 2 + odd * (odd + 1) // 2 if mirrored else n * (n + 1) // 2


@dataclass(frozen=True, eq=False)
class OrderBlocks:
    """C_(lm,l'm) for every order m, packed: rows l = m .. lmax of a triangle l' <= l, one after the other.

    Where only even l + l' couple, the triangles of l - m even and of l - m odd follow each other.

    Attributes
    ----------
    lmax : band limit
    mirrored : whether only even l + l' couple
    packed : all triangles
    offsets : where each order begins, and the end
    """

    lmax: int
    mirrored: bool
    packed: Floats
    offsets: NDArray[np.int64]

    def triangles(self, m: int) -> tuple[Floats, ...]:
        """Return the triangles of one order: two where only even l + l' couple, or one."""
        return split(self.packed[self.offsets[m] : self.offsets[m + 1]], self.lmax, m, mirrored=self.mirrored)

    def squares(self, m: int) -> tuple[Floats, ...]:
        """Return the full symmetric matrices of one order, even l - m and odd, or the one of all l."""
        return tuple(map(square, self.triangles(m)))

    def block(self, m: int) -> Floats:
        """Return C_(lm,l'm), l, l' = m .. lmax, (lmax - m + 1, lmax - m + 1)."""
        return interleaved(self.squares(m))


def split(packed: Floats, lmax: int, m: int, *, mirrored: bool) -> tuple[Floats, ...]:
    """Return the triangles of one order's packed numbers."""
    if not mirrored:
        return (packed,)
    even = (lmax - m + 2) // 2
    cut = even * (even + 1) // 2
    return packed[:cut], packed[cut:]


def square(triangle: Floats) -> Floats:
    """Return the symmetric matrix of a packed triangle."""
    from sphspec.engine.compiled import unpack  # numba, when first needed

    matrix = np.empty((math.isqrt(2 * triangle.size),) * 2)
    unpack(triangle, matrix)
    return matrix


def interleaved(squares: Sequence[Floats]) -> Floats:
    """Return one order's block from the matrices of even and odd l - m, or from the one of all l."""
    if len(squares) == 1:
        return squares[0]
    even, odd = squares
    block = np.zeros((len(even) + len(odd),) * 2)
    block[::2, ::2], block[1::2, 1::2] = even, odd
    return block


def order_blocks(fold: Fold, lmax: int, threads: int | None = None, out: Floats | None = None) -> OrderBlocks:
    """Return the blocks of all orders.

    Parameters
    ----------
    fold : the rings
    lmax : band limit
    threads : how many; default all of this process, one below lmax 256
    out : room for all triangles, (sum of `packed_sizes`,); fresh memory may cost as much as the work

    Raises
    ------
    ValueError
        where the triangles do not fit in memory (the GiB are named), or not in `out`.
    """
    orders = np.arange(lmax + 1)
    offsets = np.concatenate([[0], np.cumsum(packed_sizes(lmax, orders, mirrored=fold.mirrored))])
    packed, recurrence = _room(int(offsets[-1]), lmax, out), row_sums(fold, lmax)

    def fill(chunk: NDArray[np.int64]) -> None:
        recurrence.fill(chunk, packed[offsets[chunk[0]] : offsets[chunk[-1] + 1]])

    in_threads(fill, list(chunks(lmax)), threads or usual_threads(lmax))
    return OrderBlocks(lmax, fold.mirrored, packed, offsets)


def _room(numbers: int, lmax: int, out: Floats | None) -> Floats:
    if out is None:
        check.fits(8.0 * numbers, f"the blocks of all orders at lmax={lmax}")
        return np.empty(numbers)
    if out.shape != (numbers,) or out.dtype != np.float64 or not out.flags.c_contiguous:
        raise ValueError(f"out must be contiguous float64 of shape ({numbers},), got {out.dtype} {out.shape}")
    return out


def order_squares(fold: Fold, lmax: int, threads: int | None = None) -> tuple[tuple[Floats, ...], ...]:
    """Return for every order the full symmetric matrices of even and of odd l - m, or the one of all l.

    Parameters
    ----------
    fold, lmax, threads : as for `order_blocks`
    """
    recurrence, mirrored = row_sums(fold, lmax), fold.mirrored

    def squares(chunk: NDArray[np.int64]) -> list[tuple[Floats, ...]]:
        sizes = packed_sizes(lmax, chunk, mirrored=mirrored)
        packed = np.empty(int(sizes.sum()))
        recurrence.fill(chunk, packed)
        parts = np.split(packed, np.cumsum(sizes)[:-1])
        return [
            tuple(map(square, split(part, lmax, int(m), mirrored=mirrored)))
            for m, part in zip(chunk, parts, strict=True)
        ]

    groups = in_threads(squares, list(chunks(lmax)), threads or usual_threads(lmax))
    return tuple(part for group in groups for part in group)


def each_order(fold: Fold, lmax: int) -> Iterator[tuple[int, Floats]]:
    """Yield (m, packed triangles) of one order after the other, in a buffer that is used again."""
    recurrence = row_sums(fold, lmax)
    sizes = packed_sizes(lmax, np.arange(lmax + 1), mirrored=fold.mirrored)
    buffer = np.empty(int(sizes[next(chunks(lmax))].sum()))
    for chunk in chunks(lmax):
        recurrence.fill(chunk, buffer[: sizes[chunk].sum()])
        places = np.concatenate([[0], np.cumsum(sizes[chunk])])
        for m, begin, end in zip(chunk, places[:-1], places[1:], strict=True):
            yield int(m), buffer[begin:end]


def one_order(fold: Fold, lmax: int, m: int) -> Floats:
    """Return the packed triangles of one order."""
    orders = np.array([m])
    packed = np.empty(int(packed_sizes(lmax, orders, mirrored=fold.mirrored)[0]))
    row_sums(fold, lmax).fill(orders, packed)
    return packed


def chunks(lmax: int) -> Iterator[NDArray[np.int64]]:
    """Yield the orders 0 .. lmax in groups that are computed together."""
    together = 4 * CHUNK if lmax <= SMALL else max(1, min(CHUNK, NUMBERS // (lmax + 1) ** 2))
    return (np.arange(first, min(first + together, lmax + 1)) for first in range(0, lmax + 1, together))


def usual_threads(lmax: int) -> int:
    """Return the cores that this process may use, one where threads do not pay."""
    return cores() if lmax >= WIDE else 1


def in_threads(work: Callable[[T], R], tasks: Sequence[T], threads: int) -> list[R]:
    """Return the results of the tasks, in their order."""
    if threads == 1:
        return [work(task) for task in tasks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, tasks))
