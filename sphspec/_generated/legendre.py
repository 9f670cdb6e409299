"""Generated from derivations; do not edit.

Derivations: legendre-recurrence, legendre-sectoral
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

import numpy as np

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "displacement",
    "next_degree",
    "sectoral_factor",
    "start",
    "step",
    "step_coefficients",
]


def displacement(l: Value, m: Value) -> Value:
    r"""Return A_l.

    .. math::
        \sqrt{\frac{l^{2} - m^{2}}{4 l^{2} - 1}}

    Parameters
    ----------
    l
        degree, l >= m
    m
        order, m >= 0

    Notes
    -----
    Derivation: legendre-recurrence
    Fingerprint: 0.362829181334984615178291551028
    """
    part_0 = l**2
    return xp.sqrt((-(m**2) + part_0) / (4 * part_0 - 1))


def step_coefficients(l: Value, m: Value) -> Value:
    r"""Return the pair 1 / A_(l+1), A_l / A_(l+1), hoisted out of the recurrence.

    .. math::
        \left[\begin{matrix}\frac{\sqrt{4 \left(l + 1\right)^{2} - 1}}{\sqrt{- m^{2} + \left(l +
        1\right)^{2}}}\\\frac{\sqrt{\frac{l^{2} - m^{2}}{4 l^{2} - 1}} \sqrt{4 \left(l + 1\right)^{2} -
        1}}{\sqrt{- m^{2} + \left(l + 1\right)^{2}}}\end{matrix}\right]

    Parameters
    ----------
    l
        degree, l >= m
    m
        order, m >= 0

    Notes
    -----
    Derivation: legendre-recurrence
    Fingerprint: 3.67785389331553598098550172403
    """
    part_0 = (l + 1) ** 2
    part_1 = m**2
    part_2 = xp.sqrt(4 * part_0 - 1) / xp.sqrt(part_0 - part_1)
    part_3 = l**2
    return part_2, part_2 * xp.sqrt((-part_1 + part_3) / (4 * part_3 - 1))


def step(
    z: Value, current: Value, previous: Value, up: Value, down: Value, out: Value, scratch: Value
) -> Value:
    r"""Return lambda_(l+1,m)(z).

    .. math::
        current up z - down previous

    Parameters
    ----------
    z
        cosine of the colatitude
    current
        lambda_lm(z)
    previous
        lambda_(l-1,m)(z)
    up
        1 / A_(l+1)
    down
        A_l / A_(l+1)
    out
        array for the result
    scratch
        array like out, overwritten

    Notes
    -----
    Derivation: legendre-recurrence
    Fingerprint: -0.0983604122686812663838442865013
    """
    np.multiply(z, current, out=out)
    np.multiply(out, up, out=out)
    np.multiply(previous, down, out=scratch)
    np.subtract(out, scratch, out=out)
    return out


def next_degree(z: Value, current: Value, previous: Value, inverse: Value, length: Value) -> Value:
    r"""Return lambda_(l+1,m)(z), for compiled loops.

    .. math::
        inverse \left(current z - length previous\right)

    Parameters
    ----------
    z
        cosine of the colatitude
    current
        lambda_lm(z)
    previous
        lambda_(l-1,m)(z)
    inverse
        1 / A_(l+1)
    length
        A_l

    Notes
    -----
    Derivation: legendre-recurrence
    Fingerprint: 0.392770806869282312802173610665
    """
    return inverse * (current * z - length * previous)


def start() -> Value:
    r"""Return lambda_00.

    .. math::
        \frac{1}{2 \sqrt{\pi}}

    Notes
    -----
    Derivation: legendre-sectoral
    Fingerprint: 0.282094791773878143474039725780
    """
    return 1 / 2 / xp.sqrt(xp.pi)


def sectoral_factor(m: Value) -> Value:
    r"""Return lambda_mm / (sin(theta) lambda_(m-1,m-1)).

    .. math::
        - \sqrt{1 + \frac{1}{2 m}}

    Parameters
    ----------
    m
        order, m >= 1

    Notes
    -----
    Derivation: legendre-sectoral
    Fingerprint: -1.25077414436632564008018616818
    """
    return -xp.sqrt(1 + 1 / 2 / m)
