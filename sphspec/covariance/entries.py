"""The entries of Sigma in sectors: the ring sum of w^2 s^2, then the operator's filter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import analysis as generated
from sphspec.gram import Sector, SectorMatrix, diagonal_form, quadratic_form, sector_bytes
from sphspec.operator import Operator

Floats = NDArray[np.float64]
WORKSPACE = 5  # sector-sized arrays alive at once: Sigma, Gram, eigenvectors, two products


@dataclass(frozen=True, eq=False)
class Entries:
    """What the entries are computed from: Sigma = Q T^T diag(strength) T Q^T on sectors.

    T is the operator's table times the azimuthal waves: Phi, unless the operator resamples.
    """

    operator: Operator
    strength: Floats
    sectors: tuple[Sector, ...]

    @property
    def needed(self) -> float:
        """Bytes of work."""
        return WORKSPACE * sector_bytes(self.sectors)

    def compute(self) -> SectorMatrix:
        """Return the entries.

        Raises
        ------
        ValueError
            where they do not fit in memory (the GiB are named) or overflow.
        """
        operator = self.operator
        check.fits(self.needed, f"the covariance of {operator!r}")
        with np.errstate(over="ignore", invalid="ignore"):
            sigma = quadratic_form(operator.grid, self.strength, operator.lmax, self.sectors, operator.tables)
            if not operator.plain:
                gram = quadratic_form(
                    operator.grid, operator.weights, operator.lmax, self.sectors, operator.tables
                )
                blocks = zip(gram.blocks, sigma.blocks, strict=True)
                filtered = tuple(_filtered(operator, g, s) for g, s in blocks)
                sigma = SectorMatrix(sigma.dimension, sigma.indices, filtered)
        for block in sigma.blocks:
            check.finite_result(f"the covariance of {operator!r}", block, "scale weights or variance down")
        return sigma

    def diagonal(self) -> Floats:
        """Return the diagonal of a plain quadrature's covariance, (n,)."""
        operator = self.operator
        diagonal = diagonal_form(operator.grid, self.strength, operator.lmax, operator.tables)
        check.finite_result(f"the covariance of {operator!r}", diagonal, "scale weights or variance down")
        return diagonal


def _filtered(operator: Operator, gram: Floats, sigma: Floats) -> Floats:
    product: Floats = np.asarray(generated.filtered_covariance(operator.filter(gram), sigma))
    return (product + product.T) / 2
