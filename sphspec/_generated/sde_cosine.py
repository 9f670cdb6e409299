"""Generated from derivations; do not edit.

Derivations: cosine-kernel
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


def rate(t: Value, offset: Value, cutoff: Value) -> Value:
    r"""Return a(t) of dx = a x dt + g dw.

    .. math::
        - \frac{\pi \left(1 - cutoff\right)}{\left(2 offset + 2\right) \tan{\left(\frac{\pi \left(cutoff t
        - t + 1\right)}{2 offset + 2} \right)}}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    offset
        s of the schedule, >= 0
    cutoff
        1 - t' at t = 1

    Notes
    -----
    Derivation: cosine-kernel
    Fingerprint: 0.0816313119292943002019295559430
    """
    part_0 = xp.pi / (2 * offset + 2)
    return -part_0 * (1 - cutoff) / xp.tan(part_0 * (cutoff * t - t + 1))


def power(t: Value, offset: Value, cutoff: Value) -> Value:
    r"""Return g(t)^2.

    .. math::
        \frac{2 \pi \left(1 - cutoff\right)}{\left(2 offset + 2\right) \tan{\left(\frac{\pi \left(cutoff t
        - t + 1\right)}{2 offset + 2} \right)}}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    offset
        s of the schedule, >= 0
    cutoff
        1 - t' at t = 1

    Notes
    -----
    Derivation: cosine-kernel
    Fingerprint: -0.163262623858588600403859111886
    """
    part_0 = xp.pi / (2 * offset + 2)
    return 2 * part_0 * (1 - cutoff) / xp.tan(part_0 * (cutoff * t - t + 1))


def mean(t: Value, offset: Value, cutoff: Value) -> Value:
    r"""Return m(t).

    .. math::
        \frac{\sin{\left(\frac{\pi \left(cutoff t - t + 1\right)}{2 offset + 2}
        \right)}}{\sin{\left(\frac{\pi}{2 offset + 2} \right)}}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    offset
        s of the schedule, >= 0
    cutoff
        1 - t' at t = 1

    Notes
    -----
    Derivation: cosine-kernel
    Fingerprint: 1.13692890363379787723864750669
    """
    part_0 = xp.pi / (2 * offset + 2)
    return xp.sin(part_0 * (cutoff * t - t + 1)) / xp.sin(part_0)


def variance(t: Value, offset: Value, cutoff: Value) -> Value:
    r"""Return v(t) = s_t^2.

    .. math::
        \frac{\sin{\left(\frac{\pi \left(2 offset + t \left(1 - cutoff\right)\right)}{2 offset + 2}
        \right)} \sin{\left(\frac{\pi t \left(1 - cutoff\right)}{2 offset + 2}
        \right)}}{\sin^{2}{\left(\frac{\pi}{2 offset + 2} \right)}}

    Parameters
    ----------
    t
        time, 0 <= t <= 1
    offset
        s of the schedule, >= 0
    cutoff
        1 - t' at t = 1

    Notes
    -----
    Derivation: cosine-kernel
    Fingerprint: -0.292607331917949659987028107169
    """
    part_0 = 2 * offset
    part_1 = xp.pi / (part_0 + 2)
    part_2 = t * (1 - cutoff)
    return xp.sin(part_1 * part_2) * xp.sin(part_1 * (part_0 + part_2)) / xp.sin(part_1) ** 2
