"""What every analysis operator has: a linear map from fields on a grid to coefficients in chart R1."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import covariance
from sphspec.conventions import size
from sphspec.gram import Sector, SectorMatrix, Table, diagonal_form, partition, quadratic_form
from sphspec.grids.ring import RingGrid
from sphspec.transform import RingTransform

Floats = NDArray[np.float64]
KEPT = 1 << 24  # bytes of filters that are kept
UNITS = 1 << 22  # entries of the unit vectors given to one transform


class Operator(ABC):
    """A linear analysis alpha = A x of maps on a grid, in chart R1.

    On every ring A is a table times the ring's discrete Fourier transform: what multiplies x_rj in a_lm
    is T^m_lr w_rj exp(-i m phi_rj), for a filter Q in front of it. `tables` names T, `strength` gives
    w^2 s^2, and Sigma is their ring sum.

    Attributes
    ----------
    grid : points and weights
    lmax : band limit, inclusive
    n : number of coefficients
    name : kind and arguments, as a study names them
    plain : whether Q = 1
    by_harmonics : whether T = lambda_lm, so that A = Q Phi^T W
    harmonic : whether A = Phi^T W, so that the sum rule and the displacement recurrence hold
    """

    name: str
    plain = True
    by_harmonics = False
    harmonic = False

    def __init__(self, grid: RingGrid, lmax: int) -> None:
        if not isinstance(grid, RingGrid):
            raise ValueError(f"grid must be a sphspec grid, e.g. Healpix(nside=8), got {grid!r}")
        self.grid = grid
        self.lmax = check.integer("lmax", lmax, 0)
        self.n = size(self.lmax)
        self._transform = RingTransform(grid, self.lmax)

    def __repr__(self) -> str:
        return f"<{self.name} on {self.grid.name}, lmax={self.lmax}>"

    def __call__(self, x: Any) -> Floats:
        """Return alpha = A x for maps (..., npix), in chart R1 (..., n)."""
        return self._analyse(check.real_array("map", x, self.grid.npix))

    def adjoint(self, alpha: Any) -> Floats:
        """Return A^T alpha for coefficients (..., n), as maps (..., npix)."""
        return self._adjoint(check.real_array("alpha", alpha, self.n))

    def synthesis(self, alpha: Any) -> Floats:
        """Return the field Phi alpha on the grid for coefficients (..., n), (..., npix)."""
        return self._transform.synthesis(check.real_array("alpha", alpha, self.n))

    def dense(self) -> Floats:
        """Return the matrix A, (n, npix).

        Raises
        ------
        ValueError
            where it does not fit in memory.
        """
        check.fits(16.0 * self.n * self.grid.npix, f"the matrix of {self!r}")
        matrix, rows = np.empty((self.n, self.grid.npix)), max(1, UNITS // self.n)
        for first in range(0, self.n, rows):
            units = np.eye(min(rows, self.n - first), self.n, first)
            matrix[first : first + rows] = self._adjoint(units)
        return matrix

    def filters(self, sectors: tuple[Sector, ...]) -> tuple[Floats, ...]:
        """Return `filter` of the Gram matrix on every sector; small ones are kept for the next covariance."""
        found = self._filters.get(sectors)
        if found is None:
            found = tuple(map(self.filter, self.form(self.weights, sectors).blocks))
            if sum(each.nbytes for each in found) <= KEPT:  # there are few ways to split into sectors
                self._filters[sectors] = found
        return found

    @cached_property
    def _filters(self) -> dict[tuple[Sector, ...], tuple[Floats, ...]]:
        return {}

    def filter(self, gram: Floats) -> Floats:
        """Return Q for one sector of the Gram matrix."""
        return np.eye(gram.shape[0])

    @property
    @abstractmethod
    def weights(self) -> Floats:
        """The weights w that stand beside the table, (npix,)."""

    def strength(self, variance: Floats) -> Floats:
        """Return u = w^2 s^2 of a pixel variance s^2, (npix,)."""
        return np.asarray(covariance.noise_strength(self.weights, variance))

    @abstractmethod
    def tables(self, rings: slice) -> Table:
        """Return the table T on some of the rings."""

    def form(self, u: Floats, sectors: tuple[Sector, ...]) -> SectorMatrix:
        """Return T^T diag(u) T on sectors, T the table times the azimuthal waves."""
        return quadratic_form(self.grid, u, self.lmax, sectors, self.tables)

    def form_diagonal(self, u: Floats) -> Floats:
        """Return the diagonal of T^T diag(u) T, (n,)."""
        return diagonal_form(self.grid, u, self.lmax, self.tables)

    @cached_property
    def sectors(self) -> tuple[Sector, ...]:
        """The finest partition of the coefficients that the operator respects."""
        return partition(self.grid, [self.weights], self.lmax)

    @property
    @abstractmethod
    def gram(self) -> SectorMatrix:
        """What an unfiltered analysis makes of synthesis, in sectors."""

    @abstractmethod
    def _analyse(self, x: Floats) -> Floats: ...

    @abstractmethod
    def _adjoint(self, alpha: Floats) -> Floats: ...
