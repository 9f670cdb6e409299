"""Selection rules as a partition: sectors of R1 coefficients that a quadratic form cannot couple.

With u constant on rings of n_r equispaced points, orders m and m' couple only where some n_r divides
m' - m or m' + m (derivation ring-sum). Mirror symmetry phi -> -phi separates cosines from sines,
symmetry about the equator separates even from odd l + m. Rings at a pole couple nothing: only m = 0
is not zero there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sphspec.conventions import size
from sphspec.grids.ring import SAME, RingGrid

Floats = NDArray[np.float64]
ROUNDING = 4 * np.finfo(np.float64).eps  # nodes and weights of ducc0 are symmetric to this


@dataclass(frozen=True)
class Lane:
    """All degrees of one absolute order, cosine (sign +1) or sine (sign -1) part."""

    order: int
    sign: int


@dataclass(frozen=True)
class Sector:
    """Lanes that may couple, with l + m of one parity (0, 1) or both (None)."""

    lanes: tuple[Lane, ...]
    parity: int | None
    lmax: int

    def degrees(self, lane: Lane) -> NDArray[np.int64]:
        """Return the degrees of a lane in this sector."""
        first = lane.order + (self.parity or 0)
        return np.arange(first, self.lmax + 1, 1 if self.parity is None else 2)

    @cached_property
    def indices(self) -> NDArray[np.int64]:
        """R1 indices of the sector, lane after lane."""
        degrees = [self.degrees(lane) for lane in self.lanes]
        places = [l * l + l + lane.sign * lane.order for l, lane in zip(degrees, self.lanes, strict=True)]
        return np.concatenate(places)


def partition(grid: RingGrid, fields: Sequence[Floats], lmax: int) -> tuple[Sector, ...]:
    """Return the finest partition of the R1 coefficients that every field u on the points respects.

    Parameters
    ----------
    grid : the rings
    fields : fields u, each (npix,)
    lmax : band limit
    """
    constant = all(is_ring_constant(grid, field) for field in fields)
    split_signs = constant and grid.mirrored
    parities: tuple[int | None, ...] = (None,)
    if grid.symmetric and all(_is_symmetric(grid, field) for field in fields):
        parities = (0, 1)
    classes = _order_classes(grid, lmax) if constant else (tuple(range(lmax + 1)),)
    groups: list[tuple[Lane, ...]] = []
    for orders in classes:
        cosines = tuple(Lane(order, 1) for order in orders)
        sines = tuple(Lane(order, -1) for order in orders if order)
        groups += [cosines, sines] if split_signs else [cosines + sines]
    sectors = (Sector(lanes, parity, lmax) for lanes in groups for parity in parities)
    return tuple(sector for sector in sectors if _sector_size(sector))


def sector_bytes(sectors: Sequence[Sector]) -> float:
    """Return the bytes of the dense blocks of a partition."""
    return 8.0 * float(sum(float(_sector_size(sector)) ** 2 for sector in sectors))


def _sector_size(sector: Sector) -> int:
    return int(sum(sector.degrees(lane).size for lane in sector.lanes))


def is_ring_constant(grid: RingGrid, field: Floats) -> bool:
    """Tell whether a field has one value on each ring."""
    return bool(np.array_equal(field, np.repeat(field[grid.ring_start], grid.nphi)))


def _is_symmetric(grid: RingGrid, field: Floats) -> bool:
    if is_ring_constant(grid, field):
        values = field[grid.ring_start]
        flipped = values[::-1]
    else:
        if np.abs(grid.phi0 - grid.phi0[::-1]).max() > SAME:
            return False
        rings = np.split(field, grid.ring_start[1:])
        values, flipped = field, np.concatenate(rings[::-1])
    return bool(np.all(np.abs(values - flipped) <= ROUNDING * np.maximum(np.abs(values), np.abs(flipped))))


def _order_classes(grid: RingGrid, lmax: int) -> tuple[tuple[int, ...], ...]:
    """Group the absolute orders 0 .. lmax that some ring length aliases into each other."""
    parent = list(range(lmax + 1))

    def root(order: int) -> int:
        while parent[order] != order:
            parent[order] = parent[parent[order]]
            order = parent[order]
        return order

    for count in np.unique(grid.nphi[(grid.nphi <= 2 * lmax) & ~grid.polar]):
        for order in range(lmax + 1):
            residue = order % int(count)
            partner = min(residue, int(count) - residue)  # m = +-m' modulo n, and partner <= m
            parent[root(order)] = root(partner)
    groups: dict[int, list[int]] = {}
    for order in range(lmax + 1):
        groups.setdefault(root(order), []).append(order)
    return tuple(tuple(groups[key]) for key in sorted(groups, key=lambda key: groups[key][0]))


def covered(sectors: Sequence[Sector], lmax: int) -> bool:
    """Tell whether every coefficient is in exactly one sector."""
    together = np.sort(np.concatenate([sector.indices for sector in sectors]))
    return bool(np.array_equal(together, np.arange(size(lmax))))
