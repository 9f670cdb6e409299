"""Generated from derivations; do not edit.

Derivations: growth
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = ["growth"]


def growth(total: Value, t: Value) -> Value:
    r"""Return the integral of e^(total s) over 0 <= s <= t.

    .. math::
        t \left(\begin{cases} \left(\left(\left(\left(\left(\left(\left(\left(\frac{\begin{cases} t total
        & \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise}
        \end{cases}}{3628800} + \frac{1}{362880}\right) \left(\begin{cases} t total & \text{for}\: t
        \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) +
        \frac{1}{40320}\right) \left(\begin{cases} t total & \text{for}\: t \left|{total}\right| \leq
        \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) + \frac{1}{5040}\right) \left(\begin{cases}
        t total & \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise}
        \end{cases}\right) + \frac{1}{720}\right) \left(\begin{cases} t total & \text{for}\: t
        \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) +
        \frac{1}{120}\right) \left(\begin{cases} t total & \text{for}\: t \left|{total}\right| \leq
        \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) + \frac{1}{24}\right) \left(\begin{cases} t
        total & \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise}
        \end{cases}\right) + \frac{1}{6}\right) \left(\begin{cases} t total & \text{for}\: t
        \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) +
        \frac{1}{2}\right) \left(\begin{cases} t total & \text{for}\: t \left|{total}\right| \leq
        \frac{1}{16} \\0 & \text{otherwise} \end{cases}\right) + 1 & \text{for}\: t \left|{total}\right|
        \leq \frac{1}{16} \\\frac{e^{t total} - 1}{t total + \begin{cases} \begin{cases} t total &
        \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise} \end{cases} + 1 &
        \text{for}\: t \left|{total}\right| \leq \frac{1}{16} \\0 & \text{otherwise} \end{cases}} &
        \text{otherwise} \end{cases}\right)

    Parameters
    ----------
    total
        rate of a second moment
    t
        time >= 0

    Notes
    -----
    Derivation: growth
    Fingerprint: 49.1140796572435272011507067190
    """
    part_0 = t * total
    part_1 = t * abs(total) <= 1 / 16
    part_2 = xp.where(part_1, part_0, 0)
    part_15 = part_2 * (part_2 * (part_2 * (1 / 3628800 * part_2 + 1 / 362880) + 1 / 40320) + 1 / 5040)
    part_14 = part_15 + 1 / 720
    part_13 = part_14 * part_2
    part_12 = part_13 + 1 / 120
    part_11 = part_12 * part_2
    part_10 = part_11 + 1 / 24
    part_9 = part_10 * part_2
    part_8 = part_9 + 1 / 6
    part_7 = part_2 * part_8
    part_6 = part_7 + 1 / 2
    part_5 = part_2 * part_6
    part_4 = part_5 + 1
    part_3 = xp.where(part_1, part_4, xp.expm1(part_0) / (part_0 + xp.where(part_1, part_2 + 1, 0)))
    return part_3 * t
