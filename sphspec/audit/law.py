"""A claimed law in white coordinates: z = W^T (alpha - mean) ~ N(0, I_r), r the rank of the covariance."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sphspec import _validate as check
from sphspec.claim import Claim
from sphspec.conventions import degrees_orders

Floats = NDArray[np.float64]
Sparse = Any  # scipy.sparse.csr_array


@dataclass(frozen=True, eq=False)
class Law:
    """What the statistics need of a claim.

    Attributes
    ----------
    claim : the law by name
    mean : (n,) of the coefficients
    sigma : (n, n) sparse covariance
    whitener : (n, r) sparse W
    kept : (n,) coefficients that carry a white coordinate
    """

    claim: Claim
    mean: Floats
    sigma: Sparse
    whitener: Sparse
    kept: NDArray[np.bool_]

    @classmethod
    def of(cls, claim: Claim) -> "Law":
        """Return the law of a claim; a singular covariance has fewer white coordinates than n."""
        blocks = claim.covariance
        if all(at.size == 1 for at in blocks.indices):
            variances = blocks.diagonal()
            kept = variances > 0
            deviations = 1 / np.sqrt(variances[kept])
            white = sparse.csr_array(
                (deviations, (np.flatnonzero(kept), np.arange(deviations.size))),
                shape=(claim.n, deviations.size),
            )
            return cls(claim, claim.mean, sparse.csr_array(sparse.diags_array(variances)), white, kept)
        check.fits(40.0 * claim.n**2, f"an audit at lmax={claim.lmax}")
        white, _ = blocks.whiten(np.eye(claim.n))
        return cls(claim, claim.mean, sparse.csr_array(blocks.dense()), sparse.csr_array(white), blocks.kept)

    @property
    def n(self) -> int:
        """Number of coefficients."""
        return int(self.mean.size)

    @property
    def rank(self) -> int:
        """Number of white coordinates."""
        return int(self.whitener.shape[1])

    @property
    def diagonal(self) -> bool:
        """Whether no two coefficients are correlated."""
        return int(self.whitener.nnz) == self.rank and int(self.sigma.nnz) <= self.n

    @property
    def degrees(self) -> NDArray[np.int64]:
        """Degree of every coefficient, (n,)."""
        return degrees_orders(self.claim.lmax)[0]

    @property
    def orders(self) -> NDArray[np.int64]:
        """Order of every coefficient, (n,)."""
        return degrees_orders(self.claim.lmax)[1]

    @cached_property
    def inverse(self) -> Sparse:
        """The pseudo-inverse of the covariance, (n, n)."""
        return sparse.csr_array(self.whitener @ self.whitener.T)

    @cached_property
    def shares(self) -> Floats:
        """How much of each coefficient lies in the range, (n,); ones where the covariance is regular."""
        if self.rank == self.n:
            return np.ones(self.n)
        if self.diagonal:
            return self.kept.astype(float)
        return np.asarray((self.inverse * self.sigma).sum(axis=1)).ravel()

    def whiten(self, alpha: Floats) -> tuple[Floats, float]:
        """Return white coordinates (K, r) of centred draws (K, n), and the share of them off the range."""
        white = np.asarray((self.whitener.T @ alpha.T).T)
        if self.rank == self.n:
            return white, 0.0
        rest = alpha - np.asarray((self.sigma @ (self.whitener @ white.T)).T)
        whole = float(np.sum(alpha * alpha))
        return white, float(np.sum(rest * rest)) / whole if whole else 0.0

    def white_form(self, error: Sparse) -> Sparse:
        """Return W^T E W, (r, r), for an error E of the covariance, (n, n)."""
        form = sparse.csr_array(self.whitener.T @ sparse.csr_array(error) @ self.whitener)
        return sparse.csr_array((form + form.T) / 2)
