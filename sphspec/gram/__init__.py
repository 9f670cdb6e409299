"""Quadratic forms Phi^T diag(u) Phi on rings: which coefficients couple, and the dense sectors."""

from sphspec.gram.harmonic_form import COMPILED, harmonic_diagonal, harmonic_form, orders_apart, ring_sums
from sphspec.gram.ring_sum import Table, diagonal_form, quadratic_form
from sphspec.gram.sector_map import SectorMap
from sphspec.gram.sector_matrix import SectorMatrix
from sphspec.gram.sectors import Sector, is_ring_constant, partition, sector_bytes

__all__ = [
    "COMPILED",
    "Sector",
    "SectorMap",
    "SectorMatrix",
    "Table",
    "diagonal_form",
    "harmonic_diagonal",
    "harmonic_form",
    "is_ring_constant",
    "orders_apart",
    "partition",
    "quadratic_form",
    "ring_sums",
    "sector_bytes",
]
