"""Errors of a covariance in white coordinates, I + e B, with the spectrum of B block by block.

    log L(e) - log L(0) = -(K/2) sum_i [log(1 + e b_i) + s_i/(1 + e b_i) - s_i],   s_i = u_i^T S u_i

b_i, u_i the eigenpairs of B and S = Z^T Z/K; trace(B S) K is the statistic whose law is exact.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sphspec.audit.batch import Batch
from sphspec.verify.tails import quadratic_tails, two_sided

Floats = NDArray[np.float64]
SMALL = 1e-9  # of the largest entry: what is left of an error that vanishes


@dataclass(frozen=True, eq=False)
class Form:
    """A symmetric B, (r, r) sparse, as eigenpairs of the blocks that it connects."""

    matrix: Any

    @cached_property
    def parts(self) -> tuple[tuple[NDArray[np.int64], Floats, Floats], ...]:
        """Places, eigenvalues and eigenvectors of every block that is not 0."""
        _, labels = sparse.csgraph.connected_components(self.matrix, directed=False)
        order = np.argsort(labels, kind="stable")
        parts, single = [], []
        for places in np.split(order, np.cumsum(np.bincount(labels))[:-1]):
            if places.size == 1:
                single.append(int(places[0]))
                continue
            values, vectors = np.linalg.eigh(self.matrix[places][:, places].toarray())
            parts.append((places, values, vectors))
        if single:  # vectors of ones stand for those of blocks of one
            places = np.array(single)
            parts.append((places, self.matrix.diagonal()[places], np.ones((0, 0))))
        return tuple(parts)

    @cached_property
    def eigenvalues(self) -> Floats:
        """Every eigenvalue, (r,), in the order of the parts."""
        return np.concatenate([values for _, values, _ in self.parts])

    def projected(self, batch: Batch) -> Floats:
        """Return s_i = u_i^T S u_i, (r,)."""
        found = []
        for places, _, vectors in self.parts:
            turned = batch.white[:, places] @ vectors if vectors.size else batch.white[:, places]
            found.append(np.einsum("ki,ki->i", turned, turned) / batch.count)
        return np.concatenate(found)

    def log_p(self, batch: Batch) -> float:
        """Return log of the exact two-sided p of trace(B Z^T Z)."""
        value = float(self.matrix.multiply(batch.sums.products).sum())
        return float(two_sided(*quadratic_tails(value, self.eigenvalues, batch.count)))

    def gain(self, share: float, projected: Floats, count: int) -> float:
        """Return log L(share) - log L(0), -inf where I + share B is not positive."""
        factor = 1 + share * self.eigenvalues
        if factor.min() <= 0:
            return -np.inf
        return float(-count / 2 * np.sum(np.log(factor) + projected / factor - projected))

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The shares between which I + e B is positive."""
        low, high = self.eigenvalues.min(), self.eigenvalues.max()
        return (-1 / high if high > 0 else -np.inf), (-1 / low if low < 0 else np.inf)


def form(matrix: Any) -> Form | None:
    """Return the form of a symmetric sparse matrix without its rounding; None where nothing is left."""
    entries = sparse.csr_array(matrix)
    largest = float(np.abs(entries.data).max(initial=0.0))
    if largest <= SMALL:
        return None
    entries.data[np.abs(entries.data) <= SMALL * largest] = 0.0
    entries.eliminate_zeros()
    return Form(entries)
