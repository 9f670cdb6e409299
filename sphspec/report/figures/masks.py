"""The masked example: sizes of the blocks of Sigma, and the mode-coupling matrix on the same scale."""

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LogNorm

from sphspec.report import words
from sphspec.report.figures.style import Drawing, decades, finished, new_figure, styled
from sphspec.report.masks import CUT, HOLE, Masked

FAINTEST = 1e-6
HEIGHT = 2.75  # inches
EVERY = 4  # degrees between two labels


@styled
def mask_figure(example: Masked) -> Drawing:
    """Return the two matrices side by side."""
    figure = new_figure(HEIGHT, "compressed")
    left, right = figure.subplots(1, 2)
    norm = LogNorm(FAINTEST, 1.0)
    panels = (
        (left, np.sqrt(example.squares), "size of the blocks of Σ"),
        (right, example.coupling, "mode-coupling matrix"),
    )
    for axes, values, title in panels:
        image = axes.imshow(
            np.maximum(values, FAINTEST), norm=norm, cmap=mpl.colormaps["cividis"], interpolation="nearest"
        )
        axes.set_title(title)
        axes.set_xticks(range(0, example.cov.lmax + 1, EVERY))
        axes.set_yticks(range(0, example.cov.lmax + 1, EVERY))
        axes.set_xlabel("degree ℓ′", labelpad=1)
        axes.set_ylabel("degree ℓ", labelpad=1)
        axes.spines[["top", "right"]].set_visible(True)
        axes.tick_params(length=2)
    bar = figure.colorbar(image, ax=[left, right], aspect=16, pad=0.02)
    decades(bar.ax, "y")
    bar.minorticks_off()
    return finished(figure, _caption(example), _alt(example))


def _caption(example: Masked) -> str:
    colatitude, longitude, radius = (words.short(angle) for angle in HOLE)
    grid = words.grid_title(example.cov.operator.grid.name)
    return (
        f"{grid}, lmax {example.cov.lmax}, with {words.short(CUT)}° to both sides of the equator and a "
        f"disc of {radius}° around colatitude {colatitude}°, longitude {longitude}° masked: "
        f"{words.percent(example.kept)} of the pixels are kept. Left: root of the sum of squares of Σ "
        "between degrees ℓ and ℓ′, over √(2ℓ + 1), from the ring sum. Right: the mode-coupling matrix from "
        "the spectrum of the mask and 3j symbols; it is the left squared entry by entry, and "
        "differs from that by "
        f"{words.number(example.coupling_error, 2)} of its largest entry."
    )


def _alt(example: Masked) -> str:
    diagonal = np.diagonal(example.coupling)
    return (
        "Two heat maps over pairs of degrees, both brightest on the diagonal and fading away from it. The "
        f"diagonal of the mode-coupling matrix is {words.number(float(diagonal.min()))} to "
        f"{words.number(float(diagonal.max()))}."
    )
