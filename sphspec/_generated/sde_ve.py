"""Generated from derivations; do not edit.

Derivations: ve-kernel
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


def rate(t: Value, sigma_min: Value, sigma_max: Value) -> Value:
    r"""Return a(t) of dx = a x dt + g dw.

    .. math::
        0

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    sigma_min
        sigma at t = 0
    sigma_max
        sigma at t = 1

    Notes
    -----
    Derivation: ve-kernel
    Fingerprint: 0
    """
    return xp.constant(0.0, t, sigma_min, sigma_max)


def power(t: Value, sigma_min: Value, sigma_max: Value) -> Value:
    r"""Return g(t)^2.

    .. math::
        2 \sigma_{min}^{2} \left(\frac{\sigma_{max}}{\sigma_{min}}\right)^{2 t}
        \log{\left(\frac{\sigma_{max}}{\sigma_{min}} \right)}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    sigma_min
        sigma at t = 0
    sigma_max
        sigma at t = 1

    Notes
    -----
    Derivation: ve-kernel
    Fingerprint: -0.250291488161892047682443787961
    """
    part_0 = 2 * xp.log(sigma_max / sigma_min)
    return part_0 * sigma_min**2 * xp.exp(part_0 * t)


def mean(t: Value, sigma_min: Value, sigma_max: Value) -> Value:
    r"""Return m(t).

    .. math::
        1

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    sigma_min
        sigma at t = 0
    sigma_max
        sigma at t = 1

    Notes
    -----
    Derivation: ve-kernel
    Fingerprint: 1.00000000000000000000000000000
    """
    return xp.constant(1.0, t, sigma_min, sigma_max)


def variance(t: Value, sigma_min: Value, sigma_max: Value) -> Value:
    r"""Return v(t) = s_t^2.

    .. math::
        \sigma_{min}^{2} \left(\left(\frac{\sigma_{max}}{\sigma_{min}}\right)^{2 t} - 1\right)

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    sigma_min
        sigma at t = 0
    sigma_max
        sigma at t = 1

    Notes
    -----
    Derivation: ve-kernel
    Fingerprint: -1.30219697322289668273983999852
    """
    return sigma_min**2 * xp.expm1(2 * t * xp.log(sigma_max / sigma_min))
