"""The covariance object: products, solves, samples, spectrum and blocks of Sigma."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import chart
from sphspec.analysis import Quadrature
from sphspec.conventions import index
from sphspec.covariance.isotropy import Isotropy, measure_isotropy
from sphspec.gram import SectorMatrix

Floats = NDArray[np.float64]
HELD = 2.0**30  # bytes of work up to which products and samples use the blocks rather than transforms


class NoiseCovariance:
    """Sigma = A D A^T of dimension n = (lmax + 1)^2 in chart R1; symmetric, positive semi-definite.

    Entries are computed when first asked for and kept. Products and samples of large problems go
    through the transforms instead and need no entries.

    Attributes
    ----------
    operator : the analysis operator A
    variance : (npix,) pixel variance per unit time
    n : number of coefficients
    """

    def __init__(
        self,
        operator: Quadrature,
        variance: Floats,
        needed: float,
        build: Callable[[], SectorMatrix],
    ) -> None:
        self.operator, self.variance = operator, variance
        self.lmax, self.n = operator.lmax, operator.n
        self._needed, self._build = needed, build

    def __repr__(self) -> str:
        return f"<covariance of {self.operator!r}, {self.n} x {self.n}>"

    @cached_property
    def blocks(self) -> SectorMatrix:
        """The entries, as dense sectors that do not couple.

        Raises
        ------
        ValueError
            where they do not fit in memory; the GiB are named.
        """
        return self._build()

    def dense(self) -> Floats:
        """Return Sigma, (n, n)."""
        check.fits(self._needed + 8.0 * self.n**2, f"the dense covariance of {self.operator!r}")
        return self.blocks.dense()

    def __matmul__(self, v: Any) -> Floats:
        """Return Sigma v for v (n,) or (n, k) as in NumPy, or for a batch (..., n)."""
        vectors = check.real_array("v", v)
        if vectors.ndim == 2 and vectors.shape[0] == self.n:
            return self._apply(np.ascontiguousarray(vectors.T)).T
        return self.apply(vectors)

    def apply(self, alpha: Any) -> Floats:
        """Return Sigma alpha for a batch of coefficients (..., n)."""
        return self._apply(check.real_array("alpha", alpha, self.n))

    def solve(self, v: Any, *, on_range: bool = False) -> Floats:
        """Return Sigma^-1 v for v (..., n).

        With on_range the pseudo-inverse is used, for v in the range of a singular Sigma.

        Raises
        ------
        ValueError
            for a singular Sigma without on_range; its rank is named.
        """
        vectors = check.real_array("v", v)
        transposed = vectors.ndim == 2 and vectors.shape[-1] != self.n and vectors.shape[0] == self.n
        vectors = vectors.T if transposed else check.real_array("v", v, self.n)
        if self.blocks.rank < self.n and not on_range:
            raise ValueError(
                f"Sigma is singular: rank {self.blocks.rank} of {self.n}; use solve(v, on_range=True) "
                f"on its range"
            )
        solved = self.blocks.apply_pseudo_inverse(vectors)
        return solved.T if transposed else solved

    def sample(self, rng: np.random.Generator, size: int | tuple[int, ...] | None = None) -> Floats:
        """Return draws of N(0, Sigma), (size, n), or (n,) without a size."""
        shape = () if size is None else (size,) if isinstance(size, int | np.integer) else tuple(size)
        if self._held:
            return self.blocks.root(rng.standard_normal((*shape, self.n)))
        noise = rng.standard_normal((*shape, self.operator.grid.npix))
        return self.operator(noise * np.sqrt(self.variance))

    def logdet(self) -> float:
        """Return log det Sigma; -inf for a singular Sigma."""
        return self.blocks.logdet()

    def eigenvalues(self) -> Floats:
        """Return the eigenvalues, ascending, (n,)."""
        return self.blocks.eigenvalues()

    def diagonal(self) -> Floats:
        """Return the variances of the coefficients, (n,)."""
        return self.blocks.diagonal()

    def rank(self) -> int:
        """Return the number of eigenvalues above roundoff (n eps times the largest)."""
        return self.blocks.rank

    def block(self, m: int) -> NDArray[Any]:
        """Return C_(lm,l'm) = E[a_lm conj(a_l'm)], l, l' = m .. lmax, for m >= 0: (lmax-m+1, lmax-m+1).

        Real where cosine and sine parts do not mix, else complex Hermitian.
        """
        order = check.integer("m", m, 0, self.lmax)
        cosine = np.array([index(degree, order) for degree in range(order, self.lmax + 1)])
        sine = np.array([index(degree, -order) for degree in range(order, self.lmax + 1)])
        cc = self.blocks.submatrix(cosine, cosine)
        if order == 0:
            return cc
        ss = self.blocks.submatrix(sine, sine)
        cs = self.blocks.submatrix(cosine, sine)
        scale = chart.scale(order)
        real, imaginary = chart.complex_covariance(scale, scale, cc, cs, cs.T, ss)
        return np.asarray(real + 1j * imaginary if imaginary.any() else real)

    def isotropy(self) -> Isotropy:
        """Return how far Sigma is from c I: condition, couplings, per degree and per order."""
        return measure_isotropy(self.blocks, self.lmax)

    def whiten(self, alpha: Any) -> tuple[Floats, float]:
        """Return independent standard coordinates of draws (..., n) and the relative part off the range."""
        return self.blocks.whiten(check.real_array("alpha", alpha, self.n))

    @property
    def _held(self) -> bool:
        return "blocks" in self.__dict__ or self._needed <= HELD

    def _apply(self, vectors: Floats) -> Floats:
        if self._held:
            return self.blocks.apply(vectors)
        return self.operator(self.variance * self.operator.adjoint(vectors))
