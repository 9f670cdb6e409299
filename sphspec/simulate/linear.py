"""Fields with a linear drift given spectrally, dx = S M A x dt + g dw, simulated on the pixels."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def heat_rates(lmax: int, conductivity: float, power: float = 1.0) -> Floats:
    """Return -conductivity (l(l+1))^power for every coefficient of chart R1, degree after degree."""
    eigenvalues = [float(degree * (degree + 1)) for degree in range(lmax + 1) for _ in range(2 * degree + 1)]
    return np.array([-conductivity * value**power for value in eigenvalues])


def drifted_path(
    start: Floats, increments: Floats, step: float, drift: Callable[[Floats], Floats], diffusion: float
) -> Floats:
    """Return x after equal Euler-Maruyama steps of dx = drift(x) dt + diffusion dw.

    Parameters
    ----------
    start : (K, npix) values at t = 0
    increments : (K, T, npix) Brownian increments of the T steps
    step : length of a step
    drift : maps (K, npix) -> (K, npix), by somebody else's transforms
    """
    state = start
    for place in range(increments.shape[1]):
        state = state + drift(state) * step + diffusion * increments[:, place]
    return state


def healpy_drift(nside: int, lmax: int, iterations: int, rates: Floats) -> Callable[[Floats], Floats]:
    """Return x -> S M A x through healpy.map2alm(iter=iterations) and healpy.alm2map, maps (K, npix).

    M multiplies a_lm by what depends on l alone: the rates of chart R1 at m = 0 are taken.
    """
    import healpy

    by_degree = np.array([rates[degree * degree + degree] for degree in range(lmax + 1)])

    def drift(maps: Floats) -> Floats:
        moved = []
        for row in np.ascontiguousarray(maps):
            alm = healpy.map2alm(row, lmax=lmax, iter=iterations, pol=False)
            moved.append(healpy.alm2map(healpy.almxfl(alm, by_degree), nside, lmax=lmax, pol=False))
        return np.array(moved)

    return drift
