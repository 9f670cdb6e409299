"""Generated from derivations; do not edit.

Derivations: likelihood-weighting, root-loss, spatial-offset, white-noise-loss
Regenerate: python -m derivations --write
SymPy: 1.14.0
"""

from typing import Any

Value = Any  # a number or an array; arguments are broadcast

__all__ = [
    "departure",
    "likelihood",
    "noise_departure",
    "offset",
]


def offset(pixel_count: Value, rank: Value, variance: Value) -> Value:
    r"""Return spatial loss less Sigma-weighted spectral loss, on average.

    .. math::
        \frac{pixel_{count} - rank}{variance}

    Parameters
    ----------
    pixel_count
        number of pixels with noise
    rank
        rank of Sigma
    variance
        v(t) = s_t^2

    Notes
    -----
    Derivation: spatial-offset
    Fingerprint: -0.243921702462244217414655300294
    """
    return (pixel_count - rank) / variance


def departure(predicted: Value, white: Value, deviation: Value) -> Value:
    r"""Return what is squared, entry by entry.

    .. math::
        predicted + \frac{white}{deviation}

    Parameters
    ----------
    predicted
        R^T s, or s in another metric
    white
        noise in place of z
    deviation
        s_t

    Notes
    -----
    Derivation: root-loss
    Fingerprint: 1.46297308289599538471306813965
    """
    return predicted + white / deviation


def noise_departure(predicted: Value, white: Value, deviation: Value) -> Value:
    r"""Return what is squared, entry by entry.

    .. math::
        \frac{predicted - white}{deviation}

    Parameters
    ----------
    predicted
        predicted noise
    white
        noise
    deviation
        s_t

    Notes
    -----
    Derivation: white-noise-loss
    Fingerprint: 0.212602831575265371755963580276
    """
    return (predicted - white) / deviation


def likelihood(power: Value, weighted: Value) -> Value:
    r"""Return likelihood-weighted loss.

    .. math::
        power weighted

    Parameters
    ----------
    power
        g(t)^2
    weighted
        Sigma-weighted loss

    Notes
    -----
    Derivation: likelihood-weighting
    Fingerprint: 0.775087219419810510847064016003
    """
    return power * weighted
