"""Generated from derivations; do not edit.

Derivations: subvp-kernel
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


def rate(t: Value, beta_min: Value, beta_max: Value) -> Value:
    r"""Return a(t) of dx = a x dt + g dw.

    .. math::
        - \frac{\beta_{min}}{2} - \frac{t \left(\beta_{max} - \beta_{min}\right)}{2}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    beta_min
        beta at t = 0
    beta_max
        beta at t = 1

    Notes
    -----
    Derivation: subvp-kernel
    Fingerprint: -0.711601567228912957615301811986
    """
    return -1 / 2 * beta_min - 1 / 2 * t * (beta_max - beta_min)


def power(t: Value, beta_min: Value, beta_max: Value) -> Value:
    r"""Return g(t)^2.

    .. math::
        \left(1 - e^{- \beta_{max} t^{2} + \beta_{min} t^{2} - 2 \beta_{min} t}\right) \left(\beta_{min} +
        t \left(\beta_{max} - \beta_{min}\right)\right)

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    beta_min
        beta at t = 0
    beta_max
        beta at t = 1

    Notes
    -----
    Derivation: subvp-kernel
    Fingerprint: 1.34130637184586592424942722220
    """
    part_0 = t**2
    part_1 = xp.expm1(-beta_max * part_0 + beta_min * part_0 - 2 * beta_min * t)
    return -part_1 * (beta_min + t * (beta_max - beta_min))


def mean(t: Value, beta_min: Value, beta_max: Value) -> Value:
    r"""Return m(t).

    .. math::
        e^{- \frac{\beta_{max} t^{2}}{4} + \frac{\beta_{min} t^{2}}{4} - \frac{\beta_{min} t}{2}}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    beta_min
        beta at t = 0
    beta_max
        beta at t = 1

    Notes
    -----
    Derivation: subvp-kernel
    Fingerprint: 0.489778775054749771272825750301
    """
    part_0 = t**2
    return xp.exp(-1 / 4 * beta_max * part_0 + 1 / 4 * beta_min * part_0 - 1 / 2 * beta_min * t)


def variance(t: Value, beta_min: Value, beta_max: Value) -> Value:
    r"""Return v(t) = s_t^2.

    .. math::
        \left(e^{- \frac{\beta_{max} t^{2}}{2} + \frac{\beta_{min} t^{2}}{2} - \beta_{min} t} -
        1\right)^{2}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    beta_min
        beta at t = 0
    beta_max
        beta at t = 1

    Notes
    -----
    Derivation: subvp-kernel
    Fingerprint: 0.577777475919834733880472819259
    """
    part_0 = t**2
    return xp.expm1(-1 / 2 * beta_max * part_0 + 1 / 2 * beta_min * part_0 - beta_min * t) ** 2
