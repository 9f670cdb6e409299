"""Generated from derivations; do not edit.

Derivations: ou-kernel
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "mean",
    "power",
    "rate",
    "variance",
]


def rate(t: Value, reversion: Value, diffusion: Value) -> Value:
    r"""Return a(t) of dx = a x dt + g dw.

    .. math::
        - reversion

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    reversion
        rate at which x reverts to zero, >= 0
    diffusion
        g, constant

    Notes
    -----
    Derivation: ou-kernel
    Fingerprint: -1.45344309824266559871830395423
    """
    part_0 = -reversion
    return part_0 + xp.constant(0.0, t, diffusion)


def power(t: Value, reversion: Value, diffusion: Value) -> Value:
    r"""Return g(t)^2.

    .. math::
        diffusion^{2}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    reversion
        rate at which x reverts to zero, >= 0
    diffusion
        g, constant

    Notes
    -----
    Derivation: ou-kernel
    Fingerprint: 0.339046063162867142223759417398
    """
    part_0 = diffusion**2
    return part_0 + xp.constant(0.0, t, reversion)


def mean(t: Value, reversion: Value, diffusion: Value) -> Value:
    r"""Return m(t).

    .. math::
        e^{- reversion t}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    reversion
        rate at which x reverts to zero, >= 0
    diffusion
        g, constant

    Notes
    -----
    Derivation: ou-kernel
    Fingerprint: 0.132704335401602152530119760767
    """
    part_0 = xp.exp(-reversion * t)
    return part_0 + xp.constant(0.0, diffusion)


def variance(t: Value, reversion: Value, diffusion: Value) -> Value:
    r"""Return v(t) = s_t^2.

    .. math::
        diffusion^{2} \left(\begin{cases} t
        \left(\left(\left(\left(\left(\left(\left(\left(\left(\frac{\begin{cases} - 2 reversion t &
        \text{for}\: reversion t \leq \frac{1}{32} \\0 & \text{otherwise} \end{cases}}{3628800} +
        \frac{1}{362880}\right) \left(\begin{cases} - 2 reversion t & \text{for}\: reversion t \leq
        \frac{1}{32} \\0 & \text{otherwise} \end{cases}\right) + \frac{1}{40320}\right)
        \left(\begin{cases} - 2 reversion t & \text{for}\: reversion t \leq \frac{1}{32} \\0 &
        \text{otherwise} \end{cases}\right) + \frac{1}{5040}\right) \left(\begin{cases} - 2 reversion t &
        \text{for}\: reversion t \leq \frac{1}{32} \\0 & \text{otherwise} \end{cases}\right) +
        \frac{1}{720}\right) \left(\begin{cases} - 2 reversion t & \text{for}\: reversion t \leq
        \frac{1}{32} \\0 & \text{otherwise} \end{cases}\right) + \frac{1}{120}\right) \left(\begin{cases}
        - 2 reversion t & \text{for}\: reversion t \leq \frac{1}{32} \\0 & \text{otherwise}
        \end{cases}\right) + \frac{1}{24}\right) \left(\begin{cases} - 2 reversion t & \text{for}\:
        reversion t \leq \frac{1}{32} \\0 & \text{otherwise} \end{cases}\right) + \frac{1}{6}\right)
        \left(\begin{cases} - 2 reversion t & \text{for}\: reversion t \leq \frac{1}{32} \\0 &
        \text{otherwise} \end{cases}\right) + \frac{1}{2}\right) \left(\begin{cases} - 2 reversion t &
        \text{for}\: reversion t \leq \frac{1}{32} \\0 & \text{otherwise} \end{cases}\right) + 1\right) &
        \text{for}\: reversion t \leq \frac{1}{32} \\\frac{-1 + e^{- 2 reversion t}}{\begin{cases} 0 &
        \text{for}\: reversion t \leq \frac{1}{32} \\- 2 reversion & \text{otherwise} \end{cases} +
        \begin{cases} \begin{cases} - 2 reversion t & \text{for}\: reversion t \leq \frac{1}{32} \\0 &
        \text{otherwise} \end{cases} + 1 & \text{for}\: reversion t \leq \frac{1}{32} \\0 &
        \text{otherwise} \end{cases}} & \text{otherwise} \end{cases}\right)

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    reversion
        rate at which x reverts to zero, >= 0
    diffusion
        g, constant

    Notes
    -----
    Derivation: ou-kernel
    Fingerprint: 2.03049124377436148769998431553
    """
    t, reversion, diffusion = xp.together(t, reversion, diffusion)
    part_0 = reversion * t
    part_1 = -2 * part_0
    part_2 = part_0 <= 1 / 32
    part_3 = xp.where(part_2, part_1, 0)
    part_17 = part_3 * (part_3 * (part_3 * (1 / 3628800 * part_3 + 1 / 362880) + 1 / 40320) + 1 / 5040)
    part_16 = part_17 + 1 / 720
    part_15 = part_16 * part_3
    part_14 = part_15 + 1 / 120
    part_13 = part_14 * part_3
    part_12 = part_13 + 1 / 24
    part_11 = part_12 * part_3
    part_10 = part_11 + 1 / 6
    part_9 = part_10 * part_3
    part_8 = part_9 + 1 / 2
    part_7 = part_3 * part_8
    part_6 = part_7 + 1
    part_5 = part_6 * t
    part_18 = xp.expm1(part_1) / (xp.where(part_2, 0, -2 * reversion) + xp.where(part_2, part_3 + 1, 0))
    part_4 = xp.where(part_2, part_5, part_18)
    return diffusion**2 * part_4
