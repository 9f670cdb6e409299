"""Which array of a store holds which numbers: one array an order, one chunk an array.

Array C/mmmmm holds the packed triangles of order m as the engine makes them: rows l = m .. lmax of a
triangle l' <= l, one after the other; where only even l + l' couple, that of l - m even and then that of
l - m odd. The engine computes consecutive orders together: such a group is the unit of work.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import index
from sphspec.engine.order_blocks import chunks, packed_sizes, split

Floats = NDArray[np.float64]
FOLDER = "C"


@dataclass(frozen=True)
class Layout:
    """The arrays of a store.

    Attributes
    ----------
    lmax : band limit
    mirrored : whether only even l + l' couple, so that an order is two triangles
    """

    lmax: int
    mirrored: bool

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many numbers each order has, (lmax + 1,)."""
        return packed_sizes(self.lmax, np.arange(self.lmax + 1), mirrored=self.mirrored)

    @cached_property
    def _groups(self) -> tuple[NDArray[np.int64], ...]:
        return tuple(chunks(self.lmax))

    @property
    def groups(self) -> int:
        """Number of groups of orders that the engine computes together."""
        return len(self._groups)

    def orders(self, group: int) -> NDArray[np.int64]:
        """Return the orders of a group: the engine's own grouping, on which the last bits depend."""
        return self._groups[group]

    @property
    def total(self) -> float:
        """Bytes of all blocks."""
        return 8.0 * float(self.sizes.sum())

    @property
    def largest(self) -> float:
        """Bytes of the largest group, the first."""
        return 8.0 * float(self.sizes[self._groups[0]].sum())

    def name(self, m: int) -> str:
        """Return the array of an order."""
        return f"{FOLDER}/{m:05d}"

    def triangles(self, m: int, packed: Floats) -> tuple[Floats, ...]:
        """Return the triangles of one order's packed numbers."""
        return split(packed, self.lmax, m, mirrored=self.mirrored)

    def places(self, m: int) -> tuple[tuple[NDArray[np.int64], ...], ...]:
        """Return, for each triangle of an order, the R1 indices of its cosine and of its sine parts."""
        starts, step = ((0, 1), 2) if self.mirrored else ((0,), 1)
        signs = (1, -1) if m else (1,)
        degrees = (np.arange(m + start, self.lmax + 1, step) for start in starts)
        return tuple(tuple(index(each, sign * m) for sign in signs) for each in degrees)
