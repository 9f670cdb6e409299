"""Generated from derivations; do not edit.

Derivations: gaunt-form, gaunt-relation, mode-coupling
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "coefficient",
    "coupling",
    "entries",
    "field_power",
]


def coefficient(l: Value, l2: Value, l3: Value, m: Value, zeros: Value, orders: Value) -> Value:
    r"""Return the coefficient of u_(L,m-m') in C_(lm,l'm').

    .. math::
        \frac{orders zeros \sqrt{2 l + 1} \sqrt{2 l_{2} + 1} \sqrt{2 l_{3} + 1} \left(\begin{cases} 1 &
        \text{for}\: m \bmod 2 = 0 \\-1 & \text{otherwise} \end{cases}\right)}{2 \sqrt{\pi}}

    Parameters
    ----------
    l
        degree
    l2
        second degree
    l3
        degree L of the field
    m
        order
    zeros
        3j symbol (l l' L; 0 0 0)
    orders
        3j symbol (l l' L; -m m' m-m')

    Notes
    -----
    Derivation: gaunt-form
    Fingerprint: 24.0332070527160425719027022365
    """
    l, l2, l3, m, zeros, orders = xp.together(l, l2, l3, m, zeros, orders)
    part_0 = xp.where(xp.mod(m, 2) == 0, 1, -1)
    part_1 = xp.sqrt(2 * l2 + 1)
    part_2 = xp.sqrt(2 * l3 + 1)
    return 1 / 2 * orders * part_0 * part_1 * part_2 * zeros * xp.sqrt(2 * l + 1) / xp.sqrt(xp.pi)


def entries(
    scale: Value, scale2: Value, m2: Value, c_re: Value, c_im: Value, r_re: Value, r_im: Value
) -> Value:
    r"""Return cos-cos, cos-sin, sin-cos, sin-sin of Sigma between (l, m) and (l', m'), m, m' >= 0.

    .. math::
        \left[\begin{matrix}\frac{c_{re} scale scale_{2}}{2} + \left(\frac{r_{re} scale scale_{2}
        \left(\begin{cases} 1 & \text{for}\: m_{2} \bmod 2 = 0 \\-1 & \text{otherwise}
        \end{cases}\right)}{2}\right) & \frac{c_{im} scale scale_{2}}{2} - \left(\frac{r_{im} scale
        scale_{2} \left(\begin{cases} 1 & \text{for}\: m_{2} \bmod 2 = 0 \\-1 & \text{otherwise}
        \end{cases}\right)}{2}\right)\\- \frac{c_{im} scale scale_{2}}{2} - \left(\frac{r_{im} scale
        scale_{2} \left(\begin{cases} 1 & \text{for}\: m_{2} \bmod 2 = 0 \\-1 & \text{otherwise}
        \end{cases}\right)}{2}\right) & \frac{c_{re} scale scale_{2}}{2} - \left(\frac{r_{re} scale
        scale_{2} \left(\begin{cases} 1 & \text{for}\: m_{2} \bmod 2 = 0 \\-1 & \text{otherwise}
        \end{cases}\right)}{2}\right)\end{matrix}\right]

    Parameters
    ----------
    scale
        chart factor of m
    scale2
        chart factor of m'
    m2
        second order
    c_re
        Re C_(lm,l'm')
    c_im
        Im C_(lm,l'm')
    r_re
        Re C_(lm,l'-m')
    r_im
        Im C_(lm,l'-m')

    Notes
    -----
    Derivation: gaunt-relation
    Fingerprint: -77.4872354414949874444017450006
    """
    scale, scale2, m2, c_re, c_im, r_re, r_im = xp.together(scale, scale2, m2, c_re, c_im, r_re, r_im)
    part_0 = 1 / 2 * scale * scale2
    part_1 = c_re * part_0
    part_2 = part_0 * xp.where(xp.mod(m2, 2) == 0, 1, -1)
    part_3 = part_2 * r_re
    part_4 = c_im * part_0
    part_5 = part_2 * r_im
    return part_1 + part_3, part_4 - part_5, -part_4 - part_5, part_1 - part_3


def field_power(l3: Value, total: Value) -> Value:
    r"""Return W_L.

    .. math::
        \frac{total}{2 l_{3} + 1}

    Parameters
    ----------
    l3
        degree L of the field
    total
        sum over M of |u_LM|^2

    Notes
    -----
    Derivation: mode-coupling
    Fingerprint: 0.265963979099502458560967031361
    """
    return total / (2 * l3 + 1)


def coupling(l2: Value, total: Value) -> Value:
    r"""Return M_(l,l').

    .. math::
        \frac{total \left(2 l_{2} + 1\right)}{4 \pi}

    Parameters
    ----------
    l2
        second degree
    total
        sum over L of (2L+1) W_L (l l' L; 0 0 0)^2

    Notes
    -----
    Derivation: mode-coupling
    Fingerprint: 0.138913749623972787823633172020
    """
    return 1 / 4 * total * (2 * l2 + 1) / xp.pi
