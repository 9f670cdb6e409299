"""The contract of an operator: linear, its adjoint its transpose, tables of the same map; Sigma = A D A^T."""

from typing import Any

import numpy as np

from sphspec.covariance import noise_covariance
from sphspec.grids.ring import Floats
from sphspec.operator import Operator
from sphspec.testing._assertions import close, harmonics, refused, require

DIGITS = 1e-12  # relative to the largest entry
SEED = 20260128
LARGEST = 4_000_000  # entries of the dense matrix that is compared with


def check_operator(operator: Any, *, tolerance: float = DIGITS) -> None:
    """Check that an analysis operator is one linear map, told in several ways.

    The dense matrix is built column by column from maps of one point, with which everything else is
    compared: choose a small grid.

    Parameters
    ----------
    operator : the operator, on a grid of a few hundred points
    tolerance : relative to the largest entry; ill-conditioned operators need a larger one

    Raises
    ------
    AssertionError
        one line that names what broke.

    >>> from sphspec import GaussLegendre, Quadrature
    >>> check_operator(Quadrature(GaussLegendre(4, 7), lmax=3))
    """
    require(isinstance(operator, Operator), f"it must be a sphspec Operator, got {type(operator).__name__}")
    require(isinstance(operator.name, str) and operator.name, f"name must be a text, got {operator.name!r}")
    require(operator.n == (operator.lmax + 1) ** 2, f"n is {operator.n}, (lmax+1)^2 is expected")
    npix, n = operator.grid.npix, operator.n
    require(npix * n <= LARGEST, f"{npix} points x {n} coefficients are too many for a dense matrix: fewer")
    rng = np.random.default_rng(SEED)
    matrix = _columns(operator)
    scale = max(float(np.abs(matrix).max()), np.finfo(float).tiny)
    _check_map(operator, matrix, tolerance * scale, rng)
    _check_synthesis(operator, tolerance, rng)
    _check_refusals(operator)
    _check_covariance(operator, matrix, tolerance, rng)


def _columns(operator: Operator) -> Floats:
    columns = operator(np.eye(operator.grid.npix))
    expected = (operator.grid.npix, operator.n)
    require(np.shape(columns) == expected, f"A of npix maps has shape {np.shape(columns)}, not {expected}")
    require(np.isfinite(columns).all(), "A of a map of one point is not finite")
    return np.asarray(columns).T


def _check_map(operator: Operator, matrix: Floats, allowed: float, rng: np.random.Generator) -> None:
    npix, n = operator.grid.npix, operator.n
    maps, alpha = rng.standard_normal((2, 3, npix)), rng.standard_normal((2, 3, n))
    close(operator(maps), maps @ matrix.T, allowed * npix, "A is not linear: A x is not the sum of columns")
    close(operator(maps[0, 0]), operator(maps)[0, 0], allowed * npix, "A of one map and of a batch differ")
    adjoint = operator.adjoint(alpha)
    require(np.shape(adjoint) == (2, 3, npix), f"A^T of (2, 3, {n}) has shape {np.shape(adjoint)}")
    left, right = np.sum(operator(maps) * alpha), np.sum(maps * adjoint)
    close(left, right, allowed * 6 * npix * n, "adjoint identity <A x, a> = <x, A^T a>")
    close(adjoint, alpha @ matrix, allowed * n, "adjoint is not the transpose")
    close(operator.dense(), matrix, allowed, "dense() is not the matrix of A")


def _check_synthesis(operator: Operator, tolerance: float, rng: np.random.Generator) -> None:
    alpha = rng.standard_normal(operator.n)
    grid = operator.grid
    expected = harmonics(grid.theta, grid.phi, operator.lmax) @ alpha
    scale = float(np.abs(expected).max())
    close(operator.synthesis(alpha), expected, tolerance * scale * operator.n, "synthesis is not Phi alpha")


def _check_refusals(operator: Operator) -> None:
    npix = operator.grid.npix
    refused(lambda: operator(np.zeros(npix + 1)), "a map of another length")
    refused(lambda: operator(np.full(npix, np.nan)), "a map of NaN")
    refused(lambda: operator(np.zeros(npix, dtype=complex)), "a complex map")
    refused(lambda: operator.adjoint(np.zeros(operator.n + 1)), "coefficients of another length")


def _check_covariance(operator: Operator, matrix: Floats, tolerance: float, rng: np.random.Generator) -> None:
    """Sigma from tables, filter and sectors against A D A^T from the transforms."""
    variance = 0.5 + rng.random(operator.grid.npix)
    for what, field in (("1", np.ones(operator.grid.npix)), ("a field", variance)):
        cov = noise_covariance(operator, 1.0 if what == "1" else field)
        sigma, expected = cov.dense(), (matrix * field) @ matrix.T
        allowed = tolerance * float(np.abs(expected).max())
        of = f"Sigma for a pixel variance of {what}"
        close(sigma, sigma.T, 0.0, f"{of} is not symmetric")
        close(sigma, expected, allowed, f"{of} is not A D A^T: tables, weights, filter or sectors")
        close(cov.diagonal(), np.diagonal(expected), allowed, f"{of}: its diagonal")
