"""Spatial Brownian motion and Euler-Maruyama paths on pixels; the noise source is an argument."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def brownian_increments(normals: Floats, times: Sequence[float], variance: Floats) -> Floats:
    """Return w_(t_k) - w_(t_(k-1)) with w_0 = 0, E[w_t w_t^T] = t diag(variance).

    Parameters
    ----------
    normals : (K, T, npix) independent standard normals
    times : T increasing times
    variance : (npix,) pixel variance per unit time
    """
    steps = np.diff(np.concatenate([[0.0], np.asarray(times)]))
    scale: Floats = np.sqrt(steps)[:, None] * np.sqrt(variance)
    return normals * scale


def euler_path(
    start: Floats,
    increments: Floats,
    times: Sequence[float],
    rate: Callable[[float], float],
    deviation: Callable[[float], float],
) -> Floats:
    """Return x at the last time of dx = rate(t) x dt + deviation(t) dw by Euler-Maruyama from t = 0.

    Parameters
    ----------
    start : (K, npix) or (npix,) value at t = 0
    increments : (K, T, npix) Brownian increments up to each of the times
    times : T increasing times
    """
    state, now = np.broadcast_to(start, increments[:, 0].shape), 0.0
    for place, time in enumerate(times):
        state = state + rate(now) * state * (time - now) + deviation(now) * increments[:, place]
        now = time
    return state
