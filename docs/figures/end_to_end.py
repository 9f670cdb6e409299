"""Error of the sampled covariance against the number of steps, right noise and wrong noise (T12)."""

import numpy as np

from figures.drawing import decades, finished, new_figure, styled
from sphspec import (
    VP,
    GaussLegendre,
    Quadrature,
    SpectralSDE,
    gaussian_score,
    noise_covariance,
    sampler_law,
)
from sphspec.conventions import degrees_orders
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

LMAX = 6
STEPS = (125, 250, 500, 1000, 2000)


@styled
def draw() -> Drawing:
    """Return both errors."""
    operator = Quadrature(GaussLegendre(LMAX + 1, 2 * LMAX + 1), LMAX)
    mean = noise_covariance(operator).diagonal().mean()
    pixels = noise_covariance(operator, 1 / mean)
    white = noise_covariance(operator, 1 / operator.grid.weights)
    degree, _ = degrees_orders(LMAX)
    data = np.diag(1.0 / (1.0 + degree) ** 2)
    score = gaussian_score(SpectralSDE(VP(), pixels), data)
    figure = new_figure(2.5)
    axes = figure.subplots()
    parts = []
    for place, (title, cov) in enumerate((("noise Σ", pixels), ("white noise in its place", white))):
        sde = SpectralSDE(VP(), cov)
        errors = [
            np.linalg.norm(sampler_law(sde, score.matrix, steps) - data) / np.linalg.norm(data)
            for steps in STEPS
        ]
        axes.loglog(STEPS, errors, color=COLOURS[place], marker=MARKERS[place], markersize=3.6, label=title)
        parts.append(f"{title}: {errors[0]:.1e} at {STEPS[0]} steps, {errors[-1]:.1e} at {STEPS[-1]}")
    axes.set(xlabel="steps of Euler-Maruyama", ylabel="relative error of the covariance")
    axes.set_xticks(STEPS, [str(n) for n in STEPS])
    axes.minorticks_off()
    axes.legend()
    decades(axes, "y")
    caption = (
        "The law of what the reverse SDE samples, computed without a draw; Gaussian data, exact score, "
        "Gauss-Legendre grid, "
        f"lmax = {LMAX}. {'; '.join(parts)}."
    )
    return finished(figure, caption, f"One line falls, one stays. {'; '.join(parts)}.")
