"""Generated from derivations; do not edit.

Derivations: best-diagonal-score, least-loss, score-target-moments
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "left_over",
    "normal_entry",
    "target_power",
]


def left_over(power: Value, reached: Value) -> Value:
    r"""Return what is left over.

    .. math::
        power - reached

    Parameters
    ----------
    power
        what is to be reached
    reached
        sum of b_k c_k

    Notes
    -----
    Derivation: least-loss
    Fingerprint: -0.291506784454746536994207417592
    """
    return power - reached


def target_power(trace: Value, variance: Value) -> Value:
    r"""Return mean W-weighted square of the score target.

    .. math::
        \frac{trace}{variance}

    Parameters
    ----------
    trace
        tr(W Sigma^-1)
    variance
        v(t) = s_t^2

    Notes
    -----
    Derivation: score-target-moments
    Fingerprint: 1.44028827345092409110249365108
    """
    return trace / variance


def normal_entry(metric: Value, law: Value) -> Value:
    r"""Return entry of M.

    .. math::
        law metric

    Parameters
    ----------
    metric
        entry of the metric
    law
        entry of the covariance of alpha_t

    Notes
    -----
    Derivation: best-diagonal-score
    Fingerprint: 1.29366969702500130929965137052
    """
    return law * metric
