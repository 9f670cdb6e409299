"""Generated from derivations; do not edit.

Derivations: three-j-elements, three-j-recurrence
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "elements",
    "recurrence_residual",
    "zero_ratio",
]


def elements(l3: Value, l: Value, l2: Value, order_sum: Value) -> Value:
    r"""Return a_L and b_L, L >= 1.

    .. math::
        \left[\begin{matrix}\frac{order_{sum} \left(l \left(l + 1\right) - l_{2} \left(l_{2} + 1\right) +
        l_{3} \left(l_{3} + 1\right)\right)}{2 l_{3} \left(l_{3} + 1\right)}\\\frac{\sqrt{\frac{\left(-
        l_{3}^{2} + \left(l + l_{2} + 1\right)^{2}\right) \left(l_{3}^{2} - order_{sum}^{2}\right)
        \left(l_{3}^{2} - \left(l - l_{2}\right)^{2}\right)}{l_{3}^{2} \left(4 l_{3}^{2} -
        1\right)}}}{2}\end{matrix}\right]

    Parameters
    ----------
    l3
        degree of the sum of two angular momenta
    l
        degree
    l2
        second degree
    order_sum
        sum of the two orders

    Notes
    -----
    Derivation: three-j-elements
    Fingerprint: 0.617922451168520206868299524737 + 3.51809264375949006667460178739 i
    """
    part_0 = l3 + 1
    part_1 = l + 1
    part_2 = l3**2
    part_6 = -part_2 + (l2 + part_1) ** 2
    part_5 = part_6 * (-(order_sum**2) + part_2) * (part_2 - (l - l2) ** 2) / (part_2 * (4 * part_2 - 1))
    part_4 = xp.sqrt(part_5)
    part_3 = 1 / 2 * part_4
    return 1 / 2 * order_sum * (l * part_1 - l2 * (l2 + 1) + l3 * part_0) / (l3 * part_0), part_3


def recurrence_residual(
    order: Value, here: Value, below: Value, above: Value, centre: Value, lower: Value, upper: Value
) -> Value:
    r"""Return the residual, zero for 3j symbols.

    .. math::
        - above upper - below lower - centre here + here order

    Parameters
    ----------
    order
        first order m
    here
        e_L
    below
        e_(L-1)
    above
        e_(L+1)
    centre
        a_L
    lower
        b_L
    upper
        b_(L+1)

    Notes
    -----
    Derivation: three-j-recurrence
    Fingerprint: -3.40506102726145575309266778923
    """
    return -above * upper - below * lower - centre * here + here * order


def zero_ratio(l3: Value, l: Value, l2: Value) -> Value:
    r"""Return (e_(L+1)/e_(L-1))^2 where all orders are 0.

    .. math::
        \frac{\left(2 l_{3} + 3\right) \left(l - l_{2} - l_{3}\right) \left(l - l_{2} + l_{3}\right)
        \left(l + l_{2} - l_{3} + 1\right) \left(l + l_{2} + l_{3} + 1\right)}{\left(2 l_{3} - 1\right)
        \left(l + l_{2} - l_{3}\right) \left(l - l_{2} - l_{3} - 1\right) \left(l - l_{2} + l_{3} +
        1\right) \left(l + l_{2} + l_{3} + 2\right)}

    Parameters
    ----------
    l3
        degree of the sum of two angular momenta
    l
        degree
    l2
        second degree

    Notes
    -----
    Derivation: three-j-recurrence
    Fingerprint: 4.94648714393932131960478296189
    """
    part_0 = 2 * l3
    part_1 = l + l2
    part_2 = l3 + part_1
    part_3 = l - l2 + l3
    part_4 = -l3 + part_1
    part_5 = -l + l2 + l3
    part_6 = (-part_5 - 1) ** (-1.0)
    part_7 = (part_3 + 1) ** (-1.0)
    part_8 = (part_0 - 1) ** (-1.0)
    part_9 = (part_2 + 2) ** (-1.0)
    part_10 = part_4 ** (-1.0)
    part_11 = part_2 + 1
    part_12 = part_4 + 1
    return -part_10 * part_11 * part_12 * part_3 * part_5 * part_6 * part_7 * part_8 * part_9 * (part_0 + 3)
