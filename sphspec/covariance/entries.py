"""The entries of Sigma in sectors: the ring sum of w^2 s^2, then the operator's filter."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import analysis as generated
from sphspec.covariance.by_order import ByOrder
from sphspec.engine import dense_ring_form
from sphspec.gram import (
    COMPILED,
    Sector,
    SectorMatrix,
    is_ring_constant,
    orders_apart,
    partition,
    sector_bytes,
)
from sphspec.operator import Operator

Floats = NDArray[np.float64]
WORKSPACE = 5  # sector-sized arrays alive at once: Sigma, Gram, eigenvectors, two products
PLAIN = 1.3  # of which a plain quadrature takes so much for the entries alone


@dataclass(frozen=True, eq=False)
class Entries:
    """What the entries are computed from: Sigma = Q T^T diag(strength) T Q^T on sectors.

    T is the operator's table times the azimuthal waves: Phi, unless the operator resamples.
    """

    operator: Operator
    strength: Floats

    @cached_property
    def sectors(self) -> tuple[Sector, ...]:
        """The finest partition of the coefficients that weights and noise respect."""
        operator = self.operator
        return partition(operator.grid, [operator.weights, self.strength], operator.lmax)

    @property
    def needed(self) -> float:
        """Bytes of work, with what is made of the entries later."""
        return WORKSPACE * sector_bytes(self.sectors)

    @property
    def least(self) -> float:
        """Bytes of work for the entries alone."""
        return (PLAIN if self.operator.plain else WORKSPACE) * sector_bytes(self.sectors)

    def compute(self) -> SectorMatrix:
        """Return the entries.

        Raises
        ------
        ValueError
            where they do not fit in memory (the GiB are named) or overflow.
        """
        operator = self.operator
        check.fits(self.least, f"the covariance of {operator!r}")
        with np.errstate(over="ignore", invalid="ignore"):
            sigma = operator.form(self.strength, self.sectors)
            if not operator.plain:
                blocks = zip(operator.filters(self.sectors), sigma.blocks, strict=True)
                filtered = tuple(_filtered(*each) for each in blocks)
                sigma = SectorMatrix(sigma.dimension, sigma.indices, filtered)
        for block in sigma.blocks:
            check.finite_result(f"the covariance of {operator!r}", block, "scale weights or variance down")
        return sigma

    def dense(self) -> Floats:
        """Return the whole matrix, (n, n), without keeping sectors of it."""
        operator, strength = self.operator, self.strength
        plain = operator.harmonic and operator.lmax >= COMPILED
        if not plain or is_ring_constant(operator.grid, strength):
            return self.compute().dense()
        with np.errstate(over="ignore", invalid="ignore"):
            matrix = dense_ring_form(operator.grid, strength, operator.lmax)
        return check.finite_result(
            f"the covariance of {operator!r}", matrix, "scale weights or variance down"
        )

    def by_order(self) -> ByOrder | None:
        """Return the entries order by order, where orders do not couple; None where they do."""
        operator = self.operator
        fields = (self.strength,) if operator.plain else (self.strength, operator.weights)
        apart = (orders_apart(operator.grid, field, operator.lmax) for field in fields)
        return ByOrder(operator, self.strength) if operator.by_harmonics and all(apart) else None

    def single_orders(self) -> ByOrder | None:
        """Return what gives C_(lm,l'm) of one order alone; None where orders mix, and at small lmax."""
        if self.operator.lmax < COMPILED:
            return None
        plain = self.operator.harmonic and is_ring_constant(self.operator.grid, self.strength)
        return ByOrder(self.operator, self.strength) if plain else self.by_order()

    def diagonal(self) -> Floats:
        """Return the diagonal of a plain quadrature's covariance, (n,)."""
        operator = self.operator
        diagonal = operator.form_diagonal(self.strength)
        check.finite_result(f"the covariance of {operator!r}", diagonal, "scale weights or variance down")
        return diagonal


def _filtered(factor: Floats, sigma: Floats) -> Floats:
    product: Floats = np.asarray(generated.filtered_covariance(factor, sigma))
    return (product + product.T) / 2
