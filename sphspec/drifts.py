"""Linear drifts of a field on the grid, and what an analysis makes of them: d alpha = B alpha dt + g dv.

A drift x -> S M A x that is given spectrally has B = K M with the response K = A S of the transform (the
Gram matrix for quadrature), not M. A drift x -> F x on the grid is closed only where A F (1 - R A) = 0.
"""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import linear_drift as generated
from sphspec.analysis import LeastSquares
from sphspec.conventions import degrees_orders
from sphspec.gram import SectorMatrix
from sphspec.gram.regroup import Places, joined, regrouped
from sphspec.gramian import Basis, symmetric_basis
from sphspec.operator import Operator

Floats = NDArray[np.float64]
LARGEST = 1e100  # entry of B
SMALLEST = 1e-100  # g, whose square is a factor of every variance
EXACT = 1e-12  # |K - 1| of an exact quadrature: ten times what the entries of G are right to
LINEAR = 1e-9  # what a function may lack in linearity, over what its units could add up to
CLOSED = 1e-9  # relative closure residual that is no more than roundoff


@dataclass(frozen=True, eq=False)
class BoundDrift:
    """The drift of an operator's coefficients, within sectors that do not couple.

    Attributes
    ----------
    matrix : B; not symmetric, though it is held as sectors
    bases : a basis of B for each sector; None where none with real rates is known
    """

    matrix: SectorMatrix
    bases: tuple[Basis, ...] | None


@runtime_checkable
class LinearDrift(Protocol):
    """A linear drift of a field with noise of constant strength."""

    @property
    def diffusion(self) -> float:
        """The g of g dw, > 0."""

    def bind(self, operator: Operator, within: Places = ()) -> BoundDrift:
        """Return what an operator makes of the drift, in sectors no finer than those of `within`."""


class _Spectral:
    """A drift S M A x."""

    def _rates(self, operator: Operator) -> Floats:
        """Return M for an operator, (n,) or (n, n)."""
        raise NotImplementedError

    def bind(self, operator: Operator, within: Places = ()) -> BoundDrift:
        """Return B = K M in sectors, with its basis where M is symmetric and K positive definite.

        Source: our derivation (modified-drift, symmetric-drift).
        """
        generator, answer = self._rates(operator), response(operator)
        places = joined(operator.n, (answer.indices, within), generator)
        answer = regrouped(answer, places)
        blocks, bases = [], []
        for rows, block in zip(places, answer.blocks, strict=True):
            part = np.diag(generator[rows]) if generator.ndim == 1 else generator[np.ix_(rows, rows)]
            with np.errstate(over="ignore", invalid="ignore"):
                moved = np.asarray(generated.modified_drift(block, part))
            if not np.abs(moved).max() <= LARGEST:
                raise ValueError(f"the drift {self!r} has entries above {LARGEST:.0e}; scale it down")
            blocks.append(moved)
            bases.append(symmetric_basis(block, part))
        found = tuple(basis for basis in bases if basis is not None)
        matrix = SectorMatrix(operator.n, places, tuple(blocks))
        return BoundDrift(matrix, found if len(found) == len(bases) else None)


@dataclass(frozen=True)
class Heat(_Spectral):
    """Heat flow dx = conductivity Laplacian(x) dt + diffusion dw, M = -conductivity diag(l(l+1)).

    Parameters
    ----------
    conductivity : >= 0, in squared radians per unit time
    diffusion : g > 0
    """

    conductivity: float = 1.0
    diffusion: float = 1.0

    def __post_init__(self) -> None:
        check.positive("conductivity", self.conductivity, allow_zero=True)
        _strength(self.diffusion)

    def _rates(self, operator: Operator) -> Floats:
        degrees, _ = degrees_orders(operator.lmax)
        return np.asarray(generated.heat_rate(degrees.astype(np.float64), self.conductivity))


@dataclass(frozen=True)
class FractionalLaplacian(_Spectral):
    """dx = -conductivity (-Laplacian)^power x dt + diffusion dw, M = -conductivity diag(l(l+1))^power.

    Parameters
    ----------
    conductivity : >= 0
    power : > 0; 1 is the heat flow
    diffusion : g > 0
    """

    conductivity: float = 1.0
    power: float = 0.5
    diffusion: float = 1.0

    def __post_init__(self) -> None:
        check.positive("conductivity", self.conductivity, allow_zero=True)
        check.positive("power", self.power)
        _strength(self.diffusion)

    def _rates(self, operator: Operator) -> Floats:
        degrees, _ = degrees_orders(operator.lmax)
        with np.errstate(over="ignore"):
            rates = generated.fractional_rate(degrees.astype(np.float64), self.conductivity, self.power)
        return check.finite_result(f"{self!r} at lmax={operator.lmax}", rates, "lower power or conductivity")


@dataclass(frozen=True, eq=False)
class SpectralDrift(_Spectral):
    """A drift S M A x with any real spectral matrix M in chart R1.

    Parameters
    ----------
    matrix : M, (n, n), or its diagonal (n,)
    diffusion : g > 0
    """

    matrix: Any
    diffusion: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", _matrix("matrix", self.matrix))
        _strength(self.diffusion)

    def __repr__(self) -> str:
        return f"SpectralDrift(matrix of shape {self.matrix.shape}, diffusion={self.diffusion})"

    def _rates(self, operator: Operator) -> Floats:
        return _fitting(self.matrix, operator.n, f"coefficients at lmax={operator.lmax}")


@dataclass(frozen=True, eq=False)
class GridDrift:
    """A drift F x given on the grid; it must be closed, A F = B A, for a spectral SDE.

    Parameters
    ----------
    matrix : F, (npix, npix), or its diagonal (npix,), or a linear function of maps (..., npix)
    diffusion : g > 0
    """

    matrix: Any
    diffusion: float = 1.0

    def __post_init__(self) -> None:
        if not callable(self.matrix):
            object.__setattr__(self, "matrix", _matrix("matrix", self.matrix))
        _strength(self.diffusion)

    def __repr__(self) -> str:
        what = "function" if callable(self.matrix) else f"matrix of shape {self.matrix.shape}"
        return f"GridDrift({what}, diffusion={self.diffusion})"

    def bind(self, operator: Operator, within: Places = ()) -> BoundDrift:
        """Return B = A F R with the pseudo-inverse R of A, in one sector.

        Raises
        ------
        ValueError
            where the drift is not closed; its relative residual is named.

        Source: our derivation (closure).
        """
        del within
        spectral, residual = self._closed(operator)
        if residual > CLOSED:
            raise ValueError(
                f"the drift is not closed on {operator!r}: |A F - B A|/|A F| = {residual:.2e}, so that its "
                f"coefficients are no Markov process on their own; give the part that is wanted spectrally, "
                f"SpectralDrift(M), or simulate the field on the grid"
            )
        places = (np.arange(operator.n),)
        return BoundDrift(SectorMatrix(operator.n, places, (spectral,)), None)

    def _is_linear(self, moved: Floats) -> bool:
        """Tell whether two maps, moved by the function, go where the unit maps' images say."""
        place = np.arange(moved.shape[0])
        maps = np.stack([1.0 + np.cos(1.7 * place), -2.5 * np.sin(0.3 + 0.9 * place)])
        expected, found = maps @ moved, np.asarray(self.matrix(maps))
        room = LINEAR * float(np.abs(moved).sum(axis=0).max(initial=0.0)) * float(np.abs(maps).max())
        return found.shape == maps.shape and bool(np.all(np.abs(found - expected) <= room))

    def _closed(self, operator: Operator) -> tuple[Floats, float]:
        """Return B = A F R and the relative residual."""
        npix = operator.grid.npix
        check.fits(8.0 * npix * (npix * callable(self.matrix) + 5 * operator.n), f"a drift on {operator!r}")
        analysis = operator.dense()
        analysed = self._analysed(operator, analysis)
        inverse = np.linalg.pinv(analysis, rcond=npix * np.finfo(np.float64).eps)
        spectral = np.asarray(generated.closed_drift(analysed, inverse))
        left_over = np.linalg.norm(generated.closure_residual(analysed, spectral, analysis))
        size = np.linalg.norm(analysed)
        return spectral, float(left_over / size) if size else 0.0

    def _analysed(self, operator: Operator, analysis: Floats) -> Floats:
        """Return A F, (n, npix)."""
        npix = operator.grid.npix
        if not callable(self.matrix):
            field = _fitting(self.matrix, npix, f"points of {operator.grid.name}")
            return analysis * field if field.ndim == 1 else analysis @ field
        units = np.eye(npix)
        moved = check.real_array("the drift of unit maps", self.matrix(units), npix)
        if moved.shape != units.shape or not self._is_linear(moved):
            raise ValueError("the drift must be a linear function of maps (..., npix) that keeps their shape")
        return operator(moved).T


def closure_residual(operator: Operator, drift: LinearDrift) -> float:
    """Return |A F (1 - R A)|_F/|A F|_F, R the pseudo-inverse of A: zero where the drift is closed.

    Where A S = 1 it vanishes if and only if A F (1 - S A) does. Spectral drifts are closed.

    Source: our derivation (closure, closure-by-synthesis).
    """
    return drift._closed(operator)[1] if isinstance(drift, GridDrift) else 0.0


def response(operator: Operator) -> SectorMatrix:
    """Return K = A S in sectors, exactly 1 where it is 1 but for roundoff.

    Source: our derivation (response).
    """
    gram = operator.gram
    if isinstance(operator, LeastSquares):
        operator.require_regular()
        return gram.map(lambda block: np.eye(block.shape[0]))
    found = gram.map(lambda block: np.asarray(generated.response(operator.filter(block), block)))
    if all(np.abs(block - np.eye(block.shape[0])).max() <= EXACT for block in found.blocks):
        return gram.map(lambda block: np.eye(block.shape[0]))
    return found.map(lambda block: (block + block.T) / 2)


def _matrix(name: str, values: Any) -> Floats:
    """Return a copy of a square matrix or a diagonal, read-only."""
    array = np.array(check.real_array(name, values))
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[0] != array.shape[1]):
        raise ValueError(f"{name} must be a square matrix or a diagonal, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty")
    array.setflags(write=False)
    return array


def _strength(diffusion: Any) -> None:
    """Refuse a g whose square is out of range."""
    value = check.positive("diffusion", diffusion)
    if not SMALLEST <= value <= 1 / SMALLEST:
        raise ValueError(f"diffusion must be from {SMALLEST:.0e} to {1 / SMALLEST:.0e}, got {value}")


def _fitting(matrix: Floats, size: int, what: str) -> Floats:
    if matrix.shape[0] != size:
        raise ValueError(f"the drift's matrix has {matrix.shape[0]} rows, but there are {size} {what}")
    return matrix
