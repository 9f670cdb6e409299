"""How far the expansion on HEALPix may be trusted: the first term left out, and what was measured."""

from math import hypot

from sympy import Expr, Integer, Rational, sqrt

from derivations import closed_forms as forms
from derivations import expansion
from derivations.checks import integer

SHARES = (0.05, 0.0055, 0.0006)  # what 1, 2, 3 terms leave at lmax = N_side: measured, 4 <= lmax <= 32
COUPLING = 0.12  # share of the couplings m != m' at lmax = N_side, measured likewise
SMALLEST, LARGEST_MEASURED = 4, 32  # lmax for which the shares were measured


def remainder(l: int, m: int, l2: int, terms: int, nside: int) -> Expr:
    """Return the first term left out after so many, of (N/4pi) C_(lm, l2 m): an estimate of the error.

    The expansion is asymptotic in l/N_side. Where that term is itself small by cancellation, later ones
    outweigh it, and the estimate may be several times too small or too large. Zero where l + l2 is odd.

    Raises
    ------
    ValueError
        for |m| > l or l2, terms < 0 or N_side < 1.
    """
    forms.form(l, m, l2, m)
    terms, nside = integer("terms", terms, 0), integer("nside", nside, 1)
    if (l + l2) % 2:
        return Integer(0)
    left_out = expansion.series(l, abs(m), l2, abs(m), terms + 1)[-1]
    inside, outside = forms.root(l, abs(m), l2, abs(m))
    return sqrt(Integer(inside)) * Rational(outside) * left_out / Integer(nside) ** (2 * terms + 2)


def error_estimate(terms: int, lmax: int, nside: int) -> float:
    """Return what 1, 2 or 3 terms leave of the anisotropy of a whole lmax-block, relative, in Frobenius norm.

    The rule of thumb, x = lmax/N_side: entries m = m' are left with at most 0.05 x^2, 0.0055 x^4, 0.0006 x^6
    after 1, 2, 3 terms; the couplings m != m', which the expansion leaves out, are at most 0.12 x^4. So
    one term is good to 5 % x^2 for x <= 1/2, a second pays only together with the alias sums of T4, and at
    x = 2 couplings are nearly half of it. Bounds, at most 2.2 times what is left for x <= 1.

    Raises
    ------
    ValueError
        for other numbers of terms and outside 4 <= lmax <= 32, lmax <= 2 N_side: not measured.

    Source: measured on exact covariances, 4 <= lmax <= 32, x <= 2.

    >>> round(error_estimate(1, 8, 32), 4)
    0.0032
    """
    terms, nside = integer("terms", terms, 1, expansion.TERMS), integer("nside", nside, 1)
    lmax = integer("lmax", lmax, SMALLEST, LARGEST_MEASURED)
    if lmax > 2 * nside:
        raise ValueError(f"lmax must be at most 2 nside = {2 * nside}, got {lmax}: not measured beyond")
    ratio = lmax / nside
    return hypot(SHARES[terms - 1] * ratio ** (2 * terms), COUPLING * ratio**4)
