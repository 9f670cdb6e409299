"""Generated from derivations; do not edit.

Derivations: probability-flow, reverse-sde, spectral-sde
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "forward_drift",
    "probability_flow",
    "reverse_drift",
]


def forward_drift(drift: Value, state: Value) -> Value:
    r"""Return a(t) alpha.

    .. math::
        drift state

    Parameters
    ----------
    drift
        a(t)
    state
        alpha

    Notes
    -----
    Derivation: spectral-sde
    Fingerprint: 0.433421687974003311947867246913
    """
    return drift * state


def reverse_drift(forward: Value, g2: Value, sigma_score: Value) -> Value:
    r"""Return reverse drift.

    .. math::
        forward - g_{2} \sigma_{score}

    Parameters
    ----------
    forward
        forward drift f~(alpha, t)
    g2
        g(t)^2
    sigma_score
        Sigma times the score

    Notes
    -----
    Derivation: reverse-sde
    Fingerprint: -0.0194098768197225388664444174128
    """
    return forward - g2 * sigma_score


def probability_flow(forward: Value, g2: Value, sigma_score: Value) -> Value:
    r"""Return flow velocity.

    .. math::
        forward - \frac{g_{2} \sigma_{score}}{2}

    Parameters
    ----------
    forward
        forward drift f~(alpha, t)
    g2
        g(t)^2
    sigma_score
        Sigma times the score

    Notes
    -----
    Derivation: probability-flow
    Fingerprint: 0.548404769743921421509312618921
    """
    return forward - 1 / 2 * g2 * sigma_score
