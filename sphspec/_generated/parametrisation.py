"""Generated from derivations; do not edit.

Derivations: denoiser, noise-and-denoiser, noise-parametrisation
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "denoised_of_noise",
    "denoised_of_smoothed",
    "noise_of_denoised",
    "noise_of_smoothed",
    "smoothed_of_denoised",
    "smoothed_of_noise",
]


def noise_of_smoothed(sigma_score: Value, deviation: Value) -> Value:
    r"""Return E[eps | alpha_t].

    .. math::
        - deviation \sigma_{score}

    Parameters
    ----------
    sigma_score
        Sigma times the score
    deviation
        s_t

    Notes
    -----
    Derivation: noise-parametrisation
    Fingerprint: -0.867371745005536897379304071282
    """
    return -deviation * sigma_score


def smoothed_of_noise(predicted: Value, deviation: Value) -> Value:
    r"""Return Sigma times the score.

    .. math::
        - \frac{predicted}{deviation}

    Parameters
    ----------
    predicted
        E[eps | alpha_t]
    deviation
        s_t

    Notes
    -----
    Derivation: noise-parametrisation
    Fingerprint: -1.03932796180143416787924633219
    """
    return -predicted / deviation


def denoised_of_smoothed(state: Value, sigma_score: Value, mean: Value, variance: Value) -> Value:
    r"""Return E[alpha_0 | alpha_t].

    .. math::
        \frac{\sigma_{score} variance + state}{mean}

    Parameters
    ----------
    state
        alpha_t
    sigma_score
        Sigma times the score
    mean
        m(t)
    variance
        v(t) = s_t^2

    Notes
    -----
    Derivation: denoiser
    Fingerprint: 2.17072381279695589476206825073
    """
    return (sigma_score * variance + state) / mean


def smoothed_of_denoised(state: Value, denoised: Value, mean: Value, variance: Value) -> Value:
    r"""Return Sigma times the score.

    .. math::
        \frac{denoised mean - state}{variance}

    Parameters
    ----------
    state
        alpha_t
    denoised
        E[alpha_0 | alpha_t]
    mean
        m(t)
    variance
        v(t) = s_t^2

    Notes
    -----
    Derivation: denoiser
    Fingerprint: -0.245426114970987205517307970052
    """
    return (denoised * mean - state) / variance


def denoised_of_noise(state: Value, predicted: Value, mean: Value, deviation: Value) -> Value:
    r"""Return E[alpha_0 | alpha_t].

    .. math::
        \frac{- deviation predicted + state}{mean}

    Parameters
    ----------
    state
        alpha_t
    predicted
        E[eps | alpha_t]
    mean
        m(t)
    deviation
        s_t

    Notes
    -----
    Derivation: noise-and-denoiser
    Fingerprint: 0.402368763570756744997867111191
    """
    return (-deviation * predicted + state) / mean


def noise_of_denoised(state: Value, denoised: Value, mean: Value, deviation: Value) -> Value:
    r"""Return E[eps | alpha_t].

    .. math::
        \frac{- denoised mean + state}{deviation}

    Parameters
    ----------
    state
        alpha_t
    denoised
        E[alpha_0 | alpha_t]
    mean
        m(t)
    deviation
        s_t

    Notes
    -----
    Derivation: noise-and-denoiser
    Fingerprint: 0.394691144259222977895126648942
    """
    return (-denoised * mean + state) / deviation
