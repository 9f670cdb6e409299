"""Generated from derivations; do not edit.

Derivations: gaussian-score, score-target
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "gaussian",
    "residual",
    "target",
]


def residual(state: Value, start: Value, mean: Value) -> Value:
    r"""Return alpha_t - m alpha_0.

    .. math::
        - mean start + state

    Parameters
    ----------
    state
        alpha_t
    start
        alpha_0
    mean
        m(t)

    Notes
    -----
    Derivation: score-target
    Fingerprint: -0.516775290285152278318285601611
    """
    return -mean * start + state


def target(residual: Value, variance: Value) -> Value:
    r"""Return score target.

    .. math::
        - \frac{residual}{variance}

    Parameters
    ----------
    residual
        Sigma^-1 (alpha_t - m alpha_0)
    variance
        v(t)

    Notes
    -----
    Derivation: score-target
    Fingerprint: -1.04072094707705528774443669097
    """
    return -residual / variance


def gaussian(solved: Value) -> Value:
    r"""Return score -P_t^-1 alpha.

    .. math::
        - solved

    Parameters
    ----------
    solved
        P_t^-1 alpha

    Notes
    -----
    Derivation: gaussian-score
    Fingerprint: -1.29094619746608074706273328047
    """
    return -solved
