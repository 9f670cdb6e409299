"""Generated from derivations; do not edit.

Derivations: addition-theorem-between-points
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "coefficient",
    "cos_angle",
]


def cos_angle(z: Value, z2: Value, cos_lag: Value) -> Value:
    r"""Return the cosine of the angle between two points.

    .. math::
        cos_{lag} \sqrt{1 - z^{2}} \sqrt{1 - z_{2}^{2}} + z z_{2}

    Parameters
    ----------
    z
        cosine of the colatitude
    z2
        the same of the other point
    cos_lag
        cos(phi - phi')

    Notes
    -----
    Derivation: addition-theorem-between-points
    Fingerprint: 1.07972477574580158505666234161
    """
    return cos_lag * xp.sqrt(1 - z**2) * xp.sqrt(1 - z2**2) + z * z2


def coefficient(l: Value) -> Value:
    r"""Return the factor of P_l in k.

    .. math::
        \frac{2 l + 1}{4 \pi}

    Parameters
    ----------
    l
        degree

    Notes
    -----
    Derivation: addition-theorem-between-points
    Fingerprint: 0.266506152817177820449447456632
    """
    return 1 / 4 * (2 * l + 1) / xp.pi
