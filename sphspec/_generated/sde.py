"""Generated from derivations; do not edit.

Derivations: backward-step, probability-flow, reverse-sde, sampler-law, sampler-step, spectral-sde,
transition-kernel
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

from sphspec import _arrays as xp

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "backward_step",
    "forward_drift",
    "marginal_covariance",
    "mean_between",
    "probability_flow",
    "reverse_drift",
    "step_law",
    "step_matrix",
    "step_power",
    "variance_between",
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


def marginal_covariance(mean: Value, variance: Value, start: Value, sigma: Value) -> Value:
    r"""Return covariance of alpha_t, entry by entry.

    .. math::
        mean^{2} start + \sigma variance

    Parameters
    ----------
    mean
        m(t)
    variance
        v(t)
    start
        covariance of alpha_0
    sigma
        noise covariance Sigma

    Notes
    -----
    Derivation: spectral-sde
    Fingerprint: 2.03512925755620611783808245011
    """
    return mean**2 * start + sigma * variance


def mean_between(mean: Value, mean_s: Value) -> Value:
    r"""Return m(t)/m(s).

    .. math::
        \frac{mean}{mean_{s}}

    Parameters
    ----------
    mean
        m(t)
    mean_s
        m(s)

    Notes
    -----
    Derivation: transition-kernel
    Fingerprint: 1.02850929923784136704417833479
    """
    return mean / mean_s


def variance_between(ratio: Value, variance: Value, variance_s: Value) -> Value:
    r"""Return variance of alpha_t given alpha_s, s <= t, over Sigma.

    .. math::
        - ratio^{2} variance_{s} + variance

    Parameters
    ----------
    ratio
        m(t)/m(s)
    variance
        v(t)
    variance_s
        v(s)

    Notes
    -----
    Derivation: transition-kernel
    Fingerprint: 0.604772221885012976242455633116
    """
    return -(ratio**2) * variance_s + variance


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
    return -backward * dt + xp.sqrt(dt) * xp.sqrt(g2) * noise + state


def step_matrix(
    noise_covariance: Value, score_matrix: Value, drift_matrix: Value, g2: Value, dt: Value
) -> Value:
    r"""Return F of one step backwards, (n, n).

    .. math::
        - dt drift_{matrix} + dt g_{2} noise_{covariance} score_{matrix} + \mathbb{I}

    Parameters
    ----------
    noise_covariance
        noise covariance Sigma, (n, n)
    score_matrix
        S of the score S alpha, (n, n)
    drift_matrix
        B of the forward drift B alpha, (n, n)
    g2
        g(t)^2
    dt
        time step

    Notes
    -----
    Derivation: sampler-step
    Fingerprint: 15.6033179832167401670444141095
    """
    if noise_covariance.ndim != 2 or noise_covariance.shape[0] != noise_covariance.shape[1]:
        raise ValueError(f"noise_covariance must be a square matrix, got {noise_covariance.shape}")
    if score_matrix.shape != noise_covariance.shape:
        raise ValueError(f"score_matrix must be {noise_covariance.shape}, got {score_matrix.shape}")
    if drift_matrix.shape != noise_covariance.shape:
        raise ValueError(f"drift_matrix must be {noise_covariance.shape}, got {drift_matrix.shape}")
    identity = xp.identity(noise_covariance)
    return -dt * drift_matrix + dt * g2 * noise_covariance @ score_matrix + identity


def step_power(g2: Value, dt: Value) -> Value:
    r"""Return q of one step backwards, its noise over Sigma.

    .. math::
        dt g_{2}

    Parameters
    ----------
    g2
        g(t)^2
    dt
        time step

    Notes
    -----
    Derivation: sampler-step
    Fingerprint: 1.19907282210866167115801368364
    """
    return dt * g2


def step_law(transition: Value, law: Value, noise_covariance: Value, power: Value) -> Value:
    r"""Return covariance after the step, (n, n).

    .. math::
        power noise_{covariance} + transition law transition^{T}

    Parameters
    ----------
    transition
        F of the step, (n, n)
    law
        covariance before the step, (n, n)
    noise_covariance
        noise covariance Sigma, (n, n)
    power
        q of the step, its noise over Sigma

    Notes
    -----
    Derivation: sampler-law
    Fingerprint: 63.7134160431297909478144148035
    """
    if transition.ndim != 2 or transition.shape[0] != transition.shape[1]:
        raise ValueError(f"transition must be a square matrix, got {transition.shape}")
    if law.shape != transition.shape:
        raise ValueError(f"law must be {transition.shape}, got {law.shape}")
    if noise_covariance.shape != transition.shape:
        raise ValueError(f"noise_covariance must be {transition.shape}, got {noise_covariance.shape}")
    return power * noise_covariance + transition @ law @ transition.T
