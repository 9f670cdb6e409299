"""Generated from derivations; do not edit.

Derivations: optimality-gap, white-as-can-be, whitening-variance
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "flattening_variance",
    "optimality_gap",
    "slope",
]


def flattening_variance(w: Value, c: Value) -> Value:
    r"""Return the pixel variance.

    .. math::
        \frac{c}{w}

    Parameters
    ----------
    w
        quadrature weight in steradians
    c
        c of Sigma = c I

    Notes
    -----
    Derivation: whitening-variance
    Fingerprint: 0.835263586576402786644790529050
    """
    return c / w


def slope(returned: Value, c: Value, n: Value) -> Value:
    r"""Return half the derivative of the squared distance with respect to u_p.

    .. math::
        - \frac{c n}{4 \pi} + returned

    Parameters
    ----------
    returned
        variance of the map that comes back
    c
        c
    n
        number of coefficients

    Notes
    -----
    Derivation: white-as-can-be
    Fingerprint: 0.875178609644648785325871064031
    """
    return -1 / 4 * c * n / xp.pi + returned


def optimality_gap(slack: Value, worst: Value, c: Value, n: Value) -> Value:
    r"""Return how far the relative squared distance can be above its minimum.

    .. math::
        \frac{8 \pi c worst + 2 slack}{c^{2} n}

    Parameters
    ----------
    slack
        sum of g_p u_p
    worst
        largest -g_p, or zero
    c
        c
    n
        number of coefficients

    Notes
    -----
    Derivation: optimality-gap
    Fingerprint: 53.3510990148026222666207757424
    """
    return (8 * xp.pi * c * worst + 2 * slack) / (c**2 * n)
