"""Grids: points on the sphere with quadrature weights; the numeric statement of their geometry."""

from sphspec.grids.gauss_legendre import GaussLegendre
from sphspec.grids.healpix import Healpix
from sphspec.grids.ring import RingGrid

__all__ = ["GaussLegendre", "Healpix", "RingGrid"]
