"""Exactly flat spectra of noise, and variances of single coefficients that are anything but flat (T1b)."""

import numpy as np

from figures.drawing import finished, new_figure, styled
from sphspec import GaussLegendre, Healpix, Quadrature, noise_covariance
from sphspec.conventions import degrees_orders
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

CASES = (
    ("Gauss-Legendre 17 x 33", Quadrature(GaussLegendre(17, 33), 16)),
    ("HEALPix nside=8", Quadrature(Healpix(8), 16)),
)


@styled
def draw() -> Drawing:
    """Return power by degree, and variance by order of the highest degree, over their means."""
    figure = new_figure(2.4)
    flat, orders = figure.subplots(1, 2, sharey=True)
    found = []
    for place, (title, operator) in enumerate(CASES):
        cov = noise_covariance(operator)
        variance = cov.diagonal() / cov.diagonal().mean()
        degree, order = degrees_orders(cov.lmax)
        power = np.bincount(degree, variance) / np.bincount(degree)
        last = variance[degree == cov.lmax]
        style = {"color": COLOURS[place], "marker": MARKERS[place], "markersize": 3.2}
        flat.plot(power, label=title, **style)
        orders.plot(order[degree == cov.lmax], last, **style)
        found.append((title, float(np.ptp(power)), float(last.min()), float(last.max())))
    flat.set(
        xlabel="degree ℓ", ylabel="variance over the mean", ylim=(0, 2), title="summed over m: exactly flat"
    )
    orders.set(xlabel="order m of degree 16", title="one by one: not flat")
    flat.legend(loc="lower left")
    parts = [f"{title}: {low:.2f} to {high:.2f}" for title, _, low, high in found]
    spread = max(each[1] for each in found)
    caption = (
        "White pixel noise after the transform. Left: the angular power spectrum, flat to "
        f"{spread:.0e}. Right: variances of the single coefficients of degree 16. {'; '.join(parts)}."
    )
    return finished(
        figure, caption, f"Two flat lines on the left, two curves on the right. {'; '.join(parts)}."
    )
