"""Analysis operators alpha = A x: quadrature, Jacobi-iterated, least squares; A = Q(G) Phi^T W.

G = Phi^T W Phi is the Gram matrix of the grid. Q = 1 for quadrature, the Jacobi polynomial for
iterated analysis (healpy's map2alm(iter=k)), G^-1 for least squares.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import analysis as generated
from sphspec.gram import Sector, SectorMatrix, Table, harmonic_diagonal, harmonic_form, sector_bytes
from sphspec.grids.ring import RingGrid
from sphspec.harmonics import LegendreTable
from sphspec.operator import Operator

Floats = NDArray[np.float64]
DIGITS = 1e8  # condition of the Gram matrix from which least squares would lose half of the digits


class Quadrature(Operator):
    """A0 = Phi^T W: healpy's map2alm(iter=0) on HEALPix, exact on Gauss-Legendre grids that fit.

    Parameters
    ----------
    grid : points and weights
    lmax : band limit, inclusive, >= 0

    Raises
    ------
    ValueError
        for lmax < 0, or where one transform does not fit in memory (the GiB are named).
    """

    name = "quadrature"
    by_harmonics = True
    harmonic = True

    @property
    def weights(self) -> Floats:
        """The grid's quadrature weights in steradians, (npix,)."""
        return self.grid.weights

    def tables(self, rings: slice) -> Table:
        """Return lambda_lm on some of the rings."""
        return LegendreTable.on(self.grid, self.lmax, rings)

    def form(self, u: Floats, sectors: tuple[Sector, ...]) -> SectorMatrix:
        """Return Phi^T diag(u) Phi on sectors."""
        return harmonic_form(self.grid, u, self.lmax, sectors)

    def form_diagonal(self, u: Floats) -> Floats:
        """Return the diagonal of Phi^T diag(u) Phi, (n,)."""
        return harmonic_diagonal(self.grid, u, self.lmax)

    @cached_property
    def gram(self) -> SectorMatrix:
        """The Gram matrix G = Phi^T W Phi in sectors.

        Raises
        ------
        ValueError
            where it does not fit in memory.
        """
        check.fits(3 * sector_bytes(self.sectors), f"the Gram matrix at lmax={self.lmax}")
        return self.form(self.grid.weights, self.sectors)

    def _analyse(self, x: Floats) -> Floats:
        return self._transform.adjoint(x * self.grid.weights)

    def _adjoint(self, alpha: Floats) -> Floats:
        return self._transform.synthesis(alpha) * self.grid.weights


class Jacobi(Quadrature):
    """A_k: k steps alpha <- alpha + A0 (x - Phi alpha) from A0 x; healpy's map2alm(iter=k).

    Parameters
    ----------
    grid, lmax : as for Quadrature
    iterations : k >= 0; healpy's default is 3
    """

    plain = False
    harmonic = False

    def __init__(self, grid: RingGrid, lmax: int, iterations: int = 3) -> None:
        super().__init__(grid, lmax)
        self.iterations = check.integer("iterations", iterations, 0)
        self.name = f"jacobi:iterations={self.iterations}"

    def filter(self, gram: Floats) -> Floats:
        """Return Q_k = sum over j <= k of (1 - G)^j for one sector of the Gram matrix."""
        polynomial = np.eye(gram.shape[0])
        for _ in range(self.iterations):
            polynomial = generated.jacobi_step(gram, polynomial)
        return polynomial

    def _analyse(self, x: Floats) -> Floats:
        alpha = super()._analyse(x)
        for _ in range(self.iterations):
            alpha = alpha + super()._analyse(x - self._transform.synthesis(alpha))
        return check.finite_result("the Jacobi iteration", alpha, "it diverges here; use fewer iterations")

    def _adjoint(self, alpha: Floats) -> Floats:
        total = alpha
        for _ in range(self.iterations):  # Horner's rule for Q_k(G), G = A0 Phi
            total = alpha + total - super()._analyse(self._transform.synthesis(total))
        return super()._adjoint(total)


class LeastSquares(Quadrature):
    """A = G^-1 Phi^T W, the minimiser of sum w_p (x - Phi alpha)_p^2.

    Its relative error is about the condition of G times 1e-16; beyond a condition of 1e8 it is refused.

    Raises
    ------
    ValueError
        where the grid cannot tell the coefficients apart (G is singular; its rank is named) or nearly so.
    """

    name = "least-squares"
    plain = False
    harmonic = False

    def __init__(self, grid: RingGrid, lmax: int) -> None:
        super().__init__(grid, lmax)
        if grid.weights.min() < 0:
            raise ValueError(f"least squares needs weights >= 0, got {grid.weights.min()}")
        seen = int(np.count_nonzero(grid.weights))
        if self.n > seen:
            raise ValueError(
                f"least squares needs npix >= (lmax+1)^2: {seen} points of weight > 0, "
                f"{self.n} coefficients; lower lmax"
            )

    def filter(self, gram: Floats) -> Floats:
        """Return G^-1 for one sector of the Gram matrix."""
        self.require_regular()
        return np.asarray(np.linalg.inv(gram))

    def _analyse(self, x: Floats) -> Floats:
        self.require_regular()
        return np.asarray(self.gram.apply_pseudo_inverse(super()._analyse(x)))

    def _adjoint(self, alpha: Floats) -> Floats:
        self.require_regular()
        return super()._adjoint(self.gram.apply_pseudo_inverse(alpha))

    def require_regular(self) -> None:
        """Raise ValueError where the Gram matrix is singular or too ill-conditioned to be inverted."""
        if self.gram.rank < self.n:
            raise ValueError(
                f"least squares at lmax={self.lmax} on {self.grid.name}: the Gram matrix has rank "
                f"{self.gram.rank} of {self.n}; lower lmax or use Quadrature"
            )
        if self.condition > DIGITS:
            raise ValueError(
                f"least squares at lmax={self.lmax} on {self.grid.name}: the Gram matrix has condition "
                f"{self.condition:.1e}, which would lose half of the digits; lower lmax or use Quadrature"
            )

    @cached_property
    def condition(self) -> float:
        """Condition number of the Gram matrix."""
        values = self.gram.eigenvalues()
        return float(values[-1] / values[0])
