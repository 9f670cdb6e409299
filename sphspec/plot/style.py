"""What the figures share: colours that colour-blind readers tell apart, markers, the axes that are meant."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")  # Okabe and Ito
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
FORBIDDEN = "#c9c9c9"  # structural zeros
TICKS = 5  # degrees that are labelled


def current(ax: Axes | None) -> Axes:
    """Return the axes given, or those that pyplot would draw into."""
    if ax is not None:
        return ax
    from matplotlib import pyplot

    return pyplot.gca()


def degree_axes(ax: Axes, edges: NDArray[np.int64], *, lines: bool) -> None:
    """Label rows and columns of a matrix by degree, few enough not to touch.

    Parameters
    ----------
    ax : where the matrix is drawn
    edges : (lmax + 2,) row where each degree begins
    lines : whether the labelled degrees are marked by lines
    """
    lmax = edges.size - 2
    shown = np.arange(0, lmax + 1, max(1, -(-(lmax + 1) // TICKS)))
    for edge in edges[shown[1:]] if lines else ():
        ax.axhline(edge - 0.5, color="0.6", linewidth=0.25)
        ax.axvline(edge - 0.5, color="0.6", linewidth=0.25)
    centres = (edges[shown] + edges[shown + 1] - 1) / 2
    apart = np.append(np.diff(centres) > 0.1 * edges[-1], True)  # else the labels would touch
    ax.set_xticks(centres[apart], [str(l) for l in shown[apart]])
    ax.set_yticks(centres[apart], [str(l) for l in shown[apart]])
    ax.set_xlabel("degree ℓ′", labelpad=1)
    ax.set_ylabel("degree ℓ", labelpad=1)
    ax.spines[["top", "right"]].set_visible(True)
    ax.tick_params(length=2)
