"""Generated from derivations; do not edit.

Derivations: real-chart, real-covariance, reality-constraint
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "complex_covariance",
    "complex_parts",
    "real_parts",
    "reflected",
    "scale",
]


def reflected(m: Value, x: Value, y: Value) -> Value:
    r"""Return Re and Im of a_(l,-m).

    .. math::
        \left[\begin{matrix}x \left(\begin{cases} 1 & \text{for}\: m \bmod 2 = 0 \\-1 & \text{otherwise}
        \end{cases}\right)\\- y \left(\begin{cases} 1 & \text{for}\: m \bmod 2 = 0 \\-1 & \text{otherwise}
        \end{cases}\right)\end{matrix}\right]

    Parameters
    ----------
    m
        order
    x
        Re a_lm
    y
        Im a_lm

    Notes
    -----
    Derivation: reality-constraint
    Fingerprint: -69.3291600335794503438663396834
    """
    m, x, y = xp.together(m, x, y)
    part_0 = xp.where(xp.mod(m, 2) == 0, 1, -1)
    return part_0 * x, -part_0 * y


def scale(m: Value) -> Value:
    r"""Return alpha_lm / Re a_lm = -alpha_(l,-m) / Im a_lm.

    .. math::
        \begin{cases} 1 & \text{for}\: m = 0 \\\sqrt{2} & \text{otherwise} \end{cases}

    Parameters
    ----------
    m
        order, m >= 0

    Notes
    -----
    Derivation: real-chart
    Fingerprint: 8.90016094757150482005757365379
    """
    return xp.where(m == 0, 1, xp.sqrt(2))


def real_parts(scale: Value, x: Value, y: Value) -> Value:
    r"""Return alpha_lm and alpha_(l,-m).

    .. math::
        \left[\begin{matrix}scale x\\- scale y\end{matrix}\right]

    Parameters
    ----------
    scale
        chart factor of m
    x
        Re a_lm
    y
        Im a_lm

    Notes
    -----
    Derivation: real-chart
    Fingerprint: -2.31015279820569303008468123942
    """
    return scale * x, -scale * y


def complex_parts(scale: Value, cosine: Value, sine: Value) -> Value:
    r"""Return Re a_lm and Im a_lm.

    .. math::
        \left[\begin{matrix}\frac{cosine}{scale}\\- \frac{sine}{scale}\end{matrix}\right]

    Parameters
    ----------
    scale
        chart factor of m
    cosine
        alpha_lm
    sine
        alpha_(l,-m)

    Notes
    -----
    Derivation: real-chart
    Fingerprint: -1.16370349936393026468350917444
    """
    part_0 = scale ** (-1.0)
    return cosine * part_0, -part_0 * sine


def complex_covariance(scale: Value, scale2: Value, cc: Value, cs: Value, sc: Value, ss: Value) -> Value:
    r"""Return Re C and Im C of E[a_lm conj(a_l'm')].

    .. math::
        \left[\begin{matrix}\frac{cc + ss}{scale scale_{2}}\\\frac{cs - sc}{scale
        scale_{2}}\end{matrix}\right]

    Parameters
    ----------
    scale
        chart factor of m
    scale2
        chart factor of m'
    cc
        cos-cos
    cs
        cos-sin
    sc
        sin-cos
    ss
        sin-sin

    Notes
    -----
    Derivation: real-covariance
    Fingerprint: 0.725182004872975133544737366443
    """
    part_0 = 1 / (scale * scale2)
    return part_0 * (cc + ss), part_0 * (cs - sc)
