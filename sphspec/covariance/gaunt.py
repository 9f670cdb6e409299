"""The Gaunt form: Sigma from the harmonic transform of u = w^2 s^2 and Wigner 3j symbols alone.

C_(lm,l'm') = sum_L G u_(L,m-m'), u_LM = sum_p u_p conj(Y_LM(p)), L = |l-l'|, |l-l'| + 2, .. l + l'.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import chart
from sphspec._generated import gaunt as generated
from sphspec.conventions import size, to_complex
from sphspec.grids.ring import RingGrid
from sphspec.transform import RingTransform
from sphspec.wigner import orders_table

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
CURE = "scale u down"


def harmonic_field(grid: RingGrid, u: Any, lmax: int) -> Floats:
    """Return sum over points of u_p phi_lm(p) in chart R1: the coefficients u_LM of a field of point masses.

    For the covariance of pixel noise u = w^2 s^2; for a mask's coupling u = w mask. Both take
    degrees up to twice the band limit of what they are for.

    Parameters
    ----------
    grid : the points
    u : (npix,) strength of each point, any sign; zero where masked
    lmax : highest degree

    Returns
    -------
    (lmax + 1)^2 coefficients, units of u.

    Raises
    ------
    ValueError
        for a wrong length, values that are not finite, or where the transform does not fit in memory.
    """
    if not isinstance(grid, RingGrid):
        raise ValueError(f"grid must be a sphspec grid, e.g. Healpix(nside=8), got {grid!r}")
    values = check.exact_array("u", u, grid.npix)
    field = RingTransform(grid, check.integer("lmax", lmax, 0)).adjoint(values)
    return check.finite_result("the transform of u", field, CURE)


def gaunt_covariance(field: Any, lmax: int) -> Floats:
    """Return Sigma = Phi^T diag(u) Phi from the coefficients of u alone, by Wigner 3j symbols.

    The same matrix as `noise_covariance(Quadrature(grid, lmax), variance).dense()` for u = w^2 s^2; slower,
    and independent of the ring sum. The work grows as lmax^4 symbols: 0.1 s at lmax=16, seconds at 32.

    Parameters
    ----------
    field : R1 coefficients of u up to 2 lmax at least, ((2 lmax + 1)^2,); higher degrees do not enter
    lmax : band limit, inclusive

    Returns
    -------
    (n, n), n = (lmax + 1)^2, chart R1, units of u.

    Raises
    ------
    ValueError
        where the field has too few degrees, or the matrix does not fit in memory (the GiB are named).

    Source: our derivation (gaunt-form, gaunt-relation).

    >>> from sphspec import Healpix
    >>> grid = Healpix(nside=2)
    >>> sigma = gaunt_covariance(harmonic_field(grid, grid.weights**2, 6), lmax=3)
    >>> round(float(sigma[0, 0] / grid.weights[0]), 12)
    1.0
    """
    lmax = check.integer("lmax", lmax, 0)
    n = size(lmax)
    check.fits(8.0 * n**2 + 64.0 * (2 * lmax + 1) * n, f"the Gaunt form at lmax={lmax}")
    signed = _signed(field_up_to(field, 2 * lmax), 2 * lmax)
    sigma = np.empty((n, n))
    for l in range(lmax + 1):
        for l2 in range(l + 1):
            rows, columns = _places(l), _places(l2)
            with np.errstate(over="ignore", invalid="ignore"):
                block = _real_block(_complex_block(signed, l, l2), l, l2)
            sigma[rows, columns] = check.finite_result("the Gaunt form", block, CURE)
            sigma[columns, rows] = block.T
    return sigma


def field_up_to(field: Any, lmax: int | None = None) -> Floats:
    """Return a field's coefficients up to lmax, or all; ValueError where it has fewer."""
    values = check.exact_array("field", field)
    highest = round(float(np.sqrt(values.size))) - 1
    lmax = highest if lmax is None else lmax
    if highest < 0 or size(highest) != values.size:
        raise ValueError(f"field must have (L + 1)^2 coefficients in chart R1, got {values.size}")
    if highest < lmax:
        raise ValueError(
            f"field must have degrees up to {lmax} at least, got {highest}; "
            f"use harmonic_field(grid, u, {lmax})"
        )
    return values[: size(lmax)]


def _places(l: int) -> slice:
    return slice(l * l, (l + 1) ** 2)


def _signed(field: Floats, lmax: int) -> Complexes:
    """Return u_LM of a real field for all orders, (lmax + 1, 2 lmax + 1), column M + lmax."""
    alm = to_complex(field, lmax)
    signed = np.zeros((lmax + 1, 2 * lmax + 1), dtype=np.complex128)
    start = 0
    for m in range(lmax + 1):
        column = alm[start : start + lmax + 1 - m]
        start += column.size
        real, imaginary = chart.reflected(m, column.real, column.imag)
        signed[m:, lmax - m] = real + 1j * imaginary
        signed[m:, lmax + m] = column
    return signed


def _complex_block(signed: Complexes, l: int, l2: int) -> Complexes:
    """Return C_(lm,l'm') for m = 0 .. l, m' = -l' .. l', (l + 1, 2 l' + 1), l >= l'."""
    table = orders_table(l, l2)
    degrees = np.arange(l - l2, l + l2 + 1, 2)[:, None, None]
    m, m2 = np.arange(l + 1)[:, None], np.arange(-l2, l2 + 1)
    zeros = table[:, 0, l2][:, None, None]
    coefficients = generated.coefficient(l, l2, degrees, m, zeros, table)
    middle = signed.shape[1] // 2
    return np.asarray((coefficients * signed[degrees, m - m2 + middle]).sum(axis=0))


def _real_block(block: Complexes, l: int, l2: int) -> Floats:
    """Return the R1 entries between degrees l and l', (2 l + 1, 2 l' + 1)."""
    m, m2 = np.arange(l + 1)[:, None], np.arange(l2 + 1)
    c, r = block[:, l2:], block[:, l2::-1]
    cc, cs, sc, ss = generated.entries(chart.scale(m), chart.scale(m2), m2, c.real, c.imag, r.real, r.imag)
    sigma = np.empty((2 * l + 1, 2 * l2 + 1))
    sigma[l:, l2:] = cc
    sigma[l:, :l2] = cs[:, :0:-1]
    sigma[:l, l2:] = sc[:0:-1]
    sigma[:l, :l2] = ss[:0:-1, :0:-1]
    return sigma
