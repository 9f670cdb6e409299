"""A masked sky: the spectrum of u, and the couplings that it makes (T6)."""

import numpy as np

from figures.drawing import decades, finished, new_figure, styled
from sphspec import (
    Healpix,
    Quadrature,
    field_spectrum,
    gaunt_covariance,
    harmonic_field,
    noise_covariance,
)
from sphspec.conventions import degrees_orders
from sphspec.report.figures.style import COLOURS, Drawing

LMAX = 8


@styled
def draw() -> Drawing:
    """Return the power of u by degree, and the extreme correlation of each pair of degrees."""
    grid = Healpix(16)
    mask = np.abs(np.cos(grid.theta)) > 0.2
    field = harmonic_field(grid, grid.weights**2 * mask, 2 * LMAX)
    sigma = gaunt_covariance(field, LMAX)
    direct = noise_covariance(Quadrature(grid, LMAX), mask.astype(float)).dense()
    error = float(np.abs(sigma - direct).max() / np.abs(direct).max())
    figure = new_figure(2.5)
    power, couplings = figure.subplots(1, 2)
    spectrum = field_spectrum(field)
    relative = spectrum / spectrum[0]
    degrees = np.arange(len(relative))
    seen = relative > 1e-20
    power.semilogy(degrees[seen], relative[seen], "o", color=COLOURS[0], markersize=3.4)
    power.set(xlabel="degree L of u", ylabel="power over that of L = 0")
    power.set_xticks(degrees[seen])
    decades(power, "y")
    degree, _ = degrees_orders(LMAX)
    deviation = np.sqrt(sigma.diagonal())
    correlation = sigma / np.outer(deviation, deviation)
    np.fill_diagonal(correlation, 0)
    extreme = np.zeros((LMAX + 1, LMAX + 1))
    np.maximum.at(extreme, (degree[:, None], degree[None, :]), np.abs(correlation))
    image = couplings.imshow(extreme, cmap="cividis", vmin=0, interpolation="nearest")
    couplings.set(xlabel="degree ℓ′", ylabel="degree ℓ")
    figure.colorbar(image, ax=couplings, label="largest |correlation|", pad=0.02)
    caption = (
        "Noise on HEALPix nside = 16 with the belt |cos θ| < 0.2 masked. Left: power of u = w² s², which "
        "has even "
        "degrees alone. Right: the largest correlation of each pair of degrees that it makes. The Gaunt "
        "form and the "
        f"ring sum agree to {error:.0e}."
    )
    alt = f"Points that fall with the degree; a map of correlations up to {extreme.max():.2f}."
    return finished(figure, caption, alt)
