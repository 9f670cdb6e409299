"""The mode-coupling matrix of pseudo-spectra: the Gaunt form squared, from the spectrum of the mask.

M_(l,l') = (2l'+1)/(4 pi) sum_L (2L+1) W_L (l l' L; 0 0 0)^2 = sum over m, m' of |C_(lm,l'm')|^2/(2l+1).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sphspec import _validate as check
from sphspec._generated import gaunt as generated
from sphspec.conventions import degrees_orders
from sphspec.covariance.gaunt import CURE, field_up_to
from sphspec.wigner import zero_overlaps

Floats = NDArray[np.float64]
WORKSPACE = 20  # arrays of one number a pair of degrees alive at once


def field_spectrum(field: Any) -> Floats:
    """Return W_L = sum over M of |u_LM|^2/(2L+1) of a field in chart R1, (L + 1,).

    >>> field_spectrum([2.0, 1.0, 0.0, 1.0]).round(4).tolist()
    [4.0, 0.6667]
    """
    values = field_up_to(field)
    lmax = round(float(np.sqrt(values.size))) - 1
    degrees, _ = degrees_orders(lmax)
    with np.errstate(over="ignore"):
        power = generated.field_power(np.arange(lmax + 1), np.bincount(degrees, values**2))
    return check.finite_result("the spectrum of the field", np.asarray(power), CURE)


def mode_coupling_matrix(spectrum: Any, lmax: int) -> Floats:
    """Return the coupling matrix M of pseudo-spectra: their mean is sum over l' of M_(l,l') C_l'.

    The matrix of MASTER in the normalisation of NaMaster's spin-0 coupling matrix, without beam and bins.
    NaMaster takes W_L up to its own lmax_mask; here L <= 2 lmax enters in full. The mean is exact for an
    isotropic field that is band limited to lmax.

    Parameters
    ----------
    spectrum : W_L of the mask times the quadrature weights, `field_spectrum(harmonic_field(grid,
        grid.weights * mask, 2 lmax))`, or the cross-spectrum of two masks, (2 lmax + 1,) or longer
    lmax : band limit, inclusive

    Returns
    -------
    (lmax + 1, lmax + 1), row l, column l'.

    Raises
    ------
    ValueError
        where the spectrum is too short or the matrix does not fit in memory.

    Source: Hivon et al. 2002; our derivation (mode-coupling, pseudo-spectrum).

    >>> full_sky = np.array([4 * np.pi, 0.0, 0.0])
    >>> mode_coupling_matrix(full_sky, lmax=1).round(12).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    lmax = check.integer("lmax", lmax, 0)
    values = check.exact_array("spectrum", spectrum)
    if values.size < 2 * lmax + 1:
        raise ValueError(
            f"spectrum must have degrees up to {2 * lmax} at least, got {values.size - 1}; "
            f"use field_spectrum(harmonic_field(grid, u, {2 * lmax}))"
        )
    check.fits(8.0 * WORKSPACE * (lmax + 1) ** 2, f"the mode-coupling matrix at lmax={lmax}")
    matrix = np.empty((lmax + 1, lmax + 1))
    for difference in range(lmax + 1):
        overlaps = zero_overlaps(difference, lmax)
        total = overlaps @ values[difference : 2 * lmax - difference + 1 : 2]
        smaller = np.arange(lmax - difference + 1)
        larger = smaller + difference
        matrix[larger, smaller] = generated.coupling(smaller, total)
        matrix[smaller, larger] = generated.coupling(larger, total)
    return matrix
