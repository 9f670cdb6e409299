"""Variances of what the reverse SDE draws, with Sigma and with the identity in its place (T10)."""

import numpy as np

from figures.drawing import finished, new_figure, styled
from sphspec import VP, GaussLegendre, Quadrature, SpectralSDE, gaussian_score, noise_covariance
from sphspec.conventions import degrees_orders
from sphspec.report.figures.style import COLOURS, MARKERS, Drawing

LMAX, DRAWS, STEPS = 6, 4000, 200


@styled
def draw() -> Drawing:
    """Return sampled variances over the data's, coefficient by coefficient."""
    operator = Quadrature(GaussLegendre(LMAX + 1, 2 * LMAX + 1), LMAX)
    mean = noise_covariance(operator).diagonal().mean()
    pixels = noise_covariance(operator, 1 / mean)
    white = noise_covariance(operator, 1 / operator.grid.weights)
    degree, _ = degrees_orders(LMAX)
    data = 1.0 / (1.0 + degree) ** 2
    score = gaussian_score(SpectralSDE(VP(), pixels), np.diag(data))
    figure = new_figure(2.5)
    axes = figure.subplots()
    axes.axhline(1.0, color="0.6", linestyle="--", linewidth=0.8)
    worst = []
    for place, (title, cov) in enumerate((("with Σ", pixels), ("with I in its place", white))):
        drawn = SpectralSDE(VP(), cov).sample(score, np.random.default_rng(0), DRAWS, STEPS)
        ratio = np.mean(drawn**2, axis=0) / data
        axes.plot(
            ratio, MARKERS[place], color=COLOURS[place], markersize=3, label=title, alpha=0.9,
        )  # fmt: skip
        worst.append(f"{title} from {ratio.min():.2f} to {ratio.max():.2f}")
    axes.set(xlabel="index ℓ² + ℓ + m", ylabel="sampled variance over the data's")
    figure.legend(loc="outside upper center", ncols=2)
    caption = (
        f"{DRAWS} draws by {STEPS} steps of the reverse SDE with the exact score of Gaussian data, noise on "
        "a Gauss-Legendre "
        f"grid: {'; '.join(worst)}. One would be right."
    )
    return finished(figure, caption, f"Points about one, and points far from it: {'; '.join(worst)}.")
