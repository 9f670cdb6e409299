"""Grids: points on the sphere with quadrature weights; the numeric statement of their geometry."""

from sphspec.grids.equiangular import Equiangular
from sphspec.grids.gauss_legendre import GaussLegendre
from sphspec.grids.healpix import Healpix
from sphspec.grids.points import PointGrid
from sphspec.grids.reduced_gaussian import ReducedGaussian
from sphspec.grids.ring import RingGrid

__all__ = ["Equiangular", "GaussLegendre", "Healpix", "PointGrid", "ReducedGaussian", "RingGrid"]
