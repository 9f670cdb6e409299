"""Heat flow of a map: what the coefficients do, and what they would do if the grid were exact (T9)."""

import numpy as np

from figures.drawing import finished, new_figure, styled
from sphspec import Healpix, Heat, Quadrature, SpectralSDE, noise_covariance
from sphspec.conventions import degrees_orders
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

NSIDE, LMAX, KAPPA, TIME = 4, 11, 0.01, 1.0


@styled
def draw() -> Drawing:
    """Return what is left of each coefficient after a time, against exp(-kappa l(l+1) t)."""
    cov = noise_covariance(Quadrature(Healpix(NSIDE), LMAX))
    sde = SpectralSDE(Heat(conductivity=KAPPA), cov)
    degree, _ = degrees_orders(LMAX)
    start = np.eye(cov.n)
    left = np.diagonal(np.asarray(sde.marginal(start, TIME)[0]))
    figure = new_figure(2.5)
    axes = figure.subplots()
    ideal = np.exp(-KAPPA * degree * (degree + 1) * TIME)
    axes.plot(degree, left, MARKERS[0], color=COLOURS[0], markersize=3, label="each coefficient, drift G M")
    axes.plot(degree, ideal, color=COLOURS[1], label="exact quadrature: drift M")
    axes.set(xlabel="degree ℓ", ylabel="what is left of it at t = 1")
    axes.legend()
    worst = float(np.abs(left - ideal).max())
    caption = (
        f"Heat flow of conductivity {KAPPA} on the pixels of HEALPix nside = {NSIDE}, seen in coefficients "
        f"to lmax = {LMAX}. "
        f"The transform is not exact there, so that coefficients of one degree part by up to {worst:.2f}."
    )
    return finished(figure, caption, "Points scattered about a falling curve, more so at high degrees.")
