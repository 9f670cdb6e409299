"""Generated from derivations; do not edit.

Derivations: backward-step, probability-flow, reverse-sde, spectral-sde
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

import numpy as np

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "backward_step",
    "forward_drift",
    "probability_flow",
    "reverse_drift",
]


def forward_drift(rate: Value, state: Value) -> Value:
    r"""Return a(t) alpha.

    .. math::
        rate state

    Parameters
    ----------
    rate
        a(t)
    state
        alpha

    Notes
    -----
    Derivation: spectral-sde
    Fingerprint: 1.01081750544710301515761218611
    """
    return rate * state


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


def backward_step(state: Value, backward: Value, g2: Value, dt: Value, noise: Value) -> Value:
    r"""Return alpha at t - dt.

    .. math::
        - backward dt + \sqrt{dt} \sqrt{g_{2}} noise + state

    Parameters
    ----------
    state
        alpha at t
    backward
        reverse drift at t
    g2
        g(t)^2
    dt
        time step
    noise
        draw of N(0, Sigma)

    Notes
    -----
    Derivation: backward-step
    Fingerprint: 1.20321130265204088149002466517
    """
    return -backward * dt + np.sqrt(dt) * np.sqrt(g2) * noise + state
