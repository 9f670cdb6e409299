"""Quadratic forms Phi^T diag(u) Phi on rings: which coefficients couple, and the dense sectors."""

from sphspec.gram.ring_sum import Table, diagonal_form, quadratic_form
from sphspec.gram.sector_map import SectorMap
from sphspec.gram.sector_matrix import SectorMatrix
from sphspec.gram.sectors import Sector, partition, sector_bytes

__all__ = [
    "Sector",
    "SectorMap",
    "SectorMatrix",
    "Table",
    "diagonal_form",
    "partition",
    "quadratic_form",
    "sector_bytes",
]
