"""Symbolic facts of each family of grids: ring cosines, counts, phases, weights; exact ring sums."""

from derivations.grids.exact_equiangular import Equiangular
from derivations.grids.exact_gauss_legendre import GaussLegendre
from derivations.grids.exact_healpix import Healpix

__all__ = ["Equiangular", "GaussLegendre", "Healpix"]
