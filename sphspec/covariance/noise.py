"""The covariance object: products, solves, samples, spectrum and blocks of Sigma."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _arrays as arrays
from sphspec import _validate as check
from sphspec._generated import chart
from sphspec._random import normals
from sphspec.conventions import index
from sphspec.covariance.by_order import ByOrder
from sphspec.covariance.entries import Entries
from sphspec.covariance.isotropy import Isotropy, measure_isotropy
from sphspec.engine import CoupledBlocks, PairBlocks, coupled_blocks, pair_blocks
from sphspec.gram import SectorMatrix
from sphspec.implicit import ImplicitCovariance
from sphspec.operator import Operator

Floats = NDArray[np.float64]
STREAMED = 2.0**32  # bytes of work from which entries are computed order by order and not kept
HELD = 2.0**26  # bytes of work up to which products and samples use the blocks rather than transforms
KEPT = 2.0**26  # bytes of a dense matrix from which its sectors are not kept beside it


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

    def __init__(self, operator: Operator, variance: Floats, entries: Entries) -> None:
        self.operator, self.variance, self._entries = operator, variance, entries
        self.lmax, self.n = operator.lmax, operator.n

    def __repr__(self) -> str:
        return f"<covariance of {self.operator!r}, {self.n} x {self.n}>"

    @cached_property
    def implicit(self) -> ImplicitCovariance:
        """The same Sigma without its entries: products, solves and estimates through the transforms."""
        return ImplicitCovariance(self.operator, self.variance)

    @cached_property
    def couplings(self) -> CoupledBlocks:
        """C_(lm,l'm') and the relation P between any two orders, the m != m' as factors on short rings.

        For plain quadrature and weights and variance that are constant on rings.

        Raises
        ------
        ValueError
            for another operator or variance; where blocks and factors do not fit in memory.
        """
        self._require_plain("couplings")
        return coupled_blocks(self.operator.grid, self._entries.strength, self.lmax)

    @cached_property
    def pairs(self) -> PairBlocks:
        """C_(lm,l'm') of all pairs of orders, for any weights and variance of plain quadrature.

        Raises
        ------
        ValueError
            for another operator; where the pairs do not fit in memory (the GiB are named).
        """
        self._require_plain("pairs")
        return pair_blocks(self.operator.grid, self._entries.strength, self.lmax)

    def _require_plain(self, what: str) -> None:
        if not self.operator.harmonic:
            raise ValueError(
                f"{what} are those of Quadrature(grid, lmax), got {self.operator!r}; use dense()"
            )

    @cached_property
    def _by_order(self) -> ByOrder | None:
        """Sigma order by order, where orders do not couple."""
        return self._entries.by_order()

    @property
    def _streams(self) -> ByOrder | None:
        """Sigma order by order where all entries at once are too many to hold."""
        large = self._entries.needed > STREAMED and "blocks" not in self.__dict__
        return self._by_order if large else None

    @cached_property
    def blocks(self) -> SectorMatrix:
        """The entries, as dense sectors that do not couple.

        Raises
        ------
        ValueError
            where they do not fit in memory; the GiB are named.
        """
        check.fits(self._entries.needed, f"the covariance of {self.operator!r}")
        return self._entries.compute()

    def dense(self) -> Floats:
        """Return Sigma, (n, n)."""
        size = 8.0 * self.n**2
        if "blocks" in self.__dict__ or size <= KEPT:
            check.fits(size, f"the dense covariance of {self.operator!r}")
            return self.blocks.dense()
        check.fits(self._entries.least + size, f"the dense covariance of {self.operator!r}")
        return self._entries.dense()  # its sectors are not kept: one such matrix is enough

    def __matmul__(self, v: Any) -> Any:
        """Return Sigma v for v (n,) or (n, k) as in NumPy; another shape is a batch (..., n).

        `apply` takes every array as a batch, (n, n) included.
        """
        vectors = check.real_array("v", v)
        if self._is_columns(vectors):
            return self._apply(np.ascontiguousarray(vectors.T)).T
        return self._apply(check.real_array("v", vectors, self.n))

    def apply(self, alpha: Any) -> Any:
        """Return Sigma alpha for a batch of coefficients (..., n), an array of any library."""
        vectors = check.coefficients("alpha", alpha, self.n)
        return self._apply(vectors) if arrays.is_numpy(vectors) else self.blocks.apply(vectors)

    def to_xarray(self) -> Any:
        """Return Sigma as an xarray.DataArray, its rows labelled by (l, m), its columns by (l_2, m_2).

        Raises
        ------
        ValueError
            where it does not fit in memory; where xarray is not installed.
        """
        from sphspec.described import describe
        from sphspec.labelled import labelled, require_xarray

        require_xarray()
        return labelled(self.dense(), self.lmax, describe(self.operator))

    def apply_root(self, white: Any) -> Any:
        """Return R z for white z (..., n), R R^T = Sigma: draws of N(0, Sigma), of any library."""
        return self.blocks.root(check.coefficients("white", white, self.n))

    def apply_root_adjoint(self, alpha: Any) -> Any:
        """Return R^T alpha, whose square is alpha^T Sigma alpha, for coefficients (..., n) of any library."""
        return self.blocks.root.adjoint(check.coefficients("alpha", alpha, self.n))

    def solve(self, v: Any, *, on_range: bool = False) -> Any:
        """Return Sigma^-1 v for v (n,) or (n, k) as in NumPy; another shape is a batch (..., n).

        With on_range the pseudo-inverse is used, for v in the range of a singular Sigma. `apply_inverse`
        takes every array as a batch, (n, n) included.

        Raises
        ------
        ValueError
            for a singular Sigma without on_range; its rank is named.
        """
        vectors = check.real_array("v", v)
        if self._is_columns(vectors):
            return self.apply_inverse(np.ascontiguousarray(vectors.T), on_range=on_range).T
        return self.apply_inverse(check.real_array("v", vectors, self.n), on_range=on_range)

    def apply_inverse(self, alpha: Any, *, on_range: bool = False) -> Any:
        """Return Sigma^-1 alpha for a batch (..., n), an array of any library; otherwise as `solve`."""
        vectors = check.coefficients("alpha", alpha, self.n)
        if self._streams and arrays.is_numpy(vectors) and not on_range:
            return self._streams.apply_inverse(vectors)
        if self.blocks.rank < self.n and not on_range:
            raise ValueError(
                f"Sigma is singular: rank {self.blocks.rank} of {self.n}; use solve(v, on_range=True) "
                f"on its range"
            )
        return self.blocks.apply_pseudo_inverse(vectors)

    def sample(self, rng: Any, size: int | tuple[int, ...] | None = None) -> Any:
        """Return draws of N(0, Sigma), (size, n), or (n,) without a size; NumPy's for NumPy's generator.

        Small problems take n normals a draw through a square root of Sigma, large ones npix normals
        through the operator; which of the two depends on the problem alone.
        """
        shape, npix = check.shape("size", size), self.operator.grid.npix
        count = float(np.prod(shape))
        check.fits(16.0 * count * max(self.n, npix), f"{count:.3g} draws", "use a smaller size")
        if not isinstance(rng, np.random.Generator) or self._small:
            return self.blocks.root(normals(rng, (*shape, self.n)))
        return self.implicit.sample(rng, size)

    def logdet(self) -> float:
        """Return log det Sigma; -inf for a singular Sigma."""
        return (self._streams or self.blocks).logdet()

    def eigenvalues(self) -> Floats:
        """Return the eigenvalues, ascending, (n,)."""
        return (self._streams or self.blocks).eigenvalues()

    def diagonal(self) -> Floats:
        """Return the variances of the coefficients, (n,); for plain quadrature no other entry is needed."""
        if "blocks" not in self.__dict__ and self.operator.plain:
            return self._entries.diagonal()
        return (self._streams or self.blocks).diagonal()

    def rank(self) -> int:
        """Return the number of eigenvalues above roundoff (n eps times the largest)."""
        return self.blocks.rank

    def block(self, m: int) -> NDArray[Any]:
        """Return C_(lm,l'm) = E[a_lm conj(a_l'm)], l, l' = m .. lmax, for m >= 0: (lmax-m+1, lmax-m+1).

        Real where cosine and sine parts do not mix, else complex Hermitian.
        """
        order = check.integer("m", m, 0, self.lmax)
        alone = None if "blocks" in self.__dict__ else self._entries.single_orders()
        if alone is not None:
            return alone.block(order)
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
    def _small(self) -> bool:
        return self._entries.needed <= HELD

    def _is_columns(self, vectors: Floats) -> bool:
        return vectors.ndim == 2 and vectors.shape[0] == self.n

    def _apply(self, vectors: Floats) -> Any:
        if self._small or "blocks" in self.__dict__:
            return self.blocks.apply(vectors)
        return self.implicit.apply(vectors)
